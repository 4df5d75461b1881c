import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import { absoluteDeadline, deadlines, firstDeadline, idleDeadline, lockEnd } from '../../../src/rules/deadlines.js';
import { hours, minutes } from '../../../src/time/instant.js';
import { LOCAL, OPEN, POLICY, past, without } from '../support/facts.js';

const M = minutes;

/** Facts without a lease, in which the person acted, authenticated and was locked so long after noon. */
function local(at: { acted?: number; authenticated?: number; locked?: number }, policy: object = {}): Facts {
  return {
    ...without(LOCAL, 'lastActivityAt', 'authenticatedAt'),
    policy: { ...POLICY, ...policy },
    ...(at.acted === undefined ? {} : { lastActivityAt: past(at.acted) }),
    ...(at.authenticated === undefined ? {} : { authenticatedAt: past(at.authenticated) }),
    ...(at.locked === undefined ? {} : { lockedAt: past(at.locked) }),
  };
}

describe('without a server', () => {
  it.each<[what: string, facts: Facts, idle: number | undefined, absolute: number | undefined]>([
    ['both clocks run from the start', local({}), M(15), hours(8)],
    ['idleness runs from the last activity', local({ acted: M(5) }), M(20), hours(8)],
    [
      'idleness runs from an authentication that is later',
      local({ acted: M(5), authenticated: M(9) }),
      M(24),
      hours(8),
    ],
    [
      'the session runs from its start though the person authenticated anew',
      local({ authenticated: M(9) }),
      M(24),
      hours(8),
    ],
    [
      'the session runs from the authentication where the policy says so',
      local({ authenticated: M(9) }, { absoluteFrom: 'auth_time' }),
      M(24),
      hours(8) + M(9),
    ],
    ['no idle limit is no deadline', local({ acted: M(5) }, { idleTimeout: null }), undefined, hours(8)],
    ['no absolute limit is no deadline', local({ acted: M(5) }, { absoluteTimeout: null }), M(20), undefined],
    ['no policy is no deadline', without(LOCAL, 'policy'), undefined, undefined],
  ])('%s', (_, facts, idle, absolute) => {
    expect(idleDeadline(facts)).toBe(idle === undefined ? undefined : past(idle));
    expect(absoluteDeadline(facts)).toBe(absolute === undefined ? undefined : past(absolute));
  });
});

describe('with a server', () => {
  it('its lease is the truth, whatever the person did and the policy says', () => {
    const facts: Facts = {
      ...OPEN,
      lastActivityAt: past(M(14)),
      lease: { rev: 1, idleExpiry: past(M(1)), absoluteExpiry: past(M(2)) },
    };
    expect(deadlines(facts)).toEqual({ idle: past(M(1)), absolute: past(M(2)) });
  });

  it('a lease without limits means that there are none', () => {
    expect(deadlines({ ...OPEN, lease: { rev: 1 } })).toEqual({});
  });

  it('a lease of the time while it was locked says nothing of idleness', () => {
    expect(idleDeadline({ ...OPEN, lease: { rev: 1, idleExpiry: past(M(1)), whileLocked: true } })).toBeUndefined();
  });
});

describe('a lock ends (L2)', () => {
  it.each<[when: string, facts: Facts, at: number | undefined]>([
    [
      'when the lease says, if it was issued while locked',
      {
        ...OPEN,
        lockedAt: past(M(1)),
        lease: { rev: 1, idleExpiry: past(M(40)), whileLocked: true },
        policy: { ...POLICY, lockTimeout: M(5) },
      },
      M(40),
    ],
    [
      'never, if such a lease names no end',
      {
        ...OPEN,
        lockedAt: past(M(1)),
        lease: { rev: 1, whileLocked: true },
        policy: { ...POLICY, lockTimeout: M(5) },
      },
      undefined,
    ],
    [
      'after the lock timeout, where that is later than the idle deadline of a lease that does not know the lock',
      { ...OPEN, lockedAt: past(M(1)), policy: { ...POLICY, lockTimeout: M(30) } },
      M(31),
    ],
    [
      'with that idle deadline, where the lock timeout is shorter',
      { ...OPEN, lockedAt: past(M(1)), policy: { ...POLICY, lockTimeout: M(5) } },
      M(15),
    ],
    [
      'never, without a lock timeout',
      { ...OPEN, lockedAt: past(M(1)), policy: { ...POLICY, lockTimeout: null } },
      undefined,
    ],
    [
      'without a server after the lock timeout',
      local({ acted: M(1), authenticated: 0, locked: M(16) }, { lockTimeout: M(30) }),
      M(46),
    ],
  ])('%s', (_, facts, at) => {
    const end = at === undefined ? undefined : past(at);
    expect(lockEnd(facts)).toBe(end);
    expect(deadlines(facts).idle).toBe(end);
  });

  it('only if it is one: not after a later authentication', () => {
    const facts: Facts = {
      ...OPEN,
      lockedAt: past(M(1)),
      authenticatedAt: past(M(2)),
      policy: { ...POLICY, lockTimeout: M(60) },
    };
    expect(deadlines(facts).idle).toBe(past(M(15)));
  });
});

it('the credential of an auth SDK is a deadline of its own', () => {
  expect(deadlines(OPEN, past(M(3)))).toEqual({
    idle: past(M(15)),
    absolute: past(hours(8)),
    credential: past(M(3)),
  });
});

describe('the first deadline', () => {
  it.each<[all: Record<string, number>, cause: string | undefined]>([
    [{}, undefined],
    [{ idle: 5 }, 'idle'],
    [{ idle: 5, absolute: 9, credential: 7 }, 'idle'],
    [{ idle: 9, absolute: 5, credential: 7 }, 'absolute'],
    [{ idle: 9, absolute: 8, credential: 7 }, 'credential'],
    [{ idle: 5, absolute: 5, credential: 5 }, 'absolute'],
    [{ idle: 5, credential: 5 }, 'credential'],
  ])('of %j is %s', (all, cause) => {
    const instants = Object.fromEntries(Object.entries(all).map(([name, at]) => [name, past(at)]));
    const at = cause === undefined ? undefined : instants[cause];
    expect(firstDeadline(instants)).toEqual(cause === undefined ? undefined : { cause, at });
  });
});
