/**
 * What happened in a page, as it happened there. Each sighting is stamped in the page and handed over through the
 * DevTools protocol, so that nobody has to ask: Playwright's `evaluate` counts as a person's gesture, a stopped page does
 * not answer, and a page that is loaded anew has forgotten.
 */
import type { Page } from '@playwright/test';
import { watch } from './watch.ts';

export interface Sighting {
  /**
   * The SDK's own events by their type; `warning opened`, `warning closed`, `panel opened`, `panel closed` of the dialogs
   * on screen; `reached` for input that got through to the page; `awake` for the first
   * input after the clock jumped; `page shown`, `page opened` where it had been made ready beforehand, `storage changed`, `error`, `violation`, `stall`.
   */
  readonly what: string;
  /** By the page's wall clock, in milliseconds; what a test does to `Date` later does not touch it. */
  readonly at: number;
  /** Whether the page was out of rendering at that moment. */
  readonly covered: boolean;
  /** The keys of `localStorage` and `sessionStorage` that are not the SDK's own or the journal's. */
  readonly left: readonly string[];
  /** Members of an event, and the like. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Witness {
  /** All so far, oldest first. */
  readonly seen: readonly Sighting[];
  /**
   * Runs an expression in the page, and resolves with its value: without the gesture of a person that Playwright's
   * `evaluate` gives to what it runs.
   */
  quietly<T>(expression: string): Promise<T>;
}

const BINDING = 'nightlatchSaw';

/** Begins to collect what happens in a page, over all that is loaded in it. Call it before the page goes anywhere. */
export async function witness(page: Page): Promise<Witness> {
  const sightings: Sighting[] = [];
  const session = await page.context().newCDPSession(page);
  session.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name === BINDING) sightings.push(JSON.parse(payload));
  });
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: BINDING });
  await page.addInitScript(watch, BINDING);
  return {
    seen: sightings,
    async quietly(expression) {
      const answer = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? expression);
      return answer.result.value;
    },
  };
}

/**
 * From now on the page has a heartbeat: a `stall` is seen wherever its plain timer came late, for then it is the machine
 * that is late, and not the SDK.
 */
export const beginHeartbeat = ({ quietly }: Pick<Witness, 'quietly'>): Promise<void> =>
  quietly('nightlatchHeartbeat()');

/** Moves the device's wall clock, as this page sees it, and not the monotonic one. */
export const jumpWallClock = ({ quietly }: Pick<Witness, 'quietly'>, milliseconds: number): Promise<void> =>
  quietly(`nightlatchJump(${milliseconds})`);
