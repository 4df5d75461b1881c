import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFacts, encodeFacts } from '../../../src/facts/codec.ts';
import { readDocument } from '../../../src/server/document.ts';
import { WireProblem } from '../../../src/server/wire.ts';
import { wireDocument } from './wire-examples.ts';

test('reads the document of the protocol, in milliseconds and in our words', () => {
  const { policy, ...rest } = readDocument(wireDocument());
  expect(policy).toMatchObject({ version: 7, idleTimeout: 900_000, absoluteTimeout: 28_800_000 });
  expect(rest).toEqual({
    serverTime: 1795245600123,
    rev: 42,
    session: { id: 'kJ2', order: 1795240000712, startedAt: 1795240000700, subject: 'u_8f' },
    authenticatedAt: 1795240000700,
    acr: 'pwd',
    lastActivityAt: 1795245500000,
    idleExpiry: 1795246400000,
    absoluteExpiry: 1795268800000,
    clamped: [],
  });
});

test('reads null and nothing as "no such limit"', () => {
  const nulls = { acr: null, last_activity: null, idle_expiry: null, session_expiry: undefined };
  const document = readDocument(wireDocument(nulls));
  for (const member of ['acr', 'lastActivityAt', 'idleExpiry', 'absoluteExpiry', 'lockedAt', 'extensionsLeft']) {
    expect(document).not.toHaveProperty(member);
  }
});

test('reads a lock and the extensions that are left', () => {
  const document = readDocument(wireDocument({ locked_at: 1795245600, extensions_left: 0 }));
  expect(document).toMatchObject({ lockedAt: 1795245600000, extensionsLeft: 0 });
});

test('reads the longest pause in seconds, and none where there was none', () => {
  expect(readDocument(wireDocument({ longest_pause: 90.5 }))).toMatchObject({ longestPause: 90_500 });
  for (const none of [0, null, undefined])
    expect(readDocument(wireDocument({ longest_pause: none }))).not.toHaveProperty('longestPause');
});

test('ignores members that it does not know', () => {
  const document = readDocument(wireDocument({ future: { deep: true } }));
  expect(document).toEqual(readDocument(wireDocument()));
});

test.each<[said: string, change: { readonly [member: string]: unknown }]>([
  ['server_time is not a number of seconds', { server_time: '1795245600' }],
  ['server_time is not a number of seconds', { server_time: Number.NaN }],
  ['server_time looks like milliseconds', { server_time: 1795245600123 }],
  ['server_time looks like milliseconds', { server_time: 10_000_000_000 }],
  ['server_time is no instant in Unix seconds', { server_time: 12 }],
  ['rev is not a whole number of 0 or more', { rev: 1.5 }],
  ['rev is not a whole number of 0 or more', { rev: 2 ** 53 }],
  ['rev is not a whole number of 0 or more', { rev: undefined }],
  ['session is not an object', { session: null }],
  ['session.id is not a string', { session: { order: 1, started_at: 1795240000 } }],
  ['session.id is empty or cannot stand in a header', { session: { id: '', order: 1, started_at: 1795240000 } }],
  ['session.id is empty or cannot stand in a header', { session: { id: 'a\nb', order: 1, started_at: 1795240000 } }],
  ['session.order is not a whole number of 0 or more', { session: { id: 'a', order: -1, started_at: 1795240000 } }],
  ['session.started_at looks like milliseconds', { session: { id: 'a', order: 1, started_at: 1795240000000 } }],
  ['session.subject is not a string', { session: { id: 'a', order: 1, started_at: 1795240000, subject: 7 } }],
  ['auth_time is not a number of seconds', { auth_time: null }],
  ['acr is longer than 1000 characters', { acr: 'x'.repeat(1001) }],
  ['last_activity looks like milliseconds', { last_activity: 1795245500000 }],
  ['idle_expiry looks like milliseconds', { idle_expiry: 1795246400000 }],
  ['session_expiry looks like milliseconds', { session_expiry: 1e300 }],
  ['locked_at is not a number of seconds', { locked_at: true }],
  ['extensions_left is not a whole number of 0 or more', { extensions_left: -1 }],
  ['longest_pause is not a finite number of seconds of 0 or more', { longest_pause: '90' }],
  ['longest_pause looks like milliseconds, or too long', { longest_pause: 31_622_401 }],
])('rejects a document whose %s', (said, change) => {
  expect(() => readDocument(wireDocument(change))).toThrow(new WireProblem(said));
});

test('keeps the rest of a document whose policy does not validate', () => {
  const document = readDocument(wireDocument({ policy: { version: 8, idle_timeout: 900_000_000 } }));
  expect(document).not.toHaveProperty('policy');
  expect(document.policyProblem).toBe('idle_timeout looks like milliseconds, or too long');
  expect(document.idleExpiry).toBe(1795246400000);
});

test('says that there is no policy rather than making one up', () => {
  const document = readDocument(wireDocument({ policy: undefined, policy_token: 7 }));
  expect(document).not.toHaveProperty('policy');
  expect(document.policyProblem).toBe('the document carries no policy');
});

test('takes no policy that has to be verified first, and none that stands beside it', () => {
  const document = readDocument(wireDocument({ policy_token: 'ey' }));
  expect(document).not.toHaveProperty('policy');
  expect(document).toMatchObject({
    policyToken: 'ey',
    policyProblem: 'the policy is signed, and the option verifyPolicy is missing',
  });
});

test('says which members of the policy were brought within bounds', () => {
  const document = readDocument(wireDocument({ policy: { version: 8, idle_timeout: 60, warn_before: 50 } }));
  expect(document.clamped).toContain('warn_before');
});

/** Numbers as servers get them wrong, among them those that JSON can write and instants cannot be. */
const number = fc.oneof(
  fc.double({ min: 1e9, max: 1e10, noNaN: true }),
  fc.constantFrom(9_999_999_999.9999, Number.POSITIVE_INFINITY, Number.NaN, -0, 1e-300),
  fc.double(),
  fc.integer(),
);
const anything = fc.oneof(number, fc.jsonValue());

test('never throws anything but a problem, and never gives an instant that other tabs could not read', () => {
  const names = [
    'server_time',
    'rev',
    'auth_time',
    'acr',
    'last_activity',
    'idle_expiry',
    'session_expiry',
    'locked_at',
  ];
  const change = fc.dictionary(
    fc.constantFrom(...names, 'extensions_left', 'longest_pause', 'policy', 'session'),
    anything,
    {
      maxKeys: 3,
    },
  );
  const session = fc.record(
    { id: fc.string(), order: number, started_at: number, subject: anything },
    { requiredKeys: [] },
  );
  const input = fc.oneof(
    { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
    { weight: 9, arbitrary: change.map(wireDocument) },
    { weight: 3, arbitrary: session.map((one) => wireDocument({ session: one })) },
  );
  let taken = 0;
  fc.assert(
    fc.property(input, (value) => {
      try {
        const document = readDocument(value);
        taken += 1;
        const { session: known, authenticatedAt, lastActivityAt, lockedAt, rev, idleExpiry, absoluteExpiry } = document;
        const lease = { rev, ...(idleExpiry && { idleExpiry }), ...(absoluteExpiry && { absoluteExpiry }) };
        const facts = {
          session: known,
          authenticatedAt,
          ...(lastActivityAt && { lastActivityAt }),
          ...(lockedAt && { lockedAt }),
          lease,
        };
        expect(decodeFacts(JSON.parse(JSON.stringify(encodeFacts(facts))))).toEqual(facts);
        expect(Number.isFinite(document.serverTime)).toBe(true);
      } catch (problem) {
        expect(problem).toBeInstanceOf(WireProblem);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(50);
});
