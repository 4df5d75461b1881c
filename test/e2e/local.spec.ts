/** Story 7: the local policy, without any server behind the session. */
import {
  type Browser,
  expect,
  expectInTime,
  expectWithin,
  inAll,
  isCovered,
  isWiped,
  move,
  sees,
  sightings,
  sofar,
  stay,
  type Tab,
  test,
  VISIBLE,
  work,
} from './bank.ts';
import { beginHeartbeat, jumpWallClock } from './witness.ts';

const page = '/script-tag/test/local.html';
const idle = 8_000;
const lead = 3_000;
const NIGHT = 9 * 3_600_000;

async function twoTabs(browser: Browser): Promise<readonly [Tab, Tab]> {
  const tabs = [await browser.open(page), await browser.open(page)] as const;
  for (const tab of tabs) {
    await sees(tab, 'session-opened');
    await tab.page.evaluate(() => {
      localStorage.setItem('hurry:token', 'secret');
      sessionStorage.setItem('hurry:draft', 'typed');
    });
    await beginHeartbeat(tab);
  }
  return tabs;
}

test('working in one of two tabs keeps both open; staying in one closes both warnings; then both end at the same instant, for good', async ({
  visible,
}) => {
  test.setTimeout(90_000);
  const tabs = await twoTabs(visible);
  const [one, two] = tabs;
  await work(one, 'Note', idle + 1_000);
  for (const tab of tabs) expect(sightings(tab, 'warning opened')).toEqual([]);

  const first = await inAll(tabs, (tab) => sees(tab, 'warning opened', { timeout: idle }));
  await move(two);
  expect(sightings(two, 'warning closed')).toEqual([]);
  await stay(two, first[1]![1]);
  const answered = Date.now();
  await inAll(tabs, (tab) => sees(tab, 'warning closed'));

  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  const warned = await inAll(tabs, (tab) => sees(tab, 'warning-shown', { after: marks.get(tab), timeout: idle }));
  const deadline = Number(warned[0]![1].detail['deadline']);
  expect(Math.abs(deadline - (answered + idle)), 'it runs from the answer').toBeLessThan(1_000);
  for (const [tab, warning] of warned) {
    expect(Number(warning.detail['deadline']), 'both tabs mean the same instant').toBe(deadline);
    expectInTime(warning, deadline - lead, { bound: VISIBLE, what: `the warning in ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered))) {
    expectInTime(cover, deadline, { bound: VISIBLE, what: `the cover of ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, end] of await inAll(tabs, (tab) => sees(tab, 'session-ended'))) {
    expect(end.detail).toMatchObject({ reason: 'idle' });
    expectInTime(end, deadline, { bound: VISIBLE, what: `the end in ${tab.name}`, heartbeat: tab });
    await sees(tab, isWiped);
  }

  // Still out: a move, a reload, a new tab.
  const after = sofar(one);
  await move(one);
  await two.page.reload();
  const late = await visible.open(page);
  for (const tab of [one, two, late]) {
    await expect(tab.page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
    expect(await tab.page.getByRole('heading', { name: 'A terminal in a hurry' }).count()).toBe(0);
  }
  expect(sightings(one, ({ what }) => what === 'panel closed' || what === 'reached', after)).toEqual([]);
  expect(sightings(late, 'session-opened')).toEqual([]);

  // Only a new session opens again, and that in all tabs.
  await late.page.getByRole('button', { name: 'Sign in' }).click();
  for (const tab of [one, two, late]) await expect(tab.page.getByLabel('Note')).toBeVisible();
});

test('after a sleep past the deadline the first event covers and ends both tabs, and a move revives neither', async ({
  visible,
}) => {
  const tabs = await twoTabs(visible);
  const [one, two] = tabs;
  await one.page.getByLabel('Note').fill('North');
  // What happened before is told a moment later.
  await sees(one, 'reached');
  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  for (const tab of tabs) await jumpWallClock(tab, NIGHT);
  await one.page.keyboard.press('x');
  await move(two);
  for (const tab of tabs) {
    const awake = await sees(tab, 'awake', { after: marks.get(tab) });
    expectWithin((await sees(tab, isCovered)).at - awake.at, VISIBLE, tab.name);
    expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'idle' });
    await sees(tab, isWiped);
    await move(tab);
    expect(sightings(tab, 'reached', marks.get(tab))).toEqual([]);
    expect(sightings(tab, 'panel closed')).toEqual([]);
  }
});

test('after a sleep past the deadline both tabs are covered within 30 s though nobody touches them', async ({
  visible,
}) => {
  const tabs = await twoTabs(visible);
  const woke = Date.now();
  for (const tab of tabs) await jumpWallClock(tab, NIGHT);
  for (const tab of tabs) {
    expectWithin((await sees(tab, isCovered, { timeout: 35_000 })).at - woke, 30_000, tab.name);
    await sees(tab, isWiped);
  }
});
