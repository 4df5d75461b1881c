/** Story 16: of several tabs one asks who the person is, the answer in any of them frees all, and a tab that is gone or stands still holds up nobody. */
import {
  atWork,
  expect,
  leaveTokens,
  leftovers,
  move,
  requestsTo,
  sees,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
  toFront,
} from './bank.ts';

const question = ({ page }: Tab) => page.getByRole('dialog', { name: /Unlock this page|Confirm that it is you/ });
const elsewhere = ({ page }: Tab) => page.getByRole('dialog', { name: 'Continue in the other tab, or here' });
const password = (tab: Tab) => question(tab).getByLabel('Password', { exact: true });
const payee = ({ page }: Tab) => page.getByLabel('Payee', { exact: true });
const proofs = (bank: Parameters<typeof requestsTo>[0]) =>
  requestsTo(bank, 'POST', '/session/reauthenticate').map(({ status }) => status);
const begun = (tabs: readonly Tab[]) => tabs.flatMap((tab) => sightings(tab, 'reauthentication-started')).length;

/** Something in this tab needs to know who the person is. */
const confirmNow = ({ page }: Tab) => page.getByRole('button', { name: 'Confirm now' }).click();

async function answer(tab: Tab): Promise<void> {
  await password(tab).fill('teller-demo-1');
  await password(tab).press('Enter');
}

async function openTabs(browser: { open(path: string): Promise<Tab> }, count: number): Promise<Tab[]> {
  const first = await browser.open('/new-payment');
  await signIn(first);
  const tabs = [first];
  while (tabs.length < count) {
    const next = await browser.open('/new-payment');
    await atWork(next);
    tabs.push(next);
  }
  return tabs;
}

/** All but the first ask after it has; then they wait, and say where it is asked. */
async function askInAll(tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) {
    await confirmNow(tab);
    await expect(tab === tabs[0] ? question(tab) : elsewhere(tab)).toBeVisible();
  }
}

test('five tabs need it, one asks; its answer frees all, and whoever goes on in another tab frees all, too', async ({
  bank,
  visible,
}) => {
  const tabs = await openTabs(visible, 5);
  const [first, second] = tabs as [Tab, Tab];
  await askInAll(tabs);
  expect(begun(tabs)).toBe(1);
  for (const tab of tabs.slice(1)) await expect(question(tab)).toHaveCount(0);
  await answer(first);
  for (const tab of tabs) {
    await expect(elsewhere(tab)).toHaveCount(0);
    await expect(question(tab)).toHaveCount(0);
  }
  expect(proofs(bank)).toEqual([200]);
  expect(begun(tabs)).toBe(1);

  // Here, though the other tab has the turn.
  await askInAll(tabs);
  await elsewhere(second).getByRole('button', { name: 'Continue here' }).click();
  await expect(password(second)).toBeFocused();
  await expect(question(first)).toBeVisible();
  await answer(second);
  for (const tab of tabs) {
    await expect(elsewhere(tab)).toHaveCount(0);
    await expect(question(tab)).toHaveCount(0);
  }
  expect(proofs(bank)).toEqual([200, 200]);
  // "Not now" leaves the page to the person, and what waits goes on waiting.
  await confirmNow(first);
  await confirmNow(second);
  await elsewhere(second).getByRole('button', { name: 'Not now' }).click();
  await expect(elsewhere(second)).toHaveCount(0);
  await payee(second).fill('meanwhile');
  await question(first).getByRole('button', { name: 'Cancel' }).click();
  for (const tab of [first, second]) await expect(question(tab)).toHaveCount(0);
  // A no counts for all: nobody is asked again for what waited elsewhere.
  await sees(first, 'reauthentication-failed');
  expect(begun(tabs)).toBe(4);
  expect(tabs.flatMap((tab) => sightings(tab, 'violation'))).toEqual([]);
});

test('when the process of the tab that asks is gone, another one asks within seconds, and only one', async ({
  bank,
  visible,
}) => {
  const tabs = await openTabs(visible, 4);
  const [first, ...others] = tabs as [Tab, ...Tab[]];
  await askInAll(tabs);
  const session = await visible.context.newCDPSession(first.page);
  const crashed = first.page.waitForEvent('crash');
  // Answered by nobody.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  const asking = async () => {
    const found = await Promise.all(others.map((tab) => question(tab).isVisible()));
    return others.filter((_, index) => found[index]);
  };
  await expect.poll(async () => (await asking()).length, { timeout: 8_000 }).toBe(1);
  const [next] = (await asking()) as [Tab];
  await answer(next);
  for (const tab of others) {
    await expect(elsewhere(tab)).toHaveCount(0);
    await expect(question(tab)).toHaveCount(0);
  }
  expect([proofs(bank), begun(others)]).toEqual([[200], 1]);
});

test('while the tab that asks stands still, the one in front asks, and the other finds it done', async ({
  bank,
  real,
}) => {
  const first = await real.open('/new-payment');
  await signIn(first);
  const second = await real.open('/new-payment');
  await atWork(second);
  await toFront(first);
  await confirmNow(first);
  await expect(question(first)).toBeVisible();
  await toFront(second);
  await confirmNow(second);
  await expect(elsewhere(second)).toBeVisible();
  const goOn = await real.stop(first);
  await expect(question(second)).toBeVisible({ timeout: 8_000 });
  await answer(second);
  await expect(question(second)).toHaveCount(0);
  expect(proofs(bank)).toEqual([200]);
  goOn();
  await toFront(first);
  await expect(question(first)).toHaveCount(0, { timeout: 8_000 });
  expect(proofs(bank)).toEqual([200]);
});

test('locked by keys, each tab has the question when it comes into view, nobody is asked before, and one answer opens all', async ({
  bank,
  real,
}) => {
  const first = await real.open('/new-payment');
  await signIn(first);
  await payee(first).fill('half a payee');
  const second = await real.open('/new-payment');
  await atWork(second);
  await second.page.keyboard.press('Control+Alt+L');
  await sees(first, 'session-locked');
  await expect(question(second)).toBeVisible();
  expect(await first.quietly<boolean>('document.querySelector("nightlatch-sign-in dialog").open')).toBe(false);
  await toFront(first);
  await expect(password(first)).toBeFocused();
  expect([begun([first, second]), proofs(bank)]).toEqual([0, []]);
  await expect.poll(() => requestsTo(bank, 'POST', '/session/lock').map(({ status }) => status)).toEqual([200]);

  await answer(first);
  await Promise.all([sees(first, 'session-unlocked'), sees(second, 'session-unlocked')]);
  await expect(question(first)).toHaveCount(0);
  await expect(payee(first)).toHaveValue('half a payee');
  await toFront(second);
  await expect(question(second)).toHaveCount(0);
  await atWork(second);
  expect([begun([first, second]), proofs(bank)]).toEqual([1, [200]]);
  expect([first, second].flatMap((tab) => sightings(tab, 'violation'))).toEqual([]);
});

test('a wrong answer in one tab is no hindrance in the next, and "Lock" in the header locks all', async ({
  bank,
  visible,
}) => {
  const tabs = await openTabs(visible, 3);
  const [first, second, third] = tabs as [Tab, Tab, Tab];
  const lock = first.page.getByRole('banner').getByRole('button', { name: 'Lock' });
  await expect(lock).toHaveAttribute('aria-keyshortcuts', 'Control+Alt+L');
  await lock.click();
  await expect(question(third)).toBeVisible();
  await password(first).fill('not it');
  await password(first).press('Enter');
  await expect(question(first).getByRole('alert')).toContainText('That is not your password.');
  await answer(second);
  for (const tab of tabs) {
    await sees(tab, 'session-unlocked');
    await expect(question(tab)).toHaveCount(0);
    await expect(tab.page.getByRole('dialog')).toHaveCount(0);
  }
  expect(proofs(bank)).toEqual([401, 200]);
});

test('"Not you?" in a locked page signs out everywhere, wipes, and leads to a clean page on which somebody else signs in', async ({
  bank,
  visible,
}) => {
  const tabs = await openTabs(visible, 2);
  const [first] = tabs as [Tab, Tab];
  await leaveTokens(first, 'of tess');
  await payee(first).fill('Marker-Payee');
  await first.page.getByRole('banner').getByRole('button', { name: 'Lock' }).click();
  await expect(question(first)).toBeVisible();
  const before = sofar(first);
  await question(first).getByRole('button', { name: 'Not you? Sign out' }).click();
  for (const tab of tabs) expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'signed-out' });
  await sees(first, 'page shown', { after: before });
  await expect(first.page.getByRole('heading', { name: 'Back office' })).toBeVisible();
  await expect(first.page.getByText('You have signed out', { exact: true })).toBeVisible();
  await expect.poll(() => leftovers(first)).toEqual([]);
  await expect(question(first)).toHaveCount(0);
  expect(requestsTo(bank, 'DELETE', '/session').map(({ status }) => status)).toEqual([204]);

  await signIn(first, 'sam');
  await move(first);
  for (const { page } of tabs) {
    const seen = await page.evaluate(() => document.documentElement.outerHTML);
    expect(seen.includes('Marker-Payee')).toBe(false);
  }
});
