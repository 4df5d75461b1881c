/** The ground the other browser tests stand on: each way of launching Chromium really does what it says. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page, test } from '@playwright/test';
import { launchReal, launchVisible, launchWithPageCache } from './chromium.ts';

let server: Server;
let origin: string;

const page = `<!doctype html><title>page</title><script>
  const heard = [];
  const shown = [];
  const channel = new BroadcastChannel('test');
  channel.onmessage = (event) => heard.push(event.data);
  addEventListener('pageshow', (event) => shown.push(event.persisted));
</script>`;

declare const heard: string[];
declare const shown: boolean[];
declare const channel: BroadcastChannel;

test.beforeAll(async () => {
  server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(page));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const say = (tab: Page, text: string) => tab.evaluate((said) => channel.postMessage(said), text);
const hears = (tab: Page, text: string) =>
  expect.poll(() => tab.evaluate(() => heard), `the tab hears "${text}"`).toContain(text);
const visibility = (tab: Page) => tab.evaluate(() => document.visibilityState);

test('two tabs of one profile hear each other, and both count as visible', async () => {
  const { context, close } = await launchVisible();
  try {
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(origin);
    await two.goto(origin);
    await say(one, 'hello');
    await hears(two, 'hello');
    expect(await Promise.all([visibility(one), visibility(two)])).toEqual(['visible', 'visible']);
  } finally {
    await close();
  }
});

test('a page that was left comes back from the back/forward cache', async () => {
  const { context, close } = await launchWithPageCache();
  try {
    const tab = await context.newPage();
    await tab.goto(origin);
    await tab.evaluate(() => heard.push('kept'));
    await tab.goto(`${origin}/other`);
    // Not `tab.goBack()`: it waits for a load, and a restored page does not load.
    await tab.evaluate(() => history.back());
    // It cannot be asked while one page takes the other's place.
    await expect.poll(() => tab.evaluate(() => shown).catch(() => [])).toEqual([false, true]);
    expect(await tab.evaluate(() => heard)).toEqual(['kept']);
  } finally {
    await close();
  }
});

test('a tab behind another is hidden, and its timers are slowed to one a second', async () => {
  const { context, close } = await launchReal();
  try {
    const [behind, front] = [await context.newPage(), await context.newPage()];
    await behind.goto(origin);
    await front.goto(origin);
    await front.bringToFront();
    await expect.poll(() => visibility(behind)).toBe('hidden');
    expect(await visibility(front)).toBe('visible');

    // Five timers of 10 ms, one after the other, end in front before the first two or three are over behind.
    const chain = (tab: Page) =>
      tab.evaluate(async () => {
        const start = performance.now();
        for (let rung = 0; rung < 5; rung += 1) await new Promise((resolve) => setTimeout(resolve, 10));
        return performance.now() - start;
      });
    const [slow, fast] = await Promise.all([chain(behind), chain(front)]);
    expect(slow).toBeGreaterThan(5 * fast);

    await behind.bringToFront();
    await expect.poll(() => visibility(behind)).toBe('visible');
    await expect.poll(() => visibility(front)).toBe('hidden');
  } finally {
    await close();
  }
});

test('a tab whose process is stopped is silent, while the other tab of its origin goes on', async () => {
  const { context, rendererOf, stopRenderer, close } = await launchReal();
  try {
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(origin);
    await two.goto(origin);
    expect(await rendererOf(one)).not.toBe(await rendererOf(two));

    await one.evaluate(() => setInterval(() => channel.postMessage('tick'), 50));
    await hears(two, 'tick');
    const goOn = await stopRenderer(one);
    // The browser may still hold a message of before: wait until two looks in a row see the same.
    const ticks = () => two.evaluate(() => heard.length);
    let before = -1;
    await expect
      .poll(async () => {
        const [last, now] = [before, await ticks()];
        before = now;
        return now === last;
      })
      .toBe(true);
    await say(two, 'are you there');
    expect(await two.evaluate(() => 1 + 1)).toBe(2);
    expect(await ticks()).toBe(before);

    goOn();
    await hears(one, 'are you there');
    await expect.poll(ticks).toBeGreaterThan(before);
  } finally {
    await close();
  }
});

test('a tab that shares the process of its opener is not stopped by mistake', async () => {
  const { context, stopRenderer, close } = await launchReal();
  try {
    const opener = await context.newPage();
    await opener.goto(origin);
    const opened = context.waitForEvent('page');
    await opener.evaluate(() => void window.open('/opened'));
    await (await opened).waitForLoadState();
    await expect(stopRenderer(opener)).rejects.toThrow('share process');
  } finally {
    await close();
  }
});
