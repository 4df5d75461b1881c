/** Rows about an app that is mounted more than once in the life of its page. */
import { expect } from '@playwright/test';
import { liveSession, setPolicy } from '../../e2e/bank.ts';
import { sees, sightings } from '../../e2e/seen.ts';
import type { Running } from '../page/counts.ts';
import { mountedAnew, mountedTwice } from '../peers/mount-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { type Stage, signIn, type Tab } from '../stage.ts';
import { expectNoErrors } from './work-page.ts';

const TIMES = 20;

const expected =
  'Mounted it is one: one channel, one warning. Once it has gone, there is no channel, no turn and no timer, and not one listener more than after the first time.';

export const remounts: readonly Row[] = [
  {
    done: `A React app under \`StrictMode\`, which mounts all twice, is mounted and unmounted ${TIMES} times.`,
    expected,
    tried: mountedTwice,
    async play(stage) {
      const tab = await openApp(stage);
      const first = await leftOver(tab, 'remounts.render()');
      // Some have the time to open, to ask and to queue for the stream; most are gone before.
      for (let time = 0; time < TIMES; time += 1) {
        await tab.ask(`void remounts.render(), remounts.moment(${time % 5 === 0 ? 300 : 10 * (time % 5)})`);
        await tab.ask('void remounts.unmount()');
      }
      await expectOne(stage, tab, first);
    },
  },
  {
    done: `The module that creates the latch is edited ${TIMES} times while the app runs (hot reload): each time the app is given a new latch of the same name.`,
    expected,
    tried: mountedAnew,
    async play(stage) {
      const tab = await openApp(stage);
      const first = await leftOver(tab, 'remounts.render()');
      await tab.ask('void remounts.render()');
      for (let time = 0; time < TIMES; time += 1) {
        await tab.ask(`void remounts.edit(), remounts.moment(${time % 5 === 0 ? 300 : 10 * (time % 5)})`);
      }
      await expectOne(stage, tab, first);
    },
  },
];

async function openApp(stage: Stage): Promise<Tab> {
  await setPolicy(stage.bank, { idle_timeout: 300, warn_before: 3 });
  const tab = await stage.open(`${storyPages}other.html`);
  await signIn(tab);
  await tab.visit(`${storyPages}remounts.html`);
  return tab;
}

const atWork = (tab: Tab) => expect.poll(() => tab.ask('remounts.phase()')).toBe('active');
const running = (tab: Tab) => tab.ask<Running>('remounts.running()');

/** Mounts, waits until it is open, unmounts; resolves with what is left: what is made once for a page. */
async function leftOver(tab: Tab, mount: string): Promise<Running> {
  await tab.ask(`void ${mount}`);
  await atWork(tab);
  return unmounted(tab);
}

async function unmounted(tab: Tab): Promise<Running> {
  await tab.ask('void remounts.unmount()');
  // What was under way steps aside.
  await expect.poll(() => running(tab)).toMatchObject({ channels: 0, timers: 0, turns: 0 });
  return running(tab);
}

/** Mounts it once more: it is one, it works, and leaves nothing behind. */
async function expectOne(stage: Stage, tab: Tab, first: Running): Promise<void> {
  await tab.ask('void remounts.render()');
  await atWork(tab);
  const mounted = await running(tab);
  expect(mounted.channels, 'channels').toBe(1);
  expect(mounted.listeners, 'it listens').toBeGreaterThan(first.listeners);
  await expect.poll(async () => (await running(tab)).turns, { message: 'the turn of the stream' }).toBe(1);
  // A limit twice as long as nobody has acted, and a lead of half of it: it warns in a second, and there is time to see it.
  const quiet = stage.bank.clock.now() / 1_000 - (await liveSession(stage.bank)).last_activity;
  const idle = 2 * Math.ceil(quiet + 1);
  await setPolicy(stage.bank, { idle_timeout: idle, warn_before: idle / 2 });
  await sees(tab, 'warning opened');
  expect(sightings(tab, 'warning opened')).toHaveLength(1);
  expect((await unmounted(tab)).listeners, 'listeners').toBeLessThanOrEqual(first.listeners);
  expect(await tab.ask("document.querySelectorAll('[data-nightlatch] dialog[open]').length")).toBe(0);
  expectNoErrors([tab]);
}
