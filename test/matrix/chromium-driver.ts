/** Chromium, started by test/e2e/chromium.ts with tabs as a person has them, and driven by Playwright and the DevTools protocol. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page as Tab } from '@playwright/test';
import { intensiveThrottling, launchReal, type RealChromium } from '../e2e/chromium.ts';
import { discardTab, duplicateTab, extensionFlags, extensionTab, showTab, tabId } from './chromium-tabs.ts';
import type { Browser, Cannot, Driver, LaunchOptions, Page } from './driver.ts';
import { type Folder, signal, temporaryFolder, until } from './processes.ts';

/** Everything. */
const cannot: Cannot = {};

export const chromiumDriver: Driver = { engine: 'chromium', cannot, launch };

async function launch({ private: isPrivate = false, throttled = false }: LaunchOptions = {}): Promise<Browser> {
  const profile = await temporaryFolder();
  // What is downloaded goes when the profile goes.
  const preferences = { download: { default_directory: profile.path, prompt_for_download: false } };
  await mkdir(join(profile.path, 'Default'));
  await writeFile(join(profile.path, 'Default', 'Preferences'), JSON.stringify(preferences));
  const args = [...(isPrivate ? ['--incognito'] : extensionFlags), ...(throttled ? intensiveThrottling : [])];
  try {
    return browserOf(await launchReal({ profile: profile.path, args }), { profile, args, isPrivate });
  } catch (problem) {
    await profile.remove();
    throw problem;
  }
}

/** A page that can be recognised in what the caller made of it. */
interface Own extends Page {
  readonly tab: Tab;
}

interface Launch {
  readonly profile: Folder;
  readonly args: readonly string[];
  readonly isPrivate: boolean;
}

function browserOf(started: RealChromium, { profile, args, isPrivate }: Launch): Browser {
  let chromium = started;
  /** A tab of no test, to hide the others behind. Private windows have no extensions: there it is a blank one. */
  const behind = async (): Promise<Tab> => (isPrivate ? blankTab(chromium.context) : extensionTab(chromium.context));

  async function pageOf(tab: Tab): Promise<Own> {
    const session = await chromium.context.newCDPSession(tab);
    const ask = <T>(expression: string) => evaluate<T>(session, expression);
    const isIn = async (state: DocumentVisibilityState) =>
      (await ask<string>('document.visibilityState')) === state || undefined;

    return {
      tab,
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
      async drag([start, ...others], pause) {
        if (start) await approach(tab, start.x, start.y);
        await tab.mouse.down();
        for (const { x, y } of others) {
          await setTimeout(pause);
          await tab.mouse.move(x, y);
        }
        await tab.mouse.up();
      },
      async dragIn(file, places, pause) {
        const data = { items: [], files: [file], dragOperationsMask: 1 };
        for (const [index, { x, y }] of places.entries()) {
          await setTimeout(pause);
          if (index === 0) await session.send('Input.dispatchDragEvent', { type: 'dragEnter', x, y, data });
          await session.send('Input.dispatchDragEvent', { type: 'dragOver', x, y, data });
        }
        const { x, y } = places.at(-1) ?? { x: 0, y: 0 };
        await session.send('Input.dispatchDragEvent', { type: 'drop', x, y, data });
      },
      async chooseFile(file, open, meanwhile) {
        // Not Playwright's own, which dispatches the events that follow as a script would.
        await session.send('Page.enable');
        await session.send('Page.setInterceptFileChooserDialog', { enabled: true });
        const opened = new Promise<{ readonly backendNodeId?: number }>((resolve) => {
          session.once('Page.fileChooserOpened', resolve);
        });
        await open();
        const { backendNodeId } = await opened;
        await meanwhile();
        if (backendNodeId !== undefined) await session.send('DOM.setFileInputFiles', { files: [file], backendNodeId });
      },
      async front() {
        await tab.bringToFront();
        await until('it is visible', () => isIn('visible'));
      },
      async hide() {
        await (await behind()).bringToFront();
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
      async discard() {
        const extension = await extensionTab(chromium.context);
        const gone = tab.waitForEvent('close');
        const id = await discardTab(extension, await tabId(extension, tab));
        await gone;
        return async () => {
          const [back] = await Promise.all([chromium.context.waitForEvent('page'), showTab(extension, id)]);
          return adopt(back);
        };
      },
      async stayWhenAsked(act) {
        const asked = tab.waitForEvent('dialog');
        const acted = act();
        await (await asked).dismiss();
        await acted;
      },
      screenshot: async () => Buffer.from((await session.send('Page.captureScreenshot')).data, 'base64'),
    };
  }

  /** A page that came by itself, once it has loaded. */
  async function adopt(tab: Tab): Promise<Page> {
    await tab.waitForLoadState();
    return pageOf(tab);
  }

  async function opened(act: () => Promise<void>): Promise<Page> {
    const [tab] = await Promise.all([chromium.context.waitForEvent('page'), act()]);
    return adopt(tab);
  }

  return {
    version: started.context.browser()?.version() ?? '',
    async open(url, place = 'tab') {
      const tab = place === 'tab' ? await chromium.context.newPage() : await newWindow(chromium.context);
      const page = await pageOf(tab);
      await page.visit(url);
      return page;
    },
    opened,
    async duplicate(page) {
      const extension = await extensionTab(chromium.context);
      return opened(async () => duplicateTab(extension, await tabId(extension, (page as Own).tab)));
    },
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
    async unattended(meanwhile) {
      await chromium.unattended(meanwhile);
      const pages = await Promise.all(chromium.context.pages().map(pageOf));
      // The address of one that was opened meanwhile Playwright does not know.
      const urls = await Promise.all(pages.map((page) => page.ask<string>('location.href')));
      return pages.filter((_, index) => urls[index]?.startsWith('http'));
    },
    async close() {
      await chromium.close();
      await profile.remove();
    },
  };
}

const blankTab = async (context: BrowserContext): Promise<Tab> =>
  context.pages().find((tab) => tab.url() === 'about:blank') ?? context.newPage();

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
