/** Story 15: signing in, and proving anew who one is, at a real OpenID provider, by leaving for it. */
import { authTime, choose, expectHalf, lock, prove, signInThere, signOutThere, test, typeHalf } from './at-provider.ts';
import { atWork, expect, liveSession, sees, serverSays } from './bank.ts';

test('half a payment is at the same letter again for whoever comes back from the provider', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open('/new-payment');
  await signInThere(tab);
  expect(new URL(tab.page.url()).pathname, 'back at the place').toBe('/new-payment');
  await choose(tab, 'At Kestrel ID, and back');
  const { id } = await liveSession(bank);
  const before = (await serverSays(visible, bank)).body;
  await typeHalf(tab);
  // At once: what was typed last is not sealed yet.
  await tab.page.getByRole('button', { name: 'Confirm now' }).click();
  await prove(tab.page, 'tess');

  await expectHalf(tab);
  expect(new URL(tab.page.url()).pathname).toBe('/new-payment');
  const after = (await serverSays(visible, bank)).body;
  expect((await liveSession(bank)).id).toBe(id);
  expect(Number(after['auth_time'])).toBeGreaterThan(Number(before['auth_time']));
  await expect(tab.page.getByText('You were writing a payment')).toHaveCount(0);
  // React has heard of it: what is typed on goes in where the caret is.
  await tab.page.keyboard.type('!');
  await expect(tab.page.getByLabel('Payee', { exact: true })).toHaveValue('Marker-Payee-Groß!mann');
});

test('a locked page is opened at the provider, and shows the same place as before', async ({ bank, visible }) => {
  const tab = await visible.open('/new-payment');
  await signInThere(tab);
  await choose(tab, 'At Kestrel ID, and back');
  await typeHalf(tab);
  await lock(visible, bank);
  await tab.page.getByRole('button', { name: 'Unlock' }).click();
  await prove(tab.page, 'tess');
  await expectHalf(tab);
  await expect(tab.page.getByRole('heading', { name: 'Locked' })).toHaveCount(0);
  expect((await serverSays(visible, bank)).body['locked_at']).toBeNull();
});

test('what is too old for an operation is asked for anew, and a second factor where that is the kind asked for', async ({
  bank,
  oidc,
  visible,
}) => {
  const tab = await visible.open('/payments');
  await signInThere(tab);
  await choose(tab, 'At Kestrel ID, and back');
  const rule = (set: object) =>
    bank.setRules([{ name: 'fresh authentication for payments', when: { operation: 'payments:write' }, set } as never]);
  const open = () => tab.page.getByRole('link', { name: 'New payment' }).click();

  await rule({ max_age: 6 });
  await expect(async () => expect(Date.now() / 1_000 - (await authTime(visible, bank))).toBeGreaterThan(6)).toPass({
    timeout: 15_000,
  });
  await open();
  await prove(tab.page, 'tess');
  await expect(tab.page.getByRole('heading', { name: 'New payment' })).toBeVisible();

  await rule({ acr_values: 'mfa' });
  await tab.page.getByRole('link', { name: 'All payments' }).click();
  await open();
  await expect(tab.page.getByLabel('One-time code')).toBeVisible();
  await prove(tab.page, 'tess', '000000');
  await expect(tab.page.getByRole('alert')).toHaveText('That did not prove who you are. Try again.');
  await prove(tab.page, 'tess', oidc.provider.codeOf('tess'));
  await expect(tab.page.getByRole('heading', { name: 'New payment' })).toBeVisible();
  expect((await serverSays(visible, bank)).body).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
});

test('who cancels at the provider is back at the same place, with all that was typed, and proves nothing', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open('/new-payment');
  await signInThere(tab);
  await choose(tab, 'At Kestrel ID, and back');
  await typeHalf(tab);
  const before = await authTime(visible, bank);
  await tab.page.getByRole('button', { name: 'Confirm now' }).click();
  await tab.page.getByRole('button', { name: 'Cancel' }).click();
  await expectHalf(tab);
  await expect(tab.page.getByRole('status').filter({ hasText: 'You have cancelled' })).toBeVisible();
  expect(await authTime(visible, bank)).toBe(before);
});

test('another person at the provider finds nothing of the first one, and the first one finds all of it', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open('/new-payment');
  await signInThere(tab);
  await choose(tab, 'At Kestrel ID, and back');
  await typeHalf(tab);
  await tab.page.getByRole('button', { name: 'Confirm now' }).click();
  await prove(tab.page, 'sam');
  await expect(tab.page.getByRole('status').filter({ hasText: 'Somebody else has signed in' })).toBeVisible();
  const shown = () => tab.page.evaluate(() => document.documentElement.outerHTML);
  expect(await shown()).not.toContain('Marker');
  // The provider has signed the first person out, and the bank with them.
  expect(await bank.sessions()).toEqual([]);

  await signInThere(tab, 'sam');
  await tab.page.goto(`${bank.origin}/new-payment`);
  await expect(tab.page.getByLabel('Payee', { exact: true })).toHaveValue('');
  await expect(tab.page.getByText('You were writing a payment')).toHaveCount(0);
  expect(await shown()).not.toContain('Marker');

  await tab.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await signOutThere(tab);
  await tab.page.goto(`${bank.origin}/new-payment`);
  await signInThere(tab);
  await tab.page.getByRole('button', { name: 'Restore' }).click();
  await expectHalf(tab);
});

test('signing out of the bank signs out of the provider, and signing out of that ends the bank in every tab', async ({
  bank,
  oidc,
  visible,
}) => {
  const one = await visible.open('/new-payment');
  await signInThere(one);
  const two = await visible.open('/accounts');
  await atWork(two);
  const three = await visible.context.newPage();
  await three.goto(`${oidc.provider.issuer}/session/end`);
  await three.getByRole('button', { name: 'Sign out' }).click();
  await expect(three.getByRole('heading', { name: 'Signed out' })).toBeVisible();
  for (const tab of [one, two]) await sees(tab, 'session-ended');
  expect(await bank.sessions()).toEqual([]);

  await one.page.reload();
  await signInThere(one);
  await one.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await signOutThere(one);
  await expect(one.page.getByRole('button', { name: 'Sign in with Kestrel ID' })).toBeVisible();
  expect(await bank.sessions()).toEqual([]);
  await three.goto(`${oidc.provider.issuer}/session/end`);
  await expect(three.getByRole('heading', { name: 'Signed out' }), 'nobody is signed in there').toBeVisible();
});
