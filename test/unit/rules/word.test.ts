import { describe, expect, it } from 'vitest';
import { type Facts, isLocked } from '../../../src/facts/facts.js';
import { factsOf, overruling, reasonForNone, type Word } from '../../../src/rules/word.js';
import { hours, minutes, type Reading } from '../../../src/time/instant.js';
import {
  documentAt,
  LATER_SESSION,
  LEASE,
  LOCAL,
  NOON,
  OPEN,
  POLICY,
  past,
  reading,
  SESSION,
  without,
} from '../support/facts.js';

const M = minutes;
const END = { reason: 'idle', at: past(M(1)), told: false } as const;

/** A document that the server sent two minutes after noon. */
const word = (change: object = {}): Word => documentAt(M(2), change);

describe('a document states', () => {
  it('session, authentication, lease, activity and policy', () => {
    expect(factsOf(word({ extensionsLeft: 3, longestPause: M(2) }))).toEqual({
      ...OPEN,
      lease: { ...LEASE, rev: 11, extensionsLeft: 3, longestPause: M(2) },
    });
  });

  it('no more than it must', () => {
    const bare: Word = { serverTime: NOON, session: SESSION, rev: 0, authenticatedAt: NOON };
    expect(factsOf(bare)).toEqual({ session: SESSION, authenticatedAt: NOON, lease: { rev: 0 } });
  });

  it('a lock, and that its lease was issued under it', () => {
    expect(factsOf(word({ lockedAt: past(M(1)) }))).toMatchObject({
      lockedAt: past(M(1)),
      lease: { whileLocked: true },
    });
  });

  it('a lock that seems older than the authentication, for a clock was set back: the server says that it is locked', () => {
    const facts = factsOf(word({ authenticatedAt: past(M(9)), lockedAt: past(M(1)) }));
    expect(isLocked(facts)).toBe(true);
  });
});

describe('the first-hand word (K2)', () => {
  it.each<[what: string, known: Facts, said: object, is: object, lowered: string[]]>([
    [
      'replaces a lease, though its rev is lower',
      { ...OPEN, lease: { rev: 99, idleExpiry: past(hours(9)), extensionsLeft: 5 } },
      {},
      { lease: { ...LEASE, rev: 11 } },
      ['rev'],
    ],
    [
      'replaces a policy, though its version is lower',
      { ...OPEN, policy: { ...POLICY, version: 99 } },
      {},
      { policy: POLICY },
      ['version'],
    ],
    [
      'replaces an authentication, though it is earlier',
      { ...OPEN, authenticatedAt: past(M(9)), acr: 'phr' },
      {},
      { authenticatedAt: NOON, acr: 'pwd' },
      ['auth_time'],
    ],
    ['replaces the acr by none', { ...OPEN, acr: 'phr' }, { acr: undefined }, { acr: undefined }, []],
    [
      'replaces the session, though its order is lower',
      { ...OPEN, session: { ...SESSION, order: 5_000 } },
      {},
      { session: SESSION },
      ['order'],
    ],
    [
      'lowers several things at once',
      { ...OPEN, session: { ...SESSION, order: 5_000 }, lease: { rev: 99 } },
      {},
      {},
      ['order', 'rev'],
    ],
    [
      'leaves activity that the server does not know yet, which moves nothing that runs by what it has accepted',
      { ...OPEN, lastActivityAt: past(M(1)) },
      {},
      { lastActivityAt: past(M(1)), lease: { ...LEASE, rev: 11 } },
      [],
    ],
    ['takes later activity', OPEN, { lastActivityAt: past(M(1)) }, { lastActivityAt: past(M(1)) }, []],
    [
      'drops activity later than its own time',
      { ...OPEN, lastActivityAt: past(M(3)) },
      {},
      { lastActivityAt: NOON },
      [],
    ],
    [
      'leaves a lock that the server does not know yet',
      { ...OPEN, lockedAt: past(M(1)) },
      {},
      { lockedAt: past(M(1)) },
      [],
    ],
    ['drops a lock later than its own time', { ...OPEN, lockedAt: past(M(3)) }, {}, { lockedAt: undefined }, []],
    ['leaves a tombstone for good', { ...OPEN, end: END }, {}, { end: END }, []],
    [
      'leaves the policy where the document has none that can be read',
      OPEN,
      { policy: undefined },
      { policy: POLICY },
      [],
    ],
    ['lowers nothing that it raises', OPEN, { rev: 12 }, {}, []],
  ])('%s', (_, known, said, is, lowered) => {
    const given = Object.fromEntries(Object.entries({ ...word(), ...said }).filter(([, value]) => value !== undefined));
    const over = overruling(known, given as unknown as Word);
    for (const [member, value] of Object.entries(is)) expect(over.facts[member as keyof Facts]).toEqual(value);
    expect(over.lowered).toEqual(lowered);
  });

  it('of another session replaces all, a tombstone included', () => {
    const known: Facts = { ...OPEN, session: LATER_SESSION, end: END, lastActivityAt: past(M(1)) };
    expect(overruling(known, word())).toEqual({ facts: factsOf(word()), lowered: [] });
  });
});

describe('where the server only says that there is none, the reason', () => {
  it.each<[what: string, facts: Facts, at: Reading | undefined, reason: string]>([
    ['is the idle deadline that has passed', OPEN, reading(M(15)), 'idle'],
    ['is the one that may have passed', OPEN, reading(0, M(15)), 'idle'],
    ['is the first of two that have passed', OPEN, reading(hours(9)), 'idle'],
    ['is the absolute deadline', { ...OPEN, lease: { rev: 1, absoluteExpiry: past(5) } }, reading(5), 'absolute'],
    ['is the deadline of our own count', LOCAL, reading(M(16)), 'idle'],
    ['is unknown before any deadline', OPEN, reading(M(15) - 1), 'unknown'],
    ['is unknown without limits', { ...OPEN, lease: { rev: 1 } }, reading(hours(99)), 'unknown'],
    ['is unknown without any time', OPEN, undefined, 'unknown'],
    ['is unknown where nothing was known', without(OPEN, 'lease', 'policy'), reading(hours(9)), 'unknown'],
  ])('%s', (_, facts, at, reason) => {
    expect(reasonForNone(facts, at)).toBe(reason);
  });
});
