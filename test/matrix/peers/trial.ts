/** What is tried on the peers in a row of the matrix, and how it is judged. */
import { expect } from '@playwright/test';
import { type Sighting, sees, sightings, sofar } from '../../e2e/seen.ts';
import type { Capability, LaunchOptions } from '../driver.ts';
import { pause, type Stage, type Tab, work } from '../stage.ts';
import type { Peer } from './peers.ts';

export interface Trial {
  /** Those on which it can be tried. Default: all that know of people. */
  readonly on?: (peer: Peer) => boolean;
  readonly needs?: readonly Capability[];
  readonly launch?: LaunchOptions;
  /** Resolves with what went wrong, in words for the table, or with {@link RIGHT}. */
  play(tried: Tried): Promise<string>;
}

export interface Tried {
  readonly peer: Peer;
  readonly stage: Stage;
  /** Opens a page of the peer, and resolves once it counts. */
  open(options?: Opening): Promise<Tab>;
}

export interface Opening {
  /** Milliseconds. Default: {@link LIMIT}. */
  readonly limit?: number;
  readonly place?: 'tab' | 'window';
  /** More of the query: what the page is to lack, and the like. */
  readonly query?: string;
}

export const RIGHT = 'right';

/** ng-idle knows whole seconds only, and its shortest limit is two. */
export const LIMIT = 3_000;

/** Some look once a second, or hear an act late: nobody is called early or late for that. */
const EARLY = 1_000;
const LATE = 2_000;
const NEVER = 5_000;

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

/** How a page ends that should do so at this time. */
export async function ending(tab: Tab, due: number, after = 0): Promise<string> {
  const idle = await idleBy(tab, due + NEVER, after);
  if (!idle) return 'never ends';
  if (idle.at < due - EARLY) return 'ends early';
  return idle.at > due + LATE ? 'ends late' : RIGHT;
}

/** The person works there for longer than the limit. Resolves with when they last acted, or with what was wrong meanwhile. */
export async function workOn(
  tab: Tab,
  others: readonly Tab[] = [],
  duration = LIMIT + 1_000,
): Promise<number | string> {
  const before = new Map([tab, ...others].map((one) => [one, sofar(one)]));
  const last = await work(tab, duration);
  const isOut = (one: Tab) => isIdleSince(one, before.get(one) ?? 0);
  if (isOut(tab)) return 'signs out whoever works';
  return others.some(isOut) ? 'signs out another tab while the person works' : last;
}

/** As {@link workOn}, and then they leave: all end on time. */
export async function workAndEnd(tab: Tab, others: readonly Tab[] = [], duration?: number): Promise<string> {
  const last = await workOn(tab, others, duration);
  if (typeof last === 'string') return last;
  const endings = await Promise.all([tab, ...others].map((one) => ending(one, last + LIMIT)));
  return endings.find((one) => one !== RIGHT) ?? RIGHT;
}

/** Waits until a page has loaded whose peer counts. */
export const armed = (tab: Tab, after = 0): Promise<Sighting> => sees(tab, 'peer armed', { after });

/** Whether a page that was loaded after the deadline knows that. */
export async function knowsAtOnce(tab: Tab, after = 0): Promise<string> {
  await armed(tab, after);
  return (await idleBy(tab, Date.now() + 1_000, after)) ? RIGHT : 'starts a new full session';
}

/** Several pages, each in a tab of its own; the last one is in front. */
export async function openAll({ open }: Tried, count: number, options?: Opening): Promise<readonly [Tab, ...Tab[]]> {
  const first = await open(options);
  const tabs: [Tab, ...Tab[]] = [first];
  while (tabs.length < count) tabs.push(await open(options));
  expect(tabs).toHaveLength(count);
  return tabs;
}
