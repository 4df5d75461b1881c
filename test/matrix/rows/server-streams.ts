/** Rows about the server's stream of events: refused, silent, and with more tabs than a browser opens connections. */
import { expect } from '@playwright/test';
import { liveSession, requestsTo, setPolicy } from '../../e2e/bank.ts';
import { expectWithin, inAll, isCovered, isWiped, type Sighting, sees, sightings, sofar } from '../../e2e/seen.ts';
import { needsServer } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, type Tab } from '../stage.ts';
import { expectNoErrors, expectStaysOut, isThrownOut, marked, openWork, workUnwarned } from './work-page.ts';

const events = '/session/events';
/** A line on which nothing is heard for so long is dead. */
const SILENCE = 60_000;
/** A request that waits for one of the six connections to a host waits for as long as the streams last. */
const NO_STALL = 3_000;

export const serverStreams: readonly Row[] = [
  ...[
    { status: 204, most: 2 },
    { status: 401, most: 12 },
    { status: 500, most: 12 },
  ].map(
    ({ status, most }): Row => ({
      done: `The stream is refused with a bare ${status}; an administrator changes the policy, then ends the session.`,
      expected:
        'Nobody is thrown out. The tab in front asks now and then instead: it has the new policy, and then the end, as soon as it asks; the tab behind hears it from that one. The stream is not tried without pause.',
      tried: needsServer,
      play: (stage) => polls(stage, status, most),
    }),
  ),
  {
    done: 'The stream falls silent: not even a comment comes for 60 s, and meanwhile an administrator ends the session.',
    expected: 'The stream is opened anew after 60 s of silence, and both tabs are covered, ended and wiped then.',
    tried: needsServer,
    seconds: 130,
    play: fallsSilent,
  },
  {
    done: 'Six tabs over HTTP/1.1, where a browser opens six connections to a host; each comes to front and makes a request.',
    expected: 'One stream for the browser, two at most for a moment, and no request of any tab waits for a connection.',
    tried: needsServer,
    differs: true,
    seconds: 120,
    play: sixTabs,
  },
];

async function polls(stage: Stage, status: number, most: number): Promise<void> {
  const { bank } = stage;
  await setPolicy(bank, { poll_every: 1 });
  bank.fault({ status }, [events]);
  const tabs = await openWork(stage);
  const front = tabs[1]!;
  await workUnwarned(tabs, front, 1_500);
  const before = marked(tabs);
  await setPolicy(bank, { idle_timeout: 240 });
  const { id, policy_version: version } = await liveSession(bank);
  const isKnown = ({ what, detail }: Sighting) => what === 'policy-updated' && detail['version'] === version;
  for (const tab of tabs) await sees(tab, isKnown, { after: before(tab) });
  for (const tab of tabs) expect(sightings(tab, isThrownOut, before(tab)), tab.name).toEqual([]);
  await bank.endSession(id);
  for (const [tab, end] of await inAll(tabs, (one) => sees(one, 'session-ended', { after: before(one) }))) {
    expect(end.detail, tab.name).toMatchObject({ reason: 'revoked' });
    await sees(tab, isCovered, { after: before(tab) });
    await sees(tab, isWiped, { after: before(tab) });
  }
  expect(requestsTo(bank, 'GET', events).length, 'tries to open the stream').toBeLessThanOrEqual(most);
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}

async function fallsSilent(stage: Stage): Promise<void> {
  const { bank } = stage;
  bank.fault('falls-silent', [events]);
  const tabs = await openWork(stage);
  const front = tabs[1]!;
  await sees(front, isHolding);
  const begun = Date.now();
  // What was opened under the fault stays silent; what is opened anew is not.
  await pause(1_000);
  bank.fault(null);
  await bank.endSession((await liveSession(bank)).id);
  for (const [tab, end] of await inAll(tabs, (one) => sees(one, 'session-ended', { timeout: SILENCE + 10_000 }))) {
    expect(end.detail, tab.name).toMatchObject({ reason: 'revoked' });
    expectWithin(end.at - begun, SILENCE + 5_000, `when ${tab.name} ends`);
    await sees(tab, isCovered);
    await sees(tab, isWiped);
  }
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}

const isHolding = ({ what, detail }: Sighting) => what === 'stream-held' && detail['held'] === true;

async function sixTabs(stage: Stage): Promise<void> {
  const { bank } = stage;
  const tabs: Tab[] = [...(await openWork(stage, { count: 1 }))];
  let most = 0;
  const count = setInterval(() => {
    most = Math.max(most, bank.openStreams());
  }, 10);
  try {
    while (tabs.length < 6) {
      const tab = await stage.open(`${storyPages}work.html`);
      tabs.push(tab);
      await sees(tab, 'session-opened');
    }
    for (const tab of tabs) {
      const before = sofar(tab);
      if ((await tab.ask('document.visibilityState')) !== 'visible') {
        await tab.front();
        await sees(tab, isHolding, { after: before });
      }
      const took = await tab.ask<number>(`(async () => {
        const since = performance.now();
        await (await fetch('/api/accounts')).text();
        return performance.now() - since;
      })()`);
      expectWithin(took, NO_STALL, `a request in ${tab.name}`);
    }
    await expect.poll(() => bank.openStreams()).toBe(1);
    const since = tabs.map(sofar);
    await bank.setPolicy('teller', { idle_timeout: 240 });
    for (const [index, tab] of tabs.entries()) await sees(tab, 'policy-updated', { after: since[index] });
    expect(most, 'streams at one time').toBeLessThanOrEqual(2);
  } finally {
    clearInterval(count);
  }
  expectNoErrors(tabs);
}
