import { describe, expect, it } from 'vitest';
import type { Happening } from '../../../src/events.js';
import { encodeMessage } from '../../../src/facts/codec.js';
import type { Facts } from '../../../src/facts/facts.js';
import { join } from '../../../src/facts/join.js';
import { createGossip } from '../../../src/tabs/gossip.js';
import { createMirror } from '../../../src/tabs/mirror.js';
import { createFakeBrowser } from '../../../src/testing/fake-tabs.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { createRandom } from '../../../src/testing/random.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { LEASE, OPEN, past, SESSION } from '../support/facts.js';

const END: Facts = { session: SESSION, end: { reason: 'idle', at: past(5), told: false } };
const acted = (duration: number): Facts => ({ session: SESSION, lastActivityAt: past(duration) });

function createScene() {
  const clock = createManualClock();
  const said: { readonly at: number; readonly by: string; readonly kind: unknown; readonly message: unknown }[] = [];
  const names = new Map<unknown, string>();
  const browser = createFakeBrowser({
    clock,
    posted: (from, message) =>
      said.push({
        at: clock.passed(),
        by: names.get(from) ?? '?',
        kind: (message as { nightlatch: unknown }).nightlatch,
        message,
      }),
  });

  /** A tab that joins all it hears, or (`deaf`) nothing. */
  function open(
    known: Facts,
    how: {
      readonly isOpen?: boolean;
      readonly isReplaced?: boolean;
      readonly deaf?: boolean;
      readonly seed?: number;
    } = {},
  ) {
    const { page } = browser.openTab();
    const name = `tab ${names.size + 1}`;
    names.set(page.life, name);
    const happened: Happening[] = [];
    let facts = known;
    let writes = 0;
    let looked = (): void => {};
    let wrote = (): void => {};
    const memory = createMirror({
      name: 'test',
      store: page.world.shared,
      clock,
      now: () => undefined,
      report: (happening) => happened.push(happening),
      isSigningIn: () => false,
    });
    const gossip = createGossip({
      name: 'test',
      openChannel: page.world.openChannel,
      memory: {
        ...memory,
        write(written) {
          wrote();
          writes += 1;
          memory.write(written);
        },
      },
      clock,
      random: createRandom(how.seed ?? names.size),
      facts: () => facts,
      isOpen: () => how.isOpen ?? true,
      isReplaced: () => how.isReplaced ?? false,
      look: () => looked(),
      heard: (heard) => {
        if (how.deaf) return;
        const next = join(facts, heard);
        if (next === facts) return;
        facts = next;
        gossip.tell(false);
      },
      overheard: () => undefined,
      report: (happening) => happened.push(happening),
    });
    return {
      name,
      gossip,
      memory,
      happened,
      facts: () => facts,
      writes: () => writes,
      onWrite: (write: () => void) => {
        wrote = write;
      },
      /** What the tab finds out when it looks, before it takes in what was said. */
      onLook: (look: () => void) => {
        looked = look;
      },
      learn(more: Facts, urgent = false) {
        facts = join(facts, more);
        gossip.tell(urgent);
      },
    };
  }

  return { clock, browser, said, open };
}

/** Tabs that have greeted each other and know the same. */
function createCalm(count: number) {
  const scene = createScene();
  const tabs = Array.from({ length: count }, () => scene.open(OPEN));
  for (const tab of tabs) tab.gossip.start();
  scene.clock.advance(seconds(10));
  scene.said.length = 0;
  return { ...scene, tabs };
}

describe('news', () => {
  it('that is urgent is mirrored and said at once', () => {
    const { clock, said, tabs } = createCalm(2);
    const [one, two] = tabs;
    const before = clock.passed();
    // Said first: storage can be slow, and nobody who is there has to wait for it.
    one!.onWrite(() => expect(said).toHaveLength(1));
    one!.learn(END, true);
    expect(said).toMatchObject([{ at: before, kind: 'facts' }]);
    expect(one!.memory.read()?.facts.end).toEqual(END.end);
    clock.advance(0);
    expect(two!.facts().end).toEqual(END.end);
  });

  it('that can wait is said within a second, all of it at once', () => {
    const { clock, said, tabs } = createCalm(2);
    tabs[0]!.learn(acted(1));
    clock.advance(0);
    expect(said).toHaveLength(1);
    for (const at of [2, 3, 4]) tabs[0]!.learn(acted(at));
    clock.advance(seconds(1) - 1);
    expect(said).toHaveLength(1);
    clock.advance(21);
    expect(said).toHaveLength(2);
    expect(tabs[1]!.facts().lastActivityAt).toBe(past(4));
  });

  it.each([1, 2, 5])(
    'is said about once a second by all tabs together, while the person is busy in %i of them',
    (busy) => {
      const { clock, said, tabs } = createCalm(5);
      // An act becomes a fact at most once a second in each tab.
      for (let i = 1; i <= 60 * busy; i += 1) {
        tabs[i % busy]!.learn(acted(i));
        clock.advance(1_000 / busy);
      }
      expect(said.length).toBeLessThanOrEqual(62);
      expect(said.length).toBeGreaterThan(50);
      clock.advance(seconds(2));
      for (const tab of tabs) expect(tab.facts().lastActivityAt).toBe(past(60 * busy));
    },
  );

  it('is written about once a second by all tabs together, while the person is busy in five of them', () => {
    const { clock, tabs } = createCalm(5);
    const before = tabs.reduce((sum, tab) => sum + tab.writes(), 0);
    for (let i = 1; i <= 300; i += 1) {
      tabs[i % 5]!.learn(acted(i));
      clock.advance(200);
    }
    expect(tabs.reduce((sum, tab) => sum + tab.writes(), 0) - before).toBeLessThanOrEqual(62);
    clock.advance(seconds(3));
    expect(tabs[0]!.memory.read()?.facts.lastActivityAt).toBe(past(300));
  });

  it('is said and written in the end, whoever floods the channel meanwhile', () => {
    const { browser, clock, said, tabs } = createCalm(2);
    tabs[0]!.learn(acted(1));
    clock.advance(100);
    tabs[0]!.learn(acted(2));
    for (let i = 0; i < 300; i += 1) {
      browser.forgeMessage('nightlatch:test', encodeMessage({ hello: false, facts: OPEN }));
      clock.advance(10);
    }
    expect(tabs[1]!.facts().lastActivityAt).toBe(past(2));
    expect(tabs[0]!.memory.read()?.facts.lastActivityAt).toBe(past(2));
    expect(said.length).toBeGreaterThan(1);
  });

  it('is mirrored by its tab at most once a second', () => {
    const { clock, tabs } = createCalm(2);
    const before = tabs[0]!.writes();
    for (let i = 1; i <= 100; i += 1) {
      tabs[0]!.learn(acted(i));
      clock.advance(100);
    }
    expect(tabs[0]!.writes() - before).toBeLessThanOrEqual(11);
    clock.advance(seconds(1));
    expect(tabs[0]!.memory.read()?.facts.lastActivityAt).toBe(past(100));
  });

  it('is mirrored by the one who has it, not by those who hear of it', () => {
    const { clock, tabs } = createCalm(5);
    const before = tabs.map((tab) => tab.writes());
    tabs[0]!.learn(acted(1));
    clock.advance(minutes(1));
    expect(tabs.map((tab, index) => tab.writes() - before[index]!)).toEqual([1, 0, 0, 0, 0]);
  });

  it('that a tab finds out as it takes something in is its own: it is mirrored', () => {
    const { clock, tabs } = createCalm(2);
    let looks = 0;
    tabs[1]!.onLook(() => {
      if (looks === 0) tabs[1]!.learn(acted(2));
      looks += 1;
    });
    tabs[0]!.learn(acted(1));
    clock.advance(minutes(1));
    expect(tabs[1]!.memory.read()?.facts.lastActivityAt).toBe(past(2));
  });

  it('that waits to be mirrored and said is so at once where the page goes away', () => {
    const { clock, said, tabs } = createCalm(2);
    tabs[0]!.learn(acted(1));
    clock.advance(10);
    tabs[0]!.learn(acted(2));
    const before = said.length;
    tabs[0]!.gossip.flush();
    expect(tabs[0]!.memory.read()?.facts.lastActivityAt).toBe(past(2));
    expect(said.length - before).toBe(1);
    tabs[0]!.gossip.flush();
    expect(said.length - before).toBe(1);
  });

  it('that is none is neither mirrored nor said', () => {
    const { clock, said, tabs } = createCalm(2);
    tabs[0]!.learn(OPEN, true);
    const before = tabs[0]!.writes();
    tabs[0]!.learn(OPEN);
    tabs[0]!.learn(OPEN, true);
    clock.advance(minutes(1));
    expect([said, tabs[0]!.writes()]).toEqual([[], before]);
  });

  it('that is none is mirrored all the same where the mirror was emptied', () => {
    const { browser, tabs } = createCalm(1);
    browser.storage.clear();
    tabs[0]!.learn(OPEN, true);
    expect(tabs[0]!.memory.read()?.facts.session?.id).toBe('s1');
  });

  it('is kept to itself before there is a session', () => {
    const { clock, said, open } = createScene();
    const tab = open({});
    tab.gossip.tell(true);
    clock.advance(minutes(1));
    expect([said, tab.writes()]).toEqual([[], 0]);
  });
});

describe('nobody talks', () => {
  it('while nobody acts', () => {
    const { clock, said } = createCalm(6);
    clock.advance(minutes(60));
    expect(said).toEqual([]);
  });

  it('for ever: two tabs that cannot learn from each other say so once', () => {
    const { clock, said, open } = createScene();
    const one = open({ ...OPEN, lastActivityAt: past(1) }, { deaf: true });
    const two = open({ ...OPEN, lockedAt: past(1) }, { deaf: true });
    one.gossip.start();
    two.gossip.start();
    clock.advance(minutes(60));
    expect(said.length).toBeLessThanOrEqual(8);
  });

  it('once it is stopped', () => {
    const { clock, said, tabs } = createCalm(2);
    tabs[0]!.learn(acted(1));
    tabs[0]!.learn(acted(2));
    const before = said.length;
    tabs[0]!.gossip.stop();
    tabs[0]!.learn(acted(3));
    clock.advance(minutes(1));
    expect(said).toHaveLength(before);
    tabs[1]!.learn(acted(4), true);
    clock.advance(0);
    expect(tabs[0]!.facts().lastActivityAt).toBe(past(3));
  });
});

describe('a newcomer', () => {
  it('says hello, with nothing to say', () => {
    const { said, open } = createScene();
    open({}).gossip.start();
    expect(said).toMatchObject([{ at: 0, kind: 'hello' }]);
  });

  it('is answered by one of the open tabs, after 20 to 200 ms', () => {
    const { clock, said, open, tabs } = createCalm(6);
    const newcomer = open({}, { isOpen: false });
    const before = clock.passed();
    newcomer.gossip.start();
    clock.advance(seconds(5));
    expect(said.map(({ kind }) => kind)).toEqual(['hello', 'facts']);
    expect(said[1]!.at - before).toBeGreaterThanOrEqual(20);
    expect(said[1]!.at - before).toBeLessThanOrEqual(200);
    expect(tabs.map(({ name }) => name)).toContain(said[1]!.by);
    expect(newcomer.facts()).toEqual(OPEN);
  });

  it('that knows as much is answered all the same by an open tab, for it asks whether one is open', () => {
    const { clock, said, open } = createCalm(3);
    open(OPEN, { isOpen: false }).gossip.start();
    clock.advance(seconds(5));
    expect(said.map(({ kind }) => kind)).toEqual(['hello', 'facts']);
  });

  it('that knows as much is not answered by tabs that are not open', () => {
    const { clock, said, open } = createScene();
    const tabs = [open(OPEN, { isOpen: false }), open(OPEN, { isOpen: false })];
    for (const tab of tabs) tab.gossip.start();
    clock.advance(seconds(5));
    expect(said.map(({ kind }) => kind)).toEqual(['hello', 'hello']);
  });

  it('that knows more teaches the others, and is answered once', () => {
    const { clock, said, open, tabs } = createCalm(4);
    open({ ...OPEN, lease: { ...LEASE, rev: 99 } }, { isOpen: false }).gossip.start();
    clock.advance(seconds(5));
    expect(tabs.map((tab) => tab.facts().lease?.rev)).toEqual([99, 99, 99, 99]);
    expect(said).toHaveLength(2);
  });

  it('hears of an end from a tab that is over', () => {
    const { clock, open } = createScene();
    open(join(OPEN, END), { isOpen: false }).gossip.start();
    const newcomer = open(OPEN, { isOpen: false });
    newcomer.gossip.start();
    clock.advance(seconds(1));
    expect(newcomer.facts().end).toEqual(END.end);
  });

  it('hears nothing from a page that another person’s session has replaced', () => {
    const { clock, said, open } = createScene();
    open(join(OPEN, END), { isOpen: false, isReplaced: true }).gossip.start();
    const newcomer = open(OPEN, { isOpen: false });
    newcomer.gossip.start();
    clock.advance(seconds(1));
    expect(newcomer.facts().end).toBeUndefined();
    expect(said.map(({ by }) => by)).toEqual(['tab 2']);
  });
});

describe('a tab that knows more than it heard', () => {
  it('says so after 20 to 200 ms', () => {
    const { clock, browser, said, tabs } = createCalm(1);
    const before = clock.passed();
    browser.forgeMessage('nightlatch:test', encodeMessage({ hello: false, facts: { session: SESSION } }));
    clock.advance(seconds(5));
    expect(said).toMatchObject([{ by: tabs[0]!.name, kind: 'facts' }]);
    expect(said[0]!.at - before).toBeGreaterThanOrEqual(20);
    expect(said[0]!.at - before).toBeLessThanOrEqual(200);
  });

  it('keeps silent if another tab has said as much', () => {
    const { clock, browser, said } = createCalm(6);
    browser.forgeMessage('nightlatch:test', encodeMessage({ hello: false, facts: { session: SESSION } }));
    clock.advance(seconds(5));
    expect(said).toHaveLength(1);
  });
});

describe('what is no message', () => {
  it('is dropped, and told of at most once a second', () => {
    const { clock, browser, tabs } = createCalm(1);
    for (let i = 0; i < 50; i += 1) {
      browser.forgeMessage('nightlatch:test', i % 2 ? { nightlatch: 'facts', format: 9 } : 'noise');
      clock.advance(100);
    }
    const { happened } = tabs[0]!;
    expect(happened.length).toBeGreaterThanOrEqual(4);
    expect(happened.length).toBeLessThanOrEqual(6);
    expect(new Set(happened.map(({ type }) => type))).toEqual(new Set(['message-rejected']));
    expect(tabs[0]!.facts()).toEqual(OPEN);
  });
});

it('instances of another name do not hear it', () => {
  const { clock, browser, open } = createScene();
  const heard: unknown[] = [];
  browser.openTab().page.world.openChannel('nightlatch:other', (message) => heard.push(message));
  const tab = open(OPEN);
  tab.gossip.start();
  tab.learn(END, true);
  clock.advance(seconds(1));
  expect(heard).toEqual([]);
});

it('where there is no channel it says so once, and mirrors all the same', () => {
  const { browser, open } = createScene();
  browser.conditions.channel = 'missing';
  const tab = open(OPEN);
  tab.gossip.start();
  tab.learn(END, true);
  expect(tab.happened).toMatchObject([{ type: 'tab-sync-degraded', part: 'channel' }]);
  expect(tab.memory.read()?.facts.end).toEqual(END.end);
});
