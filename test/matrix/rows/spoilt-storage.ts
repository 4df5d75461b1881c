/** Rows about `localStorage` that somebody else has filled, cleared or spoilt. */
import { expect } from '@playwright/test';
import { requestsTo } from '../../e2e/bank.ts';
import { inAll, isCovered, isWiped, sees, sightings } from '../../e2e/seen.ts';
import { needsFormat, needsServer } from '../peers/not-tried.ts';
import { cleared, clearedByHeader, overwritten } from '../peers/storage-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { clearSiteData } from '../site-data.ts';
import { pause, type Stage, type Tab } from '../stage.ts';
import {
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  isThrownOut,
  lead,
  marked,
  openWork,
  workAndLeave,
} from './work-page.ts';

const expected =
  'No warning while the person works. It answers no warning and starts no session anew: both tabs end on time and stay out. A tab that is opened meanwhile opens the session.';

const clear = 'void localStorage.clear()';

/** For all that the SDK keeps: what it may find there. */
const spoil = (value: string): string => `(() => {
  for (const key of ['facts', 'begun', 'receipt', 'untold', 'sign-in']) {
    localStorage.setItem('nightlatch:script-tag:' + key, ${JSON.stringify(value)});
  }
})()`;

export const spoilt: readonly Row[] = [
  {
    done: '`localStorage` is cleared by hand: while the person works, during the warning, and after the end.',
    expected,
    tried: cleared,
    play: (stage) => spoiltThroughout(stage, [(tab) => tab.ask(clear)]),
  },
  {
    done: 'Another tab receives `Clear-Site-Data: "storage"`: while the person works, during the warning, and after the end.',
    expected,
    tried: clearedByHeader,
    play: (stage) => spoiltThroughout(stage, [() => clearSiteData(stage, '"storage"')]),
  },
  {
    done: 'Another tab receives `Clear-Site-Data: "cookies", "storage"`; the person comes back to the window.',
    expected: 'The browser holds no session any more: the tabs end, are covered and wiped, and stay out.',
    tried: needsServer,
    play: loseCookie,
  },
  {
    done: 'What the SDK stores is overwritten with text that is no JSON, JSON that is nothing of ours, and 1 MB of letters.',
    expected,
    tried: overwritten,
    play: (stage) =>
      spoiltThroughout(
        stage,
        ['{"format":1,"session', '[[]]', 'x'.repeat(1_000_000)].map((text) => (tab) => tab.ask(spoil(text))),
      ),
  },
  {
    done: 'Another version of the SDK has stored what this one cannot read.',
    expected,
    tried: needsFormat,
    play: (stage) =>
      spoiltThroughout(stage, [
        (tab) => tab.ask(spoil(JSON.stringify({ format: 99, session: { handle: 'h', rank: [1] }, deadlines: {} }))),
      ]),
  },
  {
    done: 'A tab with another version of the SDK signs out, and stores its tombstone for the session.',
    expected: 'Both tabs are covered, end as signed out, are wiped and stay out, and the server is told.',
    tried: needsFormat,
    play: otherVersionEnds,
  },
];

type Spoil = (tab: Tab) => Promise<void>;

async function spoiltThroughout(stage: Stage, ways: readonly Spoil[]): Promise<void> {
  const tabs = await openWork(stage);
  const [behind, front] = [tabs[0]!, tabs[1]!];
  const spoilAll = async () => {
    for (const way of ways) {
      await way(behind);
      await pause(300);
    }
  };
  const before = marked(tabs);
  await spoilAll();
  const newcomer = await stage.open(`${storyPages}work.html`);
  await sees(newcomer, 'session-opened');
  await newcomer.close();
  for (const tab of tabs) expect(sightings(tab, isThrownOut, before(tab)), tab.name).toEqual([]);
  const marks = marked(tabs);
  const deadline = await workAndLeave(stage, tabs, front);
  await spoilAll();
  await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: marks(tab), timeout: idle }));
  await spoilAll();
  await expectIdleEnd(tabs, { front, deadline, after: marks });
  for (const tab of tabs) {
    const closed = sightings(tab, 'warning closed', marks(tab))[0];
    expect(closed?.at ?? deadline, `the warning of ${tab.name}`).toBeGreaterThan(deadline - lead / 2);
  }
  expect(await stage.bank.sessions()).toEqual([]);
  await spoilAll();
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}

async function loseCookie(stage: Stage): Promise<void> {
  const tabs = await openWork(stage);
  const [behind, front] = [tabs[0]!, tabs[1]!];
  await clearSiteData(stage, '"cookies", "storage"');
  await behind.front();
  await front.front();
  for (const tab of tabs) await tab.ask("void dispatchEvent(new Event('focus'))");
  for (const [tab] of await inAll(tabs, (one) => sees(one, 'session-ended'))) {
    await sees(tab, isCovered);
    await sees(tab, isWiped);
  }
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}

async function otherVersionEnds(stage: Stage): Promise<void> {
  const tabs = await openWork(stage);
  const [behind, front] = [tabs[0]!, tabs[1]!];
  await behind.ask(`(() => {
    const key = 'nightlatch:script-tag:facts';
    const { session } = JSON.parse(localStorage.getItem(key));
    const end = { reason: 'signed-out', at: Date.now(), told: false, by: { version: 99 } };
    localStorage.setItem(key, JSON.stringify({ format: 99, session, end, policy: { rules: [] } }));
  })()`);
  for (const [tab, end] of await inAll(tabs, (one) => sees(one, 'session-ended'))) {
    expect(end.detail, tab.name).toMatchObject({ reason: 'signed-out' });
    await sees(tab, isCovered);
    await sees(tab, isWiped);
  }
  await expect.poll(() => requestsTo(stage.bank, 'DELETE', '/session').length).toBeGreaterThan(0);
  await expect.poll(() => stage.bank.sessions()).toEqual([]);
  for (const tab of [front, behind]) await expectStaysOut(tab);
  expectNoErrors(tabs);
}
