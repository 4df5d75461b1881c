/** Story 16: proving anew who one is at a real OpenID provider, in a window beside the page. */
import { authTime, choose, expectHalf, lock, opened, prove, signInThere, test, typeHalf } from './at-provider.ts';
import {
  type Browser,
  expect,
  liveSession,
  requestsTo,
  sees,
  serverSays,
  sightings,
  signIn,
  type Tab,
} from './bank.ts';

/** What the page says while the window is open. */
const note = ({ page }: Tab) => page.getByRole('region', { name: 'Go on in the other window' });
/** What it offers where the browser has blocked it. */
const offer = ({ page }: Tab) => page.getByRole('dialog', { name: 'Confirm that it is you' });
const confirm = ({ page }: Tab) => page.getByRole('button', { name: 'Confirm now' });

/** Half a payment is typed; whoever is asked again is asked in a window. */
async function atForm(browser: Browser): Promise<Tab> {
  const tab = await browser.open('/new-payment');
  await signInThere(tab);
  await choose(tab, 'In a window of Kestrel ID');
  await typeHalf(tab);
  // What is in memory alone shows that the page was never left.
  await tab.page.evaluate(() => Object.assign(window, { stayed: true }));
  return tab;
}

const stayed = ({ page }: Tab) => page.evaluate(() => 'stayed' in window);

const failures = (tab: Tab) =>
  sightings(tab, 'reauthentication-failed').map(({ detail }) => (detail as { code?: string }).code);

for (const coop of [true, false]) {
  test.describe(coop ? 'with COOP' : 'without COOP', () => {
    test.use({ coop });

    test('half a payment never leaves the page, and the caret is where it was', async ({ bank, real }) => {
      const tab = await atForm(real);
      const { id } = await liveSession(bank);
      const before = await authTime(real, bank);
      const page = await opened(real, tab, () => confirm(tab).click());
      await expect(note(tab)).toContainText('This page waits for you');
      await expect(page.getByLabel('User name')).toHaveValue('tess');
      const closed = page.waitForEvent('close');
      await prove(page, 'tess');
      await closed;
      await sees(tab, 'reauthentication-succeeded');
      await expect(note(tab)).toHaveCount(0);
      expect([await stayed(tab), (await liveSession(bank)).id]).toEqual([true, id]);
      expect(await authTime(real, bank)).toBeGreaterThan(before);
      // The button was pressed: the focus is there, and the text where it was.
      await expect(confirm(tab)).toBeFocused();
      await tab.page.getByLabel('Payee', { exact: true }).focus();
      await expectHalf(tab);
      expect(sightings(tab, 'violation')).toEqual([]);
    });

    test('a window that is closed has cancelled, and can be opened again', async ({ bank, real }) => {
      const tab = await atForm(real);
      const before = await authTime(real, bank);
      const page = await opened(real, tab, () => confirm(tab).click());
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      await page.close();
      await expect(note(tab)).toHaveCount(0);
      expect(failures(tab)).toEqual(['ERR_REAUTHENTICATION_CANCELLED']);
      expect([await stayed(tab), await authTime(real, bank)]).toEqual([true, before]);

      const again = await opened(real, tab, () => confirm(tab).click());
      await prove(again, 'tess');
      await sees(tab, 'reauthentication-succeeded');
      await expect.poll(() => again.isClosed()).toBe(true);
      await tab.page.getByLabel('Payee', { exact: true }).focus();
      await expectHalf(tab);
    });
  });
}

test('a locked page is opened in the window, and the caret is back in its field', async ({ bank, real }) => {
  const tab = await atForm(real);
  await lock(real, bank);
  await expect(tab.page.getByRole('heading', { name: 'Locked' })).toBeVisible();
  const page = await opened(real, tab, () => tab.page.getByRole('button', { name: 'Unlock' }).click());
  await expect(note(tab)).toBeVisible();
  await prove(page, 'tess');
  await sees(tab, 'session-unlocked');
  await expectHalf(tab);
  await expect(note(tab)).toHaveCount(0);
  await expectHalf(tab);
  expect(await stayed(tab)).toBe(true);
});

test('a window that the browser blocks is offered: by a click of its own, or by leaving', async ({ bank, real }) => {
  const tab = await atForm(real);
  // Nobody has clicked for as long as browsers remember it: what asks is a rule that has become stricter, and a script.
  await tab.page.waitForFunction(() => !navigator.userActivation.isActive);
  async function ask(): Promise<void> {
    await tab.quietly('document.querySelector(".freshness button").click()');
    // Not by a locator: to look for something counts as a gesture, and the window is asked for a moment after the click.
    await expect.poll(() => tab.quietly('document.querySelector("dialog[open]") !== null')).toBe(true);
  }
  await ask();
  await expect(offer(tab)).toContainText('Your browser has kept the window of Kestrel ID from opening');
  expect(real.context.pages().filter((page) => page.url().includes('127.0.0.1'))).toHaveLength(0);

  const page = await opened(real, tab, () => offer(tab).getByRole('button', { name: 'Open the window' }).click());
  await prove(page, 'tess');
  await sees(tab, 'reauthentication-succeeded');
  await expect(note(tab)).toHaveCount(0);
  expect(await stayed(tab)).toBe(true);

  await tab.page.getByLabel('Payee', { exact: true }).focus();
  await tab.page.waitForFunction(() => !navigator.userActivation.isActive);
  const before = await authTime(real, bank);
  await ask();
  await offer(tab).getByRole('button', { name: 'Go to Kestrel ID' }).click();
  await prove(tab.page, 'tess');
  await expectHalf(tab);
  expect([await stayed(tab), (await authTime(real, bank)) > before]).toEqual([false, true]);
});

test('another person in the window is ERR_SUBJECT_CHANGED, and nothing of the first one stays', async ({
  bank,
  real,
}) => {
  const tab = await atForm(real);
  const page = await opened(real, tab, () => confirm(tab).click());
  await prove(page, 'sam');
  await sees(tab, 'reauthentication-failed');
  expect(failures(tab)).toEqual(['ERR_SUBJECT_CHANGED']);
  await expect(note(tab)).toHaveCount(0);
  await sees(tab, 'session-ended');
  expect(await tab.page.evaluate(() => document.documentElement.outerHTML)).not.toContain('Marker');
  expect(await bank.sessions(), 'and nobody is signed in by it').toEqual([]);
});

test('where the session has begun without the provider, another person there locks it, and the first one alone opens it', async ({
  bank,
  real,
}) => {
  // By password, in this page: the provider knows nothing of this session, and ends nothing.
  const tab = await real.open('/new-payment');
  await signIn(tab);
  await choose(tab, 'In a window of Kestrel ID');
  await typeHalf(tab);
  const page = await opened(real, tab, () => confirm(tab).click());
  await prove(page, 'sam');
  await sees(tab, 'reauthentication-failed');
  expect(failures(tab)).toEqual(['ERR_SUBJECT_CHANGED']);
  await expect(tab.page.getByRole('heading', { name: 'Locked' })).toBeVisible();
  await expect(tab.page.getByLabel('Payee', { exact: true })).toBeHidden();

  const again = await opened(real, tab, () => tab.page.getByRole('button', { name: 'Unlock' }).click());
  await prove(again, 'tess');
  await sees(tab, 'session-unlocked');
  await expect(confirm(tab)).toBeFocused();
  await tab.page.getByLabel('Payee', { exact: true }).focus();
  await expectHalf(tab);
  expect((await liveSession(bank)).username).toBe('tess');
});

test('a payment that waits for a second factor goes through once, when that was given in the window', async ({
  bank,
  oidc,
  real,
}) => {
  const tab = await atForm(real);
  await tab.page.getByLabel('Payee’s IBAN').fill('DE89370400440532013000');
  await tab.page.getByLabel('Amount in euros').fill('12');
  await bank.setRules([
    { name: 'two factors for payments', when: { operation: 'payments:write' }, set: { acr_values: 'mfa' } },
  ]);
  await expect(tab.page.getByText('Your password is asked for when you enter it.')).toBeVisible();
  const page = await opened(real, tab, () => tab.page.getByRole('button', { name: 'Enter payment' }).click());
  expect(requestsTo(bank, 'POST', '/api/payments'), 'nothing is sent before').toEqual([]);
  await prove(page, 'tess', oidc.provider.codeOf('tess'));
  await expect(tab.page.getByText('now waits for approval')).toBeVisible();
  expect(requestsTo(bank, 'POST', '/api/payments').map(({ status }) => status)).toEqual([201]);
  expect((await serverSays(real, bank)).body['acr']).toBe('mfa');
});
