/** Story 1: five tabs of one person, who works in one of them, is warned, stays, and in the end goes away. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  atWork,
  type Browser,
  beginShort,
  expect,
  expectInTime,
  HIDDEN,
  idleDeadline,
  inAll,
  inSight,
  isCovered,
  isWiped,
  leaveTokens,
  leftovers,
  liveSession,
  move,
  realBrowser,
  requestsTo,
  type Sighting,
  sees,
  serverSays,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
  VISIBLE,
  work,
} from './bank.ts';
import { launchReal, type RealChromium } from './chromium.ts';
import { beginHeartbeat } from './witness.ts';

const idle = 6_000;
const lead = 2_000;
const policy = { idle_timeout: idle / 1_000, warn_before: lead / 1_000 };

async function fiveTabs(browser: Browser): Promise<readonly Tab[]> {
  const first = await browser.open();
  await signIn(first);
  await leaveTokens(first);
  for (const path of ['/payments', '/accounts', '/new-payment', '/payments']) {
    const tab = await browser.open(path);
    await atWork(tab);
    await tab.page.evaluate(() => sessionStorage.setItem('backoffice:draft', 'typed'));
  }
  return [...browser.tabs];
}

/** The sign-in page, and why somebody is there. */
async function expectSignedOutForIdleness({ page }: Tab): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('Nobody used this session for a while')).toBeVisible();
}

test('working in one of five tabs keeps all open; when the person stops, all warn, are covered and wiped at the same instant, for good', async ({
  bank,
  visible,
}) => {
  test.setTimeout(90_000);
  const tabs = await fiveTabs(visible);
  const busy = tabs[3]!;
  for (const tab of tabs) await beginHeartbeat(tab);
  const before = await beginShort(bank, visible, busy, policy);

  await work(busy, 'Payee', 2 * idle);
  for (const tab of tabs) expect(sightings(tab, 'warning opened', before(tab))).toEqual([]);

  // Nobody acts any more.
  const warnings = await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: before(tab), timeout: 2 * idle }));
  const deadline = await idleDeadline(bank);
  for (const [tab, warning] of warnings) {
    expectInTime(warning, deadline - lead, { bound: VISIBLE, what: `the warning in ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered))) {
    expectInTime(cover, deadline, { bound: VISIBLE, what: `the cover of ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, ended] of await inAll(tabs, (tab) => sees(tab, 'session-ended'))) {
    expect(ended.detail).toMatchObject({ reason: 'idle' });
    expectInTime(ended, deadline, { bound: VISIBLE, what: `the end in ${tab.name}`, heartbeat: tab });
    await sees(tab, isWiped);
    expect(await leftovers(tab)).toEqual([]);
  }
  const { status, body } = await serverSays(visible, bank);
  expect({ status, body }).toMatchObject({ status: 401, body: { reason: 'idle' } });
  expect(body['type']).toMatch(/session-ended$/);

  // Still out, whatever the person does.
  const [moved, reloaded] = tabs as [Tab, Tab];
  const marks = tabs.map(sofar);
  await move(moved);
  await moved.page.keyboard.press('a');
  await expect(moved.page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await reloaded.page.reload();
  await expectSignedOutForIdleness(reloaded);
  await expectSignedOutForIdleness(await visible.open('/payments'));
  for (const [index, tab] of tabs.entries()) {
    expect(sightings(tab, 'session-opened', marks[index])).toEqual([]);
    expect(sightings(tab, 'reached', marks[index])).toEqual([]);
  }
  expect(requestsTo(bank, 'POST', '/session/extend')).toEqual([]);
});

test('of five tabs of which one is in front, the hidden ones warn and end within 1.1 s', async ({ bank, real }) => {
  const tabs = await fiveTabs(real);
  const front = tabs[4]!;
  await front.page.bringToFront();
  await beginHeartbeat(front);
  const before = await beginShort(bank, real, front, policy);
  const inTime = (what: string, tab: Tab, sighting: Sighting, due: number) =>
    expectInTime(sighting, due, {
      bound: tab === front ? VISIBLE : HIDDEN,
      what: `${what} in ${tab.name}`,
      heartbeat: front,
      page: tab,
    });

  const warnings = await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: before(tab), timeout: 2 * idle }));
  const deadline = await idleDeadline(bank);
  for (const [tab, warning] of warnings) inTime('the warning', tab, warning, deadline - lead);
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered)))
    inTime('the cover', tab, cover, deadline);
  for (const [tab, ended] of await inAll(tabs, (tab) => sees(tab, 'session-ended'))) {
    inTime('the end', tab, ended, deadline);
    await sees(tab, isWiped);
  }
});

test('staying in one tab closes the warning in all, once the server has agreed; moves and keys alone dismiss none', async ({
  bank,
  visible,
}) => {
  const tabs = await fiveTabs(visible);
  const [one] = tabs as [Tab];
  const before = await beginShort(bank, visible, one, { idle_timeout: 16, warn_before: 8 });
  const warnings = await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: before(tab), timeout: 12_000 }));
  const { idle_expiry: expiry } = await liveSession(bank);

  // Moving, scrolling and typing are no answer.
  await move(one);
  await one.page.mouse.wheel(0, 100);
  await one.page.keyboard.press('a');
  await inSight(warnings[0]![1]);
  for (const tab of tabs) expect(sightings(tab, 'warning closed', before(tab))).toEqual([]);
  expect((await liveSession(bank)).idle_expiry).toBe(expiry);

  // The server is asked, and has not answered yet.
  const marks = tabs.map(sofar);
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await visible.context.route('**/session/extend', async (route) => {
    await held;
    await route.continue();
  });
  await one.page.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(one.page.getByRole('alertdialog').getByText('Asking the server').first()).toBeVisible();
  for (const tab of tabs) expect(sightings(tab, 'warning closed', before(tab))).toEqual([]);

  const answeredAfter = Date.now();
  answer();
  for (const [index, tab] of tabs.entries()) {
    const closed = await sees(tab, 'warning closed', { after: marks[index] });
    expect(closed.at).toBeGreaterThanOrEqual(answeredAfter);
    expect(closed.covered).toBe(false);
  }
  expect(requestsTo(bank, 'POST', '/session/extend')).toHaveLength(1);
  expect((await liveSession(bank)).idle_expiry).toBeGreaterThan(expiry);
  for (const tab of tabs) expect(sightings(tab, 'session-expired')).toEqual([]);
});

/** Ends the browser as its menu does: it keeps its tabs for the next start, which one that is killed may not. */
async function quit(browser: RealChromium): Promise<void> {
  const exited = once(browser.process, 'exit');
  const session = await browser.context.browser()!.newBrowserCDPSession();
  await session.send('Browser.close');
  await exited;
  await browser.close();
}

test('a tab that the browser restores after the end is still out, and says why', async ({ bank }) => {
  const profile = await mkdtemp(join(tmpdir(), 'nightlatch-'));
  try {
    const first = await launchReal({ profile });
    const tab = await realBrowser(first, bank).open('/payments');
    await signIn(tab);
    await leaveTokens(tab);
    const { id } = await liveSession(bank);
    await quit(first);
    await bank.clock.advance(20 * 60_000);

    const asked = requestsTo(bank, 'GET', '/session').length;
    const second = await launchReal({
      profile,
      args: ['--restore-last-session'],
      settled: () => expect.poll(() => requestsTo(bank, 'GET', '/session').length).toBeGreaterThan(asked),
    });
    try {
      const restored = () => second.context.pages().find((page) => page.url().startsWith(bank.origin));
      await expect.poll(() => restored()?.url()).toBe(`${bank.origin}/payments`);
      const page = restored()!;
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      await expect(page.getByText('Nobody used this session for a while')).toBeVisible();
      expect(await page.evaluate(() => localStorage.getItem('backoffice:token'))).toBeNull();
      expect((await bank.sessions()).map((session) => session['id'])).not.toContain(id);
    } finally {
      await second.close();
    }
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
