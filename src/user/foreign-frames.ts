/** Evidence in frames of other origins: nothing of it is to be seen but that the person has activated the page. */
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { ACTIVATION } from './evidence.js';

/** Often enough that no activation is missed. */
const POLL: Duration = 2_000;

interface Listenable {
  addEventListener(type: string, listener: (event: Event) => void, options: AddEventListenerOptions): void;
}

/** What is needed of a window. */
export interface FocusedWindow extends Listenable {
  readonly document: Listenable & {
    hasFocus(): boolean;
    readonly activeElement?: unknown;
    readonly visibilityState?: DocumentVisibilityState;
  };
  readonly navigator: { readonly userActivation?: { readonly isActive: boolean } };
}

/**
 * Looks for activation while the focus is inside a frame: a click or a key press there activates the pages around it as
 * well. Wheel and pointer moves in it stay unseen. There is a timer only while a frame has the focus.
 */
export function watchForeignFrames(
  window: FocusedWindow,
  clock: Clock,
  heard: (stamp: number) => void,
  signal: AbortSignal,
): void {
  const { document, navigator } = window;
  if (!navigator.userActivation) return;
  let callOff: (() => void) | undefined;
  /** The window has lost the focus. If the document has not, it is inside a frame, also one in a closed shadow root. */
  let isBlurred = false;
  let wasActive = false;
  let lookedAt = 0;

  function look(): void {
    callOff?.();
    callOff = undefined;
    if (!isBlurred || document.visibilityState === 'hidden') return;
    // WebKit says that a document has no focus while a frame of another origin in it has (measured in WebKitGTK 2.50).
    if (!document.hasFocus() && !isFrame(document.activeElement)) return;
    const now = clock.read().monotonic;
    const isActive = navigator.userActivation?.isActive === true;
    // The earliest that it can have been; one that was active before may be the same still.
    if (isActive) heard(Math.max(1, wasActive ? now - ACTIVATION : Math.max(lookedAt, now - ACTIVATION)));
    wasActive = isActive;
    lookedAt = now;
    callOff = clock.wait(POLL, look);
  }

  const options: AddEventListenerOptions = { passive: true, signal };
  window.addEventListener(
    'blur',
    () => {
      isBlurred = true;
      look();
    },
    options,
  );
  window.addEventListener(
    'focus',
    () => {
      isBlurred = false;
      look();
    },
    options,
  );
  // Whoever comes back to a window whose focus is inside a frame is not announced by a focus event out here.
  document.addEventListener('visibilitychange', look, options);
  document.addEventListener('pointerover', () => isBlurred && !callOff && look(), options);
  signal.addEventListener('abort', () => callOff?.());
}

function isFrame(element: unknown): boolean {
  return (element as Partial<Pick<Element, 'localName'>> | null | undefined)?.localName === 'iframe';
}
