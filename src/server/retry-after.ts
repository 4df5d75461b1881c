/** How long a server asks to be left alone: the `Retry-After` header (RFC 9110 section 10.2.3). */
import { type Duration, seconds } from '../time/instant.js';

/**
 * The wait, from a number of seconds or an HTTP date.
 *
 * A date is measured from the response's own `Date`, so that the device's clock does not come into it; without that
 * header, which other origins must expose, a date says nothing.
 */
export function retryAfter(headers: Pick<Headers, 'get'>): Duration | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return seconds(Number(value));
  const until = httpDate(value);
  const from = httpDate(headers.get('date')?.trim() ?? '');
  return until === undefined || from === undefined ? undefined : Math.max(0, seconds(until - from));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Unix seconds of an HTTP date in the one form that servers may still send (`Sun, 06 Nov 1994 08:49:37 GMT`). */
function httpDate(value: string): number | undefined {
  const parts = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(value);
  if (!parts) return undefined;
  const [, day, month, year, hour, minute, second] = parts;
  const monthIndex = MONTHS.indexOf(month ?? '');
  if (monthIndex < 0) return undefined;
  return (
    ((days(Number(year), monthIndex, Number(day)) * 24 + Number(hour)) * 60 + Number(minute)) * 60 + Number(second)
  );
}

/** Days since 1970-01-01 in the Gregorian calendar; `Date` would do it, but time has one door here (`time/clock`). */
function days(year: number, monthIndex: number, day: number): number {
  // Years that begin in March put the leap day last: https://howardhinnant.github.io/date_algorithms.html#days_from_civil
  const marchYear = monthIndex < 2 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * ((monthIndex + 10) % 12) + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
