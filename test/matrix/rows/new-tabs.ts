/** Rows about tabs that come while the session is on its way: opened, copied, or opened by another. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { expectWithin, inAll, isCovered, sees, sightings, sofar } from '../../e2e/seen.ts';
import { beginHeartbeat } from '../../e2e/witness.ts';
import { needsLock, needsServer } from '../peers/not-tried.ts';
import { duplicated, newcomer, newcomerInWarning, openedByPage } from '../peers/tab-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { clickOn, type Stage, stay, type Tab, tryEverything } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectOut,
  idle,
  isOpenAgain,
  leave,
  marked,
  openWork,
  workAndLeave,
} from './work-page.ts';

const work = `${storyPages}work.html`;

/** A page that has just been opened has found out within this, on a busy machine too. */
const FOUND_OUT = 2_000;

const asOne =
  'Both are one person’s: no warning in either while the person works in the copy for longer than the idle limit; both warn, are covered and end on time, and both are wiped.';

export const newTabs: readonly Row[] = [
  {
    done: 'The person duplicates a tab, which copies its `sessionStorage`, and works on in the copy.',
    expected: asOne,
    needs: ['duplicate'],
    tried: duplicated,
    async play(stage) {
      const [first] = (await openWork(stage, { count: 1 })) as [Tab];
      await expectAsOne(stage, first, await stage.duplicate(first));
    },
  },
  {
    done: 'A page opens another one by `window.open`, which copies its `sessionStorage`, and the person works on there.',
    expected: asOne,
    tried: openedByPage,
    async play(stage) {
      const [first] = (await openWork(stage, { page: 'opening', count: 1 })) as [Tab];
      await expectAsOne(stage, first, await stage.opened(() => clickOn(first, 'button', 'Open another')));
    },
  },
  {
    done: 'A tab is opened while the session is active.',
    expected:
      'It opens within 2 s without ever being covered. Opening it is no activity: the deadline stays, and both end on time.',
    tried: newcomer,
    async play(stage) {
      const [first] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [first], first, { idle_timeout: 12 });
      const deadline = await leave(stage);
      const newcomer = await stage.open(work);
      const shown = await sees(newcomer, 'page shown');
      const opened = await sees(newcomer, 'session-opened');
      expectWithin(opened.at - shown.at, FOUND_OUT, 'until it is open');
      await beginHeartbeat({ quietly: newcomer.ask });
      expect(newcomer.seen.filter(({ covered }) => covered)).toEqual([]);
      const tabs = [first, newcomer];
      await expectIdleEnd(tabs, { front: newcomer, deadline, after: marked(tabs) });
      expectNoErrors(tabs);
    },
  },
  {
    done: 'A tab is opened during the warning, and the person answers there that they stay.',
    expected: 'It warns within 2 s, too. One answer closes both warnings, and moves the deadline.',
    tried: newcomerInWarning,
    async play(stage) {
      const [first] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [first], first, { idle_timeout: 14, warn_before: 7 });
      const deadline = await leave(stage);
      await sees(first, 'warning opened', { timeout: idle });
      const newcomer = await stage.open(work);
      const shown = await sees(newcomer, 'page shown');
      const warning = await sees(newcomer, 'warning opened');
      expectWithin(warning.at - shown.at, FOUND_OUT, 'until it warns');
      expect((await liveSession(stage.bank)).idle_expiry * 1_000, 'opening it is no answer').toBe(deadline);
      await stay(newcomer, warning);
      await inAll([first, newcomer], (tab) => sees(tab, 'warning closed'));
      expect((await liveSession(stage.bank)).idle_expiry * 1_000).toBeGreaterThan(deadline);
      expectNoErrors([first, newcomer]);
    },
  },
  {
    done: 'A tab is opened while the session is locked.',
    expected: 'It is covered within 2 s, says that the session is locked, and no input reaches it.',
    tried: needsLock,
    async play(stage) {
      const [first] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [first], first, { idle_timeout: 4, on_idle: 'lock', lock_timeout: 120 });
      await sees(first, 'session-locked', { timeout: idle });
      const newcomer = await expectCoveredNewcomer(stage);
      const panel = await sees(newcomer, 'panel opened');
      const [before] = sightings(first, 'panel opened');
      expect(panel.detail).toEqual(before?.detail);
      await liveSession(stage.bank);
      expectNoErrors([first, newcomer]);
    },
  },
  {
    done: 'The server is silent; the deadline passes, and a tab is opened before any has ended.',
    expected:
      'It is covered within 2 s, no input reaches it, and it says that the session is over. So it stays when the server answers again.',
    tried: needsServer,
    async play(stage) {
      const [first] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [first], first);
      await leave(stage);
      stage.bank.fault('silent');
      await sees(first, isCovered, { timeout: idle + FOUND_OUT });
      const newcomer = await expectCoveredNewcomer(stage);
      await inAll([first, newcomer], (tab) => sees(tab, 'panel opened', { timeout: 10_000 }));
      await sees(first, 'session-ended');
      stage.bank.fault(null);
      await expect.poll(() => stage.bank.sessions(), { timeout: 10_000 }).toEqual([]);
      for (const tab of [first, newcomer]) {
        const before = sofar(tab);
        await tab.front();
        await tryEverything(tab);
        expect(sightings(tab, isOpenAgain, before), tab.name).toEqual([]);
      }
      expectNoErrors([first, newcomer]);
    },
  },
  {
    done: 'A tab is opened after an administrator has ended the session.',
    expected: 'It says that the session is over, is covered, and no input reaches it.',
    tried: needsServer,
    async play(stage) {
      const [first] = (await openWork(stage, { count: 1 })) as [Tab];
      await stage.bank.endSession((await liveSession(stage.bank)).id);
      await sees(first, 'session-ended');
      const newcomer = await stage.open(work);
      await expectOut(newcomer, 0);
      await tryEverything(newcomer);
      expect(sightings(newcomer, isOpenAgain)).toEqual([]);
      expectNoErrors([first, newcomer]);
    },
  },
];

async function expectAsOne(stage: Stage, first: Tab, copy: Tab): Promise<void> {
  await sees(copy, 'session-opened');
  expect(await copy.ask("sessionStorage.getItem('work:draft')"), 'what was copied').toBe('typed');
  const tabs = [first, copy];
  const after = marked(tabs);
  const deadline = await workAndLeave(stage, tabs, copy);
  await expectIdleEnd(tabs, { front: copy, deadline, after });
  expect(await stage.bank.sessions()).toEqual([]);
  expectNoErrors(tabs);
}

/** Opens a page that must not show anything, and tries to use it. */
async function expectCoveredNewcomer(stage: Stage): Promise<Tab> {
  const newcomer = await stage.open(work);
  const shown = await sees(newcomer, 'page shown');
  const isHidden =
    "['hidden', 'none'].some((one) => Object.values(((s) => [s.contentVisibility, s.display])(getComputedStyle(document.body))).includes(one))";
  await expect
    .poll(() => newcomer.ask(isHidden), { timeout: Math.max(0, shown.at + FOUND_OUT - Date.now()) })
    .toBe(true);
  await tryEverything(newcomer);
  expect(sightings(newcomer, isOpenAgain)).toEqual([]);
  return newcomer;
}
