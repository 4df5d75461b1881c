/** Rows about a server that is away, or slow. */
import { expect } from '@playwright/test';
import { idleDeadline, requestsTo } from '../../e2e/bank.ts';
import { expectWithin, inAll, isCovered, isWiped, sees, sightings } from '../../e2e/seen.ts';
import { needsServer } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { pause, type Stage, stay, work } from '../stage.ts';
import { crookedAnswers } from './crooked-answers.ts';
import { notTheServer } from './not-the-server.ts';
import { serverStreams } from './server-streams.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  isThrownOut,
  marked,
  openWork,
  workUnwarned,
} from './work-page.ts';

/** From the deadline to the end of a session whose server says nothing. */
const OFFLINE = 5_000;

const rows: readonly Row[] = [
  {
    done: 'The server dies; the person works on, leaves, comes back to the warning and chooses "Stay signed in"; the server comes back after the end.',
    expected:
      'Both tabs warn and are covered on time. The warning does not claim what the server has not granted. Both end and are wiped at most 5 s after the deadline, and stay out when it is back.',
    tried: needsServer,
    play: dies,
  },
  {
    done: 'The server breaks every connection for 0.7 s and works for 0.7 s, by turns, for longer than the idle limit.',
    expected: 'No warning while the person works. Both tabs warn, are covered and end on time, and stay out.',
    tried: needsServer,
    async play(stage) {
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      await beginShort(stage, tabs, front);
      const stopFlapping = flap(stage);
      try {
        await workUnwarned(tabs, front, idle + 1_000);
      } finally {
        stopFlapping();
      }
      // What was lost is told again within two seconds.
      await pause(2_500);
      await expectIdleEnd(tabs, { front, deadline: await idleDeadline(stage.bank), after: marked(tabs) });
      for (const tab of tabs) await expectStaysOut(tab);
      expectNoErrors(tabs);
    },
  },
  {
    done: 'Each answer takes 2 s, where the idle limit is 8 s.',
    expected:
      'No warning while the person works. "Stay signed in" closes the warnings when the server has answered, and not before. The session ends on time.',
    tried: needsServer,
    seconds: 90,
    play: isSlow,
  },
];

export const server: readonly Row[] = [...rows, ...notTheServer, ...serverStreams, ...crookedAnswers];

async function dies(stage: Stage): Promise<void> {
  const { bank } = stage;
  const tabs = await openWork(stage);
  const front = tabs[1]!;
  await beginShort(stage, tabs, front);
  await workUnwarned(tabs, front, 1_000);
  await pause(1_200);
  const deadline = await idleDeadline(bank);
  const after = marked(tabs);
  bank.fault('down');
  await work(front, 1_000);
  for (const tab of tabs) expect(sightings(tab, isThrownOut, after(tab)), tab.name).toEqual([]);
  const [, warning] = (
    await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: after(tab), timeout: idle }))
  )[1]!;
  await stay(front, warning);
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered, { after: after(tab) }))) {
    expectWithin(cover.at - deadline, 1_300, `the cover of ${tab.name}`);
    expectWithin(deadline - cover.at, 100, `how early ${tab.name} is covered`);
    expect(sightings(tab, 'session-extended'), tab.name).toEqual([]);
    const closed = sightings(tab, 'warning closed', after(tab))[0];
    if (closed) expectWithin(deadline - closed.at, 100, `how early the warning of ${tab.name} closes`);
  }
  for (const [tab, end] of await inAll(tabs, (tab) => sees(tab, 'session-ended', { timeout: 2 * OFFLINE }))) {
    expect(end.detail, tab.name).toMatchObject({ reason: 'idle' });
    const wiped = await sees(tab, isWiped);
    expectWithin(wiped.at - deadline, OFFLINE + 1_300, `the wipe of ${tab.name}`);
  }
  bank.fault(null);
  for (const tab of tabs) await expectStaysOut(tab);
  await expect.poll(async () => (await bank.sessions()).length).toBe(0);
  expectNoErrors(tabs);
}

/** Breaks connections for 700 ms, lets them be for 700 ms, and so on, until told to stop. */
function flap({ bank }: Stage): () => void {
  let isDown = false;
  const turn = (): void => {
    isDown = !isDown;
    bank.fault(isDown ? 'down' : null);
  };
  turn();
  const timer = setInterval(turn, 700);
  return () => {
    clearInterval(timer);
    bank.fault(null);
  };
}

async function isSlow(stage: Stage): Promise<void> {
  const { bank } = stage;
  const tabs = await openWork(stage);
  const front = tabs[1]!;
  await beginShort(stage, tabs, front);
  bank.fault({ late: ({ path }) => (path === '/session/events' ? 0 : 2_000) });
  await workUnwarned(tabs, front, idle + 1_000);
  const [, warning] = (await inAll(tabs, (tab) => sees(tab, 'warning opened', { timeout: idle + 3_000 })))[1]!;
  await stay(front, warning);
  await expect.poll(() => requestsTo(bank, 'POST', '/session/extend').length).toBe(1);
  for (const [tab, closed] of await inAll(tabs, (tab) => sees(tab, 'warning closed'))) {
    const [extended] = sightings(tab, 'session-extended');
    // The stream brings the word of the extension before the answer does: that is the server's own too.
    if (extended) expect(closed.at, tab.name).toBeGreaterThanOrEqual(extended.at - 50);
    expect(sightings(tab, isCovered), tab.name).toEqual([]);
  }
  const after = marked(tabs);
  await expectIdleEnd(tabs, { front, deadline: await idleDeadline(bank), after });
  bank.fault(null);
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}
