import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRefusal } from '../../../src/server/problem.ts';
import { WireProblem } from '../../../src/server/wire.ts';
import { wireEnded } from './wire-examples.ts';

test.each([
  'session-ended',
  '/problems/session-ended',
  'urn:nightlatch:session-ended',
  'https://a.example/p#session-ended',
])('knows a type by its end: %s', (type) => {
  expect(readRefusal(wireEnded({ type }))).toEqual({
    refusal: { type: 'session-ended', sessionId: 'kJ2', reason: 'idle', endedAt: 1795245599500 },
    serverTime: 1795245600000,
  });
});

test.each([
  'not-session-ended',
  'session-ended/',
  'https://a.example/session-ended?x',
  'Session-Ended',
  'about:blank',
  '',
])('knows no other: %j', (type) => {
  expect(() => readRefusal(wireEnded({ type }))).toThrow(WireProblem);
});

test.each(['idle', 'absolute', 'credential', 'revoked', 'signed-out'])('keeps the reason %s', (reason) => {
  expect(readRefusal(wireEnded({ reason })).refusal).toMatchObject({ reason });
  expect(readRefusal(wireEnded({ reason })).refusal).not.toHaveProperty('detail');
});

test.each(['credential-change', 'risk', 'signed-in-elsewhere', 'replaced', 'unknown'])(
  'reads the finer word %s as revoked, and keeps it',
  (reason) => {
    expect(readRefusal(wireEnded({ reason })).refusal).toMatchObject({ reason: 'revoked', detail: reason });
  },
);

test('a session that ended without saying why has ended all the same', () => {
  expect(readRefusal(wireEnded({ reason: undefined })).refusal).toMatchObject({
    type: 'session-ended',
    reason: 'unknown',
  });
  expect(readRefusal(wireEnded({ reason: 7 })).refusal).toMatchObject({ reason: 'unknown' });
});

test('a long detail is cut, for every tab keeps it', () => {
  const { refusal } = readRefusal(wireEnded({ reason: 'x'.repeat(5_000) }));
  expect(refusal).toMatchObject({ detail: 'x'.repeat(100) });
});

test.each<[refusal: object, wire: object]>([
  [{ type: 'no-session' }, { type: 'no-session' }],
  [
    { type: 'session-rotated', sessionId: 'a' },
    { type: 'session-rotated', session_id: 'a' },
  ],
  [
    { type: 'session-mismatch', sessionId: 'a' },
    { type: 'session-mismatch', session_id: 'a' },
  ],
  [
    { type: 'session-locked', sessionId: 'a', lockedAt: 1795245600000 },
    { type: 'session-locked', session_id: 'a', locked_at: 1795245600 },
  ],
  [
    { type: 'extension-refused', reason: 'absolute' },
    { type: 'extension-refused', reason: 'absolute' },
  ],
])('reads %j', (refusal, wire) => {
  expect(readRefusal(wire)).toEqual({ refusal });
});

test.each([
  { type: 'session-ended', reason: 'idle', ended_at: 1795245600 },
  { type: 'session-ended', session_id: 'a', reason: 'idle' },
  { type: 'session-ended', session_id: 'a', reason: 'idle', ended_at: 1795245600123 },
  { type: 'session-rotated' },
  { type: 'session-mismatch', session_id: 7 },
  { type: 'session-locked', session_id: 'a' },
  { type: 'operation-denied', operation: 'x' },
  { status: 401 },
])('takes nothing for a refusal that does not name what it refuses: %j', (wire) => {
  expect(() => readRefusal(wire)).toThrow(WireProblem);
});

test('a refusal counts though its time cannot be read', () => {
  expect(readRefusal({ type: 'no-session', server_time: 1795245600123 })).toEqual({ refusal: { type: 'no-session' } });
});

test('never throws anything but a problem, and never gives an instant that is none', () => {
  const types = [
    'no-session',
    'session-ended',
    'session-rotated',
    'session-mismatch',
    'session-locked',
    'extension-refused',
  ];
  const value = fc.oneof(fc.double({ min: 0, max: 2e10, noNaN: true }), fc.double(), fc.jsonValue());
  const problem = fc.record(
    {
      type: fc.constantFrom(...types),
      session_id: fc.string(),
      reason: value,
      ended_at: value,
      locked_at: value,
      server_time: value,
    },
    { requiredKeys: ['type'] },
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue() as fc.Arbitrary<unknown>, problem), (input) => {
      try {
        const { refusal, serverTime = 0 } = readRefusal(input);
        taken += 1;
        const instants = { endedAt: 0, lockedAt: 0, ...refusal };
        for (const at of [serverTime, instants.endedAt, instants.lockedAt]) {
          expect(at === 0 || (at >= 1e12 && at < 1e13)).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(WireProblem);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(50);
});
