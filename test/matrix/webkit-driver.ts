/**
 * WebKitGTK: MiniBrowser on a screen that is not there (Xvfb), by WebKitWebDriver. Each page has a window of its own: tabs
 * behind another cannot be brought to front here, while windows can be minimised, which hides their pages for real.
 */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findBrowser } from '../find-browsers.mjs';
import { clickAt, dragAlong, moveTo, pressOf, wheelAt } from './actions.ts';
import { type Browser, type Cannot, type Driver, type Page, unable } from './driver.ts';
import { childrenOf, processOf } from './page-process.ts';
import { createStopped, start, temporaryFolder, until } from './processes.ts';
import { openWebDriver, type Rectangle, type WebDriver } from './webdriver.ts';

const cannot: Cannot = {
  'pointer-lock':
    'WebKit wants the window to have the focus, which nobody gives to it on a screen without a window manager',
  drag: 'WebDriver’s mouse drags nothing in WebKitGTK: the page goes on hearing of its moves',
  'drag-in': 'WebDriver has no command for it',
  'file-chooser': 'WebDriver hands a file over without the browser’s own dialog',
  prerender: 'WebKit does not prerender pages (no speculation rules)',
  mailto: 'MiniBrowser leaves the page for one that says that it cannot show the address',
  'unload-prompt': 'WebDriver answers by itself that the page may be left',
  freeze: 'WebKit has no freezing of pages (no `freeze` event), and WebDriver nothing like it',
  crash: 'WebKitWebDriver deletes its session when any page of it crashes: nobody could be asked afterwards',
  discard: 'MiniBrowser does not discard tabs',
  duplicate: 'MiniBrowser has no "duplicate tab"',
  offline: 'WebDriver has no command for it, and WebKitGTK follows the whole machine’s network',
  restart: 'in automation MiniBrowser keeps nothing on disk: each start has an empty profile',
  throttle: 'no option of MiniBrowser shortens the way to its background throttling',
};

export const webkitDriver: Driver = { engine: 'webkit', cannot, launch };

/** The pointer of a fresh screen is in its middle: outside of the windows, which would else hear it when they are shown. */
const SCREEN = '2400x1600x24';
const WINDOW: Rectangle = { x: 0, y: 0, width: 1024, height: 768 };

/** In automation every window is a private one. */
async function launch(): Promise<Browser> {
  const program = await findBrowser('webkit');
  if (!program) throw new Error('WebKitWebDriver or Xvfb was not found: `npm test` installs them where it can');
  const screen = await start({
    program: 'Xvfb',
    parameters: ['-displayfd', '1', '-screen', '0', SCREEN, '-nolisten', 'tcp'],
    ready: /^(\d+)$/m,
  });
  // What is downloaded goes when the browser goes.
  const folder = await temporaryFolder();
  await writeFile(join(folder.path, 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${folder.path}"\n`);
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const service = await start({
    program,
    parameters: [`--port=${port}`, '--host=127.0.0.1'],
    environment: {
      DISPLAY: `:${screen.announced}`,
      XDG_CONFIG_HOME: folder.path,
      // Its sandbox wants user namespaces, which root in a container does not have.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
    ready: null,
  });
  const stopped = createStopped();

  async function end(): Promise<void> {
    stopped.continueAll();
    await service.end('by force');
    await screen.end();
    await folder.remove();
  }

  try {
    await until('WebKitWebDriver answers', () => fetch(`${address}/status`).then(isReady, () => undefined));
    const driver = await openWebDriver(address, { browserName: 'MiniBrowser' });
    const processes = () => pageProcesses(service.child.pid ?? 0);
    return browserOf(driver, { stop: stopped.stop, processes, end });
  } catch (problem) {
    await end();
    throw problem;
  }
}

const isReady = ({ ok }: Response): true | undefined => ok || undefined;

interface Machine {
  stop(pid: number): () => Promise<void>;
  processes(): readonly number[];
  end(): Promise<void>;
}

function browserOf(driver: WebDriver, { stop, processes, end }: Machine): Browser {
  interface Own extends Page {
    readonly isTab: boolean;
    isStopped(): boolean;
  }
  const pages = new Map<string, Own>();
  const unused: string[] = [];
  let isFirst = true;

  /** As the tabs of one window: showing one hides the others. */
  async function hideOthers(than: Own): Promise<void> {
    for (const page of pages.values()) if (page !== than && page.isTab) await page.hide();
  }

  function pageOf(window: string, isTab: boolean): Own {
    const commands = driver.at(window);
    let isHidden = false;
    let isStopped = false;

    /** In a hidden window WebKitWebDriver would wait for ever for an answer to an action. */
    async function act(sources: Parameters<typeof commands.act>[0]): Promise<void> {
      if (isHidden) throw new Error('a person cannot act in a hidden page: bring it to front');
      await commands.act(sources);
    }

    const page: Own = {
      isTab,
      isStopped: () => isStopped,
      visit: commands.visit,
      reload: commands.reload,
      traverse: (delta) => commands.execute(`history.go(${delta})`),
      ask: (expression) => commands.execute(`return (${expression})`),
      async close() {
        await commands.close();
        pages.delete(window);
      },
      move: (x, y) => act(moveTo(x, y)),
      click: (x, y) => act(clickAt(x, y)),
      wheel: (x, y, deltaY) => act(wheelAt(x, y, deltaY)),
      key: (key) => act(pressOf(key)),
      drag: (places, pause) => act(dragAlong(places, pause)),
      dragIn: unable(cannot, 'drag-in'),
      chooseFile: unable(cannot, 'file-chooser'),
      async front() {
        if (isHidden) await commands.setRectangle(WINDOW);
        isHidden = false;
        if (isTab) await hideOthers(page);
      },
      async hide() {
        // A page that is stopped cannot be told: it stays as it is.
        if (isHidden || isStopped) return;
        await commands.minimize();
        isHidden = true;
      },
      freeze: unable(cannot, 'freeze'),
      async stop() {
        const asked = [...pages.values()].filter((other) => !other.isStopped());
        const goOn = stop(await processOf(page, asked, processes));
        isStopped = true;
        return async () => {
          isStopped = false;
          await goOn();
        };
      },
      crash: unable(cannot, 'crash'),
      discard: unable(cannot, 'discard'),
      stayWhenAsked: unable(cannot, 'unload-prompt'),
      screenshot: async () => Buffer.from(await commands.screenshot(), 'base64'),
    };
    pages.set(window, page);
    return page;
  }

  async function newWindow(): Promise<string> {
    // The browser starts with a window.
    if (isFirst) unused.push(...(await driver.windows()));
    isFirst = false;
    const window = unused.pop() ?? (await driver.newWindow('window'));
    await driver.at(window).setRectangle(WINDOW);
    return window;
  }

  return {
    version: driver.browserVersion,
    async open(url, place = 'tab') {
      const page = pageOf(await newWindow(), place === 'tab');
      await page.front();
      await page.visit(url);
      return page;
    },
    async opened(act) {
      const before = new Set(await driver.windows());
      await act();
      const isNew = (window: string) => !before.has(window);
      const window = await until('a page is opened', async () => (await driver.windows()).find(isNew));
      const page = pageOf(window, true);
      await until('it loads', async () => (await page.ask<boolean>(isLoaded)) || undefined);
      await page.front();
      return page;
    },
    duplicate: unable(cannot, 'duplicate'),
    setOffline: unable(cannot, 'offline'),
    restart: unable(cannot, 'restart'),
    unattended: unable(cannot, 'prerender'),
    close: end,
  };
}

/** Not the blank page that every window begins with, and which has the origin of the page that has opened it; nor one that is being restored, which has none yet. */
const isLoaded =
  "document.readyState === 'complete' && location.protocol.startsWith('http') && origin.startsWith('http')";

/** WebKitWebDriver starts MiniBrowser, which starts a process for each page that shares none with its opener. */
function pageProcesses(driver: number): readonly number[] {
  return childrenOf(driver)
    .flatMap(({ pid }) => childrenOf(pid))
    .filter(({ name }) => name.startsWith('WebKitWebProces')) // The system cuts names at 15 letters.
    .map(({ pid }) => pid);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
