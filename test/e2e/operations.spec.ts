/** Story 5: what is sensitive needs an authentication that is recent, and rights go the moment they are taken away. */
import type { JsonObject } from '../../demo/server/wire/json.js';
import { createClient } from '../server/support/client.ts';
import { administrator, levels } from './administrator.ts';
import {
  type Browser,
  expect,
  expectWithin,
  liveSession,
  requestsTo,
  sees,
  serverSays,
  setPolicy,
  sightings,
  signIn,
  type Tab,
  test,
  type Username,
} from './bank.ts';
import { jumpWallClock } from './witness.ts';

type Bank = Parameters<typeof liveSession>[0];

const MINUTES = 60_000;
const PASSWORDS: Readonly<Record<Username, string>> = {
  tess: 'teller-demo-1',
  sam: 'supervisor-demo-1',
  ada: 'auditor-demo-1',
};

/** The dialog that asks for the password. */
const question = ({ page }: Tab) => page.getByRole('dialog', { name: 'Confirm that it is you' });

/** Answers by keyboard alone: the field has the focus. */
async function answer(tab: Tab, password: string): Promise<void> {
  await expect(tab.page.getByLabel('Password')).toBeFocused();
  await tab.page.keyboard.type(password);
  await tab.page.keyboard.press('Enter');
}

/** Time goes by, for the bank and for the device: as if the laptop had slept. Resolves when the page knows. */
async function pass(bank: Bank, tab: Tab, duration: number): Promise<void> {
  await bank.clock.advance(duration);
  const asked = requestsTo(bank, 'GET', '/session').length;
  await jumpWallClock(tab, duration);
  await tab.quietly('window.dispatchEvent(new Event("focus"))');
  await expect.poll(() => requestsTo(bank, 'GET', '/session').length).toBeGreaterThan(asked);
}

async function go({ page }: Tab, ...names: readonly string[]): Promise<void> {
  for (const name of names) await page.getByRole('link', { name, exact: true }).click();
}

const FIELDS = {
  Payee: 'Nightjar Books',
  'Payee’s IBAN': 'DE89 3704 0044 0532 0130 00',
  'Amount in euros': '1,250.75',
  Reference: 'Invoice 17',
};

async function fillIn({ page }: Tab): Promise<void> {
  await page.getByLabel('Paid from').selectOption({ index: 1 });
  for (const [name, text] of Object.entries(FIELDS)) await page.getByLabel(name, { exact: true }).fill(text);
}

async function expectFilledIn({ page }: Tab): Promise<void> {
  for (const [name, text] of Object.entries(FIELDS))
    await expect(page.getByLabel(name, { exact: true })).toHaveValue(text);
}

const enter = ({ page }: Tab) => page.getByRole('button', { name: 'Enter payment' });

/** What the bank has of this payee. */
async function payments(bank: Bank, browser: Browser): Promise<readonly JsonObject[]> {
  const response = await browser.context.request.get(`${bank.origin}/api/payments`);
  const { payments: all } = (await response.json()) as { payments: readonly JsonObject[] };
  return all.filter(({ payee }) => payee === FIELDS.Payee);
}

const posted = (bank: Bank) => requestsTo(bank, 'POST', '/api/payments').map(({ status }) => status);

async function atForm(browser: Browser): Promise<Tab> {
  const tab = await browser.open();
  await signIn(tab);
  await go(tab, 'Payments', 'New payment');
  await fillIn(tab);
  return tab;
}

test('a stale payment asks for the password, and then goes through exactly once with what was typed', async ({
  bank,
  visible,
}) => {
  const tab = await atForm(visible);
  await pass(bank, tab, 10 * MINUTES);
  await enter(tab).click();
  await expect(question(tab).getByLabel('User name')).toHaveValue('tess');
  await expect(question(tab).getByLabel('User name')).not.toBeEditable();
  await expect(question(tab).getByLabel('Password')).toHaveAttribute('autocomplete', 'current-password');
  expect(posted(bank), 'nothing is sent before').toEqual([]);
  await answer(tab, PASSWORDS.tess);

  await expect(tab.page.getByText('€1,250.75 to Nightjar Books now waits for approval.')).toBeVisible();
  expect(posted(bank)).toEqual([201]);
  expect(await payments(bank, visible)).toMatchObject([
    { amount: 1250.75, reference: 'Invoice 17', to: 'DE89370400440532013000', createdBy: 'tess' },
  ]);
  expect(sightings(tab, 'violation')).toEqual([]);
});

test('a challenge of the server is answered by the person, and the payment is sent again, once', async ({
  bank,
  visible,
}) => {
  // A rule is made stricter, and nothing tells the page: it has no stream, and asks seldom.
  await setPolicy(bank, { poll_every: 600 });
  await visible.context.route('**/session/events', (route) => route.fulfill({ status: 404 }));
  const tab = await atForm(visible);
  await bank.setRules([
    { name: 'fresh authentication for payments', when: { operation: 'payments:write' }, set: { max_age: 6 } },
  ]);
  const { auth_time } = (await serverSays(visible, bank)).body;
  await expect.poll(() => bank.clock.now(), { timeout: 10_000 }).toBeGreaterThan((auth_time as number) * 1_000 + 6_000);
  await expect(enter(tab)).toHaveAttribute('data-state', 'open');

  await enter(tab).click();
  await expect(question(tab)).toBeVisible();
  expect(posted(bank)).toEqual([401]);
  await answer(tab, PASSWORDS.tess);
  await expect(tab.page.getByText('€1,250.75 to Nightjar Books now waits for approval.')).toBeVisible();
  expect(posted(bank)).toEqual([401, 201]);
  expect(await payments(bank, visible)).toHaveLength(1);
  const replayed = sightings(tab, 'request-replayed');
  expect(replayed).toHaveLength(1);
  expect(sightings(tab, 'violation')).toEqual([]);
});

test('a form says that it will run out while the person types, and asks before it sends what is stale', async ({
  bank,
  visible,
}) => {
  const tab = await atForm(visible);
  await bank.setRules([
    { name: 'fresh authentication for payments', when: { operation: 'payments:write' }, set: { max_age: 6 } },
  ]);
  const authenticatedAt = (await liveSession(bank)).started_at * 1_000;
  const line = tab.page.locator('#may-enter');
  await expect(line).toContainText('Confirm now to have more time.');
  await expect(line).toContainText('Your password is asked for when you enter it.', { timeout: 10_000 });
  expect(Date.now() - authenticatedAt).toBeGreaterThan(5_900);
  await expect(enter(tab)).toHaveAttribute('data-state', 'needs-authentication');
  await expectFilledIn(tab);

  await enter(tab).click();
  await expect(question(tab)).toBeVisible();
  expect(posted(bank)).toEqual([]);
  await answer(tab, PASSWORDS.tess);
  await expect(tab.page.getByText('now waits for approval.')).toBeVisible();
  expect(posted(bank)).toEqual([201]);
});

test('a form that is begun when little time is left asks at its beginning', async ({ bank, visible }) => {
  const tab = await visible.open();
  await signIn(tab);
  await go(tab, 'Payments');
  await pass(bank, tab, 8 * MINUTES);
  await go(tab, 'New payment');
  await expect(question(tab)).toBeVisible();
  await answer(tab, PASSWORDS.tess);
  await expect(question(tab)).toBeHidden();
  await expect(tab.page.locator('#may-enter')).toContainText('No password is needed to enter it until');
});

test('cancelling loses nothing, by key and by button, and the payment can be sent later', async ({ bank, visible }) => {
  const tab = await atForm(visible);
  await pass(bank, tab, 10 * MINUTES);
  for (const cancel of [
    () => tab.page.keyboard.press('Escape'),
    () => question(tab).getByRole('button', { name: 'Cancel' }).click(),
  ]) {
    await enter(tab).click();
    await expect(question(tab)).toBeVisible();
    await cancel();
    await expect(question(tab)).toBeHidden();
    await expect(
      tab.page.getByText('The payment was not entered. You did not confirm who you are.', { exact: true }),
    ).toBeVisible();
    await expect(enter(tab)).toBeFocused();
    await expectFilledIn(tab);
  }
  expect(await payments(bank, visible)).toEqual([]);

  await tab.page.keyboard.press('Enter');
  await answer(tab, PASSWORDS.tess);
  await expect(tab.page.getByText('now waits for approval.')).toBeVisible();
  expect(await payments(bank, visible)).toHaveLength(1);
});

test('the dialog says how many attempts are left, and how long there are none', async ({ bank, visible }) => {
  const tab = await atForm(visible);
  await pass(bank, tab, 10 * MINUTES);
  await enter(tab).click();
  const field = tab.page.getByLabel('Password');
  for (const left of ['4 attempts are left', '3 attempts are left', '2 attempts are left', '1 attempt is left']) {
    await answer(tab, 'wrong');
    await expect(question(tab).getByRole('alert')).toHaveText(`That is not your password. ${left}.`);
    await expect(field).toBeFocused();
  }
  await answer(tab, 'wrong');
  await expect(question(tab).getByRole('alert')).toContainText('No attempt is left. Try again at ');
  // The right one does not help either, and is told the truth.
  await answer(tab, PASSWORDS.tess);
  await expect(question(tab).getByRole('alert')).toContainText('There were too many attempts. Try again at ');
});

test('the logs are read for an hour, and then after the password', async ({ bank, visible }) => {
  await setPolicy(bank, { idle_timeout: 4 * 3_600 });
  const tab = await visible.open();
  await signIn(tab, 'ada');
  await go(tab, 'Logs');
  const read = () => requestsTo(bank, 'GET', '/api/logs').filter(({ status }) => status === 200).length;
  await expect(tab.page.getByText('authn_login_success').first()).toBeVisible();
  expect(read()).toBe(1);
  await pass(bank, tab, 59 * MINUTES);
  await tab.page.getByRole('button', { name: 'Refresh' }).click();
  await expect.poll(read).toBe(2);
  await pass(bank, tab, 1 * MINUTES);
  await tab.page.getByRole('button', { name: 'Refresh' }).click();
  await expect(question(tab)).toBeVisible();
  expect(read()).toBe(2);
  await answer(tab, PASSWORDS.ada);
  await expect.poll(read).toBe(3);
  await expect(tab.page.locator('#reading')).toContainText('Reading the logs needs no password until');
});

/** Notes in the page when the first approval could not be pressed any more. */
const watchApprovals = ({ quietly }: Tab): Promise<void> =>
  quietly(`new MutationObserver(() => {
    if (window.deniedAt || !document.querySelector('[data-state="denied"]')) return;
    window.deniedAt = Date.now();
  }).observe(document.body, { subtree: true, attributes: true })`);

test('raising the risk takes a right away on the screen of an open tab within a second, and the API denies it', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open();
  await signIn(tab, 'sam');
  await go(tab, 'Payments');
  const approve = tab.page.getByRole('button', { name: /^Approve the payment/ }).first();
  await expect(approve).toHaveAttribute('aria-disabled', 'false');
  const place = await approve.boundingBox();
  await watchApprovals(tab);

  const admin = await administrator(visible);
  await levels(admin, 'Risk of sam', 'medium').click();
  const path = '/admin/api/people/sam/context';
  await expect.poll(() => bank.requests.find((request) => request.path === path)?.status).toBe(200);
  const since = bank.requests.find((request) => request.path === path)!.at;
  await expect.poll(() => tab.quietly<number | undefined>('window.deniedAt')).toBeGreaterThan(0);
  const deniedAt = await tab.quietly<number>('window.deniedAt');
  expectWithin(deniedAt - since, 1_000, 'how late it is denied');

  await expect(approve).toHaveAttribute('aria-disabled', 'true');
  await expect(tab.page.locator('#approving')).toHaveText('Approving is not allowed now, by a rule or by your role.');
  expect(await approve.boundingBox(), 'it stays in its place').toEqual(place);
  await approve.click({ force: true });
  const { id } = await liveSession(bank, 'sam');
  const response = await visible.context.request.post(`${bank.origin}/api/payments/any/approve`, {
    headers: { Origin: bank.origin, 'Session-Id': id },
    data: {},
  });
  expect(response.status()).toBe(403);
  expect((await response.json()).type).toContain('operation-denied');
  const approvals = bank.requests.filter(({ path: asked }) => /^\/api\/payments\/.+\/approve$/.test(asked));
  expect(approvals, 'the page sends nothing').toHaveLength(1);

  // Trust that rises gives it back with the next authentication, and not before.
  await levels(admin, 'Risk of sam', 'low').click();
  await expect.poll(() => bank.requests.filter((request) => request.path === path).length).toBe(2);
  await expect(approve).toHaveAttribute('aria-disabled', 'true');
  await go(tab, 'New payment');
  await tab.page.getByRole('button', { name: 'Confirm now' }).click();
  await answer(tab, PASSWORDS.sam);
  await go(tab, 'All payments');
  await expect(approve).toHaveAttribute('aria-disabled', 'false');
});

test('what is set while the risk is raised is what was typed, and not what the risk has made of the rest', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open();
  await signIn(tab);
  await bank.signal((await liveSession(bank)).id, { riskScore: 50 });
  const timeouts = tab.page.getByRole('form', { name: 'Timeouts' });
  await tab.page.getByText('What Nightlatch sees').click();
  await expect(timeouts.getByLabel('Idle')).toHaveValue('450s');
  await timeouts.getByLabel('Longest').fill('4h');
  await timeouts.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(timeouts.getByRole('status')).toContainText('Set, for all tabs.');
  // Somebody whose risk is not raised has the limits of the role.
  const other = await createClient(bank.origin).signIn('tess');
  expect(other['policy']).toMatchObject({ idle_timeout: 900, absolute_timeout: 14_400, warn_before: 120 });
  expect(other['policy']).toMatchObject({ operations: { 'payments:write': { max_age: 600 } } });
});

test('a device that is out of order leaves a half-filled form as it is, and pays nothing', async ({
  bank,
  visible,
}) => {
  const tab = await atForm(visible);
  const { id } = await liveSession(bank);
  await bank.signal(id, { device: 'not-compliant' });
  await expect(enter(tab)).toHaveAttribute('aria-disabled', 'true', { timeout: 1_000 });
  await expect(tab.page.locator('#may-enter')).toContainText('You may not enter payments now');
  await tab.page.getByLabel('Reference').press('Enter');
  await expectFilledIn(tab);
  expect(posted(bank)).toEqual([]);
});

test('a locked page opens with the password, loaded anew or not, and keeps what was typed', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open();
  await signIn(tab, 'ada');
  await go(tab, 'Logs');
  await tab.page.getByLabel('Search').fill('login');
  const lock = async () => {
    const { id } = await liveSession(bank, 'ada');
    const headers = { Origin: bank.origin, 'Session-Id': id };
    await visible.context.request.post(`${bank.origin}/session/lock`, { headers, data: {} });
  };
  const unlock = async () => {
    const dialog = tab.page.getByRole('dialog', { name: 'Unlock this page' });
    await expect(dialog.getByLabel('User name')).toHaveValue('ada');
    await answer(tab, PASSWORDS.ada);
    await sees(tab, 'session-unlocked');
  };
  await lock();
  await unlock();
  await expect(tab.page.getByLabel('Search')).toHaveValue('login');
  await lock();
  await tab.page.reload();
  await unlock();
  await expect(tab.page.getByRole('heading', { name: 'System logs' })).toBeVisible();
});
