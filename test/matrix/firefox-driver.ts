/**
 * Firefox by WebDriver BiDi, spoken to directly. Playwright speaks it too, but each of its evaluations counts as a person's
 * gesture, it opens each page in a window of its own so that none is ever hidden, and it keeps no session to restore.
 * What BiDi has no command for is asked of the browser's own window, which `--remote-allow-system-access` permits.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clickAt, dragAlong, moveTo, pressOf, wheelAt } from './actions.ts';
import { type Browser, type Cannot, type Driver, type LaunchOptions, type Page, unable } from './driver.ts';
import { type Context, type Firefox, startFirefox } from './firefox.ts';
import { createStopped, type Folder, signal, temporaryFolder, until } from './processes.ts';

const cannot: Cannot = {
  'foreign-frames':
    'WebDriver BiDi gives what is done over a frame of another origin to the page around it, and the frame hears nothing',
  drag: 'without a screen, what is dragged in Firefox stays at a place of its own, whatever the mouse does',
  'drag-in': 'WebDriver BiDi has no command for it',
  'file-chooser': 'WebDriver BiDi hands a file over without the browser’s own dialog',
  prerender: 'Firefox does not prerender pages (no speculation rules)',
  freeze: 'Firefox has no freezing of pages (no `freeze` event)',
  throttle: 'Firefox slows hidden tabs to one wake a second, and has no stage of one a minute',
};

export const firefoxDriver: Driver = { engine: 'firefox', cannot, launch };

const preferences = {
  // Tabs of one origin share a process by default, and stopping one would stop them all.
  'dom.ipc.processCount.webIsolated': 8,
  'dom.ipc.processPrelaunch.enabled': false,
  // Tabs are restored after a restart, and loaded at once.
  'browser.startup.page': 3,
  'browser.sessionstore.resume_from_crash': true,
  'browser.sessionstore.restore_on_demand': false,
  'browser.tabs.unloadOnLowMemory': false,
};

async function launch({ private: isPrivate = false }: LaunchOptions = {}): Promise<Browser> {
  const profile = await temporaryFolder();
  // What is downloaded goes when the profile goes.
  const downloads = { 'browser.download.folderList': 2, 'browser.download.dir': profile.path };
  const all = { ...preferences, ...downloads, 'browser.privatebrowsing.autostart': isPrivate };
  const lines = Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});`);
  await writeFile(join(profile.path, 'user.js'), `${lines.join('\n')}\n`);
  try {
    return browserOf(await startFirefox(profile.path), profile);
  } catch (problem) {
    await profile.remove();
    throw problem;
  }
}

interface Own extends Page {
  readonly context: string;
}

function browserOf(started: Firefox, profile: Folder): Browser {
  let firefox = started;
  let pages: readonly Own[] = [];
  const stopped = createStopped();
  const silent = new Set<Own>();
  const navigate = (context: string, url: string) =>
    firefox.send<void>('browsingContext.navigate', { context, url, wait: 'complete' });
  const activate = (context: string) => firefox.send<void>('browsingContext.activate', { context });

  async function create(type: 'tab' | 'window', beside?: string): Promise<string> {
    const reference = beside === undefined ? {} : { referenceContext: beside };
    return (await firefox.send<Context>('browsingContext.create', { type, ...reference })).context;
  }

  function pageOf(context: string): Own {
    const { evaluate, inBrowser, send } = firefox;
    const act = (actions: ReturnType<typeof moveTo>) => send<void>('input.performActions', { context, actions });
    const pidOf = (one: string) =>
      inBrowser<number>(one, 'tab.linkedBrowser.browsingContext.currentWindowGlobal.osPid');

    async function ownProcess(): Promise<number> {
      const pid = await pidOf(context);
      for (const other of pages) {
        if (other === page || silent.has(other) || (await pidOf(other.context)) !== pid) continue;
        throw new Error(`two pages share process ${pid}: open them with \`open\`, not by \`window.open\``);
      }
      return pid;
    }

    const page: Own = {
      context,
      visit: (url) => navigate(context, url),
      reload: () => send('browsingContext.reload', { context, wait: 'complete' }),
      traverse: (delta) => send('browsingContext.traverseHistory', { context, delta }),
      ask: (expression) => evaluate(context, expression),
      async close() {
        await send('browsingContext.close', { context });
        pages = pages.filter((other) => other !== page);
      },
      move: (x, y) => act(moveTo(x, y)),
      click: (x, y) => act(clickAt(x, y)),
      wheel: (x, y, deltaY) => act(wheelAt(x, y, deltaY)),
      key: (key) => act(pressOf(key)),
      drag: (places, pause) => act(dragAlong(places, pause)),
      dragIn: unable(cannot, 'drag-in'),
      chooseFile: unable(cannot, 'file-chooser'),
      async front() {
        // Told by BiDi to leave a tab that stands still, Firefox may wait for that tab for ever.
        if (silent.size > 0) await inBrowser(context, 'void (gBrowser.selectedTab = tab)');
        else await activate(context);
        await until('it is visible', () => isIn(page, 'visible'));
      },
      async hide() {
        await activate(await create('tab', context));
        await until('it is hidden', () => isIn(page, 'hidden'));
      },
      freeze: unable(cannot, 'freeze'),
      async stop() {
        const goOn = stopped.stop(await ownProcess());
        silent.add(page);
        return async () => {
          silent.delete(page);
          await goOn();
        };
      },
      async crash() {
        signal(await ownProcess(), 'SIGKILL');
        silent.add(page);
      },
      async discard() {
        const before = await firefox.contexts();
        const isDone = await inBrowser<boolean>(context, 'window.discarded = tab, gBrowser.discardBrowser(tab, true)');
        if (!isDone) throw new Error('Firefox did not discard the tab');
        pages = pages.filter((other) => other !== page);
        const others = new Set(before.map((other) => other.context));
        return async () => {
          others.delete(context);
          const [any] = await firefox.contexts();
          if (!any) throw new Error('Firefox has no page left');
          await inBrowser(
            any.context,
            'void (window.discarded.ownerDocument.defaultView.gBrowser.selectedTab = window.discarded)',
          );
          return adopt(await newest(others));
        };
      },
      async stayWhenAsked(act) {
        await act();
        const refuse = () => send('browsingContext.handleUserPrompt', { context, accept: false });
        await until('the page asks', () =>
          refuse().then(
            () => true,
            () => undefined,
          ),
        );
      },
      screenshot: async () =>
        Buffer.from((await send<{ data: string }>('browsingContext.captureScreenshot', { context })).data, 'base64'),
    };
    pages = [...pages, page];
    return page;
  }

  /** A page that came by itself, once it has loaded. */
  async function adopt(context: string): Promise<Page> {
    const page = pageOf(context);
    await until('it loads', async () => (await page.ask<boolean>(isLoaded).catch(() => false)) || undefined);
    return page;
  }

  const newest = (known: ReadonlySet<string>): Promise<string> =>
    until(
      'a page is opened',
      async () => (await firefox.contexts()).find(({ context }) => !known.has(context))?.context,
    );

  async function opened(act: () => Promise<void>): Promise<Page> {
    const known = new Set((await firefox.contexts()).map(({ context }) => context));
    await act();
    return adopt(await newest(known));
  }

  return {
    version: firefox.version,
    async open(url, place = 'tab') {
      const page = pageOf(await create(place));
      await page.visit(url);
      return page;
    },
    opened,
    duplicate: (page) =>
      opened(() =>
        firefox.inBrowser((page as Own).context, 'void (gBrowser.selectedTab = gBrowser.duplicateTab(tab))'),
      ),
    async setOffline(is) {
      const networkConditions = is ? { type: 'offline' } : null;
      await firefox.send('emulation.setNetworkConditions', {
        contexts: pages.map(({ context }) => context),
        networkConditions,
      });
    },
    async restart(settled) {
      const before = pages.length;
      pages = [];
      stopped.continueAll();
      await firefox.quit();
      firefox = await startFirefox(profile.path);
      await settled();
      const isRestored = ({ url }: Context) => url.startsWith('http');
      const restored = await until('the tabs are back', async () => {
        const found = (await firefox.contexts()).filter(isRestored);
        return found.length >= before ? found : undefined;
      });
      return Promise.all(restored.map(({ context }) => adopt(context)));
    },
    unattended: unable(cannot, 'prerender'),
    async close() {
      stopped.continueAll();
      await firefox.end();
      await profile.remove();
    },
  };
}

const isIn = async (page: Page, state: DocumentVisibilityState): Promise<true | undefined> =>
  (await page.ask<string>('document.visibilityState')) === state || undefined;

/** Not the blank page that every tab begins with, and which has the origin of the page that has opened it; nor one that is being restored, which has none yet. */
const isLoaded =
  "document.readyState === 'complete' && location.protocol.startsWith('http') && origin.startsWith('http')";
