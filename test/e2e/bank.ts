/** The demo bank as the browser tests use it: the real server in this process, tabs of a real browser, and what they saw. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, test as base, expect, type Page, type TestInfo } from '@playwright/test';
import type { PolicySigner } from '../../demo/server/policies/policy-signer.js';
import type { JsonObject } from '../../demo/server/wire/json.js';
import { startTestServer, type TestServer } from '../server/start-test-server.ts';
import { type Launched, launchReal, launchVisible, launchWithPageCache, type RealChromium } from './chromium.ts';
import { sees, sofar, type Which } from './seen.ts';
import { type Sighting, type Witness, witness } from './witness.ts';

export { expect } from '@playwright/test';
export * from './seen.ts';

/** A tab, and all that was seen in it so far. */
export interface Tab extends Witness {
  readonly name: string;
  readonly page: Page;
}

export interface Browser {
  readonly context: BrowserContext;
  readonly tabs: readonly Tab[];
  /** Opens a tab on a path of the bank, and in front of the others. */
  open(path?: string): Promise<Tab>;
  /** A tab that is there already, such as one that the browser has restored. */
  adopt(page: Page): Promise<Tab>;
}

/** Tabs as a person has them: one in front, the others hidden and throttled. */
export interface RealBrowser extends Browser {
  /** Stops the tab's process; resolves with what lets it go on. */
  stop(tab: Tab): Promise<() => void>;
}

interface Fixtures {
  /** Default: policies are not signed. */
  readonly policySigner: PolicySigner | undefined;
  readonly bank: TestServer;
  /** A browser whose tabs all count as visible. */
  readonly visible: Browser;
  /** As `visible`, with the back/forward cache. */
  readonly cached: Browser;
  readonly real: RealBrowser;
}

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const test = base.extend<Fixtures, { readonly pagesDir: string }>({
  // The built pages, and beside the demo's pages with a script tag those that only tests need.
  pagesDir: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use, { parallelIndex }) => {
      // A folder for each of those that play at the same time.
      const pagesDir = folder(`build/e2e-pages/${parallelIndex}`);
      await rm(pagesDir, { recursive: true, force: true });
      await mkdir(pagesDir, { recursive: true });
      await cp(folder('build/pages'), pagesDir, { recursive: true });
      await cp(folder('test/e2e/pages'), `${pagesDir}/script-tag/test`, { recursive: true });
      await use(pagesDir);
    },
    { scope: 'worker' },
  ],

  policySigner: [undefined, { option: true }],

  bank: async ({ pagesDir, policySigner }, use, info) => {
    const signed = policySigner === undefined ? {} : { policySigner };
    const bank = await startTestServer({ pagesDir, sdkDir: folder('dist'), ...signed });
    await use(bank);
    if (info.status !== info.expectedStatus) {
      await attach(
        info,
        'requests',
        bank.requests.map((request) => ({ ...request })),
      );
      await attach(info, 'audit', bank.audit());
    }
    bank.fault(null);
    await bank.stop();
  },

  visible: async ({ bank }, use, info) => {
    const launched = await launchVisible();
    await use(watched(launched, bank));
    await finish(launched, info);
  },

  cached: async ({ bank }, use, info) => {
    const launched = await launchWithPageCache();
    await use(watched(launched, bank));
    await finish(launched, info);
  },

  real: async ({ bank }, use, info) => {
    const launched = await launchReal();
    await use(realBrowser(launched, bank));
    await finish(launched, info);
  },
});

const allTabs = new WeakMap<BrowserContext, Tab[]>();

/** A browser of one's own, for tests that start it more than once. */
export function watched({ context }: Launched, bank: TestServer): Browser {
  const tabs: Tab[] = [];
  allTabs.set(context, tabs);
  async function adopt(page: Page): Promise<Tab> {
    const tab = { name: `tab ${tabs.length + 1}`, page, ...(await witness(page)) };
    tabs.push(tab);
    return tab;
  }
  return {
    context,
    tabs,
    adopt,
    async open(path = '/') {
      const tab = await adopt(await context.newPage());
      await tab.page.goto(bank.origin + path);
      return tab;
    },
  };
}

export function realBrowser(launched: RealChromium, bank: TestServer): RealBrowser {
  return { ...watched(launched, bank), stop: ({ page }) => launched.stopRenderer(page) };
}

async function finish(launched: Launched, info: TestInfo): Promise<void> {
  if (info.status !== info.expectedStatus) {
    for (const { name, seen } of allTabs.get(launched.context) ?? []) await attach(info, name, seen);
  }
  await launched.close();
}

/** For whoever looks into a failure: a file beside the trace. */
async function attach(info: TestInfo, name: string, content: unknown): Promise<void> {
  const path = info.outputPath(`${name}.json`);
  await writeFile(path, JSON.stringify(content, undefined, 1));
  await info.attach(name, { path, contentType: 'application/json' });
}

// What a person does.

export type Username = 'tess' | 'sam' | 'ada';

const names: Readonly<Record<Username, string>> = { tess: 'Tess Teller', sam: 'Sam Supervisor', ada: 'Ada Auditor' };

/** Signs in through the sign-in page, which the tab shows. Resolves when the tab shows the session's work. */
export async function signIn(tab: Tab, who: Username = 'tess', timeout = 5_000): Promise<void> {
  await tab.page.getByRole('button', { name: names[who] }).click();
  await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await atWork(tab, who, timeout);
}

/** Waits until the tab shows this person's work. */
export async function atWork(tab: Tab, who: Username = 'tess', timeout = 5_000): Promise<void> {
  await expect(tab.page.getByRole('navigation', { name: 'Back office' })).toBeVisible({ timeout });
  await expect(tab.page.getByText(names[who], { exact: true })).toBeVisible();
}

/** Leaves what an app would leave of a session in the browser. Say so before time matters: it counts as a gesture. */
export function leaveTokens(tab: Tab, token = 'secret'): Promise<void> {
  return tab.page.evaluate((value) => {
    localStorage.setItem('backoffice:token', value);
    sessionStorage.setItem('backoffice:draft', value);
  }, token);
}

/** What is left of the app in the browser, by a look into the tab. */
export function leftovers(tab: Tab): Promise<readonly string[]> {
  return tab.page.evaluate(() =>
    [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key.startsWith('backoffice:')),
  );
}

/** Works in a form of the tab for a time: each tenth of a second a key. Resolves with when the last one was pressed. */
export async function work({ page }: Tab, field: string, duration: number): Promise<number> {
  const start = Date.now();
  await page.bringToFront();
  await page.getByLabel(field, { exact: true }).focus();
  let last = start;
  while (Date.now() - start < duration) {
    last = Date.now();
    await page.keyboard.press('n', { delay: 100 });
  }
  return last;
}

/**
 * Moves the mouse over the tab, in front: a tab behind others is not drawn, and input that waits for the next frame
 * waits for long there.
 */
export async function move({ page }: Tab): Promise<void> {
  await page.bringToFront();
  await page.mouse.move(100, 100);
  await page.mouse.move(200, 250, { steps: 3 });
}

/** Brings a tab to front, and waits until a person can have seen it: what is done to it sooner is not meant, and does not count. */
export async function toFront({ page, quietly }: Tab): Promise<void> {
  await page.bringToFront();
  await quietly(`new Promise((seen) => {
    const look = () => setTimeout(document.visibilityState === 'visible' ? seen : look, 200);
    look();
  })`);
}

/** An answer counts once the warning has been in sight for half a second: waits until it has. */
export async function inSight(warning: Sighting): Promise<void> {
  await expect.poll(() => Date.now() - warning.at, { intervals: [50] }).toBeGreaterThan(550);
}

/** Chooses "Stay signed in". */
export async function stay({ page }: Tab, warning: Sighting): Promise<void> {
  await page.bringToFront();
  await inSight(warning);
  await page.getByRole('button', { name: 'Stay signed in' }).click();
}

// Time.

/** The wall clock's time of an instant of the server, which is ahead of it by as much as its clock was moved. */
export const wallTime = (bank: TestServer, serverTime: number): number => serverTime - (bank.clock.now() - Date.now());

interface Row {
  readonly id: string;
  readonly username: string;
  readonly started_at: number;
  readonly last_activity: number;
  readonly idle_expiry: number;
  readonly session_expiry: number;
  readonly policy_version: number;
  readonly streams: number;
}

/** The one live session of a person, as the administrator sees it. */
export async function liveSession(bank: TestServer, username: Username = 'tess'): Promise<Row> {
  const rows = (await bank.sessions()) as unknown as readonly Row[];
  const own = rows.filter((row) => row.username === username);
  expect(own, `live sessions of ${username}`).toHaveLength(1);
  return own[0]!;
}

/** When the server ends the session if nobody acts any more, by the wall clock. */
export async function idleDeadline(bank: TestServer): Promise<number> {
  return wallTime(bank, (await liveSession(bank)).idle_expiry * 1_000);
}

/** Timeouts in seconds, for the bank's roles. */
export async function setPolicy(bank: TestServer, change: JsonObject): Promise<void> {
  for (const role of ['teller', 'supervisor', 'auditor'] as const) await bank.setPolicy(role, change);
}

/**
 * Puts short timeouts in force from a known start: the person acts in this tab, and once the server knows, it shortens
 * the limits. Tabs take longer to open than some of these timeouts last. Resolves when all tabs know, with a function
 * that tells how many sightings a tab had before.
 */
export async function beginShort(
  bank: TestServer,
  browser: Browser,
  { page }: Tab,
  change: JsonObject,
): Promise<(tab: Tab) => number> {
  await changePolicy(bank, browser, { touch_every: 0 });
  await page.bringToFront();
  // What was done before this, and was not told yet, does not count.
  const since = bank.clock.now() / 1_000;
  // Again and again: what comes within a quarter of a second of the act that the server knows is not told.
  let moves = 0;
  const toldOf = async () => {
    moves += 1;
    await page.mouse.move(5 + moves, 5);
    return (await liveSession(bank)).last_activity;
  };
  await expect.poll(toldOf, { intervals: [100] }).toBeGreaterThanOrEqual(since);
  await changePolicy(bank, browser, { touch_every: 1, ...change });
  return marked(browser.tabs);
}

/** Notes how much each tab has seen, once no warning is left there. */
export async function marked(tabs: readonly Tab[]): Promise<(tab: Tab) => number> {
  for (const tab of tabs) await expect(tab.page.getByRole('alertdialog')).toHaveCount(0);
  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  return (tab) => marks.get(tab) ?? 0;
}

/** Changes the policy, and waits until all tabs know. */
export async function changePolicy(bank: TestServer, browser: Browser, change: JsonObject): Promise<void> {
  await setPolicy(bank, change);
  const { policy_version: version } = await liveSession(bank);
  const isKnown: Which = ({ what, detail }) => what === 'policy-updated' && detail['version'] === version;
  for (const tab of browser.tabs) await sees(tab, isKnown);
}

/** The requests to a path of the session, so far. */
export const requestsTo = (bank: TestServer, method: string, path: string) =>
  bank.requests.filter((request) => request.method === method && request.path.split('?')[0] === path);

/** What the server says about the session of the browser's cookie. */
export async function serverSays(browser: Browser, bank: TestServer): Promise<{ status: number; body: JsonObject }> {
  const response = await browser.context.request.get(`${bank.origin}/session`);
  return { status: response.status(), body: await response.json() };
}

/**
 * Input that was sent to a stopped page waits in the browser's process. Nothing tells when it has arrived there; the
 * answer to a later question on the same connection does.
 */
export async function inputIsWaiting({ context }: Browser): Promise<void> {
  const session = await context.browser()!.newBrowserCDPSession();
  await session.send('Browser.getVersion');
  await session.detach();
}
