/** Rows about timers that come late, or cannot wait for so long. */
import { expect } from '@playwright/test';
import { idleDeadline, liveSession, setPolicy } from '../../e2e/bank.ts';
import { expectInTime, expectWithin, isCovered, sees, sightings, sofar, VISIBLE } from '../../e2e/seen.ts';
import { beginHeartbeat, jumpWallClock } from '../../e2e/witness.ts';
import { blocked, thirtyDays, throttled } from '../peers/time-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, type Tab, tryEverything, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  isInterrupted,
  isOpenAgain,
  isShown,
  leave,
  marked,
  openWork,
} from './work-page.ts';

const DAY = 24 * 3_600_000;

export const lateTimers: readonly Row[] = [
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
  expect(sightings(tab, isInterrupted)).toEqual([]);
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
