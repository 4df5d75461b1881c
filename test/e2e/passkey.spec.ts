/** Story 14: a passkey instead of the password, by the browser's own (virtual) authenticator. */
import type { CDPSession } from '@playwright/test';
import { expect, liveSession, requestsTo, sees, sightings, signIn, type Tab, test } from './bank.ts';

/** https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/ */
async function authenticator({ page }: Tab): Promise<{ readonly session: CDPSession; readonly id: string }> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, id };
}

const question = ({ page }: Tab) => page.getByRole('dialog', { name: /Unlock this page|Confirm that it is you/ });
const panel = ({ page }: Tab) => page.getByRole('complementary', { name: 'What Nightlatch sees' });

async function makePasskey(tab: Tab): Promise<void> {
  const summary = panel(tab).locator('summary');
  if (!(await panel(tab).getByRole('button', { name: 'Make a passkey' }).isVisible())) await summary.click();
  await panel(tab).getByRole('button', { name: 'Make a passkey' }).click();
  await expect(panel(tab).getByText('You have a passkey now.')).toBeVisible();
}

async function lock({ page }: Tab, bank: Parameters<typeof liveSession>[0]): Promise<void> {
  const { id } = await liveSession(bank);
  const headers = { Origin: bank.origin, 'Session-Id': id };
  await page.context().request.post(`${bank.origin}/session/lock`, { headers, data: {} });
  await expect(page.getByRole('heading', { name: 'Unlock this page' })).toBeVisible();
}

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
