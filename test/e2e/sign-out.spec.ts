/** Story 9: signing out while the server cannot be reached. */
import {
  atWork,
  type Browser,
  expect,
  expectWithin,
  inAll,
  isCovered,
  isWiped,
  leaveTokens,
  leftovers,
  liveSession,
  requestsTo,
  sees,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';
import { type LatchWindow, openLatch } from './latch.ts';

/** Covered and wiped in all tabs, from the click. */
const AT_ONCE = 1_000;

async function threeTabs(browser: Browser): Promise<readonly [Tab, Tab, Tab]> {
  const one = await browser.open();
  await signIn(one);
  await leaveTokens(one);
  const two = await browser.open('/payments');
  const three = await browser.open('/new-payment');
  for (const tab of [two, three]) {
    await atWork(tab);
    await tab.page.evaluate(() => sessionStorage.setItem('backoffice:draft', 'typed'));
  }
  return [one, two, three];
}

/** Clicks on the button in the page's bar. Resolves with when the click arrived. */
async function signOut(tab: Tab): Promise<number> {
  await tab.page.bringToFront();
  const before = sofar(tab);
  await tab.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  return (await sees(tab, ({ what, detail }) => what === 'reached' && detail['type'] === 'click', { after: before }))
    .at;
}

async function expectSignedOut(tabs: readonly Tab[], since: number): Promise<void> {
  await inAll(tabs, async (tab) => {
    const cover = await sees(tab, isCovered);
    const end = await sees(tab, 'session-ended');
    const wiped = await sees(tab, isWiped);
    expect(end.detail).toMatchObject({ reason: 'signed-out' });
    for (const { at, what } of [cover, end, wiped]) expectWithin(at - since, AT_ONCE, `${what} in ${tab.name}`);
    expect(await leftovers(tab)).toEqual([]);
  });
}

test('signing out with the server unreachable wipes all tabs at once, and tells the server when it is back', async ({
  bank,
  visible,
}) => {
  const tabs = await threeTabs(visible);
  const { id } = await liveSession(bank);
  bank.fault('down');
  const since = await signOut(tabs[0]);
  await expectSignedOut(tabs, since);
  await expect.poll(() => requestsTo(bank, 'DELETE', '/session').length).toBeGreaterThan(0);
  expect((await liveSession(bank)).id).toBe(id);

  bank.fault(null);
  await expect.poll(async () => (await bank.sessions()).length, { timeout: 15_000 }).toBe(0);
  expect(
    bank.audit().find(({ event, detail }) => event === 'session_logout' && detail?.['reason'] === 'signed-out'),
  ).toBeDefined();
});

test('a page that is opened later tells the server of a sign-out that it has not heard of', async ({
  bank,
  visible,
}) => {
  const [one, two, three] = await threeTabs(visible);
  bank.fault('down');
  const since = await signOut(one);
  await expectSignedOut([one, two, three], since);
  for (const { page } of [one, two, three]) await page.close();
  expect(await bank.sessions()).toHaveLength(1);

  bank.fault(null);
  const late = await visible.open('/payments');
  await expect.poll(async () => (await bank.sessions()).length).toBe(0);
  await expect(late.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(late.page.getByText('You have signed out', { exact: true })).toBeVisible();
  expect(sightings(late, 'session-opened')).toEqual([]);
});

test('signing in again before the server has heard of it leaves the new session and its tokens alone', async ({
  bank,
  visible,
}) => {
  const [one, two] = await threeTabs(visible);
  const { id: old } = await liveSession(bank);
  // What tells the server does not get through; all else does.
  let isBlocked = true;
  await visible.context.route('**/session?reason=*', (route) => (isBlocked ? route.abort() : route.continue()));
  await signOut(one);
  await sees(two, isWiped);
  expect((await liveSession(bank)).id).toBe(old);

  const door = await openLatch(visible, { name: 'backoffice', wipes: 'backoffice:' });
  await door.page.evaluate(async () => {
    await (window as unknown as LatchWindow).latches['backoffice']?.begin({
      signIn: async () => {
        const body = JSON.stringify({ username: 'tess', password: 'teller-demo-1' });
        const headers = { 'Content-Type': 'application/json' };
        await fetch('/session', { method: 'POST', headers, body });
        localStorage.setItem('backoffice:token', 'new');
        sessionStorage.setItem('backoffice:draft', 'new');
      },
    });
  });
  await sees(door, 'backoffice: session-opened');
  const { id: fresh } = await liveSession(bank);
  expect(fresh).not.toBe(old);

  const asked = requestsTo(bank, 'DELETE', '/session').length;
  const marks = [one, two].map(sofar);
  isBlocked = false;
  await expect
    .poll(
      () =>
        requestsTo(bank, 'DELETE', '/session')
          .slice(asked)
          .map(({ status }) => status),
      { timeout: 30_000 },
    )
    .toEqual([409]);
  expect((await liveSession(bank)).id).toBe(fresh);
  expect(await leftovers(door)).toEqual(['backoffice:token', 'backoffice:draft']);
  // The same person signed in again: the other tabs open anew, each through the door.
  for (const [index, tab] of [one, two].entries()) {
    await atWork(tab);
    expect(sightings(tab, 'tokens-wiped', marks[index])).toEqual([]);
  }
  expect(await leftovers(door)).toEqual(['backoffice:token', 'backoffice:draft']);
});
