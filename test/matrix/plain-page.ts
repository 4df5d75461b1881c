/** A plain page to try drivers on, which notes what happens to it, and the fixtures around it. */
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

export const test = base.extend<Omit<Fixtures, 'engine'>, Pick<Fixtures, 'engine'>>({
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
export function needs(driver: Driver, capability: Capability): void {
  const reason = driver.cannot[capability];
  test.info().skip(reason !== undefined, reason ?? '');
}

export const seenBy = (tab: Page) => tab.ask<string[]>('seen');
export const visibility = (tab: Page) => tab.ask<string>('document.visibilityState');
export const ticks = (tab: Page) => tab.ask<number>('ticks');
export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export const sees = (tab: Page, what: string) => expect.poll(() => seenBy(tab), what).toContain(what);
