/** Rows about devices that sleep: the server and the wall clock go on, and the page's monotonic clock stands still. */
import { expect } from '@playwright/test';
import { liveSession, setPolicy } from '../../e2e/bank.ts';
import { expectWithin, isCovered, isWiped, type Sighting, sees, sightings, sofar, VISIBLE } from '../../e2e/seen.ts';
import { jumpWallClock } from '../../e2e/witness.ts';
import {
  answeredLate,
  sleptIntoWarning,
  sleptThenMoved,
  sleptUntouched,
  toldByAnother,
} from '../peers/sleep-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, placeOf, type Stage, stay, type Tab, tryEverything, work } from '../stage.ts';
import { expectNoErrors, expectStaysOut, isOpenAgain, marked, openWork } from './work-page.ts';

const NIGHT = 9 * 3_600_000;
/** What a look finds at the latest where nobody touches anything. */
const UNTOUCHED = 30_000;

const expected =
  'Covered in the task in which it arrives, in all tabs soon after; the session ends as idle, and what it left is wiped. Neither that nor what follows revives it.';

export const sleep: readonly Row[] = [
  {
    done: 'The device sleeps past the deadline, with two tabs; nobody touches it.',
    expected: 'Both tabs are covered within 30 s, end as idle, and wipe what the session left.',
    tried: sleptUntouched,
    seconds: 90,
    async play(stage) {
      const tabs = await asleep(stage);
      const before = marked(tabs);
      const woke = Date.now();
      for (const tab of tabs) {
        const cover = await sees(tab, isCovered, { after: before(tab), timeout: UNTOUCHED + 5_000 });
        expect(cover.at - woke, tab.name).toBeLessThanOrEqual(UNTOUCHED);
      }
      await expectOver(stage, tabs, before);
    },
  },
  {
    done: 'The device sleeps past the deadline; the first thing is a movement of the mouse, then clicks and keys.',
    expected,
    tried: sleptThenMoved,
    async play(stage) {
      const tabs = await asleep(stage);
      const before = marked(tabs);
      const front = tabs.at(-1)!;
      await tryEverything(front);
      const awake = await sees(front, 'awake', { after: before(front) });
      const cover = await sees(front, isCovered, { after: before(front) });
      expectWithin(cover.at - awake.at, VISIBLE, 'the cover after the first act');
      await expectOver(stage, tabs, before);
    },
  },
  {
    done: 'The device falls asleep with a warning on screen, and sleeps past the deadline; the first thing is a click on “Stay signed in”.',
    expected,
    tried: answeredLate,
    async play(stage) {
      const [tab] = (await openWithoutStream(stage, 1)) as [Tab];
      await setLimits(stage, tab, { idle_timeout: 40, warn_before: 20 });
      await passAsleep(stage, [tab], 25_000);
      await tab.ask("void dispatchEvent(new Event('focus'))");
      const warning = await sees(tab, 'warning opened');
      await expect.poll(() => Date.now() - warning.at, { intervals: [50] }).toBeGreaterThan(550);
      const { x, y } = await placeOf(tab, 'button', 'Stay signed in');
      const before = marked([tab]);
      await passAsleep(stage, [tab], NIGHT);
      await tab.click(x, y);
      await sees(tab, isCovered, { after: before(tab) });
      expect(sightings(tab, 'session-extended')).toEqual([]);
      await expectOver(stage, [tab], before);
      const granted = stage.bank.requests.filter(({ path, status }) => path === '/session/extend' && status === 200);
      expect(granted).toEqual([]);
    },
  },
  {
    done: 'The device sleeps past the deadline; the first thing is a message of another tab, which says that the person has just acted there.',
    expected,
    tried: toldByAnother,
    async play(stage) {
      const other = await stage.open(`${storyPages}other.html`);
      await other.ask(
        "void (window.said = [], window.channel = new BroadcastChannel('nightlatch:script-tag'), channel.onmessage = ({ data }) => said.push(data))",
      );
      const [tab] = (await openWithoutStream(stage, 1)) as [Tab];
      await work(tab, 1_500);
      await expect.poll(() => other.ask<boolean>('said.some(({ lastActivityAt }) => lastActivityAt > 0)')).toBe(true);
      const before = marked([tab]);
      await passAsleep(stage, [tab], NIGHT);
      await other.ask(
        `channel.postMessage({ ...said.findLast(({ lastActivityAt }) => lastActivityAt > 0), lastActivityAt: ${stage.bank.clock.now()} })`,
      );
      const posted = Date.now();
      const cover = await sees(tab, isCovered, { after: before(tab) });
      expectWithin(cover.at - posted, VISIBLE, 'the cover after the message');
      await expectOver(stage, [tab], before);
    },
  },
  {
    done: 'The device sleeps into the time of the warning; the person moves the mouse, reads the warning, and chooses to stay.',
    expected:
      'The warning is shown with the first movement, which extends nothing. The answer does, and the page was never covered.',
    tried: sleptIntoWarning,
    async play(stage) {
      const [tab] = (await openWithoutStream(stage, 1)) as [Tab];
      await setLimits(stage, tab, { idle_timeout: 60, warn_before: 30 });
      const { last_activity: known } = await liveSession(stage.bank);
      const before = marked([tab]);
      await passAsleep(stage, [tab], 35_000);
      await tab.move(300, 200);
      const awake = await sees(tab, 'awake', { after: before(tab) });
      const warning = await sees(tab, 'warning opened', { after: before(tab) });
      expectWithin(warning.at - awake.at, VISIBLE, 'the warning after the first act');
      await tab.move(350, 260);
      await pause(1_500);
      // What was done just before the sleep may be told only now.
      expect((await liveSession(stage.bank)).last_activity).toBeLessThan(known + 10);
      await stay(tab, warning);
      await sees(tab, 'session-extended', { after: before(tab) });
      await sees(tab, 'warning closed', { after: before(tab) });
      expect((await liveSession(stage.bank)).last_activity).toBeGreaterThan(known + 30);
      expect(sightings(tab, isCovered)).toEqual([]);
      expectNoErrors([tab]);
    },
  },
];

/** Two tabs at work fall asleep. */
async function asleep(stage: Stage): Promise<readonly Tab[]> {
  const tabs = await openWithoutStream(stage, 2);
  await tabs.at(-1)!.move(250, 150);
  await quiet(tabs);
  await passAsleep(stage, tabs, NIGHT);
  return tabs;
}

/** It is the clock that has to be noticed, and not a message that waited for the morning. */
function openWithoutStream(stage: Stage, count: number): Promise<readonly Tab[]> {
  stage.bank.fault('silent', ['/session/events']);
  return openWork(stage, { count });
}

/** What opening has set off is over: nothing more is told for some time. */
async function quiet(tabs: readonly Tab[]): Promise<void> {
  const last = () => Math.max(...tabs.map((tab) => tab.seen.at(-1)?.at ?? 0));
  await expect.poll(() => Date.now() - last(), { intervals: [100] }).toBeGreaterThan(2_000);
}

/** The person is at work under these limits, and stops. */
async function setLimits({ bank }: Stage, tab: Tab, limits: { idle_timeout: number; warn_before: number }) {
  await setPolicy(bank, limits);
  const { policy_version: version } = await liveSession(bank);
  await work(tab, 1_500);
  await sees(tab, ({ what, detail }: Sighting) => what === 'policy-updated' && detail['version'] === version);
  await pause(1_200);
}

async function passAsleep({ bank }: Stage, tabs: readonly Tab[], duration: number): Promise<void> {
  await bank.clock.advance(duration);
  for (const tab of tabs) await jumpWallClock({ quietly: tab.ask }, duration);
}

/** All tabs are out, by the right reason and for good. */
async function expectOver({ bank }: Stage, tabs: readonly Tab[], before: (tab: Tab) => number): Promise<void> {
  for (const tab of tabs) {
    await sees(tab, isCovered, { after: before(tab) });
    const end = await sees(tab, 'session-ended', { after: before(tab), timeout: 10_000 });
    expect(end.detail, tab.name).toMatchObject({ reason: 'idle' });
    await sees(tab, isWiped, { after: before(tab) });
  }
  for (const tab of [...tabs].reverse()) await expectStaysOut(tab);
  for (const tab of tabs) {
    const mark = before(tab);
    const reached = sightings(tab, isOpenAgain, mark);
    expect(reached, tab.name).toEqual([]);
    expect(sofar(tab)).toBeGreaterThan(mark);
  }
  expect(await bank.sessions()).toEqual([]);
  expectNoErrors(tabs);
}
