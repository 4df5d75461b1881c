/** A person's passkey in the browser tests: Chromium's own virtual authenticator, and what a page asks of it. */
import type { CDPSession } from '@playwright/test';
import { expect, liveSession, type Tab } from './bank.ts';

export interface Authenticator {
  readonly session: CDPSession;
  readonly id: string;
}

/** https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/ */
export async function authenticator({ page }: Tab): Promise<Authenticator> {
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

export const question = ({ page }: Tab) =>
  page.getByRole('dialog', { name: /Unlock this page|Confirm that it is you/ });
const panel = ({ page }: Tab) => page.getByRole('complementary', { name: 'What Nightlatch sees' });

export async function makePasskey(tab: Tab): Promise<void> {
  const summary = panel(tab).locator('summary');
  if (!(await panel(tab).getByRole('button', { name: 'Make a passkey' }).isVisible())) await summary.click();
  await panel(tab).getByRole('button', { name: 'Make a passkey' }).click();
  await expect(panel(tab).getByText('You have a passkey now.')).toBeVisible();
}

export async function lock({ page }: Tab, bank: Parameters<typeof liveSession>[0]): Promise<void> {
  const { id } = await liveSession(bank);
  const headers = { Origin: bank.origin, 'Session-Id': id };
  await page.context().request.post(`${bank.origin}/session/lock`, { headers, data: {} });
  await expect(page.getByRole('heading', { name: 'Unlock this page' })).toBeVisible();
}
