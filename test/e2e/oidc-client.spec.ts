/** Story 17: a page whose tokens a real `oidc-client-ts` holds, of a real provider: renewed while somebody is there, and gone with the session. */
import type { Page, Route } from '@playwright/test';
import { test as base, prove } from './at-provider.ts';
import { type Browser, expect, move, sees, sightings, sofar, type Tab } from './bank.ts';

/** What went to the provider's token endpoint to renew: by which tab, and with which refresh token. */
interface Renewal {
  readonly page: Page;
  readonly token: string;
}

const LIFETIME = 12;

const test = base.extend<{ readonly renewals: Renewal[] }>({
  lifetime: LIFETIME,
  renewals: async ({ visible }, use) => {
    const renewals: Renewal[] = [];
    visible.context.on('request', (request) => {
      const form = new URLSearchParams(request.postData() ?? '');
      const token = form.get('refresh_token');
      if (form.get('grant_type') === 'refresh_token' && token) renewals.push({ page: request.frame().page(), token });
    });
    await use(renewals);
  },
});

const status = ({ page }: Tab) => page.locator('#status');
const signInButton = ({ page }: Tab) => page.getByRole('button', { name: 'Sign in with Kestrel ID' });

/** What the SDK has stored, as any script of the page could read it. */
const stored = ({ quietly }: Tab): Promise<{ readonly refresh_token: string; readonly expires_at: number } | null> =>
  quietly(`(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('rates:'));
    return key ? JSON.parse(localStorage.getItem(key)) : null;
  })()`);

async function atDesk(browser: Browser, tabs = 1): Promise<readonly [Tab, ...Tab[]]> {
  const tab = await browser.open('/tokens/');
  await signInButton(tab).click();
  await prove(tab.page, 'tess');
  await expect(tab.page.getByText('Tess Teller')).toBeVisible();
  const others: Tab[] = [];
  while (others.length < tabs - 1) {
    const other = await browser.open('/tokens/');
    await expect(other.page.getByText('Tess Teller')).toBeVisible();
    others.push(other);
  }
  return [tab, ...others];
}

/** The person moves the mouse in this tab, once a second, for so many of them. */
async function work(tab: Tab, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  while (Date.now() < until) {
    await move(tab);
    await tab.page.waitForTimeout(800);
  }
}

/** Keeps what goes to the token endpoint from getting there, until it is let go. */
async function holdUp({ context }: Browser): Promise<{ readonly held: Route[]; letGo(): Promise<void> }> {
  const held: Route[] = [];
  await context.route('**/token', (route) => void held.push(route));
  return {
    held,
    async letGo() {
      await context.unroute('**/token');
      // Answered by the provider, to a page that may have given up.
      await Promise.all(held.map((route) => route.continue().catch(() => undefined)));
    },
  };
}

test('three tabs in sight renew in time, one for all, and use no refresh token twice', async ({
  visible,
  renewals,
}) => {
  const [tab, ...others] = await atDesk(visible, 3);
  await work(tab, 2.5 * LIFETIME);
  expect(renewals.length).toBeGreaterThanOrEqual(3);
  expect(new Set(renewals.map(({ token }) => token)).size).toBe(renewals.length);
  const { expires_at: expiry } = (await stored(tab))!;
  expect(expiry * 1_000).toBeGreaterThan(Date.now());
  for (const one of [tab, ...others]) {
    expect(sightings(one, 'credential-renewal-failed')).toEqual([]);
    expect(sightings(one, 'violation')).toEqual([]);
  }
  // What another tab has renewed is what this one sends.
  await others[0]!.page.getByRole('button', { name: 'Ask Kestrel ID who I am' }).click();
  await expect(status(others[0]!)).toHaveText('Kestrel ID says that you are Tess Teller.');
});

test('left alone the tokens run out, and the next request waits for those that it is sent with', async ({
  visible,
  renewals,
}) => {
  test.slow();
  const [tab] = await atDesk(visible);
  await move(tab);
  // For 20 s after the last act the person counts as there, and what is begun then is out soon after, also of a busy machine.
  await tab.page.waitForTimeout(25_000);
  const before = renewals.length;
  await tab.page.waitForTimeout(LIFETIME * 1_000 + 2_000);
  expect(renewals.length).toBe(before);
  expect((await stored(tab))!.expires_at * 1_000).toBeLessThan(Date.now());

  const answered = tab.page.waitForResponse(
    (response) => response.url().endsWith('/me') && response.request().method() === 'GET',
  );
  await tab.page.getByRole('button', { name: 'Ask Kestrel ID who I am' }).click();
  expect((await answered).status()).toBe(200);
  await expect(status(tab)).toHaveText('Kestrel ID says that you are Tess Teller.');
  expect(renewals.length).toBe(before + 1);
});

test('a renewal on its way as somebody signs out in another tab brings nothing back to life', async ({ visible }) => {
  const [tab, other] = (await atDesk(visible, 2)) as [Tab, Tab];
  const { held, letGo } = await holdUp(visible);
  // The first token lives for shorter than the latch begins before its end, so it is renewed at once; the SDK waits ten seconds for an answer.
  await move(tab);
  await expect.poll(() => held.length, { timeout: 8_000, intervals: [50] }).toBe(1);
  await other.page.getByRole('button', { name: 'Sign out' }).click();
  await sees(tab, 'session-ended');
  await expect.poll(() => stored(tab)).toBeNull();
  const answer = visible.context.waitForEvent('response', (response) => response.url().endsWith('/token'));
  await letGo();
  expect((await answer).status(), 'it has come, and with tokens').toBe(200);
  await sees(tab, 'use-after-end');
  expect(await stored(tab)).toBeNull();
  await tab.page.reload();
  await expect(signInButton(tab)).toBeVisible();
  expect(await stored(tab)).toBeNull();
});

test('a provider that does not answer ends nothing', async ({ visible }) => {
  const [tab] = await atDesk(visible);
  await visible.context.route('**/token', (route) => route.abort());
  await work(tab, LIFETIME + 2);
  expect(sightings(tab, 'credential-renewal-failed').length).toBeGreaterThan(0);
  await expect(tab.page.locator('#phase')).toHaveText('active');
  await visible.context.unroute('**/token');
  const mark = sofar(tab);
  const renewed = sees(tab, 'credential-renewed', { after: mark, timeout: 15_000 });
  await work(tab, 10);
  await renewed;
  expect((await stored(tab))!.expires_at * 1_000).toBeGreaterThan(Date.now());
});

test('a provider that refuses is a deadline: all tabs warn or end with it, and nothing of the tokens is left', async ({
  visible,
}) => {
  const [tab, other] = (await atDesk(visible, 2)) as [Tab, Tab];
  await visible.context.route('**/token', (route) =>
    route.fulfill({
      status: 400,
      contentType: 'application/json',
      headers: { 'Access-Control-Allow-Origin': '*' },
      body: JSON.stringify({ error: 'invalid_grant' }),
    }),
  );
  const moving = work(tab, LIFETIME + 3);
  const warned = await sees(tab, 'warning-shown', { timeout: 15_000 });
  expect(warned.detail['cause']).toBe('credential');
  await expect(tab.page.getByRole('alertdialog')).toContainText('Your sign-in is about to expire');
  await moving;
  for (const one of [tab, other]) {
    const ended = await sees(one, 'session-ended', { timeout: 15_000 });
    expect(ended.detail['reason']).toBe('credential');
    await expect.poll(() => stored(one)).toBeNull();
  }
});

test('a second factor is asked for in the SDK’s own window, which can be closed, and is of the same person', async ({
  visible,
  oidc,
}) => {
  const [tab] = await atDesk(visible);
  const open = async (): Promise<Page> => {
    const page = visible.context.waitForEvent('page');
    await tab.page.getByRole('button', { name: 'Publish the rates' }).click();
    return page;
  };
  const closed = await open();
  await expect(closed.getByText('Kestrel Bank wants to know who you are.')).toBeVisible();
  await closed.close();
  await expect(status(tab)).toHaveText('Cancelled.');

  const others = await open();
  await prove(others, 'sam', oidc.provider.codeOf('sam'));
  await expect(status(tab)).toHaveText('That did not work: ERR_SUBJECT_CHANGED.');
  await expect(tab.page.getByText('Tess Teller')).toBeVisible();

  const own = await open();
  await prove(own, 'tess', oidc.provider.codeOf('tess'));
  await expect(status(tab)).toHaveText('The rates are published.');
  await expect.poll(() => own.isClosed()).toBe(true);
  // It is fresh enough now: nobody is asked.
  await tab.page.getByRole('button', { name: 'Publish the rates' }).click();
  await expect(status(tab)).toHaveText('The rates are published.');
  expect(visible.context.pages()).toHaveLength(2);
});

test('signing out here signs out at the provider', async ({ visible }) => {
  const [tab] = await atDesk(visible);
  await tab.page.getByRole('button', { name: 'Sign out' }).click();
  await expect(tab.page.getByRole('heading', { name: 'Sign out' })).toBeVisible();
  await tab.page.getByRole('button', { name: 'Sign out' }).click();
  await expect(signInButton(tab)).toBeVisible();
  await signInButton(tab).click();
  await expect(tab.page.getByText('Kestrel Bank wants to know who you are.')).toBeVisible();
});
