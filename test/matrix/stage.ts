/** What a row has to play on: a browser of one engine, the reference server, and tabs with all that was seen in them. */
import { expect } from '@playwright/test';
import type { Observer } from '../e2e/seen.ts';
import type { TestServer } from '../server/start-test-server.ts';
import type { Collector } from './collector.ts';
import type { Browser, Page, Undo } from './driver.ts';

/** A page, and all that was seen in it and in those that were there before it. */
export interface Tab extends Page, Observer {
  /** As the browser knows it. */
  readonly page: Page;
  discard(): Promise<Undo<Tab>>;
}

export interface Stage {
  readonly bank: TestServer;
  /** Opens a page on a path of the bank. */
  open(path: string, place?: 'tab' | 'window'): Promise<Tab>;
  /** A tab that a page opens. */
  opened(act: () => Promise<void>): Promise<Tab>;
  /** The browser, for what is not about one tab. Do not open pages through it. */
  readonly browser: Omit<Browser, 'open' | 'opened' | 'duplicate'>;
  /** Makes a page a tab: one that the browser has restored. */
  adopt(page: Page): Promise<Tab>;
  /** The browser's own "duplicate tab". */
  duplicate(tab: Tab): Promise<Tab>;
  readonly tabs: readonly Tab[];
  /** Pages loaded from now on have a wall clock that is ahead by so many milliseconds. */
  setClockAhead(milliseconds: number): void;
  /** Says in the table how it went, where there is more than one right way. */
  note(text: string): void;
}

export interface StageParts {
  readonly bank: TestServer;
  readonly browser: Browser;
  readonly collector: Collector;
  readonly note: (text: string) => void;
}

export function createStage({ bank, browser, collector, note }: StageParts): Stage {
  const tabs: Tab[] = [];

  /** What a page is called goes with it when the browser restores or copies its tab: the new one would speak as the old one. */
  const giveName = (page: Page, name: string) => page.ask<void>(`void (window.name = ${JSON.stringify(name)})`);

  async function adopt(page: Page): Promise<Tab> {
    const name = `tab ${tabs.length + 1}`;
    const introduce = async () => {
      collector.assign(await page.ask(`(window.name = ${JSON.stringify(name)}, nightlatchDocument)`), name);
    };
    await introduce();
    const tab: Tab = {
      ...page,
      page,
      name,
      seen: collector.seenIn(name),
      async visit(url) {
        await page.visit(new URL(url, bank.origin).href);
        await introduce();
      },
      async reload() {
        await page.reload();
        await introduce();
      },
      async discard() {
        await giveName(page, '');
        const comeBack = await page.discard();
        return async () => adopt(await comeBack());
      },
    };
    tabs.push(tab);
    return tab;
  }

  return {
    bank,
    browser,
    tabs,
    adopt,
    open: async (path, place) => adopt(await browser.open(bank.origin + path, place)),
    async duplicate(tab) {
      await giveName(tab, '');
      const copy = await browser.duplicate(tab.page);
      await giveName(tab, tab.name);
      return adopt(copy);
    },
    opened: async (act) => adopt(await browser.opened(act)),
    setClockAhead: collector.setAhead,
    note,
  };
}

// What a person does.

/** Where something is: found by a selector, in shadow roots too, and by what it says. */
export async function placeOf(tab: Tab, selector: string, text = ''): Promise<{ x: number; y: number }> {
  const look = `(() => {
    const roots = [document];
    for (const root of roots) {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) roots.push(element.shadowRoot);
        if (!element.matches(${JSON.stringify(selector)})) continue;
        if (!(element.textContent ?? '').includes(${JSON.stringify(text)})) continue;
        const { x, y, width, height } = element.getBoundingClientRect();
        if (width > 0 && height > 0) return { x: x + width / 2, y: y + height / 2 };
      }
    }
    return null;
  })()`;
  const found = await tab.ask<{ x: number; y: number } | null>(look);
  if (!found) throw new Error(`${tab.name} shows no ${selector} with "${text}"`);
  return found;
}

/** Nobody clicks on something sooner than this after it has come into sight; the SDK takes nothing for meant that is. */
const NOTICED = 150;
/** Some shells say hidden of a page that is used all the same. */
const LONGEST_NOTICE = 1_000;

/** Waits until a person has noticed that a tab is in front. Pages that do not tell are taken as seen. */
async function noticed(tab: Tab): Promise<void> {
  const since = Date.now();
  const inSightFor = () => tab.ask<number>('window.nightlatchInSightFor?.() ?? 1_000');
  while (Date.now() - since < LONGEST_NOTICE && (await inSightFor()) < NOTICED) await pause(20);
}

/** Brings a tab to front and clicks on something in it, as soon as a person can have seen it. */
export async function clickOn(tab: Tab, selector: string, text = ''): Promise<void> {
  await tab.front();
  await noticed(tab);
  const { x, y } = await placeOf(tab, selector, text);
  await tab.click(x, y);
}

/** Chooses "Stay signed in". An answer counts once the warning has been in sight for half a second. */
export async function stay(tab: Tab, warning: { readonly at: number }): Promise<void> {
  await expect.poll(() => Date.now() - warning.at, { intervals: [50] }).toBeGreaterThan(550);
  await clickOn(tab, 'button', 'Stay signed in');
}

/** Types into the note for a time, a key each tenth of a second. Resolves with when the last one was pressed. */
export async function work(tab: Tab, duration: number): Promise<number> {
  await clickOn(tab, '#note');
  const start = Date.now();
  let last = start;
  while (Date.now() - start < duration) {
    last = Date.now();
    await tab.key('n');
    await pause(100);
  }
  return last;
}

/** Tries everything: moves, clicks, types and turns the wheel, blindly. */
export async function tryEverything(tab: Tab): Promise<void> {
  await tab.move(200, 120);
  await tab.click(120, 100);
  for (const key of ['x', 'Enter', 'Tab', 'y', 'Escape']) await tab.key(key);
  await tab.wheel(200, 200, 100);
  await tab.move(260, 180);
}

/** A time that the story itself is about, or in which nothing may happen. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Signs a person in, without anything of the SDK: as the app's own sign-in page does. */
export async function signIn(tab: Tab, username: 'tess' | 'sam' = 'tess'): Promise<void> {
  const password = { tess: 'teller-demo-1', sam: 'supervisor-demo-1' }[username];
  const body = JSON.stringify(JSON.stringify({ username, password }));
  const status = await tab.ask<number>(
    `fetch('/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: ${body} }).then(({ status }) => status)`,
  );
  expect(status, `${username} signs in`).toBe(200);
}
