/** Rows about a server that is away, slow or wrong, and about what stands between it and the browser. */
import { expect } from '@playwright/test';
import { idleDeadline, liveSession, requestsTo } from '../../e2e/bank.ts';
import { expectWithin, inAll, isCovered, isWiped, type Sighting, sees, sightings, sofar } from '../../e2e/seen.ts';
import type { Fault } from '../../server/support/faults.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, stay, type Tab, work } from '../stage.ts';
import { crookedAnswers } from './crooked-answers.ts';
import { serverStreams } from './server-streams.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  isThrownOut,
  lead,
  marked,
  openWork,
  workUnwarned,
} from './work-page.ts';

/** From the deadline to the end of a session whose server says nothing. */
const OFFLINE = 5_000;

const nothingIsLost =
  'Nobody is warned, covered, ended or wiped while they work. What they did is told once the server answers again, and the session goes on.';

const rows: readonly Row[] = [
  {
    done: 'The server dies; the person works on, leaves, comes back to the warning and chooses "Stay signed in"; the server comes back after the end.',
    expected:
      'Both tabs warn and are covered on time. The warning does not claim what the server has not granted. Both end and are wiped at most 5 s after the deadline, and stay out when it is back.',
    play: dies,
  },
  {
    done: 'The server breaks every connection for 0.7 s and works for 0.7 s, by turns, for longer than the idle limit.',
    expected: 'No warning while the person works. Both tabs warn, are covered and end on time, and stay out.',
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
    seconds: 90,
    play: isSlow,
  },
  {
    done: 'Answers take 30 s: the person works in one tab, and another tab is opened.',
    expected:
      'The tab they work in stays open. The new one shows nothing and is covered, says that it cannot reach the server, and opens by itself when it can. Nothing ends, nothing is wiped.',
    play: (stage) => newcomerWaits(stage, { late: () => 30_000 }),
  },
  {
    done: 'A captive portal answers each call with its own page: the person works in one tab, and another tab is opened.',
    expected:
      'The tab they work in stays open. The new one shows nothing and is covered, says that it cannot reach the server, and opens by itself when it can. Nothing ends, nothing is wiped.',
    play: (stage) =>
      newcomerWaits(stage, {
        status: 200,
        headers: { 'Content-Type': 'text/html' },
        body: '<!doctype html><title>Welcome to the hotel</title>',
      }),
  },
  {
    done: 'A proxy answers 401 to each call, with a page of its own that asks for its password.',
    expected: nothingIsLost,
    play: (stage) =>
      goesOn(stage, {
        status: 401,
        headers: { 'Content-Type': 'text/html', 'WWW-Authenticate': 'Negotiate' },
        body: '<h1>Proxy: authentication required</h1>',
      }),
  },
];

export const server: readonly Row[] = [...rows, ...serverStreams, ...crookedAnswers];

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

/** Nothing that an answer says is about the session: whoever works goes on, and whoever comes waits. */
async function newcomerWaits(stage: Stage, fault: Fault): Promise<void> {
  const { bank } = stage;
  const [working] = (await openWork(stage, { count: 1 })) as [Tab];
  const before = sofar(working);
  bank.fault(fault);
  const newcomer = await stage.open(`${storyPages}work.html`);
  const panel = await sees(newcomer, 'panel opened');
  expect(panel.covered).toBe(true);
  expect(String(panel.detail['title'])).not.toMatch(/signed out|has ended/i);
  await work(working, 2_000);
  expect(sightings(working, isThrownOut, before)).toEqual([]);
  await newcomer.front();
  bank.fault(null);
  await sees(newcomer, 'session-opened', { timeout: 20_000 });
  await sees(newcomer, 'panel closed');
  const isOver = ({ what }: Sighting) => ['session-expired', 'session-ended', 'tokens-wiped'].includes(what);
  for (const tab of [working, newcomer]) expect(sightings(tab, isOver), tab.name).toEqual([]);
  expect(await liveSession(bank)).toBeDefined();
  expectNoErrors([working, newcomer]);
}

/** The person works on while nothing is answered, and nothing of that is lost. */
async function goesOn(stage: Stage, fault: Fault): Promise<void> {
  const { bank } = stage;
  const tabs = await openWork(stage);
  const front = tabs[1]!;
  await beginShort(stage, tabs, front);
  await workUnwarned(tabs, front, 1_000);
  const before = marked(tabs);
  bank.fault(fault);
  // Shorter than what is left until the warning, less a try in vain and the time to the next.
  await workUnwarned(tabs, front, idle - lead - 3_500);
  await sees(front, 'backend-unreachable', { after: before(front) });
  const known = (await liveSession(bank)).last_activity;
  bank.fault(null);
  await workUnwarned(tabs, front, 2_500);
  await expect.poll(async () => (await liveSession(bank)).last_activity).toBeGreaterThan(known);
  // The last touch is told within a second.
  await pause(1_200);
  const after = marked(tabs);
  await expectIdleEnd(tabs, { front, deadline: await idleDeadline(bank), after });
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}
