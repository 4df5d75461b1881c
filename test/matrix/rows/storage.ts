/** Rows about browsers without what tabs use to speak to each other, or to those that come later. */
import { expect } from '@playwright/test';
import { idleDeadline, setPolicy } from '../../e2e/bank.ts';
import { expectWithin, inAll, isCovered, isWiped, type Sighting, sees, sightings } from '../../e2e/seen.ts';
import {
  behindHangingLocks,
  inPrivate,
  withoutChannel,
  withoutLocks,
  withoutRoom,
  withoutStorage,
} from '../peers/storage-trials.ts';
import type { Row } from '../row.ts';
import { fill } from '../site-data.ts';
import { type Stage, stay, type Tab } from '../stage.ts';
import { spoilt } from './spoilt-storage.ts';
import { thirdParty } from './third-party.ts';
import { expectIdleEnd, expectNoErrors, expectStaysOut, idle, marked, openWork, workAndLeave } from './work-page.ts';

const asOne =
  'The tabs go on as one: no warning while the person works in one of them, one answer closes all warnings, both end on time and stay out.';
const expected = `The SDK says once what is missing. ${asOne}`;

const missing: readonly Row[] = [
  {
    done: '`localStorage` throws whenever it is touched, in two tabs.',
    expected,
    differs: true,
    seconds: 90,
    tried: withoutStorage,
    play: (stage) => twoTabsAsOne(stage, { page: 'without-local-storage', missing: 'mirror' }),
  },
  {
    done: '`localStorage` is full before the SDK has stored anything, in two tabs.',
    expected,
    tried: withoutRoom,
    seconds: 90,
    async play(stage) {
      await fill(stage);
      // A page that finds nobody signed in has nothing to store.
      await twoTabsAsOne(stage, { missing: 'mirror', said: 1 });
    },
  },
  {
    done: 'There is no `BroadcastChannel`, in two tabs.',
    expected,
    differs: true,
    seconds: 90,
    tried: withoutChannel,
    play: (stage) => twoTabsAsOne(stage, { page: 'without-channel', missing: 'channel' }),
  },
  {
    done: 'There are no Web Locks, in two tabs.',
    expected: asOne,
    seconds: 90,
    tried: withoutLocks,
    play: (stage) => twoTabsAsOne(stage, { page: 'without-locks' }),
  },
  {
    done: 'Web Locks never answer, in two tabs, as behind a holder that stands still for ever.',
    expected:
      'No warning while the person works in one of them, one answer closes all warnings, both are covered on time, end at most 2 s later, are wiped, and stay out.',
    tried: behindHangingLocks,
    seconds: 90,
    play: locksHang,
  },
  {
    done: 'A private window, with two tabs.',
    expected: asOne,
    tried: inPrivate,
    launch: { private: true },
    seconds: 90,
    play: (stage) => twoTabsAsOne(stage, {}),
  },
];

export const storage: readonly Row[] = [...missing, ...spoilt, ...thirdParty];

interface Story {
  readonly page?: string;
  readonly missing?: 'mirror' | 'channel';
  /** How often each tab says so. Default: for each of the two pages that it loads. */
  readonly said?: number;
}

async function twoTabsAsOne(stage: Stage, { page = 'work', missing, said = missing ? 2 : 0 }: Story): Promise<void> {
  const tabs = await openWork(stage, { page });
  const [behind, front] = [tabs[0]!, tabs[1]!];
  if (missing)
    for (const tab of tabs) expect((await sees(tab, 'tab-sync-degraded')).detail).toMatchObject({ part: missing });
  await workAndStay(stage, tabs, front);
  const marks = marked(tabs);
  await expectIdleEnd(tabs, { front, deadline: await idleDeadline(stage.bank), after: marks });
  for (const tab of [front, behind]) await expectStaysOut(tab);
  for (const tab of tabs) expect(sightings(tab, isSaid), tab.name).toHaveLength(said);
  expectNoErrors(tabs);
}

async function workAndStay(stage: Stage, tabs: readonly Tab[], front: Tab): Promise<void> {
  await workAndLeave(stage, tabs, front);
  const [, warning] = (await inAll(tabs, (tab) => sees(tab, 'warning opened', { timeout: idle })))[1]!;
  await stay(front, warning);
  await inAll(tabs, (tab) => sees(tab, 'warning closed'));
}

const isSaid = ({ what }: Sighting): boolean => what === 'tab-sync-degraded';

/** A turn is waited for before a session is ended, and longer before shared stores are wiped: then all goes on without. */
async function locksHang(stage: Stage): Promise<void> {
  // Nobody gets the stream's turn: they poll.
  await setPolicy(stage.bank, { poll_every: 1 });
  const tabs = await openWork(stage, { page: 'hanging-locks' });
  const [behind, front] = [tabs[0]!, tabs[1]!];
  await front.ask("void localStorage.setItem('work:token', 'secret')");
  await workAndStay(stage, tabs, front);
  const after = marked(tabs);
  const deadline = await idleDeadline(stage.bank);
  for (const [tab, cover] of await inAll(tabs, (one) =>
    sees(one, isCovered, { after: after(one), timeout: 2 * idle }),
  )) {
    expectWithin(deadline - cover.at, 100, `how early ${tab.name} is covered`);
    expectWithin(cover.at - deadline, 1_300, `the cover of ${tab.name}`);
  }
  for (const [tab, end] of await inAll(tabs, (one) => sees(one, 'session-ended', { after: after(one) }))) {
    expect(end.detail, tab.name).toMatchObject({ reason: 'idle' });
    expectWithin(end.at - deadline, 2_000, `the end in ${tab.name}`);
  }
  await inAll(tabs, (tab) => sees(tab, isWiped, { after: after(tab), timeout: 16_000 }));
  for (const tab of [front, behind]) await expectStaysOut(tab);
  expectNoErrors(tabs);
}
