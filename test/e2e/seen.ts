/** Looking at what pages saw, whatever browser they were in. */
import { expect, test } from '@playwright/test';
import type { Sighting } from './witness.ts';

export type { Sighting } from './witness.ts';

/** Whoever saw something. */
export interface Observer {
  readonly name: string;
  /** All so far, oldest first. */
  readonly seen: readonly Sighting[];
}

/** Whether a sighting is this one. */
export type Which = string | ((sighting: Sighting) => boolean);

const isIt = (which: Which) => (typeof which === 'string' ? ({ what }: Sighting) => what === which : which);

/** How many sightings there were: what is asked for `after` this number is news. */
export const sofar = ({ seen }: Observer): number => seen.length;

/** The first such sighting, now or as soon as it comes. */
export async function sees(
  tab: Observer,
  which: Which,
  { after = 0, timeout = 5_000 }: { readonly after?: number | undefined; readonly timeout?: number } = {},
): Promise<Sighting> {
  const find = () => tab.seen.slice(after).find(isIt(which));
  await expect
    .poll(() => find() !== undefined, { message: `${tab.name} sees ${which}`, timeout, intervals: [20] })
    .toBe(true);
  return find()!;
}

/** Those sightings there have been. */
export const sightings = (tab: Observer, which: Which, after = 0): readonly Sighting[] =>
  tab.seen.slice(after).filter(isIt(which));

/** The same of all tabs, at the same time. */
export const inAll = <T, O extends Observer>(
  tabs: readonly O[],
  look: (tab: O) => Promise<T>,
): Promise<readonly (readonly [tab: O, seen: T])[]> =>
  Promise.all(tabs.map(async (tab) => [tab, await look(tab)] as const));

/** The page is out of rendering, as soon as it is known that the session may be over; the panel may follow a moment later. */
export const isCovered: Which = ({ what, covered }) =>
  covered && ['session-expired', 'session-ended', 'session-locked', 'panel opened'].includes(what);

/** Nothing of the app is left in this tab's storage, after an end. */
export const isWiped: Which = ({ what, left }) =>
  (what === 'tokens-wiped' || what === 'storage changed') && left.length === 0;

/** What the stories allow between an instant and what is to be seen at it, in tabs that are visible and hidden ones. */
export const VISIBLE = 100;
export const HIDDEN = 1_100;

/** How a story says that something came too late while it shared the machine with others. */
export const LATE = 'late';

/**
 * Expects that something took no longer than it may, in milliseconds, or was not done more often. Several stories that are played at once are late by what
 * the others do: then that is noted, and whoever plays them plays this one again alone, where it must be in time.
 */
export function expectWithin(took: number, bound: number, what: string): void {
  if (took > bound && process.env['NIGHTLATCH_AT_ONCE'] !== undefined) {
    test.info().annotations.push({ type: LATE, description: `${what}: ${took}, and ${bound} is allowed` });
  } else expect(took, what).toBeLessThanOrEqual(bound);
}

/** What time does to a page's own count of it, between two measurements. */
const DRIFT = 50;

/** By how much a page may be early, as it said itself: it knows the time no better than the server's answers were quick. */
function uncertaintyOf(page: Observer, until: number): number {
  const last = sightings(page, ({ what, at }) => what === 'clock-measured' && at <= until).at(-1);
  return last ? Number(last.detail['uncertainty']) + DRIFT : 0;
}

/**
 * Expects that something happened in a page at an instant, and not later than `bound` milliseconds after it. A page warns and
 * covers by the latest that it can be: earlier than by its uncertainty it never may, however busy the machine is. By as much
 * as a plain timer in a page in front was late at that instant, the machine was busy: that is not held against the SDK. Its
 * own work begins at the instant, so what stalls the page from then on is.
 */
export function expectInTime(
  { at }: Sighting,
  due: number,
  {
    bound,
    what,
    heartbeat,
    page = heartbeat,
  }: { readonly bound: number; readonly what: string; readonly heartbeat: Observer; readonly page?: Observer },
): void {
  const stalled = (stall: Sighting) => Number(stall.detail['due']) < due && stall.at > due;
  const machine = Math.max(
    0,
    ...sightings(heartbeat, 'stall')
      .filter(stalled)
      .map((stall) => stall.at - due),
  );
  expect(due - at, `${what} is not early`).toBeLessThanOrEqual(VISIBLE + uncertaintyOf(page, at));
  expectWithin(due - at, VISIBLE, `${what} is not early`);
  expectWithin(at - due, bound + machine, `${what} is in time (a plain timer was ${machine} ms late)`);
}
