/** A latch of the test's own making in a page that only has the SDK's exports, for what the demo's pages do not offer. */
import type { Nightlatch } from '../../src/latch.js';
import type * as Sdk from '../../src/script.js';
import type { Browser, Tab } from './bank.ts';

/** What the page has on `window`. */
export interface LatchWindow {
  readonly Nightlatch: typeof Sdk;
  /** By name. */
  readonly latches: Record<string, Nightlatch>;
}

export interface LatchOptions {
  readonly name: string;
  /** Left out: the server's. */
  readonly policy?: { readonly idleTimeout: number; readonly warnBefore: number };
  /** The prefix of the keys that are wiped. */
  readonly wipes: string;
}

/** Opens a page with a latch that is started. What it tells is seen, with its name in front: `one: session-opened`. */
export async function openLatch(browser: Browser, options: LatchOptions): Promise<Tab> {
  const tab = await browser.open('/script-tag/test/bare.html');
  await addLatch(tab, options);
  return tab;
}

export function addLatch({ page }: Tab, options: LatchOptions): Promise<void> {
  return page.evaluate(({ name, policy, wipes }) => {
    const here = window as unknown as LatchWindow;
    const { createHttpBackend, createNightlatch, webStorage } = here.Nightlatch;
    const latch = createNightlatch({
      name,
      ...(policy ? { policy } : { backend: createHttpBackend({ baseUrl: '/session' }) }),
      wipe: [webStorage({ prefix: wipes })],
      onEvent: (event) => {
        const detail = { ...event, type: `${name}: ${event.type}` };
        window.dispatchEvent(new CustomEvent('nightlatch', { detail }));
      },
    });
    Object.assign(here, { latches: { ...here.latches, [name]: latch } });
    latch.start();
  }, options);
}

/** The phase of a latch's view. */
export const phase = ({ page }: Tab, name: string): Promise<string> =>
  page.evaluate((which) => (window as unknown as LatchWindow).latches[which]?.getView().phase ?? 'none', name);
