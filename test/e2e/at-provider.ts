/** The bank with a real OpenID provider beside it, and what people do at that. */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { TestServer } from '../server/start-test-server.ts';
import { type OidcBank, startOidcBank } from '../server/support/oidc-bank.ts';
import {
  atWork,
  type Browser,
  test as base,
  expect,
  liveSession,
  serverSays,
  type Tab,
  type Username,
} from './bank.ts';

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Fixtures {
  readonly oidc: OidcBank;
  /** Whether the bank's pages keep others out of their group of windows (COOP), as they should. */
  readonly coop: boolean;
  /** How long an access token is good, in seconds; the provider's default, where none is given. */
  readonly lifetime: number | undefined;
}

export const test = base.extend<Fixtures>({
  coop: [true, { option: true }],
  lifetime: [undefined, { option: true }],
  oidc: async ({ pagesDir, coop, lifetime }, use) => {
    const oidc = await startOidcBank({
      ...(lifetime === undefined ? {} : { accessTokenLifetime: lifetime }),
      pagesDir,
      sdkDir: folder('dist'),
      ...(coop ? {} : { inFront: (listener) => (request, response) => listener(request, withoutCoop(response)) }),
    });
    await use(oidc);
    oidc.bank.fault(null);
    await oidc.stop();
  },
  bank: async ({ oidc }, use) => use(oidc.bank),
});

function withoutCoop<R extends { writeHead: (...given: never[]) => unknown; removeHeader(name: string): void }>(
  response: R,
): R {
  const write = response.writeHead.bind(response) as (...given: unknown[]) => unknown;
  response.writeHead = ((...given: unknown[]) => {
    const headers = given.at(-1);
    if (typeof headers === 'object' && headers !== null) {
      for (const name of Object.keys(headers)) {
        if (name.toLowerCase() === 'cross-origin-opener-policy') Reflect.deleteProperty(headers, name);
      }
    }
    response.removeHeader('Cross-Origin-Opener-Policy');
    return write(...given);
  }) as R['writeHead'];
  return response;
}

export const passwords: Readonly<Record<Username, string>> = {
  tess: 'teller-demo-1',
  sam: 'supervisor-demo-1',
  ada: 'auditor-demo-1',
};

/** Answers the provider's page. The user name is there already, where the bank knows it. */
export async function prove(page: Page, who: Username, code?: string): Promise<void> {
  // The bank has a form of this kind, too.
  await expect(page.getByText('Kestrel Bank wants to know who you are.')).toBeVisible();
  await page.getByLabel('User name').fill(who);
  await page.getByLabel('Password').fill(passwords[who]);
  if (code !== undefined) await page.getByLabel('One-time code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/**
 * The window that opens by this. The person is in it, and back in the page once it is closed. There is no window manager here: to a
 * browser without a screen each of its windows has the focus, so the page is told.
 */
export async function opened({ context }: Browser, tab: Tab, by: () => Promise<void>): Promise<Page> {
  const page = context.waitForEvent('page');
  await by();
  const window = await page;
  await tab.quietly('document.hasFocus = () => { window.hasLooked = true; return false; }');
  window.once('close', () => void tab.quietly('delete document.hasFocus').catch(() => undefined));
  await expect.poll(() => tab.quietly('window.hasLooked === true')).toBe(true);
  return window;
}

/** Signs in at the provider, and comes back to the bank. */
export async function signInThere(tab: Tab, who: Username = 'tess'): Promise<void> {
  await tab.page.getByRole('button', { name: 'Sign in with Kestrel ID' }).click();
  await prove(tab.page, who);
  await atWork(tab, who);
}

/** Signs out at the provider's page, which the tab shows. */
export async function signOutThere({ page }: Tab): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

/** Locks the one session there is, as another tab would. */
export async function lock({ context }: Browser, bank: TestServer): Promise<void> {
  const { id } = await liveSession(bank);
  const headers = { Origin: bank.origin, 'Session-Id': id };
  expect((await context.request.post(`${bank.origin}/session/lock`, { headers, data: {} })).status()).toBe(200);
}

/** When the person has last proved who they are, in Unix seconds. */
export const authTime = async (browser: Browser, bank: TestServer): Promise<number> =>
  Number((await serverSays(browser, bank)).body['auth_time']);

/** Chooses how to be asked anew. */
export async function choose(
  { page }: Tab,
  way: 'In a window of Kestrel ID' | 'At Kestrel ID, and back',
): Promise<void> {
  const panel = page.getByRole('complementary', { name: 'What Nightlatch sees' });
  if (!(await panel.getByRole('radio', { name: way }).isVisible())) await panel.locator('summary').click();
  await panel.getByRole('radio', { name: way }).check();
}

export const PAYEE = 'Marker-Payee-Großmann';
export const CARET = PAYEE.length - 4;

/** Types half a payment, and leaves the caret in the middle of a word. */
export async function typeHalf({ page }: Tab): Promise<void> {
  await page.getByLabel('Paid from').selectOption({ index: 1 });
  await page.getByLabel('Payee’s IBAN').fill('DE89 MARKERIBAN');
  await page.getByLabel('Reference').fill('marker-reference');
  await page.getByLabel('Payee', { exact: true }).click();
  await page.keyboard.type(PAYEE);
  for (let back = 0; back < 4; back += 1) await page.keyboard.press('ArrowLeft');
}

/** The half payment is there, and the caret is where it was. */
export async function expectHalf({ page }: Tab): Promise<void> {
  const place = () =>
    page.evaluate(() => {
      const field = document.activeElement as HTMLInputElement;
      return [field.name, field.value, field.selectionStart, field.selectionEnd];
    });
  await expect.poll(place).toEqual(['payee', PAYEE, CARET, CARET]);
  await expect(page.getByLabel('Payee’s IBAN')).toHaveValue('DE89 MARKERIBAN');
  await expect(page.getByLabel('Reference')).toHaveValue('marker-reference');
  await expect(page.getByLabel('Paid from')).not.toHaveValue('');
}
