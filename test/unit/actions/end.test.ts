import { describe, expect, it } from 'vitest';
import { createEnd } from '../../../src/actions/end.js';
import type { Facts } from '../../../src/facts/facts.js';
import type { Claim } from '../../../src/rules/admit.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { LEASE, LOCAL, OPEN, POLICY, past, SESSION, SHOWING } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

const M = minutes;
const LOCKS: Facts = { ...OPEN, policy: { ...POLICY, onIdle: 'lock', lockTimeout: M(30) } };
const MORE: Facts = { session: SESSION, lease: { ...LEASE, rev: 11, idleExpiry: past(M(20)) } };

interface How {
  readonly facts?: Facts;
  readonly standing?: Standing;
  readonly hasBackend?: boolean;
}

function createScene({ facts = OPEN, standing = SHOWING, hasBackend = true }: How = {}) {
  const around = createSurroundings(facts, standing);
  const { clock, ledger } = around;
  const log: string[] = [];
  const state: {
    /** What the server does when asked. */
    server: () => boolean;
    /** How long it takes; it is silent from the limit on. */
    delay: number;
    mirror: Facts;
    claims: readonly Claim[];
    settled: () => Promise<void>;
    isVisible: boolean;
    awakeFor: () => number;
  } = {
    isVisible: true,
    awakeFor: () => Number.POSITIVE_INFINITY,
    server: () => false,
    delay: 0,
    mirror: {},
    claims: [],
    settled: async () => undefined,
  };
  const end = createEnd({
    clock,
    ledger,
    takeTurn: around.takeTurn,
    end: (session, end) => ledger.learn({ session, end }),
    readMirror() {
      log.push('mirror');
      ledger.learn(state.mirror);
    },
    async ask(limit) {
      log.push(`ask ${limit}`);
      await new Promise<void>((resolve) => void clock.wait(Math.min(limit, state.delay), resolve));
      return state.delay < limit && state.server();
    },
    hasBackend,
    isVisible: () => state.isVisible,
    awakeFor: () => state.awakeFor(),
    claims: () => state.claims,
    settled: () => state.settled(),
  });
  around.onChange = () => end.consider();
  return {
    ...around,
    end,
    log,
    state,
    /** Lets time pass to `duration` after noon, with a look at the end of it. */
    async until(duration: number) {
      const left = past(duration) - past(0) - clock.passed();
      await around.pass(left);
      end.consider();
      await around.pass(0);
    },
    tombstone: () => ledger.facts().end,
  };
}

describe('before the deadline', () => {
  it('nothing is asked or written', async () => {
    const { until, log, tombstone } = createScene();
    await until(M(15) - 1);
    expect([log, tombstone()]).toEqual([[], undefined]);
  });
});

describe('the last look (E1)', () => {
  it('reads the mirror, asks the server, looks again, mirror included, and only then writes', async () => {
    const { until, log, tombstone, ledger } = createScene();
    await until(M(15));
    expect(log).toEqual(['mirror', 'ask 3000', 'mirror']);
    expect(tombstone()).toEqual({ reason: 'idle', at: past(M(15)), told: false });
    expect(ledger.view().phase).toBe('ended');
  });

  it('waits for its turn, though no longer than a second', async () => {
    const { until, pass, neighbour, log, tombstone } = createScene();
    void neighbour().takeTurn('end', hours(1), () => new Promise(() => undefined));
    await until(M(15));
    await pass(seconds(1) - 1);
    expect(log).toEqual([]);
    await pass(1);
    expect(tombstone()).toBeDefined();
  });

  it('ends within five seconds, though the turn is not given back and the server says nothing', async () => {
    const { until, pass, neighbour, state, tombstone } = createScene();
    state.delay = hours(1);
    void neighbour().takeTurn('end', hours(1), () => new Promise(() => undefined));
    await until(M(15));
    await pass(seconds(3));
    expect(tombstone()).toBeUndefined();
    await pass(seconds(2));
    expect(tombstone()).toMatchObject({ reason: 'idle' });
  });

  it.each<[what: string, at: 'before' | 'after']>([
    ['before it asks', 'before'],
    ['after it has asked', 'after'],
  ])('is over where the mirror says more %s', async (_, at) => {
    const { until, log, state, tombstone, ledger } = createScene();
    if (at === 'before') state.mirror = MORE;
    else {
      state.server = () => {
        state.mirror = MORE;
        return false;
      };
    }
    await until(M(15));
    expect([tombstone(), ledger.view().phase]).toEqual([undefined, 'active']);
    expect(log.filter((one) => one.startsWith('ask'))).toHaveLength(at === 'before' ? 0 : 1);
  });

  it('is over where the server gives more time', async () => {
    const { until, state, tombstone, ledger } = createScene();
    state.server = () => {
      ledger.learn(MORE);
      return true;
    };
    await until(M(15));
    expect([tombstone(), ledger.view().phase]).toEqual([undefined, 'active']);
  });

  it('writes nothing while the server answers that it is open, whatever our clock says, and looks again', async () => {
    const { until, pass, log, state, tombstone, ledger } = createScene();
    state.server = () => true;
    await until(M(15));
    await pass(seconds(30));
    expect([tombstone(), ledger.view().phase]).toEqual([undefined, 'expired']);
    expect(log.filter((one) => one.startsWith('ask')).length).toBeGreaterThan(20);
    state.server = () => false;
    await pass(seconds(2));
    expect(tombstone()).toBeDefined();
  });

  it('waits for a re-authentication under way', async () => {
    const { until, pass, log, state, tombstone, ledger } = createScene();
    let finish: () => void = () => undefined;
    state.settled = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    await until(M(15));
    await pass(seconds(9));
    expect([log, tombstone()]).toEqual([['mirror'], undefined]);
    ledger.learn(MORE);
    finish();
    await pass(seconds(5));
    expect(tombstone()).toBeUndefined();
  });

  it('goes on once, however often it is asked for', async () => {
    const { until, pass, end, log, state } = createScene();
    state.delay = seconds(2);
    await until(M(15));
    for (let i = 0; i < 20; i += 1) {
      end.consider();
      await pass(50);
    }
    expect(log.filter((one) => one.startsWith('ask'))).toHaveLength(1);
  });

  it('is called off by stopping, and writes nothing after', async () => {
    const { until, pass, end, state, tombstone } = createScene();
    state.delay = seconds(2);
    await until(M(15));
    end.stop();
    await pass(minutes(5));
    expect(tombstone()).toBeUndefined();
    end.consider();
    await pass(seconds(5));
    expect(tombstone()).toBeDefined();
  });
});

describe('the tombstone', () => {
  it.each<[cause: string, facts: Facts, standing: Standing, at: number]>([
    ['absolute', { ...OPEN, lease: { rev: 1, absoluteExpiry: past(M(15)) } }, SHOWING, M(15)],
    ['credential', OPEN, { ...SHOWING, credentialExpiry: past(M(9)) }, M(9)],
    ['idle', LOCAL, SHOWING, M(15)],
  ])('says of what it died: %s', async (reason, facts, standing, at) => {
    const { until, tombstone } = createScene({ facts, standing });
    await until(at);
    expect(tombstone()?.reason).toBe(reason);
  });

  it('is told already where there is no server to tell', async () => {
    const { until, tombstone } = createScene({ facts: LOCAL, hasBackend: false });
    await until(M(15));
    expect(tombstone()?.told).toBe(true);
  });

  it.each([
    [
      'where there is no server, after a sleep, waits three seconds for what other tabs did before it',
      false,
      seconds(3),
    ],
    ['with a server asks that, and waits for nobody', true, 0],
  ])('%s', async (_, hasBackend, wait) => {
    const scene = createScene({ facts: hasBackend ? OPEN : LOCAL, hasBackend });
    const { until, pass, state, clock, tombstone } = scene;
    const wokeAt = clock.read().monotonic + M(15);
    state.awakeFor = () => clock.read().monotonic - wokeAt;
    await until(M(15));
    await pass(wait - 1);
    expect(tombstone() === undefined).toBe(wait > 0);
    await pass(1);
    expect(tombstone()).toBeDefined();
  });

  it('but not if one of them did something', async () => {
    const { until, pass, state, clock, ledger, tombstone } = createScene({ facts: LOCAL, hasBackend: false });
    const wokeAt = clock.read().monotonic + M(15);
    state.awakeFor = () => clock.read().monotonic - wokeAt;
    await until(M(15));
    state.mirror = { ...LOCAL, lastActivityAt: past(minutes(14)) };
    await pass(seconds(10));
    expect([ledger.view().phase, tombstone()]).toEqual(['active', undefined]);
  });

  it('of a newcomer waits for an open tab to answer its hello (S5)', async () => {
    const { until, pass, tombstone } = createScene({ standing: NEWCOMER });
    await until(M(15));
    await pass(399);
    expect(tombstone()).toBeUndefined();
    await pass(1);
    expect(tombstone()).toBeDefined();
  });

  it('is not written again, and another end is left as it is', async () => {
    const revoked = { reason: 'revoked', at: past(5), told: true } as const;
    const { until, log, tombstone } = createScene({ facts: { ...OPEN, end: revoked } });
    await until(M(20));
    expect([log, tombstone()]).toEqual([[], revoked]);
  });
});

describe('clocks that disagree (E2)', () => {
  it('cover by the later, and end, offline, by the earlier', async () => {
    const { until, pass, doubt, ledger, tombstone } = createScene();
    doubt.earliest = -minutes(10);
    await until(M(15));
    await pass(minutes(9));
    expect([ledger.view().phase, tombstone()]).toEqual(['expired', undefined]);
    await pass(minutes(1) + seconds(5));
    expect(tombstone()).toMatchObject({ reason: 'idle' });
  });

  it('that agree but for a second end within five', async () => {
    const { until, pass, doubt, tombstone } = createScene();
    doubt.earliest = -seconds(1);
    await until(M(15));
    expect(tombstone()).toBeUndefined();
    await pass(seconds(5));
    expect(tombstone()).toBeDefined();
  });

  it('by a little: a page in sight asks only once its deadline is surely past, a hidden one at once', async () => {
    for (const isVisible of [true, false]) {
      const { until, pass, doubt, log, state } = createScene();
      state.isVisible = isVisible;
      doubt.earliest = -40;
      await until(M(15));
      expect(log).toEqual(isVisible ? ['mirror'] : ['mirror', 'ask 3000', 'mirror']);
      await pass(50);
      expect(log.slice(0, 2)).toEqual(['mirror', 'ask 3000']);
    }
  });

  it('are settled by the server', async () => {
    const { until, pass, doubt, state, ledger, tombstone } = createScene();
    doubt.latest = hours(8);
    await until(M(1));
    expect(ledger.view().phase).toBe('expired');
    state.server = () => {
      doubt.latest = 0;
      return true;
    };
    await pass(hours(1));
    expect(tombstone()).toBeUndefined();
  });
});

describe('claims of more time (K8)', () => {
  const claims: Claim[] = [{ about: 'this-session', key: 'lease', until: past(M(22)) }];

  it('postpone the tombstone until they have passed, and open nothing', async () => {
    const { until, pass, state, ledger, tombstone } = createScene();
    state.claims = claims;
    await until(M(15));
    await pass(M(7) - 1);
    expect([ledger.view().phase, tombstone()]).toEqual(['expired', undefined]);
    await pass(seconds(5));
    expect(tombstone()).toMatchObject({ reason: 'idle' });
  });

  it('postpone it at most one idle limit', async () => {
    const { until, pass, state, tombstone } = createScene();
    state.claims = [{ about: 'this-session', key: 'lease', until: past(hours(7)) }];
    await until(M(15));
    await pass(M(15) + seconds(5));
    expect(tombstone()).toBeDefined();
  });

  it('postpone nothing where there is no server that could settle them', async () => {
    const { until, state, tombstone } = createScene({ facts: LOCAL, hasBackend: false });
    state.claims = claims;
    await until(M(15));
    expect(tombstone()).toBeDefined();
  });
});

describe('where the policy says lock (L1)', () => {
  it('the lock becomes a fact after a last look, and the session does not end', async () => {
    const { until, log, ledger, tombstone } = createScene({ facts: LOCKS });
    await until(M(15));
    expect(log).toEqual(['mirror', 'ask 3000', 'mirror']);
    expect(ledger.facts().lockedAt).toBe(past(M(15)));
    expect([ledger.view().phase, tombstone()]).toEqual(['locked', undefined]);
  });

  it('it is dated at the earliest possible now, though not before the deadline', async () => {
    const { until, pass, doubt, ledger } = createScene({ facts: LOCKS });
    doubt.earliest = -seconds(10);
    await until(M(15) + seconds(1));
    await pass(seconds(20));
    expect(ledger.facts().lockedAt).toBeGreaterThanOrEqual(past(M(15)));
    expect(ledger.facts().lockedAt).toBeLessThanOrEqual(past(M(15) + seconds(5)));
  });

  it('a lock that is a fact is not looked at again until it ends', async () => {
    const { until, log, tombstone } = createScene({ facts: LOCKS });
    await until(M(15));
    log.length = 0;
    await until(M(44));
    expect(log).toEqual([]);
    await until(M(46));
    expect(tombstone()).toMatchObject({ reason: 'idle' });
  });
});
