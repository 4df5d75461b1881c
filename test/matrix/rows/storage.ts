/** Rows about browsers without what tabs use to speak to each other, or to those that come later. */
import { expect } from '@playwright/test';
import { idleDeadline } from '../../e2e/bank.ts';
import { inAll, type Sighting, sees, sightings } from '../../e2e/seen.ts';
import type { Row } from '../row.ts';
import { type Stage, stay } from '../stage.ts';
import { expectIdleEnd, expectNoErrors, expectStaysOut, idle, marked, openWork, workAndLeave } from './work-page.ts';

const expected =
  'The SDK says once what is missing. The tabs go on as one: no warning while the person works in one of them, one answer closes all warnings, both end on time and stay out.';

export const storage: readonly Row[] = [
  {
    done: '`localStorage` throws whenever it is touched, in two tabs.',
    expected,
    differs: true,
    seconds: 90,
    play: (stage) => twoTabsAsOne(stage, 'without-local-storage', 'mirror'),
  },
  {
    done: 'There is no `BroadcastChannel`, in two tabs.',
    expected,
    differs: true,
    seconds: 90,
    play: (stage) => twoTabsAsOne(stage, 'without-channel', 'channel'),
  },
];

async function twoTabsAsOne(stage: Stage, page: string, missing: 'mirror' | 'channel'): Promise<void> {
  const tabs = await openWork(stage, { page });
  const [behind, front] = [tabs[0]!, tabs[1]!];
  for (const tab of tabs) expect((await sees(tab, 'tab-sync-degraded')).detail).toMatchObject({ part: missing });
  await workAndLeave(stage, tabs, front);
  const [, warning] = (await inAll(tabs, (tab) => sees(tab, 'warning opened', { timeout: idle })))[1]!;
  await stay(front, warning);
  await inAll(tabs, (tab) => sees(tab, 'warning closed'));
  const marks = marked(tabs);
  await expectIdleEnd(tabs, { front, deadline: await idleDeadline(stage.bank), after: marks });
  for (const tab of [front, behind]) await expectStaysOut(tab);
  for (const tab of tabs) expect(sightings(tab, isSaid), tab.name).toHaveLength(2);
  expectNoErrors(tabs);
}

/** Once for each page that was loaded. */
const isSaid = ({ what }: Sighting): boolean => what === 'tab-sync-degraded';
