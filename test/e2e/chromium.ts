/**
 * Three ways to launch Chromium, because Playwright's default hides what this SDK is about: it shows every tab as
 * visible, switches throttling off, and switches the back/forward cache off.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { findBrowser } from '../find-browsers.mjs';

/** For every launch: no sandbox (containers run as root), nothing that talks to the network of its own accord. */
export const flags: readonly string[] = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One wake a minute for hidden tabs after 5 s instead of 5 min; for {@link launchReal}. */
export const intensiveThrottling: readonly string[] = [
  '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5,QuickIntensiveWakeUpThrottlingAfterLoading',
  '--intensive-wake-up-throttling-policy=force-enable',
];

/** Keep a profile over several launches by naming its folder; without it a fresh one is made, and removed on close. */
export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly profile?: string;
  /** For {@link launchReal}: connects only when this resolves. Playwright hangs where tabs are just being restored. */
  readonly settled?: () => Promise<void>;
}

export interface Launched {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Every tab counts as visible and focused, timers run at full speed: many tabs side by side, each as if in front. */
export function launchVisible(options: LaunchOptions = {}): Promise<Launched> {
  return launchPersistent(options, []);
}

/** As {@link launchVisible}, and pages left by a navigation are kept whole: `pageshow` with `persisted` on return. */
export function launchWithPageCache(options: LaunchOptions = {}): Promise<Launched> {
  return launchPersistent(options, ['--disable-back-forward-cache']);
}

async function launchPersistent(options: LaunchOptions, without: readonly string[]): Promise<Launched> {
  const profile = await openProfile(options);
  const context = await chromium.launchPersistentContext(profile.folder, {
    executablePath: await program(),
    headless: true,
    args: [...flags, ...(options.args ?? [])],
    ignoreDefaultArgs: ['--headless', '--headless=old', ...without],
    viewport: { width: 800, height: 600 },
  });
  return {
    context,
    close: async () => {
      await context.close();
      await profile.close();
    },
  };
}

export interface RealChromium extends Launched {
  /** The browser's own process. */
  readonly process: ChildProcess;
  /** The process that runs a page's scripts. */
  rendererOf(page: Page): Promise<number>;
  /**
   * Stops a page's process as a laptop's memory pressure or a debugger would: nothing of the page runs, not even what a
   * frozen page may still do. Resolves with the function that lets it go on. Nothing can be asked of the page until then.
   */
  stopRenderer(page: Page): Promise<() => void>;
  /**
   * Lets go of the browser while `meanwhile` runs, for some of what it does for a person it does not while it is driven.
   * What was known of its context and pages is of no use after.
   */
  unattended(meanwhile: () => Promise<void>): Promise<void>;
}

/**
 * Tabs as a person has them: one is in front, the others are hidden (`page.bringToFront()`) and throttled.
 * Chromium is started here and not by Playwright, whose own start makes all tabs visible.
 */
export async function launchReal(options: LaunchOptions = {}): Promise<RealChromium> {
  const profile = await openProfile(options);
  const child = spawn(
    await program(),
    [
      ...flags,
      ...(options.args ?? []),
      `--user-data-dir=${profile.folder}`,
      '--remote-debugging-port=0',
      '--window-size=800,600',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const renderers = new Map<Page, number>();
  const stopped = new Map<Page, number>();
  // A test run that is cancelled must not leave a browser behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const address = await endpoint(child).catch((problem: unknown) => {
    kill();
    throw problem;
  });
  await options.settled?.();
  let { browser, context } = await connected(address).catch((problem: unknown) => {
    kill();
    throw problem;
  });

  return {
    get context() {
      return context;
    },
    process: child,
    rendererOf: (page) => rendererOf(context, page),
    async stopRenderer(page) {
      // With one process stopped there are no traces any more: what was known before it stopped still holds.
      if (stopped.size === 0) {
        renderers.clear();
        for (const one of context.pages()) renderers.set(one, await rendererOf(context, one));
      }
      const pid = renderers.get(page);
      if (pid === undefined) throw new Error(`${page.url()} was opened while another page was stopped`);
      for (const [other, its] of renderers) {
        if (other === page || its !== pid) continue;
        throw new Error(`${page.url()} and ${other.url()} share process ${pid}: open the tab with context.newPage()`);
      }
      process.kill(pid, 'SIGSTOP');
      stopped.set(page, pid);
      return () => {
        if (stopped.delete(page)) process.kill(pid, 'SIGCONT');
      };
    },
    async unattended(meanwhile) {
      // It has not launched this browser: it lets go of it.
      await browser.close();
      await meanwhile();
      ({ browser, context } = await connected(address));
    },
    async close() {
      for (const pid of stopped.values()) process.kill(pid, 'SIGCONT');
      stopped.clear();
      const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      await browser.close();
      // Closing a connection leaves a browser that we did not launch through Playwright running.
      child.kill();
      await exited;
      process.off('exit', kill);
      await profile.close();
    },
  };
}

async function connected(address: string): Promise<{ browser: Browser; context: BrowserContext }> {
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('Chromium has no default context');
  return { browser, context };
}

/**
 * No call of the DevTools protocol names a page's process, but a trace begins with the page's frames and the process of
 * each. Measured in Chromium 156: two same-origin tabs of one profile have processes of their own when opened by
 * `context.newPage()`, also past `--renderer-process-limit`; a tab opened by `window.open` (with its opener) shares that
 * of its opener, and `--process-per-site` makes all tabs of a site share one.
 */
async function rendererOf(context: BrowserContext, page: Page): Promise<number> {
  const session = await context.newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    let pid: number | undefined;
    session.on('Tracing.dataCollected', ({ value }) => {
      for (const event of value as { args?: { data?: { frames?: { frame: string; processId: number }[] } } }[]) {
        pid ??= event.args?.data?.frames?.find(({ frame }) => frame === frameTree.frame.id)?.processId;
      }
    });
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'], excludedCategories: ['*'] },
    });
    await session.send('Tracing.end');
    await complete;
    if (pid === undefined) throw new Error(`the trace of ${page.url()} names no process`);
    return pid;
  } finally {
    await session.detach();
  }
}

async function program(): Promise<string> {
  const found = await findBrowser('chromium');
  if (!found) throw new Error('Chromium was not found: `npm test` installs it where it can, or set CHROMIUM_PATH');
  return found;
}

async function openProfile({ profile }: LaunchOptions): Promise<{ folder: string; close(): Promise<void> }> {
  if (profile !== undefined) return { folder: profile, close: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'nightlatch-'));
  // Chromium may still be writing when its main process has gone.
  return { folder, close: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

function endpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code} before it listened:\n${output}`)));
  });
}
