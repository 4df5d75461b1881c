/** Rows about leaving pages and coming back to them. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { type Sighting, sees, sightings, sofar } from '../../e2e/seen.ts';
import { backAndMoved, backInTime, backToUnkept, backUntouched } from '../peers/page-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { clickOn, type Stage, type Tab, tryEverything } from '../stage.ts';
import { expectNoErrors, expectOut, isOpenAgain, openWork } from './work-page.ts';

const expected =
  'A page that was kept is covered before it is shown again, and no input reaches it. One that is loaded anew is covered as soon as the server has answered, within a second. Both say that the session is over.';

export const navigation: readonly Row[] = [
  {
    done: 'The person leaves a page by a link; the session is ended by an administrator, and another tab hears of it; they go back, and click and type at once.',
    expected,
    differs: true,
    tried: backUntouched,
    async play(stage) {
      const [left, other] = (await openWork(stage)) as [Tab, Tab];
      await leave(left);
      await other.front();
      await stage.bank.endSession((await liveSession(stage.bank)).id);
      await sees(other, 'session-ended');
      await comeBack(stage, left);
      expectNoErrors([left, other]);
    },
  },
  {
    done: 'The person leaves a page by a link; the session is ended by an administrator while no page of it is there to hear; they go back, and click and type at once.',
    expected,
    differs: true,
    tried: backAndMoved,
    async play(stage) {
      const [left] = (await openWork(stage, { count: 1 })) as [Tab];
      await leave(left);
      await stage.bank.endSession((await liveSession(stage.bank)).id);
      await comeBack(stage, left);
      expectNoErrors([left]);
    },
  },
  {
    done: 'The person leaves a page by a link and goes back; the session goes on.',
    expected:
      'They are back at work within 2 s; meanwhile the page may at most say that it asks. A page that was kept has what was typed in it. It takes what they type, hears the news of the server, and ends when it is ended.',
    tried: backInTime,
    differs: true,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      await leave(tab);
      await expectBackAtWork(stage, tab);
    },
  },
  {
    done: 'A page that must not be kept (`Cache-Control: no-store`) is left by a link; the session is ended meanwhile; the person goes back, and clicks and types at once.',
    expected,
    tried: backToUnkept,
    differs: true,
    async play(stage) {
      const [left] = (await openWork(stage, { page: 'work', count: 1, query: '?no-store' })) as [Tab];
      await leave(left);
      await stage.bank.endSession((await liveSession(stage.bank)).id);
      await comeBack(stage, left);
      expectNoErrors([left]);
    },
  },
];

async function expectBackAtWork(stage: Stage, tab: Tab): Promise<void> {
  const before = sofar(tab);
  await tab.traverse(-1);
  const shown = await sees(tab, 'page shown', { after: before });
  const isKept = shown.detail['persisted'] === true;
  const shows = () => tab.ask<string>('getComputedStyle(document.body).contentVisibility').catch(() => 'not there yet');
  await expect.poll(shows, { timeout: 2_000 }).toBe('visible');
  if (!isKept) await sees(tab, 'session-opened', { after: before });
  await clickOn(tab, '#note');
  await tab.key('x');
  await sees(tab, 'reached', { after: before });
  const typed = () => tab.ask<string>("document.querySelector('#note').value");
  if (isKept) await expect.poll(typed).toBe('secretx');
  else await expect.poll(typed).toContain('x');
  const isOver = ({ what, detail }: Sighting) =>
    what === 'session-ended' || (what === 'panel opened' && detail['title'] !== 'Checking your session');
  expect(sightings(tab, isOver, before)).toEqual([]);
  await stage.bank.endSession((await liveSession(stage.bank)).id);
  await sees(tab, 'session-ended', { after: before });
  expectNoErrors([tab]);
  stage.note(isKept ? 'the page was kept' : 'the page was loaded anew');
}

async function leave(tab: Tab): Promise<void> {
  await clickOn(tab, '#note');
  for (const key of 'secret') await tab.key(key);
  const before = sofar(tab);
  await clickOn(tab, 'a', 'Elsewhere');
  await sees(tab, 'page shown', { after: before });
  expect(await tab.ask('location.pathname')).toBe(`${storyPages}other.html`);
}

async function comeBack(stage: Stage, tab: Tab): Promise<void> {
  await tab.front();
  const before = sofar(tab);
  await tab.traverse(-1);
  const shown = await sees(tab, 'page shown', { after: before });
  const isKept = shown.detail['persisted'] === true;
  if (isKept) {
    expect(shown.covered, 'it is covered before it is shown').toBe(true);
    await tryEverything(tab);
    await sees(tab, 'panel opened', { after: before });
  } else await expectOut(tab, before);
  await tryEverything(tab);
  expect(sightings(tab, isOpenAgain, before)).toEqual([]);
  stage.note(isKept ? 'the page was kept' : 'the page was loaded anew');
}
