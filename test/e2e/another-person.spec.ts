/** Story 10: while a tab of A's stands still, B signs in. */
import {
  atWork,
  expect,
  inputIsWaiting,
  isCovered,
  leaveTokens,
  liveSession,
  type RealBrowser,
  sees,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';
import { expectWithin } from './seen.ts';

/** The ways in which a tab stands still; each resolves with what lets it go on. */
const standstills: Record<string, (browser: RealBrowser, tab: Tab) => Promise<() => Promise<void>>> = {
  'frozen by the browser': async ({ context }, { page }) => {
    const session = await context.newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    return async () => void (await session.send('Page.setWebLifecycleState', { state: 'active' }));
  },
  stopped: async (browser, tab) => {
    const goOn = await browser.stop(tab);
    return async () => goOn();
  },
};

for (const [standstill, begin] of Object.entries(standstills)) {
  test(`a tab of A's that was ${standstill} never shows A's data under B's session, and B's tokens stay`, async ({
    bank,
    real,
  }) => {
    const a = await real.open('/new-payment');
    await signIn(a, 'tess');
    await leaveTokens(a, 'of tess');
    const out = a.page.getByRole('banner').getByRole('button', { name: 'Sign out' });
    const { x, y } = (await out.boundingBox())!;
    const b = await real.open('/payments');
    await atWork(b, 'tess');
    await b.page.bringToFront();
    await expect.poll(() => a.quietly<string>('document.visibilityState')).toBe('hidden');
    // While the browser's emulation of it holds, a page may still hear others, and tell of it.
    const before = sofar(a);
    const goOn = await begin(real, a);

    await b.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(async () => (await bank.sessions()).length).toBe(0);
    let since = Date.now();
    await b.page.getByRole('button', { name: 'Sign in' }).click();
    await expect(b.page.getByText('You have signed out', { exact: true })).toBeVisible({ timeout: 20_000 });
    expectWithin(Date.now() - since, 5_000, 'how late the page that was loaded anew says so');
    since = Date.now();
    await signIn(b, 'sam', 20_000);
    expectWithin(Date.now() - since, 5_000, 'how late the next person is at work');
    await leaveTokens(b, 'of sam');
    const { id } = await liveSession(bank, 'sam');

    // Somebody brings A's tab to the front, and clicks where its button for signing out was.
    const asked = bank.requests.length;
    await a.page.bringToFront();
    const clicked = a.page.mouse.click(x + 5, y + 5);
    await inputIsWaiting(real);
    await goOn();
    await clicked;
    await sees(a, 'session-ended', { after: before });
    await sees(a, isCovered);
    await expect(a.page.getByRole('heading', { name: 'This session is no longer current' })).toBeVisible();
    await expect(a.page.getByText('Tess Teller')).toHaveCount(0);
    expect(sightings(a, 'reached', before)).toEqual([]);

    // B's session and tokens are untouched, and A's page has got nothing under B's name.
    expect((await liveSession(bank, 'sam')).id).toBe(id);
    expect(
      await b.page.evaluate(() => [
        localStorage.getItem('backoffice:token'),
        sessionStorage.getItem('backoffice:draft'),
      ]),
    ).toEqual(['of sam', 'of sam']);
    expect(await a.page.evaluate(() => sessionStorage.getItem('backoffice:draft'))).toBeNull();
    expect(
      bank.requests.slice(asked).filter(({ method, path }) => method !== 'GET' || path.startsWith('/api')),
    ).toEqual([]);
    await atWork(b, 'sam');

    // Loaded anew, it is B's.
    await a.page.getByRole('button', { name: 'Reload' }).click();
    await atWork(a, 'sam');
    expect(await a.page.evaluate(() => localStorage.getItem('backoffice:token'))).toBe('of sam');
  });
}
