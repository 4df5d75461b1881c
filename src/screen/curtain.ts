/** The curtain before a document: one for each, however many covers pull at it. It opens when none holds it. */
import type { Clock } from '../time/clock.js';
import { focusReturnOf } from './focus-return.js';
import { stopInput } from './input-stop.js';
import { createPageSheet } from './page-sheet.js';

export interface Curtain {
  /** A cover begins to work. It takes over what a stopped one has left drawn; `look` brings its view up to date. */
  attach(owner: object, clock: Clock, look: () => void): void;
  /** A cover stops. What it has drawn stays drawn, and input stays stopped, until a cover begins to work again. */
  detach(owner: object): void;
  draw(owner: object): void;
  open(owner: object): void;
  /** Sees to it that a drawn curtain still hides everything. */
  keep(): void;
  isDrawn(): boolean;
}

const curtains = new WeakMap<Document, Curtain>();

export function curtainOf(page: Document): Curtain {
  const known = curtains.get(page) ?? createCurtain(page);
  curtains.set(page, known);
  return known;
}

function createCurtain(page: Document): Curtain {
  const sheet = createPageSheet(page);
  const attached = new Map<object, () => void>();
  const holding = new Set<object>();
  let left = false;
  let stopListening: (() => void) | undefined;
  let putBack: (() => void) | undefined;

  const isDrawn = (): boolean => left || holding.size > 0;

  function look(): void {
    for (const one of attached.values()) one();
  }

  function update(): void {
    if (isDrawn()) {
      putBack ??= remember(page);
      sheet.hide();
    } else if (putBack) {
      sheet.show();
      putBack();
      putBack = undefined;
    }
    if (attached.size === 0 && !isDrawn()) {
      stopListening?.();
      stopListening = undefined;
    }
  }

  return {
    attach(owner, clock, bringUpToDate) {
      attached.set(owner, bringUpToDate);
      if (left) holding.add(owner);
      left = false;
      stopListening ??= stopInput(page, clock, isDrawn, look);
    },
    detach(owner) {
      attached.delete(owner);
      if (holding.delete(owner)) left = true;
      update();
    },
    draw(owner) {
      holding.add(owner);
      update();
    },
    open(owner) {
      holding.delete(owner);
      update();
    },
    keep: () => isDrawn() && sheet.hide(),
    isDrawn,
  };
}

/**
 * Remembers what hiding a page loses, and closes what would go on showing it elsewhere. The page's box collapses, and
 * with it goes the window's scroll position; what is hidden cannot keep the focus. Carets and inner scrolling survive.
 */
function remember(page: Document): () => void {
  const view = page.defaultView;
  const left = view?.scrollX ?? 0;
  const top = view?.scrollY ?? 0;
  const giveBack = focusReturnOf(page).hold();
  // At once: browsers take the focus from what is hidden with the next frame, or not at all, and a frame of another origin
  // gets keys that no listener here can stop.
  const focused = page.activeElement;
  if (focused instanceof HTMLElement && !focused.closest('[data-nightlatch]')) focused.blur();
  closePictures(page);
  return () => {
    giveBack();
    // At once, also where the page scrolls smoothly.
    view?.scrollTo({ left, top, behavior: 'instant' });
  };
}

function closePictures(page: Document): void {
  // https://wicg.github.io/document-picture-in-picture/ (Chromium; not in the library's types)
  const { documentPictureInPicture } = (page.defaultView ?? {}) as {
    readonly documentPictureInPicture?: { readonly window: Window | null };
  };
  documentPictureInPicture?.window?.close();
  // A film of the page goes on in a window of its own as well; that it has just been closed is no news.
  if (page.pictureInPictureElement) page.exitPictureInPicture().catch(() => undefined);
}
