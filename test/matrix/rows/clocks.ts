/** Rows about clocks that are wrong, and timers that come late. */
import { expect } from '@playwright/test';
import { idleDeadline, liveSession, setPolicy } from '../../e2e/bank.ts';
import {
  expectInTime,
  expectWithin,
  isCovered,
  isWiped,
  type Sighting,
  sees,
  sightings,
  sofar,
  VISIBLE,
} from '../../e2e/seen.ts';
import { beginHeartbeat, jumpWallClock } from '../../e2e/witness.ts';
import { needsServer } from '../peers/not-tried.ts';
import { blocked, setAtWork, thirtyDays, throttled, wrongFromTheStart } from '../peers/time-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, type Tab, tryEverything, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  isOpenAgain,
  leave,
  marked,
  openWork,
} from './work-page.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const jumps: readonly (readonly [words: string, by: number])[] = [
  ['forward by an hour', HOUR],
  ['back by an hour', -HOUR],
  ['forward by a day', DAY],
  ['back by a day', -DAY],
];

const errors: readonly (readonly [words: string, by: number])[] = [
  ['ten minutes ahead', 10 * MINUTE],
  ['ten minutes behind', -10 * MINUTE],
  ['a year ahead', 365 * DAY],
  ['a year behind', -365 * DAY],
];

export const clocks: readonly Row[] = [
  ...jumps.map(([words, by]) => ({
    done: `The device’s wall clock is set ${words} while the person works in one of two tabs; then they leave.`,
    expected:
      'They are not signed out, and nothing is wiped; a page may be covered until the server has answered. Both tabs end on the server’s time.',
    tried: setAtWork(by),
    play: (stage: Stage) => jumpAtWork(stage, by),
  })),
  ...errors.map(([words, by]) => ({
    done: `The device’s clock is ${words} of the server’s, from the start; the person works in one of two tabs and leaves.`,
    expected: 'No warning and no cover while they work; both tabs warn and end on the server’s time.',
    tried: wrongFromTheStart(by),
    async play(stage: Stage) {
      stage.setClockAhead(by);
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      await beginShort(stage, tabs, front);
      await work(front, 2_000);
      for (const tab of tabs) expect(sightings(tab, isTrouble), tab.name).toEqual([]);
      const after = marked(tabs);
      await expectIdleEnd(tabs, { front, deadline: await leave(stage), after });
      await expectStaysOut(front);
      expectNoErrors(tabs);
    },
  })),
  {
    done: 'The server’s clock is set back by five seconds while the person works; they work on for longer than the idle limit, then leave.',
    expected:
      'No warning and no cover where they work; it warns and ends when the server does, and the other tab does not end earlier.',
    tried: needsServer,
    async play(stage) {
      const tabs = await openWork(stage);
      const [behind, front] = [tabs[0]!, tabs[1]!];
      await beginShort(stage, tabs, front);
      await work(front, 1_000);
      stage.bank.clock.setBack(5_000);
      await work(front, idle + 1_000);
      expect(sightings(front, isTrouble)).toEqual([]);
      const after = marked(tabs);
      const deadline = await leave(stage);
      await expectIdleEnd([front], { front, deadline, after });
      // The other tab has asked nothing since: by what it knows it is over earlier, and it is covered until it has asked.
      const end = await sees(behind, 'session-ended');
      expect(end.detail).toMatchObject({ reason: 'idle' });
      expect(end.at).toBeGreaterThanOrEqual(deadline - VISIBLE);
      await sees(behind, isWiped);
      expect(await stage.bank.sessions()).toEqual([]);
      await expectStaysOut(front);
      expectNoErrors(tabs);
    },
  },
  {
    done: 'The idle limit is 30 days, which no timer can wait for; nobody acts, and 30 days pass.',
    expected:
      'Neither warning nor cover at first; after 30 days the warning, once the server has said what time it is, and the end on time.',
    tried: thirtyDays,
    play: afterThirtyDays,
  },
  {
    done: 'The tab is hidden behind another site, and its browser lets hidden tabs wake once a minute; the deadline passes.',
    expected:
      'It warns and is covered within about a second of the time, ends and is wiped, and stays out when it is shown.',
    launch: { throttled: true },
    tried: throttled,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      const site = await stage.open(`${storyPages}other.html`);
      await beginHeartbeat({ quietly: site.ask });
      await beginShort(stage, [tab], tab, { idle_timeout: 11, warn_before: 3 });
      await site.front();
      const after = marked([tab]);
      const deadline = await leave(stage);
      await expectIdleEnd([tab], { front: site, deadline, after });
      await expectStaysOut(tab);
      expectNoErrors([tab]);
    },
  },
  {
    done: 'A script of the app blocks the page from just before the deadline until well after it; the person clicks and types meanwhile.',
    expected: 'The page is covered as soon as it runs again, before any of that input; it ends as idle and is wiped.',
    tried: blocked,
    play: blockedAtTheEnd,
  },
];

/** Somebody at work has been interrupted. */
const isTrouble = (sighting: Sighting): boolean =>
  ['warning opened', 'session-ended', 'session-expired', 'tokens-wiped', 'panel opened'].includes(sighting.what);

async function jumpAtWork(stage: Stage, by: number): Promise<void> {
  const tabs = await openWork(stage);
  const [behind, front] = [tabs[0]!, tabs[1]!];
  await beginShort(stage, tabs, front);
  for (const tab of [behind, front]) await jumpWallClock({ quietly: tab.ask }, by);
  await front.move(300, 200);
  await expect.poll(() => front.ask(isShown)).toBe(true);
  // By the time, for what was seen before may only be told now.
  const shownAt = Date.now();
  await work(front, 2_000);
  expect(sightings(front, (one) => isTrouble(one) && one.at > shownAt)).toEqual([]);
  for (const tab of tabs) {
    expect(await tab.ask(isShown), `${tab.name} is shown`).toBe(true);
    expect(
      sightings(tab, ({ what }) => what === 'session-ended' || what === 'tokens-wiped'),
      tab.name,
    ).toEqual([]);
  }
  const after = marked(tabs);
  await expectIdleEnd(tabs, { front, deadline: await leave(stage), after });
  await expectStaysOut(front);
  expectNoErrors(tabs);
}

const isShown = "getComputedStyle(document.body).contentVisibility === 'visible' && document.body.clientHeight > 0";

async function afterThirtyDays(stage: Stage): Promise<void> {
  const { bank } = stage;
  // What is said on a connection would be said after the 30 days: the page's own clock is what this is about.
  bank.fault('silent', ['/session/events']);
  const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
  const days = { idle_timeout: (30 * DAY) / 1_000, absolute_timeout: (60 * DAY) / 1_000 };
  await setPolicy(bank, { ...days, warn_before: 5 });
  const { policy_version: version } = await liveSession(bank);
  await work(tab, 1_500);
  await sees(tab, ({ what, detail }) => what === 'policy-updated' && detail['version'] === version);
  await pause(3_000);
  expect(sightings(tab, isTrouble)).toEqual([]);
  await beginHeartbeat({ quietly: tab.ask });

  const nearly = (await idleDeadline(bank)) - Date.now() - 3_000;
  await bank.clock.advance(nearly);
  const before = sofar(tab);
  await jumpWallClock({ quietly: tab.ask }, nearly);
  await tab.ask("void dispatchEvent(new Event('focus'))");
  // Clocks drift: after 30 days no page knows the time to three seconds, and it is covered until the server has said.
  await sees(tab, 'warning opened', { after: before });
  expect(await tab.ask(isShown)).toBe(true);
  const warned = sofar(tab);
  const deadline = await idleDeadline(bank);
  const cover = await sees(tab, isCovered, { after: warned });
  expectInTime(cover, deadline, { bound: VISIBLE, what: 'the cover', heartbeat: tab });
  expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'idle' });
  await expectStaysOut(tab);
  expectNoErrors([tab]);
}

async function blockedAtTheEnd(stage: Stage): Promise<void> {
  const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
  await beginShort(stage, [tab], tab);
  const deadline = await leave(stage);
  const before = sofar(tab);
  await pause(deadline - 500 - Date.now());
  const running = tab.ask<number>(
    '(() => { const start = performance.now(); while (performance.now() - start < 2500); return Date.now(); })()',
  );
  await pause(deadline + 500 - Date.now());
  const acts = tryEverything(tab);
  const over = await running;
  await acts;
  const cover = await sees(tab, isCovered, { after: before });
  expect(cover.at, 'the deadline passes while the page is blocked').toBeGreaterThan(deadline + 500);
  expectWithin(cover.at - over, VISIBLE, 'the cover once the page goes on');
  expect((await sees(tab, 'session-ended', { after: before })).detail).toMatchObject({ reason: 'idle' });
  await expectStaysOut(tab);
  expect(sightings(tab, isOpenAgain, before)).toEqual([]);
  expectNoErrors([tab]);
}
