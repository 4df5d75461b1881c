/** Rows about what other scripts of the origin put on the channel and into storage. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { isCovered, type Sighting, sightings, sofar } from '../../e2e/seen.ts';
import { hearAll } from '../flooding.ts';
import { malformed as malformedForOthers, repeated } from '../peers/forgery-trials.ts';
import { needsServer } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, type Stage, type Tab, tryEverything, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  isOpenAgain,
  leave,
  marked,
  openWork,
} from './work-page.ts';

export const forgeries: readonly Row[] = [
  {
    done: 'Another page posts 300 malformed and oversized messages on the SDK’s channel within three seconds, and writes such values under its keys in `localStorage`, while the person works.',
    expected:
      'All are dropped, and that is told at most once a second for the channel and for storage. Nothing is warned of, covered or ended; the session ends on time.',
    tried: malformedForOthers,
    async play(stage) {
      const [forger, tab] = await withForger(stage);
      await beginShort(stage, [tab], tab);
      const before = sofar(tab);
      await forger.ask(malformed);
      await work(tab, 4_500);
      expect(await forger.ask<number>('posted')).toBe(300);
      expect(sightings(tab, isTrouble, before)).toEqual([]);
      for (const from of ['channel', 'mirror']) {
        const said = sightings(
          tab,
          ({ what, detail }) => what === 'message-rejected' && detail['from'] === from,
          before,
        );
        expect(said.length, from).toBeGreaterThan(0);
        for (const [index, { at }] of said.slice(1).entries()) expect(at - said[index]!.at, from).toBeGreaterThan(950);
      }
      await endsOnTime(stage, tab);
    },
  },
  {
    done: 'Another page posts this session with a later deadline, the highest `rev` and the highest policy version there are, without limits; then the person leaves.',
    expected:
      'The server is asked, the forgery is told of as overruled or not taken at all, and the session ends on time.',
    tried: needsServer,
    play: (stage) =>
      forged(
        stage,
        `{ ...last, lease: { rev: Number.MAX_SAFE_INTEGER, idleExpiry: Date.now() + 3e7, absoluteExpiry: Date.now() + 3e7 },
          policy: { ...last.policy, version: Number.MAX_SAFE_INTEGER, idle_timeout: null, absolute_timeout: null },
          authenticatedAt: Date.now() + 3e7 }`,
      ),
  },
  {
    done: 'Another page posts this session as if it were over in a moment, with the highest `rev` there is; the person works on.',
    expected:
      'The page may be covered until the server has answered; then it is open again, and the session ends on the server’s time.',
    tried: needsServer,
    play: (stage) =>
      forged(
        stage,
        '{ ...last, lease: { ...last.lease, rev: Number.MAX_SAFE_INTEGER, idleExpiry: Date.now() + 100 } }',
      ),
  },
  {
    done: 'Another page posts a later session of another person, with the highest `order` there is, and writes it into `localStorage` as begun and as known.',
    expected:
      'The page may be covered until the server has answered; then it is open again with its own session, and ends on time.',
    tried: needsServer,
    play: (stage) =>
      forged(
        stage,
        "{ ...last, session: { ...last.session, id: 'forged', order: Number.MAX_SAFE_INTEGER, subject: 'forger' } }",
        `localStorage.setItem('nightlatch:script-tag:facts', JSON.stringify(forged));
         localStorage.setItem('nightlatch:script-tag:begun', JSON.stringify(forged.session));`,
      ),
  },
  {
    done: 'After the session has ended, another page posts all messages again that were said while it was open, and writes back what was stored then.',
    expected: 'Nothing opens: the page stays covered, and takes no input.',
    tried: repeated,
    async play(stage) {
      const [forger, tab] = await withForger(stage);
      await beginShort(stage, [tab], tab);
      await work(tab, 2_000);
      await forger.ask('void (window.kept = { ...localStorage })');
      const after = marked([tab]);
      await expectIdleEnd([tab], { front: tab, deadline: await leave(stage), after });
      const before = sofar(tab);
      await forger.ask(
        'void (Object.assign(localStorage, kept), said.forEach((message) => channel.postMessage(message)), Object.assign(localStorage, kept))',
      );
      await pause(2_000);
      await tryEverything(tab);
      expect(sightings(tab, isOpenAgain, before)).toEqual([]);
      await expectStaysOut(tab);
      expectNoErrors([tab]);
    },
  },
];

/** A page of the origin without the SDK, which hears all that is said, and a tab at work in front of it. */
async function withForger(stage: Stage): Promise<readonly [forger: Tab, tab: Tab]> {
  const forger = await stage.open(`${storyPages}other.html`);
  await hearAll(forger, 'nightlatch:script-tag');
  const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
  return [forger, tab];
}

const isTrouble = ({ what }: Sighting): boolean =>
  ['warning opened', 'session-ended', 'session-expired', 'session-locked', 'tokens-wiped', 'panel opened'].includes(
    what,
  );

/** Says something made of the last thing that was said, while the person works; what comes of it is put right by the server. */
async function forged(stage: Stage, message: string, also = ''): Promise<void> {
  const [forger, tab] = await withForger(stage);
  await beginShort(stage, [tab], tab);
  await work(tab, 1_500);
  const { id } = await liveSession(stage.bank);
  await expect.poll(() => forger.ask<boolean>('said.some(({ policy, lease }) => policy && lease)')).toBe(true);
  await forger.ask(
    `void (() => { const last = said.findLast(({ policy, lease }) => policy && lease); const forged = ${message}; ${also} channel.postMessage(forged); })()`,
  );
  // Questions are asked within 300 ms, at most one a second.
  await pause(2_000);
  await expect.poll(() => tab.ask("getComputedStyle(document.body).contentVisibility === 'visible'")).toBe(true);
  await work(tab, 1_000);
  expect((await liveSession(stage.bank)).id).toBe(id);
  expect(sightings(tab, ({ what }) => what === 'session-ended' || what === 'tokens-wiped')).toEqual([]);
  const mirrored = await forger.ask<string>("localStorage.getItem('nightlatch:script-tag:facts')");
  expect(mirrored, 'what is stored is put right').toContain(id);
  expect(mirrored).not.toContain(String(Number.MAX_SAFE_INTEGER));
  await endsOnTime(stage, tab);
}

async function endsOnTime(stage: Stage, tab: Tab): Promise<void> {
  const after = marked([tab]);
  await expectIdleEnd([tab], { front: tab, deadline: await leave(stage), after });
  expect(sightings(tab, isCovered).length).toBeGreaterThan(0);
  await expectStaysOut(tab);
  expectNoErrors([tab]);
}

const malformed = `void (() => {
  const long = 'x'.repeat(2_000_000);
  const cycle = {};
  cycle.facts = cycle;
  const deep = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000));
  const last = () => said.at(-1) ?? { nightlatch: 'facts', format: 1 };
  const session = { id: 'x', order: 1, startedAt: Date.now() };
  const kinds = [
    () => null, () => 0, () => NaN, () => 'facts', () => long, () => [], () => deep, () => cycle, () => new Map([[1, 2]]),
    () => new Error('no'), () => new ArrayBuffer(1_000_000), () => ({ nightlatch: 'command', format: 1 }),
    () => ({ ...last(), format: '1' }), () => ({ ...last(), session: null }), () => ({ ...last(), session: { ...session, id: long } }),
    () => ({ ...last(), session: { ...session, order: 1e300 } }), () => ({ ...last(), session: { ...session, order: -1 } }),
    () => ({ ...last(), session, lease: { rev: 2 ** 60 } }), () => ({ ...last(), session, lastActivityAt: 'now' }),
    () => ({ ...last(), session, lastActivityAt: Infinity }), () => ({ ...last(), session, end: { reason: 5, at: 1, told: 'no' } }),
    () => ({ ...last(), session, policy: { version: 1, operations: long } }),
    () => ({ ...last(), session, policy: { version: 'x' } }), () => JSON.parse('{"nightlatch":"facts","format":1,"__proto__":{"session":1},"session":7}'),
  ];
  const stored = ['', '{', 'null', '[]', '7', '{"format":1}', '{"format":2,"session":{}}', 'x'.repeat(300_000), '{"format":1,"session":{"id":5}}'];
  window.posted = 0;
  const begin = performance.now();
  // This page is hidden: it wakes once a second.
  const timer = setInterval(() => {
    for (; posted < Math.min(300, (performance.now() - begin) / 10); posted += 1) {
      channel.postMessage(kinds[posted % kinds.length]());
      if (posted % 10 !== 0) continue;
      const text = stored[(posted / 10) % stored.length];
      for (const key of ['facts', 'begun', 'receipt', 'untold', 'sign-in']) localStorage.setItem('nightlatch:script-tag:' + key, text);
    }
    if (posted === 300) clearInterval(timer);
  }, 10);
})()`;
