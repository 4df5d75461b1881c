/** Rows about tabs that go, or stop for ever. */
import { expect } from '@playwright/test';
import { idleDeadline, setPolicy } from '../../e2e/bank.ts';
import {
  expectInTime,
  expectWithin,
  HIDDEN,
  isCovered,
  isWiped,
  sees,
  sightings,
  sofar,
  VISIBLE,
} from '../../e2e/seen.ts';
import { beginHeartbeat } from '../../e2e/witness.ts';
import { closed, crashed, stopped, stoppedForEver } from '../peers/tab-trials.ts';
import type { Row } from '../row.ts';
import { pause, type Stage, type Tab, work } from '../stage.ts';
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
  workAndLeave,
} from './work-page.ts';

/** What is said and written down is said with what has been done until then, at most once a second: as much may be lost with a tab. */
const LOST = 1_100;
/** What the server knows but for this it is not told. */
const UNTOLD = 300;
/** Longer than a tab waits for the one that was acted in, and for the time between two touches. */
const PATIENCE = 4_000;

export const lostTabs: readonly Row[] = [
  {
    done: 'The person works in the front one of three tabs, and closes it.',
    expected: 'The other tabs count on from the last that the person did, warn, are covered and end on time.',
    tried: closed,
    async play(stage) {
      const [one, two, front] = (await openWork(stage, { count: 3 })) as [Tab, Tab, Tab];
      await beginShort(stage, [one, two, front], front);
      const last = await work(front, 1_500);
      await front.close();
      await expectOthersEnd(stage, [one, two], last);
    },
  },
  {
    done: 'The person works in the front one of three tabs, which holds the stream; its process is killed.',
    expected: 'The other tabs count on from the last that the person did, warn, are covered and end on time.',
    needs: ['crash'],
    tried: crashed,
    async play(stage) {
      const [one, two, front] = (await openWork(stage, { count: 3 })) as [Tab, Tab, Tab];
      await beginShort(stage, [one, two, front], front);
      // For much longer than what may be lost, or it would not be seen that all is.
      const last = await work(front, 4_500);
      await front.crash();
      await expectOthersEnd(stage, [one, two], last);
    },
  },
  {
    done: 'The process of the front tab, which holds the stream, is stopped; the person works on in another one for longer than the idle limit, and leaves. The stopped tab goes on after the end.',
    expected:
      'The other tab hears of a change of policy, does not warn while the person works, and ends on time. The stopped one ends as it goes on: no input reaches it.',
    seconds: 120,
    tried: stopped,
    async play(stage) {
      const [behind, front] = (await openWork(stage)) as [Tab, Tab];
      await work(front, 300);
      const goOn = await front.stop();
      const deadline = await workAndLeave(stage, [behind], behind);
      await expectIdleEnd([behind], { front: behind, deadline, after: marked([behind]) });
      expect(await stage.bank.sessions()).toEqual([]);
      const before = sofar(front);
      await goOn();
      await front.front();
      await sees(front, 'session-ended', { after: before });
      await sees(front, isWiped, { after: before });
      await expectStaysOut(front);
      expect(sightings(front, isOpenAgain, before)).toEqual([]);
      expectNoErrors([behind, front]);
    },
  },
  {
    done: 'The process of a tab is stopped for ever while it holds the turns for ending and for wiping; the session goes idle.',
    expected:
      'The other tab is covered on time. It waits for the turns, but not for ever: it ends within 5 s, and has wiped within 20 s.',
    tried: stoppedForEver,
    async play(stage) {
      const [holder, front] = (await openWork(stage)) as [Tab, Tab];
      await holdTurns(holder, ['end', 'wipe']);
      await holder.stop();
      await beginShort(stage, [front], front);
      const after = sofar(front);
      const deadline = await leave(stage);
      const cover = await sees(front, isCovered, { after, timeout: idle + HIDDEN });
      expectInTime(cover, deadline, { bound: VISIBLE, what: 'the cover', heartbeat: front });
      const end = await sees(front, 'session-ended', { after, timeout: 6_000 });
      expect(end.detail).toMatchObject({ reason: 'idle' });
      expectWithin(end.at - deadline, 5_000, 'how late it ends');
      await sees(front, isWiped, { after, timeout: 20_000 });
      await expectStaysOut(front);
      expectNoErrors([front]);
    },
  },
];

/** A tab has gone in which the person acted last; the last one of these comes to front. */
async function expectOthersEnd(stage: Stage, others: readonly Tab[], last: number): Promise<void> {
  const front = others.at(-1)!;
  await front.front();
  await beginHeartbeat({ quietly: front.ask });
  const after = marked(others);
  await leave(stage);
  const lost = async () => last + idle - (await idleDeadline(stage.bank));
  // The others leave it to the one that was acted in to tell the server, for a while; then they tell what they know.
  const known = async () => last - (await front.ask<number>('Nightlatch.latch.getView().lastActivityAt'));
  const isTold = async () => (await lost()) <= (await known()) + UNTOLD;
  for (const start = Date.now(); !(await isTold()) && Date.now() - start < PATIENCE; ) await pause(100);
  expectWithin(await lost(), LOST, 'how much of what was done before is lost');
  const deadline = await idleDeadline(stage.bank);
  expectWithin(deadline - idle - last, 200, 'how much later than it was it is dated');
  // News reach those that are left.
  await setPolicy(stage.bank, { touch_every: 2 });
  for (const tab of others) await sees(tab, 'policy-updated', { after: after(tab) });
  await expectIdleEnd(others, { front, deadline, after });
  expect(await stage.bank.sessions()).toEqual([]);
  expectNoErrors(others);
}

async function holdTurns(tab: Tab, turns: readonly string[]): Promise<void> {
  for (const turn of turns) {
    const name = JSON.stringify(`nightlatch:script-tag:${turn}`);
    await tab.ask(
      `new Promise((taken) => void navigator.locks.request(${name}, () => { taken(true); return new Promise(() => {}); }))`,
    );
  }
}
