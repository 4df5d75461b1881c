/** The cover: takes the page out of rendering while its session is not open, in the same task in which that is known. */
import type { Viewing } from '../ports.js';
import { isCovered, type SessionView } from '../rules/view.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { curtainOf } from './curtain.js';
import { createPublicPage } from './public-page.js';

/** How the page is covered. */
export interface CoverOptions {
  /** What a page without a session shows: `page`, itself, as a sign-in page does (the default); `panel`: it is covered. */
  readonly whenAbsent?: 'page' | 'panel';
  /** This page needs no session, and is never covered. Default: whether `<html>` has `data-public`. */
  readonly publicPage?: boolean;
  readonly clock?: Clock;
}

/** The cover of one page. */
export interface Cover {
  /** Begins to follow the view. May be repeated. */
  start(): void;
  /** Ends it, and takes no cover down: what is covered stays so until a cover is started again, or the page is left. */
  stop(): void;
}

/** How often a covered page that can be seen looks whether somebody has replaced the document's style sheets. */
const CARE: Duration = 1_000;

/**
 * Covers the page by the view: nothing of it is rendered, selectable, printed or in the accessibility tree, and no input
 * reaches it. Children of `<html>` with the attribute `data-nightlatch` are left alone: put what you show instead there.
 *
 * Start it before the app adds listeners to `window`: of two there, the first one wins.
 *
 * @example
 * const cover = createCover(latch);
 * cover.start();
 */
export function createCover(latch: Pick<Viewing, 'getView' | 'subscribe'>, options: CoverOptions = {}): Cover {
  const owner = {};
  let started: AbortController | undefined;
  let callOff: (() => void) | undefined;

  return {
    start() {
      if (started) return;
      started = new AbortController();
      const { signal } = started;
      const clock = options.clock ?? createSystemClock();
      const publicPage = createPublicPage(options.publicPage);
      const curtain = curtainOf(document);

      /** Between parting and coming back nothing opens; `visibilitychange` fires in between, and so may a timer. */
      let parted: 'frozen' | 'left' | undefined;

      const follow = (view: SessionView): void => {
        const hides = isCovered(view) || (view.phase === 'absent' && options.whenAbsent === 'panel');
        if (hides && !publicPage.isPublic()) curtain.draw(owner);
        else if (!parted) curtain.open(owner);
        care();
      };
      const look = (): void => follow(latch.getView());
      const care = (): void => {
        callOff?.();
        curtain.keep();
        const isSeen = document.visibilityState !== 'hidden';
        callOff = curtain.isDrawn() && isSeen ? clock.wait(CARE, care) : undefined;
      };
      /** Drawn before the browser keeps the page: what it shows on return is this frame, before any script runs. */
      const part = (how: 'frozen' | 'left'): void => {
        // A page that was left is frozen too, where the browser keeps it.
        if (parted !== 'left') parted = how;
        if (latch.getView().phase !== 'absent' && !publicPage.isPublic()) curtain.draw(owner);
      };

      const comeBack = (): void => {
        parted = undefined;
        look();
      };

      curtain.attach(owner, clock, look);
      const unsubscribe = latch.subscribe(follow);
      const unwatch = publicPage.watch(look);
      // Frameworks replace the body; what is new is hidden by the same rule, what has another box needs another one.
      const observer = new MutationObserver(curtain.keep);
      observer.observe(document.documentElement, { childList: true });
      signal.addEventListener('abort', () => {
        unsubscribe();
        unwatch();
        observer.disconnect();
        callOff?.();
        curtain.detach(owner);
      });
      window.addEventListener('pagehide', () => part('left'), { signal });
      document.addEventListener('freeze', () => part('frozen'), { signal });
      window.addEventListener('pageshow', comeBack, { signal });
      document.addEventListener('resume', () => parted === 'frozen' && comeBack(), { signal });
      document.addEventListener('visibilitychange', look, { signal });
      look();
    },
    stop() {
      started?.abort();
      started = undefined;
    },
  };
}
