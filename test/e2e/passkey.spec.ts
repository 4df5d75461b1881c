/** Story 14: a passkey instead of the password, by the browser's own (virtual) authenticator. */
import { expect, liveSession, requestsTo, sees, sightings, signIn, test } from './bank.ts';
import { authenticator, lock, makePasskey, question } from './passkeys.ts';

test('one click and one touch unlock the page; whoever cannot touch has the password', async ({ bank, visible }) => {
  const tab = await visible.open();
  await signIn(tab);
  const { session, id: authenticatorId } = await authenticator(tab);
  await makePasskey(tab);

  await lock(tab, bank);
  // It is there, and no device asks before somebody has acted.
  const touch = question(tab).getByRole('button', { name: 'Use your passkey' });
  await expect(touch).toBeFocused();
  expect(requestsTo(bank, 'POST', '/session/reauthenticate')).toEqual([]);
  await tab.page.keyboard.press('Enter');
  await sees(tab, 'session-unlocked');
  await expect(question(tab)).toHaveCount(0);
  expect(requestsTo(bank, 'POST', '/session/reauthenticate').map(({ status }) => status)).toEqual([200]);

  // Not the finger that it knows.
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await lock(tab, bank);
  await touch.click();
  await expect(question(tab).getByRole('alert')).toHaveText('You have not used your passkey. You can try again.');
  await expect(touch).toBeFocused();
  await expect(question(tab).getByLabel('Password', { exact: true })).toBeHidden();
  await question(tab).getByRole('button', { name: 'Use your password instead' }).click();
  await expect(question(tab).getByLabel('Password', { exact: true })).toBeFocused();
  await tab.page.keyboard.type('teller-demo-1');
  await tab.page.keyboard.press('Enter');
  await expect(question(tab)).toHaveCount(0);
  expect(sightings(tab, 'violation')).toEqual([]);
});

test('what asks for a passkey takes no password, and the payment goes through once', async ({ bank, visible }) => {
  const tab = await visible.open();
  await signIn(tab);
  await authenticator(tab);
  await makePasskey(tab);
  await bank.setRules([
    { name: 'phishing-resistant payments', when: { operation: 'payments:write' }, set: { acr_values: 'phr' } },
  ]);
  await sees(tab, 'policy-updated');
  const { page } = tab;
  await page.getByRole('link', { name: 'Payments', exact: true }).click();
  await page.getByRole('link', { name: 'New payment', exact: true }).click();
  // The form asks where it begins; the click on its link is the act that the browser's dialog needs.
  await expect
    .poll(() => requestsTo(bank, 'POST', '/session/reauthenticate').map(({ status }) => status))
    .toEqual([200]);
  await expect(question(tab)).toHaveCount(0);
  expect((await liveSession(bank)).id).toBeTruthy();
  const { acr } = (await (await page.context().request.get(`${bank.origin}/session`)).json()) as { acr: string };
  expect(acr).toBe('phr');
});
