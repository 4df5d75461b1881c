/** What is tried on the peers in a row of the matrix, and how it is judged. */
import { type Sighting, sees, sightings, sofar } from '../../e2e/seen.ts';
import { jumpWallClock } from '../../e2e/witness.ts';
import type { Capability, LaunchOptions } from '../driver.ts';
import { pause, type Stage, type Tab, work } from '../stage.ts';
import type { Peer } from './peers.ts';

export interface Trial {
  /** Those on which it can be tried. Default: all that know of people. */
  readonly on?: (peer: Peer) => boolean;
  readonly needs?: readonly Capability[];
  readonly launch?: LaunchOptions;
  /** How long it may take. Default: 60. */
  readonly seconds?: number;
  /** Resolves with what went wrong, in words for the table, or with {@link RIGHT}. */
  play(tried: Tried): Promise<string>;
}

/** Why a row is not tried on them, in words for the table. */
export type NotTried = string;

export interface Tried {
  readonly peer: Peer;
  readonly stage: Stage;
  /** Where a page of the peer is, on the site. */
  address(options?: Opening): string;
  /** Opens a page of the peer, and resolves once it counts. */
  open(options?: Opening): Promise<Tab>;
  /** Opens one that does not count before it is told to: `begin()`. Loaded anew, it begins by itself. */
  load(options?: Opening): Promise<Tab>;
}

export interface Opening {
  /** Milliseconds. Default: {@link LIMIT}. */
  readonly limit?: number;
  readonly place?: 'tab' | 'window';
  /** How long before the end it warns, in milliseconds. Default: not at all, or as short as it can be. */
  readonly warn?: number;
  /** More of the query: what the page is to lack, and the like. */
  readonly query?: string;
}

export const RIGHT = 'right';

/** ng-idle knows whole seconds only, and its shortest limit is two. */
export const LIMIT = 3_000;

/** Those that speak with each other have found each other by then. */
const BESIDE = 150;

/**
 * Some hear an act late, and some look once a second, first whether nobody is there and then whether the time is out, where
 * browsers wake hidden tabs once a second only: nobody is called early or late for that.
 */
const EARLY = 1_000;
const LATE = 3_000;
export const NEVER = 5_000;

const isIdle = 'peer idle';

export const isIdleSince = (tab: Tab, after: number): boolean => sightings(tab, isIdle, after).length > 0;

/** Resolves when a peer says that a page is idle, or when it has not by this time. */
export async function idleBy(tab: Tab, end: number, after = 0): Promise<Sighting | undefined> {
  for (;;) {
    const [found] = sightings(tab, isIdle, after);
    if (found || Date.now() > end) return found;
    await pause(50);
  }
}

/** Whether a peer has warned in a page, now or by this time. */
export async function warnsBy(tab: Tab, end: number, after = 0): Promise<boolean> {
  while (sightings(tab, 'peer warning', after).length === 0 && Date.now() < end) await pause(50);
  return sightings(tab, 'peer warning', after).length > 0;
}

/** Puts a button on a page that tells the peer that the person stays: the words of a warning are the app's own. */
export const offerStay = (tab: Tab): Promise<void> =>
  tab.ask(`void (() => {
    const button = Object.assign(document.createElement('button'), { textContent: 'Stay' });
    button.addEventListener('click', () => stay());
    document.body.prepend(button);
  })()`);

/** Moves the device's wall clock, as this page sees it, and not the monotonic one. */
export const jump = (tab: Tab, by: number): Promise<void> => jumpWallClock({ quietly: tab.ask }, by);

/** How a page ends that should do so at this time. */
export async function ending(tab: Tab, due: number, after = 0): Promise<string> {
  const idle = await idleBy(tab, due + NEVER, after);
  return idle ? lateness(idle, due) : 'never ends';
}

/** Whether it was idle at this time. */
export function lateness({ at }: Sighting, due: number): string {
  if (at < due - EARLY) return 'ends early';
  return at > due + LATE ? 'ends late' : RIGHT;
}

interface Working {
  /** Default: {@link LIMIT}. */
  readonly limit?: number;
  /** Default: a second more than the limit. */
  readonly duration?: number;
}

/** The person works there for longer than the limit. Resolves with when they last acted, or with what was wrong meanwhile. */
export async function workOn(
  tab: Tab,
  others: readonly Tab[] = [],
  { limit = LIMIT, duration = limit + 1_000 }: Working = {},
): Promise<number | string> {
  const before = new Map([tab, ...others].map((one) => [one, sofar(one)]));
  const last = await work(tab, duration);
  const isOut = (one: Tab) => isIdleSince(one, before.get(one) ?? 0);
  if (isOut(tab)) return 'signs out whoever works';
  return others.some(isOut) ? 'signs out another tab while the person works' : last;
}

/** As {@link workOn}, and then they leave: all end on time. */
export async function workAndEnd(tab: Tab, others: readonly Tab[] = [], working: Working = {}): Promise<string> {
  const before = new Map([tab, ...others].map((one) => [one, sofar(one)]));
  const last = await workOn(tab, others, working);
  if (typeof last === 'string') return last;
  const due = last + (working.limit ?? LIMIT);
  const endings = await Promise.all([tab, ...others].map((one) => ending(one, due, before.get(one))));
  return endings.find((one) => one !== RIGHT) ?? RIGHT;
}

/** Waits until a page has loaded whose peer counts. */
export const armed = (tab: Tab, after = 0): Promise<Sighting> => sees(tab, 'peer armed', { after });

/** Whether a page that was loaded after the deadline knows that. */
export async function knowsAtOnce(tab: Tab, after = 0): Promise<string> {
  await armed(tab, after);
  return (await idleBy(tab, Date.now() + 1_000, after)) ? RIGHT : 'starts a new full session';
}

/**
 * Several pages, each in a tab of its own; the last one is in front. They begin to count one after the other, once all have
 * loaded: on a slow machine the first one's time would be up before the last one is there, and that is no story.
 */
export async function openAll({ load }: Tried, count: number, options?: Opening): Promise<readonly [Tab, ...Tab[]]> {
  const first = await load(options);
  const tabs: [Tab, ...Tab[]] = [first];
  while (tabs.length < count) tabs.push(await load(options));
  for (const tab of tabs) {
    await tab.front();
    await tab.ask('void begin()');
    await armed(tab);
    await pause(BESIDE);
  }
  for (const tab of tabs) if (isIdleSince(tab, 0)) throw new Error(`${tab.name} was idle before the story began`);
  return tabs;
}
