/** Rows about pages that are loaded anew, or almost left: the session goes on, and its time with it. */
import { expect } from '@playwright/test';
import { idleDeadline, liveSession } from '../../e2e/bank.ts';
import { expectInTime, expectWithin, isWiped, sees, sightings, sofar, VISIBLE } from '../../e2e/seen.ts';
import { beginHeartbeat } from '../../e2e/witness.ts';
import { needsServer } from '../peers/not-tried.ts';
import {
  answeredWithNothing,
  askedAndStayed,
  downloaded,
  mailed,
  reloaded,
  reopened,
  reopenedInTime,
} from '../peers/page-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { clickOn, pause, type Stage, type Tab, tryEverything, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectOut,
  idle,
  isOpenAgain,
  leave,
  openWork,
  panelTitle,
} from './work-page.ts';

const goesOn =
  'Nothing is lost: the page stays open with what was typed in it. Its timers go on: it warns, is covered and ends on time.';

/** Acts are told to the server within a second, or as the page goes. */
const LAST_ACTS = 1_100;

export const staying: readonly Row[] = [
  {
    done: 'The person reloads the page while the session is active, and again during the warning.',
    expected:
      'It opens again without being covered, and then warns again. A reload is no activity: it is covered and ends when it would have anyway.',
    tried: reloaded,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [tab], tab, { idle_timeout: 12, warn_before: 6 });
      const deadline = await leave(stage);
      let before = sofar(tab);
      await tab.reload();
      await sees(tab, 'session-opened', { after: before });
      await sees(tab, 'warning opened', { after: before, timeout: idle });
      expect(tab.seen.slice(before).filter(({ covered }) => covered)).toEqual([]);
      before = sofar(tab);
      await tab.reload();
      await sees(tab, 'warning opened', { after: before });
      await beginHeartbeat({ quietly: tab.ask });
      expect(await idleDeadline(stage.bank)).toBe(deadline);
      const end = await sees(tab, 'session-ended', { after: before, timeout: idle });
      expect(end.detail).toMatchObject({ reason: 'idle' });
      const [cover] = sightings(tab, ({ covered }) => covered, before);
      expectInTime(cover ?? end, deadline, { bound: VISIBLE, what: 'the cover', heartbeat: tab });
      await sees(tab, isWiped, { after: before });
      expectNoErrors([tab]);
    },
  },
  {
    done: 'The person closes the last tab, and opens one again before the deadline.',
    expected:
      'It opens, without being covered. That is no activity: it warns, is covered and ends when it would have anyway.',
    tried: reopenedInTime,
    async play(stage) {
      const { deadline, reopen } = await closeLast(stage);
      const tab = await reopen();
      await sees(tab, 'session-opened');
      await tab.ask("void sessionStorage.setItem('work:draft', 'typed')");
      await beginHeartbeat({ quietly: tab.ask });
      expect(tab.seen.filter(({ covered }) => covered)).toEqual([]);
      // What the closed tab did not get to tell in Firefox, the new one tells: acts that were done, and known here, before.
      await sees(tab, 'warning opened', { timeout: 2 * idle });
      const told = await idleDeadline(stage.bank);
      expect(told).toBeGreaterThanOrEqual(deadline);
      expectWithin(told - deadline, LAST_ACTS, 'how much later the deadline is');
      await expectIdleEnd([tab], { front: tab, deadline: told, after: () => 0 });
      expectNoErrors([tab]);
    },
  },
  {
    done: 'The person closes the last tab, and opens one again after the deadline.',
    expected:
      'It says that the session is over, and is covered; no input reaches it; what the session had left in `localStorage` is wiped.',
    tried: reopened,
    async play(stage) {
      const { deadline, reopen } = await closeLast(stage);
      await pause(deadline + 500 - Date.now());
      const tab = await reopen();
      await expectOut(tab, 0);
      await expectDead(tab);
      expect(await stage.bank.sessions()).toEqual([]);
    },
  },
  {
    done: 'The person closes the last tab, and opens one again after the deadline, while the server is silent.',
    expected:
      'It is covered although nobody has told it, and says that it asks. No input reaches it; it ends without the server, and what the session had left is wiped.',
    tried: needsServer,
    async play(stage) {
      const { deadline, reopen } = await closeLast(stage);
      await pause(deadline + 500 - Date.now());
      stage.bank.fault('silent');
      const tab = await reopen();
      const panel = await sees(tab, 'panel opened');
      expect(panel.detail).toMatchObject({ title: 'Checking your session' });
      await tryEverything(tab);
      await expect.poll(() => tab.ask(panelTitle), { timeout: 10_000 }).toBe('You are signed out');
      await expectDead(tab);
    },
  },
  {
    done: 'The person clicks on a link that is answered with nothing (204): the page is about to be left, and is not.',
    expected: goesOn,
    tried: answeredWithNothing,
    play: (stage) => clickAndStay(stage, 'Answered with nothing'),
  },
  {
    done: 'The person clicks on a link, is asked whether to leave, as something is not saved, and stays.',
    expected: goesOn,
    needs: ['unload-prompt'],
    tried: askedAndStayed,
    play: (stage) => clickAndStay(stage, 'Elsewhere', { isAsked: true }),
  },
  {
    done: 'The person clicks on a link that downloads a file.',
    expected: goesOn,
    tried: downloaded,
    play: (stage) => clickAndStay(stage, 'Download'),
  },
  {
    done: 'The person clicks on a `mailto:` link.',
    expected: goesOn,
    needs: ['mailto'],
    tried: mailed,
    play: (stage) => clickAndStay(stage, 'Write to us'),
  },
];

/** The person works in the one tab there is, and closes it. */
async function closeLast(stage: Stage): Promise<{ deadline: number; reopen: () => Promise<Tab> }> {
  const blank = await stage.open(`${storyPages}other.html`);
  const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
  await tab.ask("void localStorage.setItem('work:token', 'secret')");
  await beginShort(stage, [tab], tab, { idle_timeout: 12 });
  await work(tab, 500);
  await tab.close();
  // The browser goes on without a page of the SDK. What was untold is told as the page goes.
  await blank.front();
  const deadline = await leave(stage);
  return { deadline, reopen: () => stage.open(`${storyPages}work.html`) };
}

async function expectDead(tab: Tab): Promise<void> {
  await tryEverything(tab);
  await expect.poll(() => tab.ask("localStorage.getItem('work:token')"), { timeout: 10_000 }).toBe(null);
  expect(sightings(tab, isOpenAgain)).toEqual([]);
  expectNoErrors([tab]);
}

async function clickAndStay(stage: Stage, link: string, { isAsked = false } = {}): Promise<void> {
  const [tab] = (await openWork(stage, { page: 'links', count: 1, query: isAsked ? '?ask' : '' })) as [Tab];
  await beginShort(stage, [tab], tab);
  await clickOn(tab, '#note');
  for (const key of 'kept') await tab.key(key);
  const text = await tab.ask<string>("document.querySelector('#note').value");
  const before = sofar(tab);
  if (isAsked) await tab.stayWhenAsked(() => clickOn(tab, 'a', link));
  else await clickOn(tab, 'a', link);
  const deadline = await leave(stage);
  const isTold = sightings(tab, 'about to be left', before).length > 0;
  stage.note(isTold ? 'the page was told that it is about to be left' : 'the page was told nothing');
  expect(await tab.ask("document.querySelector('#note').value"), 'what was typed').toBe(text);
  expect(sightings(tab, 'page shown', before)).toEqual([]);
  // News reach it as before.
  expect((await liveSession(stage.bank)).streams).toBe(1);
  await expectIdleEnd([tab], { front: tab, deadline, after: () => before });
  expect(await stage.bank.sessions()).toEqual([]);
  expectNoErrors([tab]);
}
