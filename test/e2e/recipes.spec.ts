/** The recipes for other ways to send than `latch.fetch`, in a real browser against the real server. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket as Socket, WebSocketServer } from 'ws';
import type { Nightlatch } from '../../src/latch.ts';
import type { TestServer } from '../server/start-test-server.ts';
import { type Browser, expect, liveSession, requestsTo, setPolicy, signIn, type Tab, test } from './bank.ts';
import { putRecipePages } from './recipe-pages.ts';

interface Answer {
  readonly status?: number;
  readonly code?: string;
}

/** What the page of the recipes has. */
interface Recipes {
  readonly latch: Nightlatch;
  readonly api: {
    get(path: string): Promise<{ status: number }>;
    post(path: string, body: object, config?: object): Promise<{ status: number }>;
  };
  readonly upload: (file: Blob, path: string, operation: string) => Promise<XMLHttpRequest>;
  readonly connect: (address: string, heard: () => void) => WebSocket;
  readonly startWorker: (address: string, job: object) => Worker | undefined;
  readonly isReady?: true;
}

const order = { from: 'acc-1', payee: 'Mill', iban: 'DE02120300000000202051', amount: 1, reference: '' };

/** Somebody is signed in, and this page shows their session too. */
async function atRecipes(browser: Browser, pagesDir: string): Promise<Tab> {
  const { path } = await putRecipePages(pagesDir);
  await signIn(await browser.open());
  const tab = await browser.open(path);
  // The bank's pages connect to the bank alone, and take no address of a script that is a mere text (Trusted Types).
  const session = await tab.page.context().newCDPSession(tab.page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await tab.page.reload();
  await tab.page.waitForFunction(() => (window as unknown as Recipes).isReady);
  return tab;
}

const end = async (bank: TestServer): Promise<unknown> => bank.endSession((await liveSession(bank)).id);
const posted = (bank: TestServer) => requestsTo(bank, 'POST', '/api/payments').map(({ status }) => status);
const ended = ({ page }: Tab) =>
  page.waitForFunction(() => (window as unknown as Recipes).latch.getView().phase === 'ended');

/** The status of an answer, or the code of what is behind axios's error. */
const pay = ({ page }: Tab): Promise<Answer> =>
  page.evaluate(async (body) => {
    const { api } = window as unknown as Recipes;
    try {
      const { status } = await api.post('/api/payments', body, { headers: { 'Idempotency-Key': 'one' } });
      return { status };
    } catch (error) {
      return { code: String((error as { cause?: { code?: unknown } }).cause?.code ?? error) };
    }
  }, order);

test('axios names the session, is refused early, and has a challenge answered', async ({ bank, visible, pagesDir }) => {
  await setPolicy(bank, { poll_every: 600 });
  await visible.context.route('**/session/events', (route) => route.fulfill({ status: 404 }));
  const tab = await atRecipes(visible, pagesDir);
  expect(await pay(tab)).toEqual({ status: 201 });

  // A rule of which nothing tells the page: the server asks, and the same request goes out again.
  const rule = { name: 'fresh authentication for payments', when: { operation: 'payments:write' } };
  await bank.setRules([{ ...rule, set: { max_age: 6 } }]);
  const { started_at } = await liveSession(bank);
  await expect.poll(() => bank.clock.now(), { timeout: 10_000 }).toBeGreaterThan(started_at * 1_000 + 6_000);
  expect(await pay(tab)).toEqual({ status: 201 });
  expect(posted(bank)).toEqual([201, 401, 201]);

  await bank.setRules([{ ...rule, set: { allow: false } }]);
  await tab.page.evaluate(() => (window as unknown as Recipes).latch.check());
  expect(await pay(tab)).toEqual({ code: 'ERR_OPERATION_DENIED' });
  await end(bank);
  await tab.page.evaluate(() => (window as unknown as Recipes).latch.check());
  expect(await pay(tab)).toEqual({ code: 'ERR_SESSION_ENDED' });
  expect(posted(bank), 'nothing is sent that would be refused').toHaveLength(3);
});

test('an upload names the session, and is broken off when it ends', async ({ bank, visible, pagesDir }) => {
  const tab = await atRecipes(visible, pagesDir);
  const { id } = await liveSession(bank);
  const named = new Promise<string | undefined>((resolve) => {
    // It arrives, and is not answered.
    void tab.page.route('**/api/files', (route) => resolve(route.request().headers()['session-id']));
  });
  await tab.page.evaluate(async () => {
    const { upload } = window as unknown as Recipes;
    const request = await upload(new Blob(['file']), '/api/files', 'accounts:read');
    Object.assign(window, { broken: new Promise((resolve) => request.addEventListener('abort', () => resolve(true))) });
  });
  expect(await named).toBe(id);
  await end(bank);
  expect(await tab.page.evaluate(() => (window as unknown as { broken: Promise<boolean> }).broken)).toBe(true);
});

test('a socket that the server closes with 1008 comes again while the session is open, and not after its end', async ({
  bank,
  visible,
  pagesDir,
}) => {
  const tab = await atRecipes(visible, pagesDir);
  const server = new WebSocketServer({ port: 0, host: 'localhost' });
  await once(server, 'listening');
  const sockets: Socket[] = [];
  const codes: number[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('close', (code) => codes.push(code));
  });
  try {
    const address = `ws://localhost:${(server.address() as AddressInfo).port}/`;
    await tab.page.evaluate((to) => void (window as unknown as Recipes).connect(to, () => undefined), address);
    await expect.poll(() => sockets.length).toBe(1);
    const asked = requestsTo(bank, 'GET', '/session').length;
    sockets[0]!.close(1008);
    await expect.poll(() => sockets.length).toBe(2);
    expect(requestsTo(bank, 'GET', '/session').length).toBeGreaterThan(asked);

    await end(bank);
    await expect.poll(() => codes).toEqual([1008, 1000]);
    await ended(tab);
    await tab.page.evaluate((to) => void (window as unknown as Recipes).connect(to, () => undefined), address);
    await expect.poll(() => sockets.length).toBe(3);
    sockets[2]!.close(1008);
    await expect.poll(() => codes).toHaveLength(3);
    await tab.page.evaluate(() => (window as unknown as Recipes).latch.check());
    expect(sockets).toHaveLength(3);
  } finally {
    server.close();
    for (const socket of sockets) socket.terminate();
  }
});

test('a worker works in the name of the session, and is over with it', async ({ bank, visible, pagesDir }) => {
  const tab = await atRecipes(visible, pagesDir);
  const requests = () => requestsTo(bank, 'GET', '/api/me').filter(({ path }) => path.endsWith('?worker'));
  await tab.page.evaluate(() => void (window as unknown as Recipes).startWorker('worker.js', {}));
  await expect.poll(() => requests().length).toBeGreaterThan(2);
  expect(requests()[0]).toMatchObject({ status: 200 });
  expect(tab.page.workers()).toHaveLength(1);
  await end(bank);
  await ended(tab);
  await expect.poll(() => tab.page.workers().length).toBe(0);
});

/** The service worker is in the page's way from now on. */
async function putServiceWorker({ page }: Tab): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('service-worker.js');
    await navigator.serviceWorker.ready;
  });
  await page.reload();
  await page.waitForFunction(
    () => (window as unknown as Recipes).isReady && navigator.serviceWorker.controller !== null,
  );
}

for (const [fault, what] of [
  ['silent', 'that nobody has answered yet'],
  ['stalls', 'of whose answer half has come'],
] as const) {
  test(`a service worker breaks off a request ${what} when its session ends, and forgets`, async ({
    bank,
    visible,
    pagesDir,
  }) => {
    const tab = await atRecipes(visible, pagesDir);
    await putServiceWorker(tab);
    const { id } = await liveSession(bank);
    bank.fault(fault, ['/api/me']);
    // By the page alone it would go on for ever: it has no signal.
    await tab.page.evaluate(async (sessionId) => {
      await caches.open('api');
      const request = fetch('/api/me?through', { headers: { 'Session-Id': sessionId } });
      const outcome = request
        .then((response) => response.text())
        .then(
          () => 'answered',
          (error) => error.name,
        );
      void request.then(
        () => Object.assign(window, { hasBegun: true }),
        () => undefined,
      );
      Object.assign(window, { outcome });
    }, id);
    const sent = () => bank.requests.filter(({ path }) => path === '/api/me?through');
    await expect.poll(() => sent().length).toBe(1);
    if (fault === 'stalls') await expect.poll(() => tab.quietly('window.hasBegun')).toBe(true);
    await end(bank);
    await ended(tab);
    expect(await tab.quietly('window.outcome')).toBe('TypeError');
    await expect.poll(() => tab.quietly('caches.has("api")')).toBe(false);
  });
}
