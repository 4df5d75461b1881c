/** The server's word in the page: a page of the app that is loaded by somebody signed in. */
import type { Request } from '@playwright/test';
import { atWork, type Browser, expect, sees, sightings, signIn, sofar, type Tab, test } from './bank.ts';

/** A tab of somebody signed in, on a page that has nothing in it, and what it asks the server from now on. */
async function secondTab(browser: Browser): Promise<{ tab: Tab; questions: () => number }> {
  await signIn(await browser.open());
  const tab = await browser.open('/script-tag/icon.svg');
  let count = 0;
  tab.page.on('request', (request: Request) => {
    if (request.method() === 'GET' && new URL(request.url()).pathname === '/session') count += 1;
  });
  return { tab, questions: () => count };
}

test('opens it without a question, with all content security that there is', async ({ bank, visible }) => {
  const { tab, questions } = await secondTab(visible);
  for (const load of [() => tab.page.goto(`${bank.origin}/accounts`), () => tab.page.reload()]) {
    const before = sofar(tab);
    const asked = questions();
    await load();
    await sees(tab, 'session-opened', { after: before });
    expect(questions()).toBe(asked);
    await atWork(tab);
    for (const what of ['initial-ignored', 'message-rejected', 'policy-rejected', 'violation', 'panel opened']) {
      expect(sightings(tab, what, before), what).toEqual([]);
    }
  }
});

test('is ignored in a page that comes back in the history, and the server is asked', async ({ bank, visible }) => {
  const { tab, questions } = await secondTab(visible);
  await tab.page.goto(`${bank.origin}/accounts`);
  await atWork(tab);
  await tab.page.goto(`${bank.origin}/script-tag/icon.svg`);
  const before = sofar(tab);
  const asked = questions();
  await tab.page.goBack();
  await sees(tab, 'session-opened', { after: before });
  expect(questions()).toBeGreaterThan(asked);
  const [ignored] = sightings(tab, 'initial-ignored', before);
  expect(ignored?.detail).toMatchObject({ because: 'the page came by back_forward' });
  await atWork(tab);
});
