/** A sign-in page in a window of its own, beside a page that stays as it is. */
import { NightlatchError } from '../errors.js';
import type { Session } from '../facts/facts.js';
import type { Requirement } from '../rules/freshness.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { ProofQuestion } from '../ways.js';
import { type OpenPopupChannel, openPopupChannel } from './popup-messages.js';
import { type OpenPopup, openPopup, type PopupPage } from './popup-window.js';
import { webAddress } from './web-address.js';

/** What the person can do in this page while they are asked in a window, or cannot be. */
export interface PopupOffer {
  /** A window is open, or the browser has blocked it. */
  readonly window: 'open' | 'blocked';
  /** Brings the window to the front, or opens one. To be called in a click; returns false where the browser blocks it. */
  open(): boolean;
  /** Leaves this page for the sign-in instead. There where the option `otherwise` is given. */
  readonly leave?: () => void;
  /** The person will not answer; the window closes. */
  cancel(): void;
}

/** How a person is asked to prove anew who they are: the latch's option `reauthenticate`. */
export type Reauthenticate = (
  requirement: Requirement,
  how: { readonly signal: AbortSignal; readonly session: Session },
) => Promise<void>;

/** What a window needs. */
export interface PopupOptions {
  /**
   * Where the person is asked: an address of `http:` or `https:`. `state` goes there, and has to come back with the window: OAuth's
   * parameter of this name. The window is open while this takes its time, and empty.
   */
  readonly start: (question: ProofQuestion, how: { readonly state: string }) => string | URL | Promise<string | URL>;
  /**
   * Shows what the person can do here; each time something of it changes, and with `undefined` when it is over. Left out, a window
   * that the browser blocks is a failure.
   */
  readonly show?: (offer: PopupOffer | undefined) => void;
  /** What is offered where the browser blocks the window: `redirect({ start })`. */
  readonly otherwise?: Reauthenticate;
  readonly page?: PopupPage;
  readonly openChannel?: OpenPopupChannel;
  readonly clock?: Clock;
}

/**
 * The latch's option `reauthenticate` for a sign-in page elsewhere, such as an OpenID provider's, in a window of its own. What is in
 * the page stays there. The page that the sign-in leads back to calls {@link takePopupReturn}.
 *
 * The window opens at once, so a browser lets it if `latch.reauthenticate()` was called in a click, or shortly after; else it is
 * blocked, and `show` offers it. Closing the window cancels. A return is believed from this window, from a page of this origin, with
 * the state that was made for it, once. Where COOP keeps page and window apart, they speak by a channel that nobody else can name;
 * then a window counts as closed when the person is back in this page for a second.
 *
 * Rejects with an `AbortError` where the person cancels, with `ERR_SUBJECT_CHANGED` where the server says `subject_changed`, and
 * with `ERR_REAUTHENTICATION_FAILED` where the sign-in has led to another error, or the window is blocked.
 *
 * @example
 * const latch = createNightlatch({
 *   reauthenticate: popup({
 *     start: ({ requirement }, { state }) => `/sign-in?state=${state}&max_age=${(requirement.maxAge ?? 0) / 1_000}`,
 *     show: (offer) => render(offer),
 *   }),
 * });
 */
export function popup(options: PopupOptions): Reauthenticate {
  return (requirement, { signal, session }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const { start, show, otherwise } = options;
      const { page = globalThis.window as PopupPage, clock = createSystemClock() } = options;
      const { openChannel = openPopupChannel } = options;
      const question = { requirement, session };
      const over = new AbortController();
      let current: OpenPopup | undefined;

      function end(settle: () => void): void {
        if (over.signal.aborted) return;
        over.abort();
        current?.close();
        show?.(undefined);
        settle();
      }
      const refuse = (reason: unknown): void => end(() => reject(reason));
      const cancel = (): void => refuse(new DOMException('the person has closed the window', 'AbortError'));

      function open(): boolean {
        if (over.signal.aborted) return false;
        if (current?.isReachable()) {
          current.focus();
          return true;
        }
        const opened = openPopup({
          page,
          clock,
          openChannel,
          start: async (state) => webAddress(await start(question, { state })),
          returned: (error) => (error === undefined ? end(resolve) : refuse(problemOf(error))),
          closed: cancel,
          failed: refuse,
        });
        if (!opened) return false;
        // One that cannot be reached any more may still be there: what it says counts no longer.
        current?.close();
        current = opened;
        offer('open');
        return true;
      }

      function leave(): void {
        if (over.signal.aborted || !otherwise) return;
        const left = otherwise(requirement, { signal, session });
        end(() => left.then(resolve, reject));
      }

      function offer(window: PopupOffer['window']): void {
        show?.({ window, open, ...(otherwise ? { leave } : {}), cancel });
      }

      signal.addEventListener('abort', () => refuse(signal.reason), { once: true, signal: over.signal });
      if (open()) return;
      if (show) return offer('blocked');
      refuse(new NightlatchError('ERR_REAUTHENTICATION_FAILED', 'the browser has blocked the window'));
    });
}

function problemOf(error: string): unknown {
  switch (error) {
    case 'access_denied':
      return new DOMException('the person has cancelled at the sign-in', 'AbortError');
    case 'subject_changed':
      return new NightlatchError('ERR_SUBJECT_CHANGED', 'another person has signed in in the window');
    default:
      return new NightlatchError('ERR_REAUTHENTICATION_FAILED', `the sign-in has led to ${error}`);
  }
}
