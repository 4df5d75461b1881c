import { describe, expect, it } from 'vitest';
import { createAftermath } from '../../../src/actions/aftermath.js';
import type { Tell } from '../../../src/actions/tell.js';
import type { Wipe } from '../../../src/actions/wipe.js';
import type { Facts } from '../../../src/facts/facts.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { OPEN, past, SHOWING } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

const OVER: Facts = { ...OPEN, end: { reason: 'signed-out', at: past(5), told: false } };
const TOLD: Facts = { ...OPEN, end: { reason: 'revoked', at: past(5), told: true } };

function createScene(facts: Facts = OVER, standing: Standing = SHOWING, hasBackend = true) {
  const around = createSurroundings(facts, standing);
  const { clock, ledger } = around;
  const log: string[] = [];
  const state = { delay: 0, isComplete: true, isMine: true, isClear: true };
  const wait = () => new Promise<void>((resolve) => void clock.wait(state.delay, resolve));
  const done = new Set<string>();
  const wipe: Wipe = {
    async tab(id) {
      if (!done.has(id)) log.push(`tab ${id}`);
      done.add(id);
      return [];
    },
    async shared(id) {
      log.push(`shared ${id}`);
      await wait();
      if (state.isComplete) ledger.stand({ wiped: id });
      return [];
    },
    sweep: async () => [],
    isOvertaken: () => false,
    opened: () => {},
    again: async () => {},
    leavings: async () => {
      log.push('leavings');
      return state.isClear;
    },
    all: async (sessionId) => ({ sessionId, complete: true, results: [] }),
  };
  const tell: Tell = {
    note: ({ id, reason }) => log.push(`note ${id} ${reason}`),
    told: (id) => log.push(`told ${id}`),
    run: async () => void log.push(`tell at ${clock.passed()}`),
    hurry: () => undefined,
    stop: () => undefined,
  };
  const follow = createAftermath({
    clock,
    ledger,
    memory: around.memory,
    hasBackend,
    isMine: () => state.isMine,
    wipe,
    tell,
  } as Parameters<typeof createAftermath>[0]);
  around.onChange = follow;
  return { ...around, follow, log, state };
}

describe('after an end', () => {
  it('the last sign-out is remembered, and no other end', () => {
    const { follow, ledger, memory } = createScene(TOLD);
    const endAs = (reason: 'signed-out' | 'idle', at: number) => {
      ledger.overrule({ ...OPEN, end: { reason, at: past(at), told: true } });
      follow();
      return memory.signedOut();
    };
    follow();
    expect(memory.signedOut()).toBeUndefined();
    expect(endAs('signed-out', 5)).toBe(past(5));
    expect(endAs('signed-out', 3)).toBe(past(5));
    expect(endAs('idle', 7)).toBe(past(5));
    expect(endAs('signed-out', 9)).toBe(past(9));
  });

  it('it is noted that the server must hear of it, then wiped, then told', async () => {
    const { follow, log, state, pass } = createScene();
    state.delay = 300;
    follow();
    await pass(seconds(5));
    expect(log).toEqual(['note s1 signed-out', 'tab s1', 'shared s1', 'tell at 300']);
  });

  it('a wiper that hangs does not keep it from the server for longer than a second', async () => {
    const { follow, log, state, pass } = createScene();
    state.delay = minutes(1);
    follow();
    await pass(seconds(5));
    expect(log.at(-1)).toBe('tell at 1000');
  });

  it('it happens once, however often one looks', async () => {
    const { follow, log, pass } = createScene();
    for (let i = 0; i < 10; i += 1) {
      follow();
      await pass(seconds(1));
    }
    expect(log).toHaveLength(4);
  });

  it('that another tab wrote, the server is told after a while, for that tab may be gone', async () => {
    const { follow, log, state, pass } = createScene();
    state.isMine = false;
    follow();
    await pass(seconds(2));
    expect(log.filter((line) => line.startsWith('tell'))).toEqual([]);
    await pass(seconds(2));
    expect(log.filter((line) => line.startsWith('tell'))).toHaveLength(1);
  });

  it('that another tab wrote and has told of, nobody tells again', async () => {
    const { follow, log, state, ledger, pass } = createScene();
    state.isMine = false;
    follow();
    await pass(seconds(1));
    ledger.learn(TOLD.session ? { session: TOLD.session, end: { reason: 'signed-out', at: past(5), told: true } } : {});
    await pass(seconds(10));
    expect(log.filter((line) => line.startsWith('tell'))).toEqual([]);
    expect(log).toContain(`told ${TOLD.session?.id}`);
  });

  it('that the server declared, it is wiped, and nobody told', async () => {
    const { follow, log, pass } = createScene(TOLD);
    follow();
    await pass(seconds(5));
    expect(log).toEqual(['tab s1', 'shared s1']);
  });

  it('without a server, nobody is told', async () => {
    const { follow, log, pass } = createScene(OVER, SHOWING, false);
    follow();
    await pass(seconds(5));
    expect(log).toEqual(['tab s1', 'shared s1']);
  });

  it('a tab that did not show it wipes what all share only', async () => {
    const { follow, log, pass } = createScene(TOLD, NEWCOMER);
    follow();
    await pass(seconds(5));
    expect(log).toEqual(['shared s1']);
  });

  it('what was left for later is tried again after 30 s, by itself', async () => {
    const { follow, log, state, pass } = createScene(TOLD);
    state.isComplete = false;
    follow();
    await pass(seconds(29));
    follow();
    await pass(0);
    expect(log).toEqual(['tab s1', 'shared s1']);
    state.isComplete = true;
    await pass(seconds(2));
    expect(log).toEqual(['tab s1', 'shared s1', 'shared s1']);
    await pass(minutes(5));
    expect(log).toHaveLength(3);
  });
});

describe('nothing follows', () => {
  it.each<[what: string, facts: Facts, standing: Standing]>([
    ['while the session is open', OPEN, SHOWING],
    ['where nothing is known', {}, NEWCOMER],
    ['where all was wiped', TOLD, { ...NEWCOMER, wiped: 's1' }],
    ['while a question about another session is open', TOLD, { ...NEWCOMER, doubted: true }],
    ['on a page that was replaced: what all share is another person’s', TOLD, { ...NEWCOMER, replacedAt: past(9) }],
  ])('%s', async (_, facts, standing) => {
    const { follow, log, pass } = createScene(facts, standing);
    follow();
    await pass(seconds(5));
    expect(log).toEqual([]);
  });

  it('of what all share until the doubt is over', async () => {
    const { follow, ledger, log, pass } = createScene(TOLD, { ...NEWCOMER, doubted: true });
    follow();
    await pass(seconds(5));
    ledger.stand({ doubted: false });
    await pass(0);
    expect(log).toEqual(['shared s1']);
  });
});

describe('where the server says that nobody is signed in', () => {
  it('what was left by a session or a sign-in that is nobody’s is cleared, again and again until it is', async () => {
    const { follow, log, state, pass } = createScene({}, { ...NEWCOMER, none: true });
    state.isClear = false;
    follow();
    follow();
    await pass(seconds(30) - 1);
    expect(log).toEqual(['leavings']);
    state.isClear = true;
    await pass(minutes(5));
    expect(log).toEqual(['leavings', 'leavings']);
  });

  it.each<[what: string, facts: Facts, standing: Standing]>([
    ['while that is not known', {}, NEWCOMER],
    ['where only the secret is superseded', {}, { ...NEWCOMER, none: true, superseded: true }],
    ['while there is talk of another session', {}, { ...NEWCOMER, none: true, doubted: true }],
    ['before the session of this page is wiped', TOLD, { ...SHOWING, none: true }],
  ])('nothing is cleared %s', async (_, facts, standing) => {
    const { follow, log, state, pass } = createScene(facts, standing);
    state.isComplete = false;
    follow();
    await pass(0);
    expect(log).not.toContain('leavings');
  });
});
