/**
 * What no call of the DevTools protocol does to tabs, done by an extension of our own: discarding and duplicating.
 * (chrome://discards leaves tabs alone that DevTools are attached to, and those of a test are.)
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page as Tab } from '@playwright/test';

const folder = fileURLToPath(new URL('chromium-tabs', import.meta.url));

export const extensionFlags: readonly string[] = [
  `--load-extension=${folder}`,
  '--disable-features=DisableLoadExtensionCommandLineSwitch',
];

/** An extension without a key of its own is named after its folder: the hash of the path, in the letters a to p. */
const id = [...createHash('sha256').update(folder).digest('hex').slice(0, 32)]
  .map((digit) => String.fromCharCode('a'.charCodeAt(0) + Number.parseInt(digit, 16)))
  .join('');
const address = `chrome-extension://${id}/tabs.html`;

/**
 * The extension's page, which is also what the other tabs are hidden behind. Takes the place of the blank tab that the
 * browser begins with.
 */
export async function extensionTab(context: BrowserContext): Promise<Tab> {
  const known = context.pages().find((tab) => tab.url() === address);
  if (known) return known;
  const tab = context.pages().find((one) => one.url() === 'about:blank') ?? (await context.newPage());
  await tab.goto(address);
  return tab;
}

/** What the browser calls the tab. */
export async function tabId(extension: Tab, tab: Tab): Promise<number> {
  const session = await tab.context().newCDPSession(tab);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  await session.detach();
  const found = await extension.evaluate<number | null>(
    `chrome.debugger.getTargets().then((all) => all.find(({ id }) => id === '${targetInfo.targetId}')?.tabId ?? null)`,
  );
  if (found === null) throw new Error(`${tab.url()} is in no tab`);
  return found;
}

/** Resolves with what the discarded tab is called from then on. */
export const discardTab = (extension: Tab, tab: number): Promise<number> =>
  extension.evaluate<number>(`chrome.tabs.discard(${tab}).then(({ id }) => id)`);

export const showTab = (extension: Tab, tab: number): Promise<void> =>
  extension.evaluate(`chrome.tabs.update(${tab}, { active: true }).then(() => {})`);

export const duplicateTab = (extension: Tab, tab: number): Promise<void> =>
  extension.evaluate(`chrome.tabs.duplicate(${tab}).then(() => {})`);
