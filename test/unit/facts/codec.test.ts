import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CodecProblem,
  decodeFacts,
  decodeKept,
  decodeMessage,
  encodeFacts,
  encodeKept,
  encodeMessage,
  FORMAT,
} from '../../../src/facts/codec.js';
import type { Facts } from '../../../src/facts/facts.js';
import { sameFacts } from '../../../src/facts/join.js';
import { NOON, OPEN, POLICY, past, SESSION } from '../support/facts.js';

const END = { reason: 'revoked', detail: 'risk', at: past(5), told: true } as const;
const LOCKED: Facts = {
  ...OPEN,
  lockedAt: past(9),
  lease: {
    rev: 3,
    idleExpiry: past(99),
    extensionsLeft: 2,
    lastActivityAt: past(7),
    longestPause: 5,
    whileLocked: true,
  },
};

/** What another tab or the mirror says, with one thing changed. */
const wire = (change: object = {}) => ({ ...(JSON.parse(JSON.stringify(encodeFacts(OPEN))) as object), ...change });

describe('facts', () => {
  it.each<[what: string, facts: Facts]>([
    ['of an open session', OPEN],
    ['of a locked one', LOCKED],
    ['of one that is over', { ...OPEN, session: { id: 's1', order: 1, startedAt: NOON }, end: END }],
    ['of nothing', {}],
    ['of a session alone', { session: SESSION }],
  ])('%s read back as they were written', (_, facts) => {
    expect(sameFacts(decodeFacts(JSON.parse(JSON.stringify(encodeFacts(facts)))), facts)).toBe(true);
  });

  it('name the person no longer, once the session is over', () => {
    expect(encodeFacts(OPEN)['session']).toMatchObject({ subject: 'ana' });
    expect(JSON.stringify(encodeFacts({ ...OPEN, end: END }))).not.toContain('ana');
  });

  it('keep nothing that is not theirs', () => {
    expect(decodeFacts(wire({ token: 'secret', session: { ...SESSION, cookie: 'c' } }))).toEqual(decodeFacts(wire()));
  });

  it.each<[bad: string, input: unknown, message: string]>([
    ['null', null, 'facts is not an object'],
    ['a list', [], 'facts is not an object'],
    ['a text', 'facts', 'facts is not an object'],
    ['no format', wire({ format: undefined }), 'format is not 1'],
    ['another format', wire({ format: 2 }), 'format is not 1'],
    ['nothing but another format', { format: 2 }, 'format is not 1'],
    ['a format as text', wire({ format: '1' }), 'format is not 1'],
    ['a session that is null', wire({ session: null }), 'session is not an object'],
    ['a session that is a list', wire({ session: [] }), 'session is not an object'],
    ['no id', wire({ session: { ...SESSION, id: undefined } }), 'session.id is not a string'],
    ['a huge id', wire({ session: { ...SESSION, id: 'x'.repeat(1_001) } }), 'session.id is longer than 1000'],
    [
      'an order that is a fraction',
      wire({ session: { ...SESSION, order: 1.5 } }),
      'session.order is not a whole number',
    ],
    [
      'an order that is no safe integer',
      wire({ session: { ...SESSION, order: 2 ** 53 } }),
      'session.order is not a whole number',
    ],
    ['a negative order', wire({ session: { ...SESSION, order: -1 } }), 'session.order is not a whole number'],
    ['an order as text', wire({ session: { ...SESSION, order: '1' } }), 'session.order is not a whole number'],
    [
      'a start in seconds',
      wire({ session: { ...SESSION, startedAt: NOON / 1_000 } }),
      'session.startedAt is no instant in milliseconds',
    ],
    ['a subject that is a number', wire({ session: { ...SESSION, subject: 5 } }), 'subject is not a string'],
    ['activity in microseconds', wire({ lastActivityAt: NOON * 1_000 }), 'lastActivityAt is no instant'],
    ['activity that is NaN', wire({ lastActivityAt: Number.NaN }), 'lastActivityAt is not a finite number'],
    [
      'activity that is infinite',
      wire({ lastActivityAt: Number.POSITIVE_INFINITY }),
      'lastActivityAt is not a finite number',
    ],
    ['activity that is null', wire({ lastActivityAt: null }), 'lastActivityAt is not a finite number'],
    ['an authentication as text', wire({ authenticatedAt: String(NOON) }), 'authenticatedAt is not a finite number'],
    ['a negative authentication', wire({ authenticatedAt: -NOON }), 'authenticatedAt is no instant'],
    ['an acr that is a list', wire({ acr: ['phr'] }), 'acr is not a string'],
    ['a huge acr', wire({ acr: 'x'.repeat(100_000) }), 'acr is longer than 1000'],
    ['a lease that is a number', wire({ lease: 5 }), 'lease is not an object'],
    ['a lease without rev', wire({ lease: {} }), 'lease.rev is not a whole number'],
    ['a rev that is no safe integer', wire({ lease: { rev: 1e300 } }), 'lease.rev is not a whole number'],
    [
      'an idle deadline in the year 3000',
      wire({ lease: { rev: 1, idleExpiry: 32_503_680_000_000 } }),
      'idleExpiry is no instant',
    ],
    [
      'an absolute deadline that is zero',
      wire({ lease: { rev: 1, absoluteExpiry: 0 } }),
      'absoluteExpiry is no instant',
    ],
    [
      'a negative number of extensions',
      wire({ lease: { rev: 1, extensionsLeft: -1 } }),
      'extensionsLeft is not a whole number',
    ],
    ['activity on a lease in seconds', wire({ lease: { rev: 1, lastActivityAt: NOON / 1_000 } }), 'is no instant'],
    ['a pause of less than nothing', wire({ lease: { rev: 1, longestPause: -1 } }), 'longestPause is not a whole'],
    ['whileLocked false', wire({ lease: { rev: 1, whileLocked: false } }), 'lease.whileLocked is not true'],
    ['a policy that is a text', wire({ policy: 'strict' }), 'policy is not an object'],
    ['a policy with an idle limit of 0', wire({ policy: { version: 1, idle_timeout: 0 } }), 'idle_timeout is 0'],
    ['a lock in the year 1970', wire({ lockedAt: 1 }), 'lockedAt is no instant'],
    ['an end that is true', wire({ end: true }), 'end is not an object'],
    ['an end without a reason', wire({ end: { at: NOON, told: true } }), 'end.reason is not a string'],
    ['an end without an instant', wire({ end: { reason: 'idle', told: true } }), 'end.at is not a finite number'],
    ['an end without told', wire({ end: { reason: 'idle', at: NOON } }), 'end.told is not true or false'],
    ['a detail that is huge', wire({ end: { ...END, detail: 'x'.repeat(1_001) } }), 'detail is longer than 1000'],
  ])('with %s are refused', (_, input, message) => {
    expect(() => decodeFacts(input)).toThrow(CodecProblem);
    expect(() => decodeFacts(input)).toThrow(message);
  });

  it('are refused with a word, or read, whatever comes', () => {
    const names = ['format', ...Object.keys(wire()), 'lockedAt', 'end'];
    const value = fc.oneof(fc.anything(), fc.constantFrom(FORMAT, NOON, SESSION, POLICY, END));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (change) => {
        try {
          decodeFacts({ ...wire(), ...change });
        } catch (problem) {
          expect(problem).toBeInstanceOf(CodecProblem);
        }
      }),
    );
  });
});

describe('a tombstone', () => {
  it('is read from every format, without the rest', () => {
    const other = wire({ format: 99, lease: 'of another shape', policy: 5, end: END });
    expect(decodeFacts(other)).toEqual({ session: SESSION, end: END });
    expect(decodeMessage({ nightlatch: 'facts', ...other }).facts.end).toEqual(END);
    expect(decodeKept(JSON.stringify(other)).facts.end).toEqual(END);
  });

  it('is read from the mirror, whatever another version keeps beside it', () => {
    const other = { ...wire({ format: 2, end: END }), written: ['2026', 'x'] };
    expect(decodeKept(JSON.stringify(other)).facts.end).toEqual(END);
  });

  it('with a reason that this version does not know is a tombstone all the same', () => {
    expect(decodeFacts(wire({ end: { ...END, reason: 'eclipse' } })).end?.reason).toBe('unknown');
  });
});

describe('a message', () => {
  it.each([true, false])('reads back, hello being %s', (hello) => {
    const { facts, ...rest } = decodeMessage(structuredClone(encodeMessage({ hello, facts: OPEN })));
    expect(rest).toEqual({ hello });
    expect(sameFacts(facts, OPEN)).toBe(true);
  });

  it.each([
    null,
    5,
    'hello',
    [],
    {},
    { nightlatch: 'bye', format: 1 },
    { nightlatch: 'hello' },
    { hello: true, format: 1 },
  ])('that is %j is refused', (input) => {
    expect(() => decodeMessage(input)).toThrow(CodecProblem);
  });
});

describe('what the mirror keeps', () => {
  it('reads back, with when it was written', () => {
    const kept = decodeKept(encodeKept(OPEN, past(7), { monotonic: 3, wall: 12 }));
    expect(sameFacts(kept.facts, OPEN)).toBe(true);
    expect(kept.written).toEqual({ serverTime: past(7), wall: 12 });
  });

  it('has no clock pair where the writer had no server time', () => {
    expect(decodeKept(encodeKept(OPEN, undefined, { monotonic: 3, wall: 12 })).written).toBeUndefined();
  });

  it.each<[bad: string, text: string, message: string]>([
    ['no JSON', '{"format":1', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['null', 'null', 'facts is not an object'],
    ['a number', '5', 'facts is not an object'],
    ['an impossible server time', JSON.stringify(wire({ written: [5, 5] })), 'written is no instant'],
    ['a wall time that is a text', JSON.stringify(wire({ written: [NOON, 'now'] })), 'written is not a finite number'],
  ])('and is %s is refused', (_, text, message) => {
    expect(() => decodeKept(text)).toThrow(CodecProblem);
    expect(() => decodeKept(text)).toThrow(message);
  });
});
