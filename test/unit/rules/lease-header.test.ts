import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type LeaseHeader, leaseOf, readLeaseHeader } from '../../../src/rules/lease-header.js';
import { minutes, serverTime } from '../../../src/time/instant.js';
import { LEASE, OPEN, past, without } from '../support/facts.js';

const at = serverTime;

describe('the header `Session-Lease`', () => {
  it.each<[text: string, is: LeaseHeader]>([
    ['rev=43', { rev: 43 }],
    ['rev=43, idle=1795246460', { rev: 43, idleExpiry: at(1_795_246_460_000) }],
    ['rev=43,idle=1795246460.5', { rev: 43, idleExpiry: at(1_795_246_460_500) }],
    ['absolute=1795268800 ,\t rev = 0', { rev: 0, absoluteExpiry: at(1_795_268_800_000) }],
    ['rev=43, new="thing"', { rev: 43 }],
  ])('%s is read', (text, is) => {
    expect(readLeaseHeader(text)).toEqual(is);
  });

  it.each([
    ['none', null],
    ['an empty one', ''],
    ['one without a rev', 'idle=1795246460'],
    ['two in one', 'rev=43, idle=1795246460, rev=44, idle=1795246461'],
    ['two, joined', 'rev=43, rev=43'],
    ['a rev below zero', 'rev=-1'],
    ['a rev with a part', 'rev=4.5'],
    ['a rev that is no safe integer', 'rev=9007199254740993'],
    ['a rev in powers', 'rev=1e3'],
    ['a rev in quotes', 'rev="43"'],
    ['milliseconds', 'rev=43, idle=1795246460000'],
    ['an instant of the last century', 'rev=43, idle=946684799'],
    ['a duration', 'rev=43, idle=900'],
    ['null', 'rev=43, idle=null'],
    ['nothing after the sign', 'rev=43, idle='],
    ['infinity', 'rev=43, absolute=Infinity'],
    ['another base', 'rev=0x2b'],
    ['a name in capitals', 'REV=43'],
    ['semicolons', 'rev=43; idle=1795246460'],
    ['a comma at the end', 'rev=43,'],
    ['something after the number', 'rev=43 idle=1795246460'],
    ['a date', 'rev=43, idle=Sun, 06 Nov 1994 08:49:37 GMT'],
    ['a flood', `rev=43, ${'x=1, '.repeat(100)}idle=1795246460`],
  ])('is not read where it is %s', (_, text) => {
    expect(readLeaseHeader(text)).toBeUndefined();
  });

  test('that a server writes reads back to the millisecond', () => {
    const instant = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e14 }), fc.option(instant), fc.option(instant), (rev, idle, absolute) => {
        const parts = [`rev=${rev}`];
        if (idle !== null) parts.push(`idle=${idle / 1_000}`);
        if (absolute !== null) parts.push(`absolute=${(absolute / 1_000).toFixed(3)}`);
        expect(readLeaseHeader(parts.join(', '))).toEqual({
          rev,
          ...(idle === null ? {} : { idleExpiry: idle }),
          ...(absolute === null ? {} : { absoluteExpiry: absolute }),
        });
      }),
    );
  });

  test('of any text throws nothing, and gives whole numbers or nothing', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('rev', 'idle', 'absolute', '=', ', ', '43', '1795246460', '.5', ' '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const read = readLeaseHeader(pieces.join(''));
        for (const value of Object.values(read ?? {})) expect(Number.isSafeInteger(value)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the lease that follows', () => {
  const later = past(minutes(20));

  it('has what the header names, and keeps the rest: a limit that was left out was not lifted', () => {
    const facts = { ...OPEN, lease: { ...LEASE, extensionsLeft: 2 } };
    expect(leaseOf({ rev: 11, idleExpiry: later }, facts)).toEqual({ ...facts.lease, rev: 11, idleExpiry: later });
  });

  it('is the header alone where none is known', () => {
    expect(leaseOf({ rev: 11, idleExpiry: later }, without(OPEN, 'lease'))).toEqual({ rev: 11, idleExpiry: later });
  });

  it.each([
    ['of the same rev', { rev: 10, idleExpiry: later }, OPEN],
    ['of an earlier one', { rev: 9, idleExpiry: later }, OPEN],
    ['while the session is locked', { rev: 11, idleExpiry: later }, { ...OPEN, lockedAt: past(1) }],
  ])('is none %s', (_, header, facts) => {
    expect(leaseOf(header, facts)).toBeUndefined();
  });

  it('does not take the end of a lock for the end of the session', () => {
    const facts = {
      ...OPEN,
      authenticatedAt: past(9),
      lockedAt: past(5),
      lease: { ...LEASE, whileLocked: true as const },
    };
    expect(leaseOf({ rev: 11 }, facts)).toEqual({ rev: 11 });
  });
});
