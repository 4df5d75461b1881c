import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfter } from '../../../src/server/retry-after.ts';

test('reads a number of seconds', () => {
  expect(retryAfter(new Headers({ 'Retry-After': '120' }))).toBe(120_000);
  expect(retryAfter(new Headers({ 'Retry-After': '0' }))).toBe(0);
});

test('measures an HTTP date from the date of the response', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1970-01-01'), max: new Date('2285-01-01'), noInvalidDate: true }),
      fc.integer({ min: -100_000, max: 100_000_000 }),
      (from, wait) => {
        const until = new Date(from.getTime() + wait * 1_000);
        const headers = new Headers({ Date: from.toUTCString(), 'Retry-After': until.toUTCString() });
        expect(retryAfter(headers)).toBe(Math.max(0, wait * 1_000));
      },
    ),
  );
});

test('knows that 2100 has no leap day', () => {
  const headers = new Headers({
    Date: 'Sun, 28 Feb 2100 00:00:00 GMT',
    'Retry-After': 'Mon, 01 Mar 2100 00:00:00 GMT',
  });
  expect(retryAfter(headers)).toBe(86_400_000);
});

test.each(['', 'soon', '-1', '1e3', 'Sun, 06 Foo 1994 08:49:37 GMT', '99999999999'])(
  'reads nothing from %j',
  (value) => {
    const headers = new Headers({ 'Retry-After': value, Date: 'Sun, 06 Nov 1994 08:49:37 GMT' });
    expect(retryAfter(headers)).toBeUndefined();
  },
);

test('reads nothing from a date that cannot be measured', () => {
  expect(retryAfter(new Headers({ 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT' }))).toBeUndefined();
  expect(retryAfter(new Headers())).toBeUndefined();
});
