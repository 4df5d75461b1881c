/** Leaving for a page that asks the person, and coming back to the same place. */
import type { Session } from '../facts/facts.js';
import type { Requirement } from '../rules/freshness.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import { type Duration, minutes } from '../time/instant.js';
import type { ProofQuestion } from '../ways.js';
import { isNonce, nonce } from './nonce.js';
import { returnTo } from './return-to.js';
import { webAddress } from './web-address.js';

/** As much of a page as is needed; the window is one. */
export interface RedirectPage {
  readonly location: Pick<Location, 'pathname' | 'search' | 'hash' | 'assign'>;
  readonly addEventListener: (
    type: 'pageshow',
    listener: () => void,
    options: { readonly signal: AbortSignal },
  ) => void;
}

/** As much of a storage as is needed: `sessionStorage`, so that one tab does not come back to another one's place. */
export type RedirectStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** What is known of who went away. */
export interface RedirectOptions {
  /**
   * Where the person is asked: an address of `http:` or `https:`. `state` goes there, and has to come back with the person: OAuth's
   * parameter of this name.
   */
  readonly start: (question: ProofQuestion, how: { readonly state: string }) => string | URL | Promise<string | URL>;
  readonly storage?: RedirectStorage;
  readonly page?: RedirectPage;
  readonly clock?: Clock;
}

/** What is known of who comes back. */
export interface Return {
  /** The place that was left: a path of this origin. */
  readonly returnTo: string;
  /** The session in which the person was asked. */
  readonly sessionId: string;
}

/** Begins with `nightlatch:`, so that no wiper takes it: it holds no secret, and a place that was wiped could not be found again. */
const PREFIX = 'nightlatch:return:';

/** As long as the latch waits for an answer. */
const GOOD_FOR: Duration = minutes(10);

/**
 * The latch's option `reauthenticate` for a sign-in page elsewhere, such as an OpenID provider's. The page is left; what it shows is for
 * the page that comes back to bring again. Whoever comes back by the browser's own button has cancelled.
 *
 * @example
 * const latch = createNightlatch({
 *   reauthenticate: redirect({
 *     start: ({ requirement }, { state }) => `/sign-in?state=${state}&max_age=${(requirement.maxAge ?? 0) / 1_000}`,
 *   }),
 * });
 * // On the page that the sign-in leads back to:
 * location.replace(takeReturn(new URLSearchParams(location.search).get('state'))?.returnTo ?? '/');
 */
export function redirect(
  options: RedirectOptions,
): (requirement: Requirement, how: { readonly signal: AbortSignal; readonly session: Session }) => Promise<never> {
  return async (requirement, { signal, session }) => {
    const { page = globalThis.window, clock = createSystemClock() } = options;
    const storage = options.storage ?? globalThis.sessionStorage;
    const state = nonce();
    const { pathname, search, hash, assign } = page.location;
    const kept = {
      returnTo: returnTo(`${pathname}${search}${hash}`) ?? '/',
      sessionId: session.id,
      until: clock.read().wall + GOOD_FOR,
    };
    const address = webAddress(await options.start({ requirement, session }, { state }));
    signal.throwIfAborted();
    forgetOld(storage, clock.read().wall);
    storage.setItem(PREFIX + state, JSON.stringify(kept));
    assign.call(page.location, address);
    return new Promise((_, reject) => {
      const over = new AbortController();
      const stop = (reason: unknown): void => {
        over.abort();
        storage.removeItem(PREFIX + state);
        reject(reason);
      };
      // Not left after all, or shown again out of the back/forward cache.
      const back = (): void => stop(new DOMException('the person has come back without an answer', 'AbortError'));
      page.addEventListener('pageshow', back, { signal: over.signal });
      signal.addEventListener('abort', () => stop(signal.reason), { once: true, signal: over.signal });
    });
  };
}

/**
 * Where to go back to, for the `state` with which somebody has come back; once, within ten minutes, and in the tab that went away.
 * `undefined` for any other: then nobody knows who sent them.
 */
export function takeReturn(
  state: unknown,
  options: Pick<RedirectOptions, 'storage' | 'clock'> = {},
): Return | undefined {
  const storage = options.storage ?? globalThis.sessionStorage;
  const { clock = createSystemClock() } = options;
  if (!isNonce(state)) return undefined;
  const text = storage.getItem(PREFIX + state);
  storage.removeItem(PREFIX + state);
  const kept = text === null ? undefined : readKept(text);
  if (kept === undefined || !isGood(kept.until, clock.read().wall)) return undefined;
  return { returnTo: kept.returnTo, sessionId: kept.sessionId };
}

/** Of a time that lies further ahead than any that was written, nobody knows what it means: a clock was set. */
const isGood = (until: number, now: number): boolean => now < until && until <= now + GOOD_FOR;

/** Whoever went away and never came back has left a note. */
function forgetOld(storage: RedirectStorage, now: number): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys) {
    if (!key?.startsWith(PREFIX)) continue;
    const kept = readKept(storage.getItem(key) ?? '');
    if (kept === undefined || !isGood(kept.until, now)) storage.removeItem(key);
  }
}

function readKept(text: string): (Return & { readonly until: number }) | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null) return undefined;
    const { returnTo: to, sessionId, until } = { ...said } as { readonly [name: string]: unknown };
    const path = returnTo(to);
    if (path === undefined || typeof sessionId !== 'string' || typeof until !== 'number') return undefined;
    return { returnTo: path, sessionId, until };
  } catch {
    return undefined;
  }
}
