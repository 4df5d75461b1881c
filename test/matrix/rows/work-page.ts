/** The story that many rows begin with: a person signed in, with tabs that show work, under timeouts of some seconds. */
import { expect } from '@playwright/test';
import type { JsonObject } from '../../../demo/server/wire/json.js';
import { idleDeadline, liveSession, setPolicy } from '../../e2e/bank.ts';
import {
  expectInTime,
  expectWithin,
  HIDDEN,
  inAll,
  isCovered,
  isWiped,
  type Sighting,
  sees,
  sightings,
  sofar,
  VISIBLE,
} from '../../e2e/seen.ts';
import { beginHeartbeat } from '../../e2e/witness.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, signIn, type Tab, tryEverything, work } from '../stage.ts';

/** Milliseconds: long enough for a browser on a busy machine to open a tab meanwhile. */
export const idle = 8_000;
export const lead = 3_000;

/** A page whose plain timers are later than this has been stopped by the machine. */
const LONGEST_STALL = 500;

/** Opens tabs on a page of work, with a session that lasts. The last one is in front; the others are hidden. */
export async function openWork(stage: Stage, { page = 'work', query = '', count = 2 } = {}): Promise<readonly Tab[]> {
  await setPolicy(stage.bank, { idle_timeout: 300, warn_before: lead / 1_000, touch_every: 1 });
  const first = await stage.open(`${storyPages}other.html`);
  await signIn(first);
  await first.visit(`${storyPages}${page}.html${query}`);
  const tabs = [first];
  while (tabs.length < count) tabs.push(await stage.open(`${storyPages}${page}.html${query}`));
  for (const tab of tabs) {
    await sees(tab, 'session-opened');
    await tab.ask("void sessionStorage.setItem('work:draft', 'typed')");
  }
  return tabs;
}

/** Puts short limits in force: they begin once all tabs know them, with somebody just seen at work in this tab. */
export async function beginShort(
  { bank }: Stage,
  tabs: readonly Tab[],
  at: Tab,
  change: JsonObject = {},
): Promise<void> {
  await at.front();
  await beginHeartbeat({ quietly: at.ask });
  // The tabs took long to open: the short limits begin once the server has heard that somebody is there.
  const known = (await liveSession(bank)).last_activity;
  // One act alone may not be told: it is dated by the earliest it can have been, and the server's answers may have taken long.
  let looks = 0;
  const toldOf = async () => {
    if (looks % 10 === 0) await work(at, 500);
    looks += 1;
    return (await liveSession(bank)).last_activity;
  };
  await expect.poll(toldOf, { intervals: [250], timeout: 10_000 }).toBeGreaterThan(known);
  await setPolicy(bank, { idle_timeout: idle / 1_000, warn_before: lead / 1_000, touch_every: 1, ...change });
  const { policy_version: version } = await liveSession(bank);
  const isKnown = ({ what, detail }: Sighting) => what === 'policy-updated' && detail['version'] === version;
  for (const tab of tabs) await sees(tab, isKnown);
}

/** The person works for longer than the idle limit, then leaves. Resolves with the deadline, by the wall clock. */
export async function workAndLeave(stage: Stage, tabs: readonly Tab[], at: Tab): Promise<number> {
  await beginShort(stage, tabs, at);
  await workUnwarned(tabs, at, idle + 1_000);
  return leave(stage);
}

/** The person leaves. Resolves with the deadline, by the wall clock. */
export async function leave({ bank }: Stage): Promise<number> {
  // An act becomes known in the tab within a second, and is told to the server within another.
  await pause(2_200);
  return idleDeadline(bank);
}

/** The person works in one of the tabs, and none of them warns, is covered or ends meanwhile. */
export async function workUnwarned(tabs: readonly Tab[], at: Tab, duration: number): Promise<void> {
  const before = marked(tabs);
  await work(at, duration);
  const seen = tabs.map((tab) => sightings(tab, isThrownOut, before(tab)));
  const [first] = seen.flat();
  if (first) {
    // A page that stood still, its plain timers too, has heard nobody and told nothing.
    const stall = longestStall(at, before(at), first.at);
    expectWithin(stall, LONGEST_STALL, `the longest that ${at.name} stood still before somebody was warned`);
    if (stall > LONGEST_STALL) return;
  }
  for (const [index, tab] of tabs.entries()) expect(seen[index], tab.name).toEqual([]);
}

/** By how much a plain timer in the page was late at most, until then. */
function longestStall(page: Tab, after: number, until: number): number {
  const stalls = sightings(page, 'stall', after).filter(({ at }) => at <= until);
  return Math.max(0, ...stalls.map(({ at, detail }) => at - Number(detail['due'])));
}

/** Nobody who works should see any of this. */
export const isThrownOut = ({ what, covered }: Sighting): boolean =>
  covered || ['warning opened', 'panel opened', 'session-expired', 'session-ended', 'tokens-wiped'].includes(what);

/** The same where a page may be covered until the server has answered. */
export const isInterrupted = ({ what }: Sighting): boolean =>
  ['warning opened', 'session-ended', 'session-expired', 'tokens-wiped', 'panel opened'].includes(what);

/** Whether the page is in rendering: an expression. */
export const isShown =
  "getComputedStyle(document.body).contentVisibility === 'visible' && document.body.clientHeight > 0";

/** How many sightings each tab has so far. */
export function marked(tabs: readonly Tab[]): (tab: Tab) => number {
  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  return (tab) => marks.get(tab) ?? 0;
}

export interface Leaving {
  /** The visible tab. */
  readonly front: Tab;
  /** By the wall clock. */
  readonly deadline: number;
  /** What was seen before is not about this. */
  readonly after: (tab: Tab) => number;
}

/** Expects warning, cover and end in all tabs, on time. */
export async function expectIdleEnd(tabs: readonly Tab[], { front, deadline, after }: Leaving): Promise<void> {
  const bound = (tab: Tab) => (tab === front ? VISIBLE : HIDDEN);
  const heartbeat = front;
  for (const [tab, warning] of await inAll(tabs, (one) =>
    sees(one, 'warning opened', { after: after(one), timeout: idle }),
  )) {
    expectInTime(warning, deadline - lead, {
      bound: bound(tab),
      what: `the warning in ${tab.name}`,
      heartbeat,
      page: tab,
    });
  }
  for (const [tab, cover] of await inAll(tabs, (one) => sees(one, isCovered, { after: after(one), timeout: idle }))) {
    expectInTime(cover, deadline, { bound: bound(tab), what: `the cover of ${tab.name}`, heartbeat, page: tab });
  }
  for (const [tab, end] of await inAll(tabs, (one) => sees(one, 'session-ended'))) {
    expect(end.detail, tab.name).toMatchObject({ reason: 'idle' });
    expectInTime(end, deadline, { bound: bound(tab), what: `the end in ${tab.name}`, heartbeat, page: tab });
    await sees(tab, isWiped);
  }
}

/** Expects that nothing brings a tab's session back: no act of a person, no reload. */
export async function expectStaysOut(tab: Tab): Promise<void> {
  await tab.front();
  const before = sofar(tab);
  await tryEverything(tab);
  await tab.reload();
  await expectOut(tab, before);
  await tryEverything(tab);
  await pause(1_000);
  expect(sightings(tab, isOpenAgain, before), tab.name).toEqual([]);
}

/** A new page that knows nothing shows itself for so long at most, until the server has answered. */
export const NEWCOMER = 1_000;

/** What stands above the panel now. */
export const panelTitle = `[...document.documentElement.children]
  .map(({ shadowRoot }) => shadowRoot?.querySelector('dialog[open]')?.querySelector('h1, h2')?.textContent)
  .find((text) => text !== undefined)`;

/** Expects that a page that was just loaded says that the session is over, and is covered. */
export async function expectOut(tab: Tab, after: number): Promise<void> {
  const shown = await sees(tab, 'page shown', { after });
  const panel = await sees(tab, 'panel opened', { after });
  expectWithin(panel.at - shown.at, NEWCOMER + VISIBLE, `how late ${tab.name} is covered`);
  if (panel.detail['title'] !== 'You are signed out') {
    // Until the server has answered it says that it asks, and it has answered soon.
    await expect.poll(() => tab.ask(panelTitle), { intervals: [20] }).toBe('You are signed out');
    expectWithin(Date.now() - shown.at, NEWCOMER + VISIBLE, `how late ${tab.name} says so`);
  }
  const { contentVisibility, display } = await tab.ask<{ contentVisibility: string; display: string }>(
    '(({ contentVisibility, display }) => ({ contentVisibility, display }))(getComputedStyle(document.body))',
  );
  expect([contentVisibility, display], `${tab.name} is covered`).toContain(display === 'none' ? 'none' : 'hidden');
}

/** Input has got through to the page, or its session is open. */
export const isOpenAgain = ({ what }: { readonly what: string }): boolean =>
  ['reached', 'session-opened', 'panel closed'].includes(what);

/** Expects that nothing went wrong in a page: no error, nothing that its policy forbids. */
export function expectNoErrors(tabs: readonly Tab[]): void {
  for (const tab of tabs) {
    expect(
      sightings(tab, ({ what }) => what === 'error' || what === 'violation'),
      tab.name,
    ).toEqual([]);
  }
}
