/** Facts, standings and readings of every kind, for laws. Values lie close together, so that ties are common. */
import fc from 'fast-check';
import { END_REASONS, type Facts, type Lease, type Session, type Tombstone } from '../../src/facts/facts.js';
import { clampPolicy, type Policy } from '../../src/facts/policy.js';
import type { Standing } from '../../src/rules/standing.js';
import { DEFAULT_POLICY } from '../../src/testing/fake-server.js';
import { type Reading, type ServerTime, serverTime } from '../../src/time/instant.js';

/** Laws are about values: a few thousand of them each, from a fixed seed so that a failure stays one. */
export const THOROUGH: fc.Parameters<unknown> = { numRuns: 3_000, seed: 20_261_121 };

export const NOW = 1_795_262_400_000;

/** Instants within a quarter of an hour of each other; half of them one of three. */
export const instant: fc.Arbitrary<ServerTime> = fc
  .oneof(fc.constantFrom(0, 1_000, 60_000), fc.integer({ min: -450_000, max: 450_000 }))
  .map((offset) => serverTime(NOW + offset));

const id = fc.constantFrom('a', 'b', 'c');

export const session: fc.Arbitrary<Session> = fc.record(
  { id, order: fc.integer({ min: 0, max: 3 }), startedAt: instant, subject: fc.constantFrom('ana', 'ben') },
  { requiredKeys: ['id', 'order', 'startedAt'] },
);

export const lease: fc.Arbitrary<Lease> = fc.record(
  {
    rev: fc.integer({ min: 0, max: 4 }),
    idleExpiry: instant,
    absoluteExpiry: instant,
    extensionsLeft: fc.integer({ min: 0, max: 2 }),
    lastActivityAt: instant,
    longestPause: fc.constantFrom(1, 1_000, 60_000),
    whileLocked: fc.constant(true as const),
  },
  { requiredKeys: ['rev'] },
);

const limit = fc.option(fc.constantFrom(30_000, 60_000, 300_000), { nil: null });

export const policy: fc.Arbitrary<Policy> = fc
  .record({
    version: fc.integer({ min: 0, max: 3 }),
    idleTimeout: limit,
    absoluteTimeout: limit,
    absoluteFrom: fc.constantFrom('session_start' as const, 'auth_time' as const),
    warnBefore: fc.constantFrom(5_000, 20_000),
    onIdle: fc.constantFrom('end' as const, 'lock' as const),
    lockTimeout: limit,
    extendable: fc.boolean(),
    operations: fc.dictionary(
      fc.constantFrom('pay', 'read', '__proto__'),
      fc.record(
        {
          allow: fc.boolean(),
          maxAge: fc.constantFrom(0, 1_000),
          idleTimeout: fc.constantFrom(1_000, 60_000),
          absoluteTimeout: fc.constantFrom(1_000, 60_000),
        },
        { requiredKeys: ['allow'] },
      ),
      { noNullPrototype: false },
    ),
  })
  .map((members) => clampPolicy({ ...DEFAULT_POLICY, ...members }).policy);

export const tombstone: fc.Arbitrary<Tombstone> = fc.record(
  {
    reason: fc.constantFrom(...END_REASONS),
    detail: fc.constantFrom('risk', 'credential-change'),
    at: instant,
    told: fc.boolean(),
  },
  { requiredKeys: ['reason', 'at', 'told'] },
);

/** Facts as a tab may hold them: of one session, or nothing. */
export const facts: fc.Arbitrary<Facts> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Facts>({}) },
  { weight: 12, arbitrary: factsOf(session) },
);

/** Facts about one of the sessions given. */
export function factsOf(sessions: fc.Arbitrary<Session>): fc.Arbitrary<Facts> {
  return fc.record(
    {
      session: sessions,
      lastActivityAt: instant,
      authenticatedAt: instant,
      acr: fc.constantFrom('pwd', 'phr'),
      lease,
      policy,
      lockedAt: instant,
      end: tombstone,
    },
    { requiredKeys: ['session'] },
  );
}

export const reading: fc.Arbitrary<Reading> = fc
  .tuple(instant, fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }))
  .map(([now, before, after]) => ({ now, earliest: serverTime(now - before), latest: serverTime(now + after) }));

/**
 * Where a tab may stand towards what it knows: a page that opened a session shows it, and only of one that is over can
 * the server have said that there is none, or the wipe be known.
 */
export function standingTo({ session: one, end }: Facts): fc.Arbitrary<Standing> {
  const opened = fc.constantFrom(undefined, one?.id, one?.id, 'z');
  return opened.chain((id) =>
    fc.record({
      shown: id !== undefined && id === one?.id ? fc.constant(one) : fc.constantFrom(undefined, one),
      opened: fc.constant(id),
      none: end || !one ? fc.boolean() : fc.constant(false),
      doubted: fc.boolean(),
      returned: fc.boolean(),
      waited: fc.boolean(),
      replacedAt: fc.option(instant, { nil: undefined, freq: 6 }),
      wiped: end ? fc.constantFrom(undefined, one?.id) : fc.constant(undefined),
    }),
  );
}
