/** The laws of the codec: what we write we read, and what nobody honest writes is refused. */
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
} from '../../src/facts/codec.js';
import { type Facts, withoutSubject } from '../../src/facts/facts.js';
import { sameFacts } from '../../src/facts/join.js';
import { facts, factsOf, instant, NOW, session, THOROUGH } from './arbitraries.js';

const runs = THOROUGH as { numRuns: number; seed: number };

/** Through JSON, as through a message or a stored value. */
const travel = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** An ended session is written as its tombstone: at the door it says that it is over, and no more of the person. */
const lasting = (one: Facts): Partial<Facts> =>
  ({ session: withoutSubject(one).session, end: one.end }) as Partial<Facts>;

describe('the codec', () => {
  it('reads back what it has written of an open session', () =>
    fc.assert(
      fc.property(facts, (one) => {
        if (one.end) return;
        expect(sameFacts(decodeFacts(travel(encodeFacts(one))), one)).toBe(true);
      }),
      runs,
    ));

  it('reads back the tombstone of an ended session, without the person', () =>
    fc.assert(
      fc.property(facts, (one) => {
        if (!one.end) return;
        const read = decodeFacts(travel(encodeFacts(one)));
        expect(read).toMatchObject(lasting(one));
        expect(read.session?.subject).toBeUndefined();
      }),
      runs,
    ));

  it('reads back messages, and what the mirror keeps with the instants of its writing', () =>
    fc.assert(
      fc.property(facts, fc.boolean(), instant, (one, hello, at) => {
        expect(decodeMessage(travel(encodeMessage({ hello, facts: one }))).hello).toBe(hello);
        const kept = decodeKept(encodeKept(one, at, { monotonic: 5, wall: NOW }));
        expect(kept.written).toEqual({ serverTime: at, wall: NOW });
        expect(kept.facts).toEqual(decodeFacts(travel(encodeFacts(one))));
      }),
      runs,
    ));

  it('answers anything at all with facts or a CodecProblem, and never with another error', () =>
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (input) => {
        for (const read of [decodeFacts, decodeMessage]) {
          try {
            read(input);
          } catch (problem) {
            expect(problem).toBeInstanceOf(CodecProblem);
          }
        }
      }),
      runs,
    ));

  it('answers any text at all with facts or a CodecProblem', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (input) => {
        try {
          decodeKept(input);
        } catch (problem) {
          expect(problem).toBeInstanceOf(CodecProblem);
        }
      }),
      runs,
    ));
});

/** One member of otherwise good facts, spoilt. */
const spoilt: readonly (readonly [name: string, spoil: (wire: Wire) => void, with_: fc.Arbitrary<unknown>])[] = [
  ['session.id', (wire) => (wire.session['id'] = wire.bad), fc.constantFrom(1, null, {}, [], true, 'x'.repeat(1_001))],
  ['session.order', (wire) => (wire.session['order'] = wire.bad), notWhole()],
  ['session.startedAt', (wire) => (wire.session['startedAt'] = wire.bad), notInstant()],
  ['session.subject', (wire) => (wire.session['subject'] = wire.bad), fc.constantFrom(1, null, {}, 'x'.repeat(1_001))],
  ['lastActivityAt', (wire) => (wire.all['lastActivityAt'] = wire.bad), notInstant()],
  ['authenticatedAt', (wire) => (wire.all['authenticatedAt'] = wire.bad), notInstant()],
  ['lockedAt', (wire) => (wire.all['lockedAt'] = wire.bad), notInstant()],
  ['acr', (wire) => (wire.all['acr'] = wire.bad), fc.constantFrom(1, null, {}, 'x'.repeat(1_001))],
  ['lease.rev', (wire) => (wire.lease['rev'] = wire.bad), notWhole()],
  ['lease.idleExpiry', (wire) => (wire.lease['idleExpiry'] = wire.bad), notInstant()],
  ['lease.absoluteExpiry', (wire) => (wire.lease['absoluteExpiry'] = wire.bad), notInstant()],
  ['lease.extensionsLeft', (wire) => (wire.lease['extensionsLeft'] = wire.bad), notWhole()],
  ['lease.lastActivityAt', (wire) => (wire.lease['lastActivityAt'] = wire.bad), notInstant()],
  ['lease.longestPause', (wire) => (wire.lease['longestPause'] = wire.bad), notWhole()],
  ['lease.whileLocked', (wire) => (wire.lease['whileLocked'] = wire.bad), fc.constantFrom(false, 1, 'true', null)],
  ['policy', (wire) => (wire.all['policy'] = wire.bad), fc.constantFrom(1, null, [], 'policy', {}, { version: -1 })],
  ['end', (wire) => (wire.all['end'] = wire.bad), fc.constantFrom(1, null, [], 'over')],
  ['end.at', (wire) => (wire.end()['at'] = wire.bad), notInstant()],
  ['end.reason', (wire) => (wire.end()['reason'] = wire.bad), fc.constantFrom(1, null, {}, 'x'.repeat(1_001))],
  ['end.told', (wire) => (wire.end()['told'] = wire.bad), fc.constantFrom(1, null, 'yes', undefined)],
  ['format', (wire) => (wire.all['format'] = wire.bad), fc.constantFrom(0, 2, '1', null, undefined, 1.5)],
];

interface Wire {
  readonly all: Record<string, unknown>;
  readonly session: Record<string, unknown>;
  readonly lease: Record<string, unknown>;
  readonly end: () => Record<string, unknown>;
  readonly bad: unknown;
}

describe('the door refuses, whatever else is well,', () => {
  const open = factsOf(session).filter((one) => one.end === undefined && one.lease !== undefined);
  it.each(spoilt)('facts with a bad %s', (_name, spoil, bads) => {
    fc.assert(
      fc.property(open, bads, (one, bad) => {
        const all = encodeFacts(one);
        const own = { ...(all['session'] as object) } as Record<string, unknown>;
        const lease = { ...(all['lease'] as object) } as Record<string, unknown>;
        all['session'] = own;
        all['lease'] = lease;
        const end = () => {
          all['end'] ??= { reason: 'idle', at: NOW, told: true };
          return all['end'] as Record<string, unknown>;
        };
        spoil({ all, session: own, lease, end, bad });
        expect(() => decodeFacts(all)).toThrow(CodecProblem);
      }),
      { ...runs, numRuns: 200 },
    );
  });

  it('text that is no JSON, and instants of writing that are none', () => {
    expect(() => decodeKept('{')).toThrow(CodecProblem);
    for (const written of [
      [12, NOW],
      [NOW, Number.NaN],
      [NOW, '12'],
      [null, null],
      [1e20, NOW],
    ]) {
      const text = JSON.stringify({ format: 1, written });
      expect(() => decodeKept(text), text).toThrow(CodecProblem);
    }
  });
});

describe('a tombstone of another version', () => {
  it('is read, and nothing else of it', () =>
    fc.assert(
      fc.property(factsOf(session), fc.constantFrom(0, 2, 'next', undefined), (one, format) => {
        if (!one.end) return;
        const read = decodeFacts({ ...encodeFacts(one), format, lease: 'a string in that version', novelty: 1 });
        expect(Object.keys(read).sort()).toEqual(['end', 'session']);
        expect(read.end).toEqual(one.end);
      }),
      runs,
    ));

  it('keeps its session over with a reason that this version does not know', () => {
    const read = decodeFacts({
      format: 9,
      session: { id: 'a', order: 1, startedAt: NOW },
      end: { reason: 'eclipse', at: NOW, told: false },
    });
    expect(read.end?.reason).toBe('unknown');
  });
});

function notWhole(): fc.Arbitrary<unknown> {
  return fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, {});
}

function notInstant(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom(0, -NOW, NOW / 1_000, NOW * 1_000, Number.NaN, Number.POSITIVE_INFINITY, '2026-11-21', null, {}),
    fc.integer({ max: 999_999_999_999 }),
  );
}
