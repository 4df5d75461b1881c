import { describe, expect, it } from 'vitest';
import type { Happening } from '../../../src/events.js';
import { sameFacts } from '../../../src/facts/join.js';
import type { Untold } from '../../../src/ports.js';
import { createMirror } from '../../../src/tabs/mirror.js';
import { createFakeBrowser } from '../../../src/testing/fake-tabs.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { minutes, type ServerTime, seconds } from '../../../src/time/instant.js';
import { LATER_SESSION, LEASE, NOON, OPEN, past, SESSION } from '../support/facts.js';

function createScene() {
  const clock = createManualClock();
  const browser = createFakeBrowser({ clock });
  let now: ServerTime | undefined = past(minutes(1));
  let isSigningIn = false;
  const open = () => {
    const happened: Happening[] = [];
    const { page } = browser.openTab();
    const memory = createMirror({
      name: 'test',
      store: page.world.shared,
      clock,
      now: () => now,
      report: (happening) => happened.push(happening),
      isSigningIn: () => isSigningIn,
    });
    return { memory, happened };
  };
  return {
    clock,
    browser,
    open,
    forgetTime: () => {
      now = undefined;
    },
    signIn(is: boolean) {
      isSigningIn = is;
    },
    stored: (what: string) => browser.storage.contents.get(`nightlatch:test:${what}`),
    put: (what: string, text: string | null) => browser.storage.put(`nightlatch:test:${what}`, text),
  };
}

const END = { reason: 'idle', at: past(5), told: false } as const;

describe('the mirror', () => {
  it('keeps facts for tabs that are not there, with when they were written', () => {
    const { clock, open } = createScene();
    expect(open().memory.read()).toBeUndefined();
    open().memory.write(OPEN);
    const kept = open().memory.read()!;
    expect(sameFacts(kept.facts, OPEN)).toBe(true);
    expect(kept.written).toEqual({ serverTime: past(minutes(1)), wall: clock.read().wall });
  });

  it('says nothing of time where the writer knows none', () => {
    const { open, forgetTime } = createScene();
    forgetTime();
    open().memory.write(OPEN);
    expect(open().memory.read()).toMatchObject({ facts: { session: SESSION } });
    expect(open().memory.read()?.written).toBeUndefined();
  });

  it('writes over what it cannot read once a second, so that two versions of us do not do so in turn for ever', () => {
    const { clock, open, put, stored } = createScene();
    const { memory } = open();
    put('facts', 'of another version');
    memory.write(OPEN);
    expect(stored('facts')).not.toBe('of another version');
    put('facts', 'of another version');
    memory.write(OPEN);
    expect(stored('facts')).toBe('of another version');
    clock.advance(seconds(1));
    memory.write(OPEN);
    expect(stored('facts')).not.toBe('of another version');
  });

  it('joins what is written to what is there', () => {
    const { open } = createScene();
    open().memory.write({ session: SESSION, end: END });
    open().memory.write({ ...OPEN, lastActivityAt: past(9) });
    expect(open().memory.read()?.facts).toMatchObject({ end: END, lastActivityAt: past(9) });
    open().memory.write({ session: { ...SESSION, id: 's0', order: 1 } });
    expect(open().memory.read()?.facts.session?.id).toBe('s1');
  });

  it('is written over when told', () => {
    const { open } = createScene();
    open().memory.write({ ...OPEN, session: LATER_SESSION });
    open().memory.write({ session: SESSION, lease: LEASE }, true);
    expect(open().memory.read()?.facts).toEqual({ session: SESSION, lease: LEASE });
  });

  it('drops the person once the session is over', () => {
    const { open, stored } = createScene();
    open().memory.write(OPEN);
    expect(stored('facts')).toContain('ana');
    open().memory.write({ session: SESSION, end: END });
    expect(stored('facts')).not.toContain('ana');
  });

  it('reads what other tabs write', () => {
    const { open } = createScene();
    const [one, two] = [open(), open()];
    one.memory.write(OPEN);
    expect(two.memory.read()?.facts.lastActivityAt).toBe(NOON);
    two.memory.write({ session: SESSION, lastActivityAt: past(5) });
    expect(one.memory.read()?.facts.lastActivityAt).toBe(past(5));
  });

  it('tells of changes to its own keys and of emptied storage, until it is told to stop', () => {
    const { clock, browser, open, put } = createScene();
    let changes = 0;
    const stop = open().memory.watch(() => {
      changes += 1;
    });
    put('facts', '{}');
    put('begun', null);
    browser.storage.put('nightlatch:other:facts', '{}');
    browser.storage.put('nightlatch:test2:facts', '{}');
    browser.storage.put('app:token', 'x');
    clock.advance(1);
    expect(changes).toBe(2);
    browser.storage.clear();
    clock.advance(1);
    expect(changes).toBe(3);
    stop();
    put('facts', null);
    clock.advance(1);
    expect(changes).toBe(3);
  });

  it.each<[what: string, text: string]>([
    ['is no JSON', '{'],
    ['is no facts', '[1,2]'],
    ['says impossible things', JSON.stringify({ format: 1, session: { ...SESSION, order: 1.5 } })],
    ['is of another format', JSON.stringify({ format: 2, session: SESSION })],
    ['is far too long', JSON.stringify({ format: 1, pad: 'x'.repeat(300_000) })],
  ])('that %s is not read, is told once, and gives way to the next write', (_, text) => {
    const { open, put } = createScene();
    const { memory, happened } = open();
    put('facts', text);
    expect(memory.read()).toBeUndefined();
    expect(memory.read()).toBeUndefined();
    expect(happened.map(({ type }) => type)).toEqual(['message-rejected']);
    memory.write(OPEN);
    expect(memory.read()?.facts.session?.id).toBe('s1');
  });
});

describe('keys of their own', () => {
  const untold = (n: number): Untold => ({ id: `s${n}`, reason: 'idle' });

  it('keep what was begun, what was wiped, and what the server has not heard of', () => {
    const { open } = createScene();
    const { memory } = open();
    expect([memory.begun(), memory.receipt(), memory.untold()]).toEqual([undefined, undefined, []]);
    memory.setBegun({ id: 's1', order: 5 });
    memory.setReceipt({ sessionId: 's1', done: ['a'], complete: false });
    memory.setUntold([untold(1)]);
    const other = open().memory;
    expect([other.begun(), other.receipt(), other.untold()]).toEqual([
      { id: 's1', order: 5 },
      { sessionId: 's1', done: ['a'], complete: false },
      [untold(1)],
    ]);
  });

  it('are never rewritten with the facts (W5)', () => {
    const { open, stored } = createScene();
    const { memory } = open();
    memory.setBegun({ id: 's1', order: 5 });
    memory.setReceipt({ sessionId: 's1', done: [], complete: true });
    memory.setUntold([untold(1)]);
    const before = ['begun', 'receipt', 'untold'].map(stored);
    memory.write({ ...OPEN, session: LATER_SESSION });
    memory.write(OPEN, true);
    expect(['begun', 'receipt', 'untold'].map(stored)).toEqual(before);
  });

  it('hold the latest eight untold ends, whoever wrote more', () => {
    const { open, put } = createScene();
    const { memory } = open();
    memory.setUntold([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(untold));
    expect(memory.untold().map(({ id }) => id)).toEqual(['s3', 's4', 's5', 's6', 's7', 's8', 's9', 's10']);
    put('untold', JSON.stringify(Array.from({ length: 500 }, (_, n) => untold(n))));
    expect(memory.untold()).toHaveLength(8);
  });

  it.each<[key: string, text: string, is: unknown]>([
    ['begun', '5', undefined],
    ['begun', '{"id":5,"order":1}', undefined],
    ['begun', '{"id":"a","order":1.5}', undefined],
    ['begun', 'null', undefined],
    ['receipt', '{"sessionId":"s1"}', undefined],
    [
      'receipt',
      '{"sessionId":"s1","done":["a",5],"complete":"yes"}',
      { sessionId: 's1', done: ['a'], complete: false },
    ],
    ['untold', '{}', []],
    ['untold', '[5,{"id":5},{"id":"s1","reason":"eclipse"}]', [{ id: 's1', reason: 'unknown' }]],
  ])('that were forged are read with care: %s %s', (key, text, is) => {
    const { open, put } = createScene();
    const { memory } = open();
    put(key, text);
    const values: Record<string, () => unknown> = {
      begun: memory.begun,
      receipt: memory.receipt,
      untold: memory.untold,
    };
    expect(values[key]?.()).toEqual(is);
  });

  it('that are no JSON are told of at most once a second', () => {
    const { clock, open, put } = createScene();
    const { memory, happened } = open();
    put('begun', '{');
    for (let i = 0; i < 10; i += 1) expect(memory.begun()).toBeUndefined();
    expect(happened.map(({ type }) => type)).toEqual(['message-rejected']);
    clock.advance(seconds(1));
    memory.begun();
    expect(happened).toHaveLength(2);
  });
});

describe('where storage', () => {
  it('is blocked, this tab remembers for itself, and says so once', () => {
    const { browser, open } = createScene();
    browser.conditions.storage = 'blocked';
    const { memory, happened } = open();
    memory.write(OPEN);
    memory.setBegun({ id: 's1', order: 5 });
    expect(memory.read()?.facts.session?.id).toBe('s1');
    expect(memory.begun()).toEqual({ id: 's1', order: 5 });
    expect(happened).toMatchObject([{ type: 'tab-sync-degraded', part: 'mirror' }]);
    expect(open().memory.read()).toBeUndefined();
  });

  it('is full, what was kept is removed: missing is better than stale (W5)', () => {
    const { browser, open, stored } = createScene();
    const { memory, happened } = open();
    memory.write(OPEN);
    memory.setBegun({ id: 's0', order: 1 });
    browser.conditions.storage = 'full';
    memory.write({ session: SESSION, end: END });
    memory.setBegun({ id: 's1', order: 5 });
    expect([stored('facts'), stored('begun')]).toEqual([undefined, undefined]);
    expect(memory.read()?.facts.end).toEqual(END);
    expect(memory.begun()).toEqual({ id: 's1', order: 5 });
    expect(happened).toMatchObject([{ type: 'tab-sync-degraded', part: 'mirror' }]);
  });

  it('has room again, what another tab writes counts', () => {
    const { browser, open } = createScene();
    const { memory } = open();
    browser.conditions.storage = 'full';
    memory.setBegun({ id: 's1', order: 5 });
    browser.conditions.storage = 'ok';
    open().memory.setBegun({ id: 's2', order: 6 });
    expect(memory.begun()?.id).toBe('s2');
  });

  it('has room again, what this tab could not store is stored, at most a second later', () => {
    const { browser, clock, open, stored } = createScene();
    const { memory } = open();
    browser.conditions.storage = 'full';
    memory.write(OPEN);
    memory.setBegun({ id: 's1', order: 5 });
    browser.conditions.storage = 'ok';
    clock.advance(seconds(1));
    expect([memory.read()?.facts.session?.id, memory.begun()?.id]).toEqual(['s1', 's1']);
    expect([stored('facts'), stored('begun')]).not.toContain(undefined);
  });

  it('has room again, what this tab had begun is stored only when nobody signs in over what there is', () => {
    const { browser, clock, open, signIn, stored } = createScene();
    const { memory } = open();
    browser.conditions.storage = 'full';
    memory.setBegun({ id: 's1', order: 5 });
    browser.conditions.storage = 'ok';
    clock.advance(seconds(1));
    signIn(true);
    expect([memory.begun()?.id, stored('begun')]).toEqual(['s1', undefined]);
    signIn(false);
    expect([memory.begun()?.id, stored('begun')]).not.toContain(undefined);
  });

  it('is still full, trying again disturbs no other tab', () => {
    const { browser, clock, open } = createScene();
    const { memory } = open();
    let heard = 0;
    open().memory.watch(() => {
      heard += 1;
    });
    browser.conditions.storage = 'full';
    memory.write(OPEN);
    clock.advance(seconds(1));
    const before = heard;
    for (let i = 0; i < 5; i += 1) {
      memory.read();
      clock.advance(seconds(2));
    }
    expect(heard).toBe(before);
  });

  it('has room again and is emptied after, nothing is known', () => {
    const { browser, open } = createScene();
    const { memory } = open();
    browser.conditions.storage = 'full';
    memory.write(OPEN);
    browser.conditions.storage = 'ok';
    memory.write(OPEN);
    browser.storage.clear();
    expect(memory.read()).toBeUndefined();
  });

  it('was emptied, nothing is known, rather than what this tab once wrote', () => {
    const { browser, open } = createScene();
    const { memory } = open();
    memory.write(OPEN);
    memory.setBegun({ id: 's1', order: 5 });
    browser.storage.clear();
    expect([memory.read(), memory.begun()]).toEqual([undefined, undefined]);
  });
});
