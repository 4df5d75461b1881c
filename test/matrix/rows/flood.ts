/** A row about a channel that is flooded. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { expectWithin, type Sighting, sightings, sofar } from '../../e2e/seen.ts';
import { A_SECOND, gapsUnderFlood, hearAll, hearAndForget, SECONDS } from '../flooding.ts';
import { flooded } from '../peers/forgery-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, type Tab } from '../stage.ts';
import { expectNoErrors, openWork } from './work-page.ts';

const CHANNEL = 'nightlatch:script-tag';
/** By turns the last that said all, and one that is none. */
const next = `((last) => (posted) => (posted % 2 ? last : { nightlatch: 'facts', format: 1, session: posted }))(
  said.findLast(({ lease }) => lease))`;
/** Beyond what the same flood costs a page that does nothing with it. */
const MORE = 100;

export const flood: readonly Row[] = [
  {
    done: `Another window posts ${A_SECOND} messages a second on the SDK’s channel for ${SECONDS} s: malformed ones, and the last true one again and again.`,
    expected: `The 99th percentile of the gaps between frames is at most ${MORE} ms more than in a page without the SDK that listens on the same channel; what is known of the session does not change, no more than one rejection a second is told, and the server is not asked more than once a second.`,
    tried: flooded,
    seconds: 90,
    play,
  },
];

async function play(stage: Stage): Promise<void> {
  const flooder = await stage.open(`${storyPages}other.html`, 'window');
  await hearAll(flooder, CHANNEL);
  const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
  await expect.poll(() => flooder.ask<number>('said.filter(({ lease }) => lease).length')).toBeGreaterThan(0);
  await pause(2_000);
  const before = { seen: sofar(tab), requests: stage.bank.requests.length, row: await liveSession(stage.bank) };
  const stored = await factsIn(tab);
  const withSdk = await gapsUnderFlood(flooder, tab, next);
  const said = sightings(tab, 'message-rejected', before.seen);
  expect(said.length).toBeGreaterThan(0);
  for (const [index, { at }] of said.slice(1).entries()) expect(at - said[index]!.at).toBeGreaterThan(950);
  expect(sightings(tab, isChange, before.seen)).toEqual([]);
  expect(await factsIn(tab), 'what is known').toEqual(stored);
  expect((await liveSession(stage.bank)).last_activity).toBe(before.row.last_activity);
  expect(stage.bank.requests.length - before.requests, 'requests').toBeLessThanOrEqual(2 * SECONDS);
  expectNoErrors([tab]);

  const plain = await stage.open(`${storyPages}other.html`);
  await tab.close();
  await hearAndForget(plain, CHANNEL);
  const without = await gapsUnderFlood(flooder, plain, next);
  stage.note(`99 % of gaps below ${Math.round(withSdk)} ms, and ${Math.round(without)} ms without the SDK`);
  expectWithin(withSdk - without, MORE, `${withSdk} ms, and ${without} ms without the SDK`);
}

/** What the tab keeps for later ones; without when it was written. */
const factsIn = (tab: Tab) =>
  tab.ask<object>(
    "(({ written, ...facts }) => facts)(JSON.parse(localStorage.getItem('nightlatch:script-tag:facts')))",
  );

const isChange = ({ what }: Sighting): boolean =>
  what.startsWith('session-') || what === 'policy-updated' || what === 'facts-overruled' || what === 'warning opened';
