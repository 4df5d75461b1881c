/** Rows about pages that the browser makes ready before somebody opens them. */
import { expect } from '@playwright/test';
import { liveSession, requestsTo } from '../../e2e/bank.ts';
import { expectWithin, isCovered, sees, sightings, sofar, VISIBLE, type Which } from '../../e2e/seen.ts';
import { prerendered, prerenderedUntilTheEnd } from '../peers/prerendering-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { clickOn, pause, type Stage, type Tab, tryEverything } from '../stage.ts';
import { expectNoErrors, isOpenAgain, isThrownOut, NEWCOMER, openWork } from './work-page.ts';

/** The page is asked to be made ready so long after nobody drives the browser any more, and is opened so long after that. */
const READY = 500;
const OPENED = 4_500;

export const prerendering: readonly Row[] = [
  {
    done: 'The browser makes a page ready (prerendering) while the person works on another; some seconds later they open it by a link, and work there.',
    expected:
      'Until it is opened, it asks the server nothing but for itself, takes neither the stream nor the session from the other page, and wipes nothing; then it is open within a second, takes what they type, and ends when the session is ended.',
    tried: prerendered,
    needs: ['prerender'],
    async play(stage) {
      const [tab, next] = await openPrerendered(stage, async () => {});
      const opened = await sees(next, 'page opened');
      expect(opened.left, 'nothing has been wiped').toContain('work:token');
      const open = await sees(next, 'session-opened');
      expect(open.at, 'it opens after it is opened').toBeGreaterThanOrEqual(opened.at);
      expectWithin(open.at - opened.at, 1_000, 'how long it takes');
      await clickOn(next, '#note');
      await next.key('x');
      await expect.poll(() => next.ask("document.querySelector('#note').value")).toBe('x');
      await stage.bank.endSession((await liveSession(stage.bank)).id);
      const end = await sees(next, 'session-ended');
      expect(end.detail).toMatchObject({ reason: 'revoked' });
      expect(sightings(next, isThrownOut).every(({ at }) => at >= end.at)).toBe(true);
      const after = sofar(next);
      await tryEverything(next);
      expect(sightings(next, isOpenAgain, after)).toEqual([]);
      expectNoErrors([tab, next]);
    },
  },
  {
    done: 'The browser makes a page ready (prerendering) while the person works on another; the session is ended by an administrator, which no page hears of; then the person opens the page by a link.',
    expected:
      'It is never open: it is covered as soon as the server has answered, within a second, says that the session is over, and takes no input.',
    tried: prerenderedUntilTheEnd,
    needs: ['prerender'],
    async play(stage) {
      stage.bank.fault('silent', ['/session/events']);
      const [tab, next] = await openPrerendered(stage, async () => {
        await stage.bank.endSession((await liveSession(stage.bank)).id);
      });
      expect(sightings(tab, 'session-ended')).toEqual([]);
      const opened = await sees(next, 'page opened');
      const cover = await sees(next, isCovered);
      expectWithin(cover.at - opened.at, NEWCOMER + VISIBLE, 'how late it is covered');
      await sees(next, 'panel opened');
      await tryEverything(next);
      expect(sightings(next, isOpenAgain)).toEqual([]);
      expectNoErrors([tab, next]);
    },
  },
];

/** Resolves with the page that the person was on, and the one that was made ready, once it has been opened. */
async function openPrerendered(stage: Stage, meanwhile: () => Promise<void>): Promise<readonly [Tab, Tab]> {
  const [tab] = (await openWork(stage, { page: 'prerendering', count: 1 })) as [Tab];
  const { bank } = stage;
  await tab.ask("void localStorage.setItem('work:token', 'secret')");
  // What is asked from here on is not this page's.
  await expect.poll(() => requestsTo(bank, 'GET', '/session/events')).toHaveLength(1);
  const before = { seen: sofar(tab), requests: bank.requests.length };
  const asked = () => bank.requests.slice(before.requests).map(({ method, path }) => `${method} ${path}`);
  await tab.ask(`void (() => {
    const link = document.querySelector('a[href="work.html"]');
    setTimeout(() => link.classList.add('likely'), ${READY});
    setTimeout(() => link.click(), ${READY + OPENED});
  })()`);
  const start = Date.now();
  const pages = await stage.browser.unattended(async () => {
    await expect.poll(asked, { message: 'it is made ready' }).toContain(`GET ${storyPages}work.html`);
    await pause(2_000);
    expect(asked().filter((request) => request.includes(' /session'))).toEqual([]);
    const hasLost: Which = ({ what, covered, detail }) =>
      covered || (what === 'stream-held' && detail['held'] === false);
    expect(sightings(tab, hasLost, before.seen)).toEqual([]);
    await meanwhile();
    await pause(start + READY + OPENED + 1_000 - Date.now());
  });
  expect(pages).toHaveLength(1);
  const next = await stage.adopt(pages[0]!);
  expect(await next.ask('location.pathname')).toBe(`${storyPages}work.html`);
  expect(sofar(next)).toBeGreaterThan(0);
  return [tab, next];
}
