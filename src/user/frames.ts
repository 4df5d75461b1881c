/** Evidence in the frames of this origin, nested ones and those that come later. */
import { type EvidenceWindow, listenForEvidence, type PageListener } from './evidence.js';

/** What is needed of a window to find its frames. */
export interface FramedWindow extends EvidenceWindow {
  readonly length: number;
  readonly [index: number]: unknown;
}

/**
 * Listens in each frame whose document may be read, until `signal` aborts.
 *
 * A frame is found when it has loaded, and before that when the pointer or the focus goes to it. So nothing watches the
 * tree: a page that changes all the time pays nothing for this. Documents of other origins are passed over.
 */
export function listenInFrames(window: FramedWindow, heard: PageListener, signal: AbortSignal): void {
  const known = new WeakSet<object>();
  /** A frame counts time from its own beginning: its stamps mean nothing here, and it is heard at once. */
  const now: PageListener = {
    strong: () => heard.strong(0),
    weak: () => heard.weak(0),
    activated: () => heard.activated(0),
  };

  function enter(view: unknown): void {
    const inside = readable(view);
    if (!inside || known.has(inside.document)) return;
    known.add(inside.document);
    listenForEvidence(inside, now, signal);
    follow(inside);
  }

  function follow(page: FramedWindow): void {
    const { document } = page;
    const options: AddEventListenerOptions = { capture: true, passive: true, signal };
    const find = ({ target }: Event): void => enter(contentOf(target));
    // It does not bubble, but it is to be seen on its way down.
    document.addEventListener('load', find, options);
    document.addEventListener('pointerover', find, options);
    page.addEventListener('blur', () => enter(contentOf(document.activeElement)), { passive: true, signal });
    for (let index = 0; index < page.length; index += 1) enter(page[index]);
  }

  follow(window);
}

function contentOf(element: unknown): unknown {
  return (element as { readonly contentWindow?: unknown } | null)?.contentWindow;
}

/** The window if its document may be read: that of another origin throws, or answers null. */
function readable(view: unknown): FramedWindow | undefined {
  try {
    const inside = view as FramedWindow | null | undefined;
    return inside?.document ? inside : undefined;
  } catch {
    return undefined;
  }
}
