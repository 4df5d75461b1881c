import { describe, expect, it } from 'vitest';
import type { Facts, Lease, Tombstone } from '../../../src/facts/facts.js';
import { isLocked, withoutSubject } from '../../../src/facts/facts.js';
import { compareSessions, includes, join, sameFacts } from '../../../src/facts/join.js';
import { canonicalPolicy } from '../../../src/facts/policy-wire.js';
import { minutes } from '../../../src/time/instant.js';
import { LATER_SESSION, LEASE, NOON, OPEN, POLICY, past, SESSION } from '../support/facts.js';

/** Both ways round, for the order in which one hears must not matter. */
function joined(a: Facts, b: Facts): Facts {
  const one = join(a, b);
  expect(sameFacts(one, join(b, a))).toBe(true);
  expect(includes(one, a) && includes(one, b)).toBe(true);
  expect(sameFacts(join(one, a), one)).toBe(true);
  return one;
}

const of = (facts: Facts): Facts => ({ session: SESSION, ...facts });

describe('of two sessions', () => {
  it('the later replaces all facts of the other, an end included', () => {
    const over: Facts = { ...OPEN, end: { reason: 'idle', at: NOON, told: true } };
    expect(joined(over, { session: LATER_SESSION })).toEqual({ session: LATER_SESSION });
  });

  it('an end of the later is not undone by the earlier', () => {
    const over: Facts = { session: LATER_SESSION, end: { reason: 'idle', at: NOON, told: true } };
    expect(joined(over, OPEN)).toEqual(over);
  });

  it('of one order the higher id wins', () => {
    const [a, b] = [
      { ...SESSION, id: 'a' },
      { ...SESSION, id: 'b' },
    ];
    expect(joined({ session: a, acr: 'x' }, { session: b })).toEqual({ session: b });
    expect(compareSessions(a, b)).toBeLessThan(0);
    expect(compareSessions(b, a)).toBeGreaterThan(0);
    const again = { ...a, startedAt: past(5) };
    expect(compareSessions(a, again)).toBe(0);
  });

  it('nothing is replaced by anything', () => {
    expect(joined({}, OPEN)).toEqual(OPEN);
    expect(joined({}, {})).toEqual({});
  });

  it('that are one, of which somebody says other things, the earlier start and the smaller subject stay', () => {
    const liar: Facts = { session: { ...SESSION, startedAt: past(-5), subject: 'zoe' } };
    expect(joined(OPEN, liar).session).toEqual({ ...SESSION, startedAt: past(-5) });
    expect(joined({ session: { id: 's1', order: 1_000, startedAt: NOON } }, OPEN).session?.subject).toBe('ana');
  });
});

describe('of one session', () => {
  it.each(['lastActivityAt', 'authenticatedAt', 'lockedAt'] as const)('the later %s wins', (member) => {
    expect(joined(of({ [member]: past(1) }), of({ [member]: past(2) }))[member]).toBe(past(2));
    expect(joined(of({ [member]: past(1) }), of({}))[member]).toBe(past(1));
  });

  it.each<[what: string, a: Facts, b: Facts, acr: string | undefined]>([
    [
      'goes with the later authentication',
      { authenticatedAt: past(1), acr: 'z' },
      { authenticatedAt: past(2), acr: 'a' },
      'a',
    ],
    [
      'is gone where the later authentication has none',
      { authenticatedAt: past(1), acr: 'z' },
      { authenticatedAt: past(2) },
      undefined,
    ],
    [
      'is the greater string on a tie',
      { authenticatedAt: past(1), acr: 'b' },
      { authenticatedAt: past(1), acr: 'a' },
      'b',
    ],
    ['is the one there is on a tie', { authenticatedAt: past(1), acr: 'b' }, { authenticatedAt: past(1) }, 'b'],
    ['gives way to an authentication that is known at all', { acr: 'z' }, { authenticatedAt: past(1), acr: 'a' }, 'a'],
  ])('the acr %s', (_, a, b, acr) => {
    expect(joined(of(a), of(b)).acr).toBe(acr);
  });

  it.each<[what: string, a: Lease, b: Lease, lease: Lease]>([
    [
      'with the higher rev, though it is shorter',
      LEASE,
      { rev: 11, idleExpiry: past(1) },
      { rev: 11, idleExpiry: past(1) },
    ],
    [
      'that ends earlier, of one rev',
      { rev: 1, idleExpiry: past(1), absoluteExpiry: past(9), extensionsLeft: 3 },
      { rev: 1, idleExpiry: past(2), absoluteExpiry: past(8), extensionsLeft: 2 },
      { rev: 1, idleExpiry: past(1), absoluteExpiry: past(8), extensionsLeft: 2 },
    ],
    [
      'that has a limit, of one rev',
      { rev: 1 },
      { rev: 1, idleExpiry: past(2), extensionsLeft: 0 },
      { rev: 1, idleExpiry: past(2), extensionsLeft: 0 },
    ],
    [
      'that knows of less activity and of the longer pause, of one rev',
      { rev: 1, lastActivityAt: past(5), longestPause: 9 },
      { rev: 1, lastActivityAt: past(7), longestPause: 3 },
      { rev: 1, lastActivityAt: past(5), longestPause: 9 },
    ],
    ['that is locked, of one rev', { rev: 1 }, { rev: 1, whileLocked: true }, { rev: 1, whileLocked: true }],
  ])('the lease %s stays', (_, a, b, lease) => {
    expect(joined(of({ lease: a }), of({ lease: b })).lease).toEqual(lease);
  });

  it('the policy with the higher version stays, though it is laxer', () => {
    const lax = { ...POLICY, version: 2, idleTimeout: null };
    expect(joined(of({ policy: POLICY }), of({ policy: lax })).policy).toEqual(lax);
  });

  it('of two policies with one version, which no honest server issues, all tabs choose the same', () => {
    const other = { ...POLICY, idleTimeout: minutes(1) };
    const { policy } = joined(of({ policy: POLICY }), of({ policy: other }));
    const [first] = [canonicalPolicy(POLICY), canonicalPolicy(other)].sort();
    expect(canonicalPolicy(policy!)).toBe(first);
  });

  it.each<[what: string, a: Tombstone, b: Tombstone, end: Tombstone]>([
    [
      'the earliest',
      { reason: 'unknown', at: past(1), told: false },
      { reason: 'revoked', at: past(2), told: false },
      { reason: 'unknown', at: past(1), told: false },
    ],
    [
      'of one instant the one that explains most',
      { reason: 'idle', at: past(1), told: false },
      { reason: 'signed-out', at: past(1), told: false },
      { reason: 'signed-out', at: past(1), told: false },
    ],
    [
      'of one instant and reason the first detail by string',
      { reason: 'revoked', detail: 'risk', at: past(1), told: false },
      { reason: 'revoked', detail: 'credential-change', at: past(1), told: false },
      { reason: 'revoked', detail: 'credential-change', at: past(1), told: false },
    ],
    [
      'the earliest, and told once any was told',
      { reason: 'idle', at: past(1), told: false },
      { reason: 'idle', at: past(2), told: true },
      { reason: 'idle', at: past(1), told: true },
    ],
  ])('the tombstone is %s', (_, a, b, end) => {
    expect(joined(of({ end: a }), of({ end: b })).end).toEqual(end);
  });

  it('a tombstone stays, whatever else is learnt', () => {
    const end: Tombstone = { reason: 'idle', at: past(1), told: false };
    const more = { ...OPEN, lastActivityAt: past(9), authenticatedAt: past(9), lease: { rev: 99 } };
    expect(joined(of({ end }), more).end).toEqual(end);
  });
});

describe('locked', () => {
  it.each<[is: boolean, lockedAt: number | undefined, authenticatedAt: number | undefined]>([
    [false, undefined, undefined],
    [false, undefined, 1],
    [true, 1, undefined],
    [true, 2, 1],
    [false, 1, 1],
    [false, 1, 2],
  ])('is %s with a lock at %s and an authentication at %s', (is, lockedAt, authenticatedAt) => {
    const facts = of({
      ...(lockedAt === undefined ? {} : { lockedAt: past(lockedAt) }),
      ...(authenticatedAt === undefined ? {} : { authenticatedAt: past(authenticatedAt) }),
    });
    expect(isLocked(facts)).toBe(is);
  });
});

it('the subject is left out of what is kept only once the session is over', () => {
  expect(withoutSubject(OPEN)).toBe(OPEN);
  const end: Tombstone = { reason: 'idle', at: NOON, told: true };
  expect(withoutSubject({ ...OPEN, end })).toEqual({
    ...OPEN,
    session: { id: 's1', order: 1_000, startedAt: NOON },
    end,
  });
});
