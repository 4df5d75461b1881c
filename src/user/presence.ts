/** The page in its window: shown or hidden, frozen, cached or back. Each change is a reason to look, never activity. */
import type { LookReason, Presence } from '../ports.js';

interface Listenable {
  addEventListener(type: string, listener: (event: Event) => void, options: AddEventListenerOptions): void;
}

/** What presence needs of the browser. */
export interface PresenceOptions {
  readonly window: Listenable;
  readonly document: Listenable & {
    readonly visibilityState: DocumentVisibilityState;
    /** Chromium only: the page is being made ready and nobody has asked for it yet. */
    readonly prerendering?: boolean;
  };
}

/**
 * Follows whether the page is in front of the person.
 *
 * There is nothing on `unload`, which keeps a page out of the back/forward cache, nor on `beforeunload`, which also
 * fires for downloads and prompts that are cancelled: `pagehide` and `freeze` are the last words a page can rely on.
 */
export function createPresence({ window, document }: PresenceOptions): Presence {
  let thaw: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  function freeze(): LookReason {
    let resolve = (): void => {};
    thaw ??= { promise: new Promise((resolved) => (resolve = resolved)), resolve: () => resolve() };
    return 'parting';
  }

  function resume(): LookReason {
    thaw?.resolve();
    thaw = undefined;
    return 'resumed';
  }

  const isVisible = (): boolean => document.visibilityState === 'visible' && document.prerendering !== true;

  return {
    isVisible,

    prerendering() {
      if (document.prerendering !== true) return undefined;
      return new Promise((resolve) => {
        document.addEventListener('prerenderingchange', () => resolve(), { capture: true, once: true });
      });
    },

    frozen: () => thaw?.promise,

    start(look) {
      const listening = new AbortController();

      /** In capture, so that the cover is there before the app's own listeners run. */
      function on(
        target: Listenable,
        type: string,
        reason: (event: Event) => LookReason | undefined,
        capture = true,
      ): void {
        const listener = (event: Event): void => {
          const why = reason(event);
          if (why) look(why);
        };
        target.addEventListener(type, listener, { capture, signal: listening.signal });
      }

      const visibility = (): LookReason => (isVisible() ? 'visible' : 'hidden');
      on(document, 'visibilitychange', visibility);
      on(document, 'prerenderingchange', visibility);
      on(document, 'freeze', freeze);
      on(document, 'resume', resume);
      on(window, 'pagehide', () => 'parting');
      // `persisted` is of `PageTransitionEvent`, the type of every `pageshow`.
      on(window, 'pageshow', (event) => ((event as PageTransitionEvent).persisted ? 'restored' : undefined));
      on(window, 'online', () => 'online');
      // Not in capture: there it would be told of every element that gets the focus.
      on(window, 'focus', () => 'focus', false);

      return () => listening.abort();
    },
  };
}
