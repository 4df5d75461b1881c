/** Chromium, started by test/e2e/chromium.ts with tabs as a person has them, and driven by Playwright and the DevTools protocol. */
import { once } from 'node:events';
import type { BrowserContext, CDPSession, Page as Tab } from '@playwright/test';
import { intensiveThrottling, launchReal, type RealChromium } from '../e2e/chromium.ts';
import { type Browser, type Cannot, type Driver, type LaunchOptions, type Page, unable } from './driver.ts';
import { type Folder, signal, temporaryFolder, until } from './processes.ts';

const cannot: Cannot = {
  discard: 'Chromium discards no tab that DevTools are attached to, and without them nobody can look at it',
  duplicate: 'the DevTools protocol has no call for it, and a browser without a screen no menu',
};

export const chromiumDriver: Driver = { engine: 'chromium', cannot, launch };

async function launch({ private: isPrivate = false, throttled = false }: LaunchOptions = {}): Promise<Browser> {
  const profile = await temporaryFolder();
  const args = [...(isPrivate ? ['--incognito'] : []), ...(throttled ? intensiveThrottling : [])];
  try {
    return browserOf(await launchReal({ profile: profile.path, args }), profile, args);
  } catch (problem) {
    await profile.remove();
    throw problem;
  }
}

function browserOf(started: RealChromium, profile: Folder, args: readonly string[]): Browser {
  let chromium = started;
  /** A tab of no test, to hide the others behind. */
  const blank = async () =>
    chromium.context.pages().find((tab) => tab.url() === 'about:blank') ?? (await chromium.context.newPage());

  async function pageOf(tab: Tab): Promise<Page> {
    const session = await chromium.context.newCDPSession(tab);
    const ask = <T>(expression: string) => evaluate<T>(session, expression);
    const isIn = async (state: DocumentVisibilityState) =>
      (await ask<string>('document.visibilityState')) === state || undefined;

    return {
      visit: async (url) => void (await tab.goto(url)),
      reload: async () => void (await tab.reload()),
      // Not Playwright's own, which waits for a load, and a page from the back/forward cache does not load.
      traverse: (delta) => ask(`void history.go(${delta})`),
      ask,
      close: () => tab.close(),
      move: (x, y) => approach(tab, x, y),
      async click(x, y) {
        await approach(tab, x, y);
        await tab.mouse.down();
        await tab.mouse.up();
      },
      async wheel(x, y, deltaY) {
        await approach(tab, x, y);
        await tab.mouse.wheel(0, deltaY);
      },
      key: (key) => press(tab, session, key),
      async front() {
        await tab.bringToFront();
        await until('it is visible', () => isIn('visible'));
      },
      async hide() {
        await (await blank()).bringToFront();
        await until('it is hidden', () => isIn('hidden'));
      },
      async freeze() {
        await session.send('Page.setWebLifecycleState', { state: 'frozen' });
        return async () => void (await session.send('Page.setWebLifecycleState', { state: 'active' }));
      },
      async stop() {
        const goOn = await chromium.stopRenderer(tab);
        return async () => goOn();
      },
      async crash() {
        const pid = await chromium.rendererOf(tab);
        for (const other of chromium.context.pages()) {
          if (other === tab || (await chromium.rendererOf(other)) !== pid) continue;
          throw new Error(`two pages share process ${pid}: open them with \`open\`, not by \`window.open\``);
        }
        const crashed = tab.waitForEvent('crash');
        signal(pid, 'SIGKILL');
        await crashed;
      },
      discard: unable(cannot, 'discard'),
      screenshot: async () => Buffer.from((await session.send('Page.captureScreenshot')).data, 'base64'),
    };
  }

  /** A page that came by itself, once it has loaded. */
  async function adopt(tab: Tab): Promise<Page> {
    await tab.waitForLoadState();
    return pageOf(tab);
  }

  return {
    version: started.context.browser()?.version() ?? '',
    async open(url, place = 'tab') {
      const tab = place === 'tab' ? await chromium.context.newPage() : await newWindow(chromium.context);
      const page = await pageOf(tab);
      await page.visit(url);
      return page;
    },
    async opened(act) {
      const [tab] = await Promise.all([chromium.context.waitForEvent('page'), act()]);
      return adopt(tab);
    },
    duplicate: unable(cannot, 'duplicate'),
    setOffline: (is) => chromium.context.setOffline(is),
    async restart(settled) {
      const before = ordinary(chromium.context).length;
      await quit(chromium);
      chromium = await launchReal({ profile: profile.path, args: [...args, '--restore-last-session'], settled });
      const tabs = await until('the tabs are back', () => {
        const found = ordinary(chromium.context);
        return found.length >= before ? found : undefined;
      });
      return Promise.all(tabs.map(adopt));
    },
    async close() {
      await chromium.close();
      await profile.remove();
    },
  };
}

const ordinary = (context: BrowserContext): readonly Tab[] =>
  context.pages().filter((tab) => tab.url().startsWith('http'));

async function newWindow(context: BrowserContext): Promise<Tab> {
  const session = await protocolOf(context);
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    session.send('Target.createTarget', { url: 'about:blank', newWindow: true }),
  ]);
  await session.detach();
  return tab;
}

function protocolOf(context: BrowserContext): Promise<CDPSession> {
  const browser = context.browser();
  if (!browser) throw new Error('Chromium has gone');
  return browser.newBrowserCDPSession();
}

/** Ends the browser as its menu does: it keeps its tabs for the next start, which one that is killed may not. */
async function quit({ process, context, close }: RealChromium): Promise<void> {
  const exited = once(process, 'exit');
  const session = await protocolOf(context);
  await session.send('Browser.close');
  await exited;
  await close();
}

/** Not Playwright's own evaluation, which counts as a gesture of the person. */
async function evaluate<T>(session: CDPSession, expression: string): Promise<T> {
  const answer = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? expression);
  return answer.result.value; // The caller knows what it asked for.
}

/** A hand does not jump: some steps on the way, so that there is movement between two events. */
async function approach(tab: Tab, x: number, y: number): Promise<void> {
  for (const away of [12, 6, 0]) await tab.mouse.move(Math.max(0, x - away), Math.max(0, y - away));
}

/** Playwright knows the keys of an American keyboard only. */
async function press(tab: Tab, session: CDPSession, key: string): Promise<void> {
  if (key.length > 1 || key < '\u007f') return tab.keyboard.press(key);
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
}
