/** Rows about leaving pages and coming back to them. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { sees, sightings, sofar } from '../../e2e/seen.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { clickOn, type Stage, type Tab, tryEverything } from '../stage.ts';
import { expectNoErrors, expectOut, isOpenAgain, openWork } from './work-page.ts';

const peers =
  'Back from the cache after the limit, react-idle-timer never expires; vueuse is 3 s late; a mouse move on return revives naive code, vueuse and others.';

const expected =
  'A page that was kept is covered before it is shown again, and no input reaches it. One that is loaded anew is covered as soon as the server has answered, within a second. Both say that the session is over.';

export const navigation: readonly Row[] = [
  {
    done: 'The person leaves a page by a link; the session is ended by an administrator, and another tab hears of it; they go back, and click and type at once.',
    expected,
    differs: true,
    peers,
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
    peers,
    async play(stage) {
      const [left] = (await openWork(stage, { count: 1 })) as [Tab];
      await leave(left);
      await stage.bank.endSession((await liveSession(stage.bank)).id);
      await comeBack(stage, left);
      expectNoErrors([left]);
    },
  },
];

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
