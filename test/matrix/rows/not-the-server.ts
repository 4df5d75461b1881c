/** Rows about answers that never come, or that are not the server's: of a captive portal, of a proxy. */
import { expect } from '@playwright/test';
import { idleDeadline, liveSession } from '../../e2e/bank.ts';
import { type Sighting, sees, sightings, sofar } from '../../e2e/seen.ts';
import type { Fault } from '../../server/support/faults.ts';
import { needsServer } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, type Tab, work } from '../stage.ts';
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

const nothingIsLost =
  'Nobody is warned, covered, ended or wiped while they work. What they did is told once the server answers again, and the session goes on.';

export const notTheServer: readonly Row[] = [
  {
    done: 'Answers take 30 s: the person works in one tab, and another tab is opened.',
    expected:
      'The tab they work in stays open. The new one shows nothing and is covered, says that it cannot reach the server, and opens by itself when it can. Nothing ends, nothing is wiped.',
    tried: needsServer,
    play: (stage) => newcomerWaits(stage, { late: () => 30_000 }),
  },
  {
    done: 'A captive portal answers each call with its own page: the person works in one tab, and another tab is opened.',
    expected:
      'The tab they work in stays open. The new one shows nothing and is covered, says that it cannot reach the server, and opens by itself when it can. Nothing ends, nothing is wiped.',
    tried: needsServer,
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
    tried: needsServer,
    play: (stage) =>
      goesOn(stage, {
        status: 401,
        headers: { 'Content-Type': 'text/html', 'WWW-Authenticate': 'Negotiate' },
        body: '<h1>Proxy: authentication required</h1>',
      }),
  },
];

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
