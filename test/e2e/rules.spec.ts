/** Story 6: rules are changed as people should change them: tried out, put in force, in the history, and taken back. */
import { administrator } from './administrator.ts';
import { type Browser, expect, liveSession, sightings, signIn, type Tab, test } from './bank.ts';

type Bank = Parameters<typeof liveSession>[0];

const trial = ({ page }: Tab) => page.getByRole('dialog', { name: /^Trying out/ });
const card = ({ page }: Tab, name: string) => page.getByRole('form', { name, exact: true });
const putInForce = (admin: Tab) => trial(admin).getByRole('button', { name: 'Put in force now' }).click();
const newPayment = ({ page }: Tab) => page.getByRole('link', { name: 'New payment' });
/** A row of a table of the page, by what is in it. */
const row = ({ page }: Tab, table: string, text: string | RegExp) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
const HISTORY = 'Editions of the rules, newest first';

/** A teller at the payments, and an administrator. */
async function both(browser: Browser): Promise<{ readonly teller: Tab; readonly admin: Tab }> {
  const teller = await browser.open();
  await signIn(teller);
  await teller.page.getByRole('link', { name: 'Payments', exact: true }).click();
  await expect(newPayment(teller)).not.toHaveAttribute('aria-disabled', 'true');
  return { teller, admin: await administrator(browser) };
}

/** Denies payments to tellers, and halves their idle limit, as far as the dry run. */
async function tryToDeny(admin: Tab): Promise<void> {
  const teller = card(admin, 'Teller');
  await teller.getByLabel('Idle limit').fill('7m');
  await teller.getByText('Operations').click();
  await teller.getByRole('checkbox', { name: 'Deny payments:write' }).check();
  await teller.getByRole('button', { name: 'Try out' }).click();
  await expect(trial(admin)).toContainText('Would change for 1 of 2 open sessions');
}

/** Says when, in the browser's own zone, and in the browser's own form: a full minute has no seconds. */
async function planFor(admin: Tab, instant: number): Promise<void> {
  const local = new Date(instant - new Date(instant).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  await trial(admin).getByLabel('Not before').fill(local.replace(/:00$/, ''));
}

const idleLimit = async (bank: Bank): Promise<number> => {
  const { idle_expiry, last_activity } = await liveSession(bank);
  return Math.round(idle_expiry - last_activity);
};

test('a dry run tells what then happens, and nothing has happened before', async ({ bank, visible }) => {
  const { teller, admin } = await both(visible);
  await tryToDeny(admin);
  await expect(trial(admin)).toContainText('Adds teller: payments:write; changes teller.');
  await expect(trial(admin)).toContainText(/Idle limit\s*15m\s*→\s*7m/);
  await expect(trial(admin)).toContainText(/payments:write\s*allowed, password within 10m\s*→\s*not allowed/);
  expect(await idleLimit(bank)).toBe(900);
  await expect(newPayment(teller)).not.toHaveAttribute('aria-disabled', 'true');

  await trial(admin).getByLabel('Reason').fill('Cash desk closes');
  await putInForce(admin);
  await expect(newPayment(teller)).toHaveAttribute('aria-disabled', 'true', { timeout: 1_000 });
  // The card that it was pressed in shows other rules by now; what became of it stands at the top.
  await expect(card(admin, 'Teller').getByLabel('Idle limit')).toHaveValue('7m');
  await expect(admin.page.getByRole('heading', { name: 'Rules by role' })).toBeFocused();
  await expect(admin.page.getByText('Edition 2 is in force.')).toBeInViewport();
  await expect(teller.page.locator('#entering')).toHaveText(
    'Entering a payment is not allowed now, by a rule or by your role.',
  );
  expect(await idleLimit(bank)).toBe(420);

  const edition = row(admin, HISTORY, 'in force');
  await expect(edition).toContainText('root-admin');
  await expect(edition).toContainText('“Cash desk closes”');
  await expect(edition).toContainText('Adds teller: payments:write; changes teller.');
  for (const tab of [teller, admin]) expect(sightings(tab, 'violation')).toEqual([]);
});

test('an operation gets an idle limit of its own, and then an act does not open it again, but the password does', async ({
  bank,
  visible,
}) => {
  const { teller, admin } = await both(visible);
  const tellers = card(admin, 'Teller');
  await tellers.getByText('Operations').click();
  // An answer of the last five seconds counts as just given: the limit has passed only after that.
  await tellers.getByLabel('Until idle for: payments:write').fill('6s');
  await tellers.getByLabel('Longest: payments:write').fill('1x');
  await tellers.getByRole('button', { name: 'Try out' }).click();
  await expect(tellers.getByLabel('Longest: payments:write')).toBeFocused();
  await tellers.getByLabel('Longest: payments:write').fill('2h');
  await tellers.getByRole('button', { name: 'Try out' }).click();
  await expect(trial(admin)).toContainText(
    /payments:write\s*allowed, password within 10m\s*→\s*allowed, password within 10m, until idle for 6s, for 2h at the longest/,
  );
  await putInForce(admin);

  const right = teller.page.locator('#entering');
  await expect(right).toContainText('asks for your password first', { timeout: 10_000 });
  const before = await liveSession(bank);
  await teller.page.bringToFront();
  await teller.page.mouse.move(40, 40);
  await teller.page.mouse.move(60, 60);
  await expect.poll(async () => (await liveSession(bank)).last_activity).toBeGreaterThan(before.last_activity);
  await expect(right).toContainText('asks for your password first');

  await newPayment(teller).click();
  await teller.page.getByLabel('Password').fill('teller-demo-1');
  await teller.page.keyboard.press('Enter');
  await expect(teller.page.getByRole('button', { name: 'Enter payment' })).toHaveAttribute('data-state', 'open');
  for (const tab of [teller, admin]) expect(sightings(tab, 'violation')).toEqual([]);
});

test('an edition is taken back, and open tabs have their right again at once', async ({ bank, visible }) => {
  const { teller, admin } = await both(visible);
  await tryToDeny(admin);
  await putInForce(admin);
  await expect(newPayment(teller)).toHaveAttribute('aria-disabled', 'true');

  await admin.page.getByRole('button', { name: 'Take back edition 2' }).click();
  await expect(trial(admin)).toContainText('Changes teller; removes teller: payments:write.');
  await expect(trial(admin)).toContainText('Would change for 1 of 2 open sessions');
  await putInForce(admin);
  await expect(newPayment(teller)).not.toHaveAttribute('aria-disabled', 'true', { timeout: 1_000 });
  expect(await idleLimit(bank)).toBe(900);
  await expect(row(admin, HISTORY, /^3/)).toContainText('in force');
  await expect(card(admin, 'Teller').getByLabel('Idle limit')).toHaveValue('15m');
});

test('what is left by Esc has not happened, and the focus is where it was', async ({ bank, visible }) => {
  const { admin } = await both(visible);
  await tryToDeny(admin);
  await admin.page.keyboard.press('Escape');
  await expect(trial(admin)).toBeHidden();
  await expect(card(admin, 'Teller').getByRole('button', { name: 'Try out' })).toBeFocused();
  // What was typed is kept, and so are the rules.
  await expect(card(admin, 'Teller').getByLabel('Idle limit')).toHaveValue('7m');
  expect(await idleLimit(bank)).toBe(900);
});

test('what has been tried out on other rules is not put in force, but tried out again', async ({ bank, visible }) => {
  const { admin } = await both(visible);
  await tryToDeny(admin);
  await bank.setPolicy('auditor', { idle_timeout: 600 });
  await putInForce(admin);
  await expect(trial(admin).getByRole('alert')).toContainText('The rules have changed meanwhile');
  expect(await idleLimit(bank)).toBe(900);
  await putInForce(admin);
  await expect(trial(admin)).toBeHidden();
  expect(await idleLimit(bank)).toBe(420);
});

test('a change that is planned is made at its time, and one that is cancelled is not', async ({ bank, visible }) => {
  const { teller, admin } = await both(visible);
  await tryToDeny(admin);
  await planFor(admin, bank.clock.now() + 3 * 60_000);
  await trial(admin).getByRole('button', { name: 'Put in force then' }).click();
  await expect(row(admin, 'Planned changes, the next first', 'root-admin')).toBeVisible();
  await bank.clock.advance(2 * 60_000);
  await expect(newPayment(teller)).not.toHaveAttribute('aria-disabled', 'true');
  await bank.clock.advance(60_000);
  await expect(newPayment(teller)).toHaveAttribute('aria-disabled', 'true', { timeout: 1_000 });

  await admin.page.getByRole('button', { name: 'Take back edition 2' }).click();
  await putInForce(admin);
  await expect(newPayment(teller)).not.toHaveAttribute('aria-disabled', 'true');
  await tryToDeny(admin);
  await planFor(admin, bank.clock.now() + 3 * 60_000);
  await trial(admin).getByRole('button', { name: 'Put in force then' }).click();
  await admin.page.getByRole('button', { name: /^Cancel the plan of/ }).click();
  await expect(admin.page.getByText('Nothing is planned.')).toBeVisible();
  await bank.clock.advance(3 * 60_000);
  await expect(newPayment(teller)).not.toHaveAttribute('aria-disabled', 'true');
  expect(await idleLimit(bank)).toBe(900);
});

test('an explanation names the rule, the limit and the source that decide', async ({ bank, visible }) => {
  const { admin } = await both(visible);
  const { id } = await liveSession(bank);
  await bank.signal(id, { device: 'not-compliant' });
  await admin.page.getByRole('button', { name: 'Explain the session of tess' }).click();
  const dialog = admin.page.getByRole('dialog', { name: 'What tess may do, and why' });
  const line = (text: string) => dialog.getByRole('row').filter({ has: admin.page.getByText(text, { exact: true }) });
  await expect(line('payments:write')).toContainText('device out of order: nothing is paid');
  await expect(line('logs:read')).toContainText('The role teller has no right to it.');
  await expect(line('Idle limit')).toContainText('15m');
  await expect(line('Idle limit')).toContainText('PCI DSS 4.0.1 8.2.8');
  await admin.page.keyboard.press('Escape');
  await expect(admin.page.getByRole('button', { name: 'Explain the session of tess' })).toBeFocused();
});
