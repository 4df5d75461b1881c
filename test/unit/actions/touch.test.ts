import { describe, expect, it } from 'vitest';
import { createTouch } from '../../../src/actions/touch.js';
import type { Facts, Lease } from '../../../src/facts/facts.js';
import type { Reply } from '../../../src/ports.js';
import { hours, minutes, plus, seconds, serverTime } from '../../../src/time/instant.js';
import { documentAt, LOCAL, NOON, OPEN, POLICY, past, SESSION } from '../support/facts.js';
import { createSurroundings, SILENCE, type Surroundings } from '../support/surroundings.js';

interface Sent {
  readonly by: number;
  readonly at: number;
  readonly activity: number;
  readonly keepalive: boolean;
}

/** Tabs that share one ledger, as if gossip took no time, and a server that grants what it is told. */
function createScene(facts: Facts = OPEN, count = 1) {
  const around = createSurroundings(facts);
  const { clock, ledger } = around;
  const sent: Sent[] = [];
  const state: { reply: 'grant' | 'hang' | Reply; isVisible: boolean; delay: number; random: number } = {
    reply: 'grant',
    isVisible: true,
    delay: 0,
    random: 0.5,
  };
  let rev = facts.lease?.rev ?? 0;

  function grant(activity: number): Reply {
    rev += 1;
    const lease: Lease = { ...facts.lease, rev, idleExpiry: plus(serverTime(activity), minutes(15)) };
    ledger.learn({ session: SESSION, lease });
    return { type: 'document', document: documentAt(clock.passed(), { rev, idleExpiry: lease.idleExpiry! }) };
  }

  const tabs = Array.from({ length: count }, (_, by) => {
    const { takeTurn }: Pick<Surroundings, 'takeTurn'> = by === 0 ? around : around.neighbour();
    return createTouch({
      clock,
      random: () => state.random,
      ledger,
      takeTurn,
      isVisible: () => state.isVisible,
      async touch({ idleFor, keepalive = false }) {
        const activity = clock.read().wall - idleFor;
        sent.push({ by, at: clock.passed(), activity: activity - NOON, keepalive });
        await new Promise<void>((resolve) => void clock.wait(state.delay, resolve));
        if (state.reply === 'hang') return new Promise(() => undefined);
        return state.reply === 'grant' ? grant(activity) : state.reply;
      },
    });
  });
  around.onChange = () => {
    for (const tab of tabs) tab.consider();
  };
  for (const tab of tabs) tab.consider();

  return {
    ...around,
    tabs,
    touch: tabs[0]!,
    sent,
    state,
    /** The person acts in a tab now. */
    act(by = 0) {
      tabs[by]!.acted();
      ledger.learn({ session: SESSION, lastActivityAt: past(clock.passed()) });
    },
    at: () => sent.map(({ at }) => at),
  };
}

describe('activity that no idle limit of the session asks about', () => {
  const endless = { ...POLICY, idleTimeout: null };
  const pay = { allow: true, idleTimeout: minutes(5) };

  it.each<[what: string, facts: Facts, sent: number]>([
    ['is told where an operation has one', { ...OPEN, policy: { ...endless, operations: { pay } } }, 1],
    ['is not told where none has', { ...OPEN, policy: endless }, 0],
    [
      'is not told where that operation is denied anyway',
      { ...OPEN, policy: { ...endless, operations: { pay: { ...pay, allow: false } } } },
      0,
    ],
  ])('%s', async (_, facts, count) => {
    const { act, pass, sent } = createScene(facts);
    await pass(seconds(20));
    act();
    await pass(minutes(2));
    expect(sent).toHaveLength(count);
  });
});

describe('activity', () => {
  it('is told to the server with its age, once the interval is over (trailing)', async () => {
    const { act, pass, sent } = createScene();
    await pass(seconds(20));
    act();
    await pass(seconds(10));
    act();
    await pass(seconds(30) - 1);
    expect(sent).toEqual([]);
    await pass(1);
    expect(sent).toEqual([{ by: 0, at: seconds(60), activity: seconds(30), keepalive: false }]);
  });

  it('is told at once after a quiet while', async () => {
    const { act, pass, at } = createScene();
    await pass(minutes(5));
    act();
    await pass(0);
    expect(at()).toEqual([minutes(5)]);
  });

  it('is told at most once an interval, however busy the person is', async () => {
    const { act, pass, at } = createScene();
    for (let i = 0; i < 600; i += 1) {
      act();
      await pass(seconds(1));
    }
    expect(at()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(minutes));
  });

  it('is told once, and not again', async () => {
    const { act, pass, at } = createScene();
    await pass(seconds(1));
    act();
    await pass(minutes(10));
    expect(at()).toHaveLength(1);
  });

  it('that the server knows is not told', async () => {
    const { ledger, pass, sent } = createScene({ ...OPEN, lastActivityAt: past(-5) });
    ledger.learn({ session: SESSION, lastActivityAt: NOON });
    await pass(minutes(10));
    expect(sent).toEqual([]);
  });

  it('that a touch has not moved the server by is not told for ever', async () => {
    const { act, pass, state, at } = createScene();
    state.reply = { type: 'document', document: documentAt(0) };
    await pass(minutes(2));
    act();
    await pass(minutes(5));
    expect(at()).toHaveLength(1);
  });

  it('older than what the server knows is not told', async () => {
    const { ledger, pass, sent } = createScene({ ...OPEN, lease: { rev: 1, idleExpiry: past(minutes(20)) } });
    ledger.learn({ session: SESSION, lastActivityAt: past(minutes(4)) });
    await pass(minutes(6));
    expect(sent).toEqual([]);
  });

  it.each<[what: string, facts: Facts]>([
    ['there is no server’s lease', LOCAL],
    ['there is no idle limit', { ...OPEN, policy: { ...POLICY, idleTimeout: null } }],
    ['the lease has no idle deadline', { ...OPEN, lease: { rev: 1 } }],
    ['the session is locked', { ...OPEN, lockedAt: past(1) }],
    ['the session is over', { ...OPEN, end: { reason: 'idle', at: past(1), told: true } }],
  ])('is not told where %s', async (_, facts) => {
    const { act, pass, sent } = createScene(facts);
    act();
    await pass(minutes(5));
    expect(sent).toEqual([]);
  });

  it('admitted before an idle warning is told at once when it comes', async () => {
    const { ledger, act, pass, at } = createScene({ ...OPEN, policy: { ...POLICY, touchEvery: minutes(6) } });
    ledger.learn({ session: SESSION, lease: { rev: 11, idleExpiry: past(minutes(15)) } });
    await pass(minutes(13) - seconds(1));
    ledger.learn({ session: SESSION, lease: { rev: 12, idleExpiry: past(minutes(15)) } });
    act();
    await pass(0);
    expect(at()).toEqual([]);
    await pass(seconds(1));
    ledger.learn({ session: SESSION, authenticatedAt: past(1) });
    await pass(0);
    expect(at()).toEqual([minutes(13)]);
  });

  it('that answers a warning is told at once', async () => {
    const { act, pass, at, ledger } = createScene();
    await pass(minutes(14));
    expect(ledger.view().phase).toBe('warning');
    act();
    await pass(0);
    expect(at()).toEqual([minutes(14)]);
    expect(ledger.view().phase).toBe('active');
  });

  it('is not told once the session has expired', async () => {
    const { ledger, touch, pass, sent } = createScene();
    await pass(seconds(1));
    ledger.learn({ session: SESSION, lastActivityAt: past(seconds(1)) });
    touch.stop();
    await pass(minutes(16));
    touch.consider();
    await pass(minutes(1));
    expect(sent).toEqual([]);
  });
});

describe('of several tabs', () => {
  it('one tells for all', async () => {
    const { act, pass, sent } = createScene(OPEN, 5);
    for (let i = 0; i < 300; i += 1) {
      act(i % 5);
      await pass(seconds(1));
    }
    expect(sent).toHaveLength(5);
  });

  it('the one in which the person acted tells; others leave it to that for two seconds', async () => {
    const { act, pass, sent } = createScene(OPEN, 3);
    await pass(minutes(5));
    act(1);
    await pass(seconds(5));
    expect(sent.map(({ by }) => by)).toEqual([1]);
  });

  it('another one tells where that crashed, after two seconds', async () => {
    const { tabs, ledger, clock, pass, sent } = createScene(OPEN, 2);
    await pass(minutes(5));
    tabs[0]!.stop();
    ledger.learn({ session: SESSION, lastActivityAt: past(clock.passed()) });
    await pass(seconds(2) - 1);
    expect(sent).toEqual([]);
    await pass(1);
    expect(sent).toHaveLength(1);
  });

  it('a hidden one leaves the activity of others alone', async () => {
    const { ledger, state, pass, sent } = createScene();
    state.isVisible = false;
    await pass(seconds(1));
    ledger.learn({ session: SESSION, lastActivityAt: past(seconds(1)) });
    await pass(minutes(5));
    expect(sent).toEqual([]);
  });

  it('a hidden one tells of its own: a film, or noteActivity', async () => {
    const { state, act, pass, sent } = createScene();
    state.isVisible = false;
    await pass(seconds(1));
    act();
    await pass(minutes(5));
    expect(sent).toHaveLength(1);
  });
});

describe('a touch whose turn somebody holds for ever', () => {
  it.each([
    ['waits for a second', minutes(5), seconds(1)],
    ['waits for less where the warning is near', seconds(1), 500],
  ])('%s', async (_, before, wait) => {
    const scene = createScene();
    const { act, pass, at } = scene;
    void scene.neighbour().takeTurn('touch', minutes(60), () => new Promise(() => undefined));
    const actedAt = minutes(15) - POLICY.warnBefore - before;
    await pass(actedAt);
    act();
    await pass(wait - 1);
    expect(at()).toEqual([]);
    await pass(2);
    expect(at()).toHaveLength(1);
  });
});

describe('a touch that was not answered', () => {
  it('is repeated with back-off: 2, 4, 8 … 60 s', async () => {
    const { act, pass, state, at } = createScene();
    state.reply = SILENCE;
    await pass(minutes(2));
    act();
    await pass(minutes(5));
    const waits = at()
      .slice(1)
      .map((one, index) => one - at()[index]!);
    expect(waits.slice(0, 6)).toEqual([2, 4, 8, 16, 32, 60].map(seconds));
  });

  it('is repeated as often as the policy asks for touches, however long the server was away', async () => {
    const touchEvery = seconds(5);
    const { act, pass, state, at } = createScene({ ...OPEN, policy: { ...POLICY, touchEvery } });
    state.reply = SILENCE;
    await pass(minutes(1));
    act();
    await pass(minutes(4));
    const waits = at()
      .slice(1)
      .map((one, index) => one - at()[index]!);
    expect(waits.slice(0, 2)).toEqual([2, 4].map(seconds));
    expect(new Set(waits.slice(2))).toEqual(new Set([touchEvery]));
  });

  it.each([
    [1, 1],
    [0, 1],
  ])(
    'is repeated from the first time on no later than the policy asks for touches: every %s s',
    async (every, wait) => {
      const { act, pass, state, at } = createScene({ ...OPEN, policy: { ...POLICY, touchEvery: seconds(every) } });
      state.reply = SILENCE;
      await pass(minutes(1));
      act();
      await pass(seconds(10));
      const waits = at()
        .slice(1)
        .map((one, index) => one - at()[index]!);
      expect(new Set(waits)).toEqual(new Set([seconds(wait)]));
    },
  );

  it('is repeated a quarter sooner or later, by chance', async () => {
    const waitBy = async (random: number) => {
      const { act, pass, state, at } = createScene();
      state.reply = SILENCE;
      state.random = random;
      await pass(minutes(2));
      act();
      await pass(seconds(10));
      return at()[1]! - at()[0]!;
    };
    expect([await waitBy(0), await waitBy(1)]).toEqual([seconds(1.5), seconds(2.5)]);
  });

  it('is repeated the sooner the nearer the warning is, and as before once it is there', async () => {
    const { act, pass, state, at } = createScene({ ...OPEN, policy: { ...POLICY, touchEvery: seconds(40) } });
    state.reply = SILENCE;
    const warnsAt = minutes(15) - POLICY.warnBefore;
    await pass(warnsAt - minutes(2));
    act();
    await pass(minutes(2) - 1);
    const waits = at()
      .slice(1)
      .map((one, index) => one - at()[index]!);
    expect(waits.slice(0, 3)).toEqual([2, 4, 8].map(seconds));
    // From there on a quarter of what is left, down to half a second.
    for (const [index, wait] of waits.entries()) {
      if (index < 4) continue;
      const left = warnsAt - at()[index]!;
      expect(wait).toBe(Math.ceil(Math.max(500, left / 4)));
    }
    expect(waits.at(-1)).toBe(500);
    const before = at().length;
    await pass(seconds(40) + 1);
    expect(at().length - before).toBeLessThanOrEqual(2);
  });

  it('is repeated no sooner for further activity, a warning included', async () => {
    const { act, pass, state, at } = createScene();
    state.reply = SILENCE;
    await pass(minutes(13));
    for (let i = 0; i < 60; i += 1) {
      act();
      await pass(seconds(1));
    }
    expect(at().length).toBeLessThanOrEqual(6);
  });

  it('waits as long as the server says', async () => {
    const { act, pass, state, at } = createScene();
    state.reply = { type: 'unknown', problem: 'status 429', retryAfter: seconds(40) };
    await pass(minutes(2));
    act();
    await pass(seconds(40) - 1);
    expect(at()).toHaveLength(1);
    await pass(1);
    expect(at()).toHaveLength(2);
  });
});

describe('a page that goes away', () => {
  it('tells what is untold, at once, and so that the request outlives it', async () => {
    const { act, touch, pass, sent } = createScene();
    await pass(seconds(10));
    act();
    await pass(seconds(5));
    touch.flush();
    expect(sent).toEqual([{ by: 0, at: seconds(15), activity: seconds(10), keepalive: true }]);
  });

  it('has nothing to tell where another tab has', async () => {
    const { ledger, touch, pass, sent } = createScene();
    await pass(seconds(1));
    ledger.learn({ session: SESSION, lastActivityAt: past(seconds(1)) });
    touch.flush();
    await pass(0);
    expect(sent).toEqual([]);
  });

  it('tells activity that it saw during a touch under way', async () => {
    const { act, touch, pass, state, sent } = createScene();
    state.delay = seconds(2);
    await pass(minutes(2));
    act();
    await pass(seconds(1));
    act();
    await pass(seconds(2));
    touch.flush();
    expect(sent.map(({ activity, keepalive }) => [activity, keepalive])).toEqual([
      [minutes(2), false],
      [minutes(2) + seconds(1), true],
    ]);
  });
});

it('once stopped, nothing is told', async () => {
  const { act, touch, pass, sent } = createScene();
  await pass(seconds(1));
  act();
  touch.stop();
  await pass(hours(1));
  expect(sent).toEqual([]);
});
