/** Rows about tabs that stand still or are thrown out of memory, and come back. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { isWiped, sees, sightings, sofar } from '../../e2e/seen.ts';
import { beginHeartbeat } from '../../e2e/witness.ts';
import { discardedMeanwhile, discardedUntilTheEnd, frozen, frozenMeanwhile } from '../peers/tab-trials.ts';
import type { Row } from '../row.ts';
import { clickOn, type Tab, tryEverything, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectOut,
  expectStaysOut,
  idle,
  isOpenAgain,
  leave,
  marked,
  openWork,
} from './work-page.ts';

export const returningTabs: readonly Row[] = [
  {
    done: 'A hidden tab is frozen; the person works on in another one, and leaves; the frozen tab goes on after the end.',
    expected:
      'The other tab warns, is covered and ends on time, as if it were alone. The frozen one ends as it goes on, at the latest: no input reaches it.',
    needs: ['freeze'],
    tried: frozen,
    async play(stage) {
      const [behind, front] = (await openWork(stage)) as [Tab, Tab];
      await beginShort(stage, [behind, front], front);
      // Where freezing is emulated, a frozen page hears others, and may end before it goes on.
      const before = sofar(behind);
      const goOn = await behind.freeze();
      await work(front, 1_000);
      const deadline = await leave(stage);
      await expectIdleEnd([front], { front, deadline, after: marked([front]) });
      await goOn();
      expect((await sees(behind, 'session-ended', { after: before })).detail).toMatchObject({ reason: 'idle' });
      await sees(behind, isWiped, { after: before });
      await expectStaysOut(behind);
      expect(sightings(behind, isOpenAgain, before)).toEqual([]);
      expectNoErrors([behind, front]);
    },
  },
  {
    done: 'A hidden tab is frozen; the person works in another one for longer than the idle limit, then comes back to the frozen one and types.',
    expected: 'They are not thrown out anywhere: the tab is open, with what was typed in it, and takes what they type.',
    needs: ['freeze'],
    tried: frozenMeanwhile,
    async play(stage) {
      const [behind, front] = (await openWork(stage)) as [Tab, Tab];
      await clickOn(behind, '#note');
      for (const key of 'kept') await behind.key(key);
      await beginShort(stage, [behind, front], front);
      const goOn = await behind.freeze();
      await work(front, idle + 2_000);
      const before = sofar(behind);
      await goOn();
      await expectAtWork(behind, before, 'keptx');
      expect(sightings(front, 'warning opened')).toEqual([]);
      await liveSession(stage.bank);
      expectNoErrors([behind, front]);
    },
  },
  {
    done: 'A hidden tab is discarded; the person works on in another one, and comes back to it: it is loaded anew.',
    expected: 'It is open, without a panel, and both tabs warn, are covered and end on time.',
    tried: discardedMeanwhile,
    needs: ['discard'],
    async play(stage) {
      const [behind, other] = (await openWork(stage)) as [Tab, Tab];
      await beginShort(stage, [behind, other], other);
      const comeBack = await behind.discard();
      await work(other, 1_000);
      const back = await comeBack();
      await expectAtWork(back, 0, 'x');
      expect(await back.ask("sessionStorage.getItem('work:draft')")).toBe('typed');
      await beginHeartbeat({ quietly: back.ask });
      const deadline = await leave(stage);
      const tabs = [other, back];
      await expectIdleEnd(tabs, { front: back, deadline, after: marked(tabs) });
      expectNoErrors(tabs);
    },
  },
  {
    done: 'A hidden tab is discarded; the session ends; the person comes back to it: it is loaded anew.',
    expected:
      'It says that the session is over, is covered, and no input reaches it; what the session had left in its `sessionStorage` is wiped.',
    needs: ['discard'],
    tried: discardedUntilTheEnd,
    async play(stage) {
      const [behind, front] = (await openWork(stage)) as [Tab, Tab];
      const comeBack = await behind.discard();
      await beginShort(stage, [front], front);
      const deadline = await leave(stage);
      await expectIdleEnd([front], { front, deadline, after: marked([front]) });
      const back = await comeBack();
      await expectOut(back, 0);
      await tryEverything(back);
      await expect.poll(() => back.ask("sessionStorage.getItem('work:draft')")).toBe(null);
      expect(sightings(back, isOpenAgain)).toEqual([]);
      expectNoErrors([front, back]);
    },
  },
];

/** Brings a tab to front: it is open, nothing stands before it, and what is typed arrives. */
async function expectAtWork(tab: Tab, before: number, text: string): Promise<void> {
  await tab.front();
  await expect
    .poll(() => tab.ask<string>('getComputedStyle(document.body).contentVisibility'), { timeout: 3_000 })
    .toBe('visible');
  await clickOn(tab, '#note');
  await tab.key('x');
  await sees(tab, 'reached', { after: before });
  await expect.poll(() => tab.ask("document.querySelector('#note').value")).toBe(text);
  for (const what of ['session-ended', 'panel opened', 'warning opened']) {
    expect(sightings(tab, what, before), tab.name).toEqual([]);
  }
}
