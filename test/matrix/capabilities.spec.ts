/** The ground that the matrix stands on: what the drivers offer does what it says, in each engine that can do it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as base, expect } from '@playwright/test';
import type { Browser, Capability, Driver, EngineName, LaunchOptions, Page } from './driver.ts';
import { drivers } from './drivers.ts';

interface Fixtures {
  readonly engine: EngineName;
  readonly driver: Driver;
  readonly launch: (options?: LaunchOptions) => Promise<Browser>;
  /** A browser of its own for the test. */
  readonly subject: Browser;
  readonly site: Site;
}

interface Site {
  readonly origin: string;
  /** How many times a page of it was loaded so far, from the network or a cache. */
  loads(): number;
}

const page = `<!doctype html><title>page</title><script>
  const seen = [];
  let ticks = 0;
  const channel = new BroadcastChannel('test');
  channel.onmessage = ({ data }) => seen.push('heard ' + data);
  setInterval(() => { ticks += 1; channel.postMessage('tick'); }, 50);
  for (const type of ['pointermove', 'pointerdown', 'click', 'keydown', 'input', 'wheel']) {
    addEventListener(type, ({ isTrusted }) => seen.push(type + (isTrusted ? '' : ' of a script')), true);
  }
  for (const type of ['freeze', 'resume']) document.addEventListener(type, () => seen.push(type));
  for (const type of ['online', 'offline']) addEventListener(type, () => seen.push(type));
  document.addEventListener('visibilitychange', () => seen.push(document.visibilityState));
  addEventListener('pageshow', ({ persisted }) => seen.push(persisted ? 'restored' : 'loaded'));
  fetch('/loaded', { keepalive: true });
  sessionStorage.setItem('loads', Number(sessionStorage.getItem('loads') ?? 0) + 1);
</script>
<body style="margin: 0; height: 3000px">
<button style="position: absolute; left: 100px; top: 100px; width: 100px; height: 40px" onclick="window.open('/opened')">Open</button>
<input style="position: absolute; left: 100px; top: 200px; width: 100px; height: 40px">`;

const test = base.extend<Omit<Fixtures, 'engine'>, Pick<Fixtures, 'engine'>>({
  engine: ['chromium', { option: true, scope: 'worker' }],
  driver: async ({ engine }, use) => use(drivers[engine]),
  launch: async ({ driver }, use) => {
    const launched: Browser[] = [];
    await use(async (options) => {
      const browser = await driver.launch(options);
      launched.push(browser);
      return browser;
    });
    for (const browser of launched) await browser.close();
  },
  subject: async ({ launch }, use) => use(await launch()),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  site: async ({}, use) => {
    let loads = 0;
    const server: Server = createServer(({ url }, response) => {
      if (url === '/favicon.ico') return void response.writeHead(404).end();
      if (url === '/loaded') {
        loads += 1;
        // A browser that restores its tabs takes what it can from its cache.
        return void response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
      }
      // As the reference server does; a page opened by another is still its own only if both say so.
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Content-Type', 'text/html').end(page);
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    await use({ origin: `http://localhost:${(server.address() as AddressInfo).port}`, loads: () => loads });
    server.closeAllConnections();
    server.close();
  },
});

/** Skips where the engine cannot, and says why. */
function needs(driver: Driver, capability: Capability): void {
  const reason = driver.cannot[capability];
  test.info().skip(reason !== undefined, reason ?? '');
}

const seenBy = (tab: Page) => tab.ask<string[]>('seen');
const visibility = (tab: Page) => tab.ask<string>('document.visibilityState');
const ticks = (tab: Page) => tab.ask<number>('ticks');
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const sees = (tab: Page, what: string) => expect.poll(() => seenBy(tab), what).toContain(what);

test('what a person does is trusted, and asking is no gesture', async ({ subject: browser, site }) => {
  const tab = await browser.open(site.origin);
  expect(await tab.ask('1 + 1')).toBe(2);
  expect(await tab.ask('new Promise((done) => setTimeout(() => done({ later: true }), 10))')).toEqual({ later: true });
  expect(await tab.ask('navigator.userActivation.hasBeenActive')).toBe(false);
  expect(await seenBy(tab)).toEqual(['loaded']);

  await tab.move(150, 320);
  await sees(tab, 'pointermove');
  expect(await tab.ask('navigator.userActivation.hasBeenActive')).toBe(false);
  await tab.click(150, 220);
  await sees(tab, 'click');
  expect(await tab.ask('navigator.userActivation.isActive')).toBe(true);
  for (const key of ['n', 'ä', 'Backspace', '7', 'Shift']) await tab.key(key);
  await expect.poll(() => tab.ask('document.activeElement.value')).toBe('n7');
  await tab.wheel(300, 300, 200);
  await sees(tab, 'wheel');
  await expect.poll(() => tab.ask<number>('scrollY')).toBeGreaterThan(0);
  expect((await seenBy(tab)).filter((what) => what.endsWith('of a script'))).toEqual([]);
});

test('a picture shows the page', async ({ subject: browser, site }) => {
  const tab = await browser.open(site.origin);
  const picture = await tab.screenshot();
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  await tab.ask("void (document.body.style.background = 'green')");
  await expect.poll(async () => (await tab.screenshot()).equals(picture)).toBe(false);
});

test('a tab in front hides the others, and a window does not', async ({ subject: browser, site }) => {
  const one = await browser.open(site.origin);
  expect(await visibility(one)).toBe('visible');
  const two = await browser.open(site.origin);
  await expect.poll(() => Promise.all([visibility(one), visibility(two)])).toEqual(['hidden', 'visible']);
  await one.front();
  await expect.poll(() => Promise.all([visibility(one), visibility(two)])).toEqual(['visible', 'hidden']);
  const beside = await browser.open(site.origin, 'window');
  await expect.poll(() => Promise.all([one, two, beside].map(visibility))).toEqual(['visible', 'hidden', 'visible']);
  await one.hide();
  await expect.poll(() => Promise.all([one, two, beside].map(visibility))).toEqual(['hidden', 'hidden', 'visible']);
  await two.front();
  await two.click(150, 220);
  await sees(two, 'click');
  await one.close();
  await expect.poll(() => Promise.all([two, beside].map(visibility))).toEqual(['visible', 'visible']);
});

test('tabs share storage and channel', async ({ subject: browser, site }) => {
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  await one.ask("localStorage.setItem('said', 'yes')");
  await expect.poll(() => two.ask("localStorage.getItem('said')")).toBe('yes');
  await sees(two, 'heard tick');
});

test('a page opened by a page has its copy of sessionStorage', async ({ subject: browser, site }) => {
  const opener = await browser.open(site.origin);
  const opened = await browser.opened(() => opener.click(150, 120));
  expect(await opened.ask('location.pathname')).toBe('/opened');
  expect(await opened.ask("sessionStorage.getItem('loads')")).toBe('2');
  await expect.poll(() => Promise.all([opener, opened].map(visibility))).toEqual(['hidden', 'visible']);
  await opener.front();
  await expect.poll(() => Promise.all([opener, opened].map(visibility))).toEqual(['visible', 'hidden']);
});

test('a reload loads anew, and going back and forward restores', async ({ subject: browser, site }) => {
  const tab = await browser.open(site.origin);
  await tab.ask('void (window.kept = true)');
  await tab.reload();
  expect(await tab.ask('window.kept ?? null')).toBe(null);
  await tab.ask("void (clearInterval(1), channel.close(), window.kept = 'first')");
  await tab.visit(`${site.origin}/other`);
  await tab.ask("void (channel.close(), window.kept = 'other')");
  await tab.traverse(-1);
  await expect.poll(() => tab.ask('window.kept ?? null').catch(() => undefined)).toBe('first');
  await sees(tab, 'restored');
  await tab.traverse(1);
  await expect.poll(() => tab.ask('window.kept ?? null').catch(() => undefined)).toBe('other');
  await sees(tab, 'restored');
});

test('a frozen page runs no timers', async ({ subject: browser, driver, site }) => {
  needs(driver, 'freeze');
  const tab = await browser.open(site.origin);
  await tab.hide();
  const resume = await tab.freeze();
  await sees(tab, 'freeze');
  const before = await ticks(tab);
  await pause(1_500);
  expect(await ticks(tab)).toBe(before);
  await resume();
  await sees(tab, 'resume');
  await expect.poll(() => ticks(tab)).toBeGreaterThan(before);
});

test('a stopped page is silent, while the other goes on', async ({ subject: browser, site }) => {
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  await two.ask('void (setInterval(() => {}, 1e9))');
  const heard = () => two.ask<number>("seen.filter((what) => what === 'heard tick').length");
  await expect.poll(heard).toBeGreaterThan(0);
  const goOn = await one.stop();
  // The browser may still hold messages of before.
  await pause(300);
  const before = await heard();
  const beforeTicks = await ticks(two);
  await pause(1_500);
  expect(await heard()).toBe(before);
  expect(await ticks(two)).toBeGreaterThan(beforeTicks);
  await goOn();
  await expect.poll(heard).toBeGreaterThan(before);
  expect(await ticks(one)).toBeGreaterThan(0);
});

test('a stopped page does not keep the browser from ending', async ({ subject: browser, site }) => {
  await (await browser.open(site.origin)).stop();
  await browser.close();
});

test('a crashed page is gone, while the other goes on', async ({ subject: browser, driver, site }) => {
  needs(driver, 'crash');
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  const heard = () => two.ask<number>("seen.filter((what) => what === 'heard tick').length");
  await expect.poll(heard).toBeGreaterThan(0);
  await one.crash();
  await pause(300);
  const before = await heard();
  await pause(1_500);
  expect(await heard()).toBe(before);
  await one.close();
  expect(await visibility(two)).toBe('visible');
});

test('a discarded tab is loaded anew on return, with its sessionStorage', async ({
  subject: browser,
  driver,
  site,
}) => {
  needs(driver, 'discard');
  const tab = await browser.open(site.origin);
  await tab.ask('void (window.kept = true)');
  await tab.hide();
  const comeBack = await tab.discard();
  const loads = site.loads();
  await pause(500);
  expect(site.loads()).toBe(loads);
  const back = await comeBack();
  expect(await back.ask('window.kept ?? null')).toBe(null);
  expect(await back.ask("sessionStorage.getItem('loads')")).toBe('2');
});

test('a duplicated tab has a copy of sessionStorage', async ({ subject: browser, driver, site }) => {
  needs(driver, 'duplicate');
  const tab = await browser.open(site.origin);
  const copy = await browser.duplicate(tab);
  expect(await copy.ask("sessionStorage.getItem('loads')")).toBe('2');
  expect(await tab.ask("sessionStorage.getItem('loads')")).toBe('1');
});

test('without a network pages know, and reach nothing', async ({ subject: browser, driver, site }) => {
  needs(driver, 'offline');
  const tab = await browser.open(site.origin);
  await browser.setOffline(true);
  await sees(tab, 'offline');
  expect(await tab.ask("fetch('/any').then(() => 'reached', () => 'not reached')")).toBe('not reached');
  expect(await tab.ask('navigator.onLine')).toBe(false);
  await browser.setOffline(false);
  await sees(tab, 'online');
  expect(await tab.ask("fetch('/any').then(() => 'reached', () => 'not reached')")).toBe('reached');
});

test('a browser that is started again has its tabs and what they kept', async ({ subject: browser, driver, site }) => {
  needs(driver, 'restart');
  const tab = await browser.open(`${site.origin}/kept`);
  await tab.ask("localStorage.setItem('said', 'yes')");
  const loads = site.loads();
  const pages = await browser.restart(() => expect.poll(site.loads).toBeGreaterThan(loads));
  expect(pages).toHaveLength(1);
  expect(await pages[0]!.ask('location.pathname')).toBe('/kept');
  expect(await pages[0]!.ask("localStorage.getItem('said')")).toBe('yes');
  expect(await pages[0]!.ask("sessionStorage.getItem('loads')")).toBe('2');
});

test('two browsers know nothing of each other', async ({ launch, site }) => {
  const [one, two] = [await (await launch()).open(site.origin), await (await launch()).open(site.origin)];
  await one.ask("localStorage.setItem('said', 'yes')");
  await pause(200);
  expect(await two.ask("localStorage.getItem('said')")).toBe(null);
  expect(await seenBy(two)).not.toContain('heard tick');
});

test('pages of a private browser work as others, and hear each other', async ({ launch, site }) => {
  const browser = await launch({ private: true });
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  await one.ask("localStorage.setItem('said', 'yes')");
  await expect.poll(() => two.ask("localStorage.getItem('said')")).toBe('yes');
  await sees(two, 'heard tick');
});

test('a throttled hidden page wakes less than once a second', async ({ launch, driver, site }) => {
  needs(driver, 'throttle');
  const tab = await (await launch({ throttled: true })).open(site.origin);
  await tab.hide();
  await pause(8_000);
  const before = await ticks(tab);
  await pause(5_000);
  expect((await ticks(tab)) - before).toBeLessThanOrEqual(2);
});
