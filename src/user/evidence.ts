/** Which events of a page are evidence of a person, and how strong: people, not scripts. */

import type { EvidenceListener } from '../ports.js';
import type { Duration } from '../time/instant.js';

/**
 * How long an activation lasts: measured 5,000 ms in Chromium and 4,986 to 5,008 ms in Firefox.
 * https://html.spec.whatwg.org/multipage/interaction.html#transient-activation-duration
 */
export const ACTIVATION: Duration = 5_000;

/** Is told of what happens in a page, or in a frame of it. */
export interface PageListener extends EvidenceListener {
  /** At this stamp the page was still activated: a person clicked or pressed a key up to five seconds before. */
  activated(stamp: number): void;
}

/** What the judging needs of a window; tests and frames bring their own. */
export interface EvidenceWindow extends Listenable {
  readonly document: Listenable & { readonly activeElement: unknown };
  readonly navigator: { readonly userActivation?: { readonly isActive: boolean } };
}

interface Listenable {
  addEventListener(type: string, listener: (event: Event) => void, options: AddEventListenerOptions): void;
}

/**
 * What only a person does, or a tool in their hand. `mousedown` and `click` stand beside `pointerdown` because screen
 * readers cause them without it; `touchmove` because a scrolling finger cancels its pointer. There is no `mousemove`:
 * each comes with a `pointermove`, and this is the hot path. https://patrickhlauke.github.io/touch/tests/results/
 */
const ACTS = ['pointerdown', 'mousedown', 'wheel', 'touchstart', 'touchmove', 'touchend', 'drop'];

/** What a person causes, but a key that is held down causes too: Enter on a button clicks, Ctrl+V pastes. */
const CONSEQUENCES = ['click', 'paste', 'compositionstart', 'compositionupdate', 'compositionend'];

/** What scripts cause as well, with `isTrusted`: it is all that some assistive technology produces. */
const WEAK = ['focusin', 'input', 'scroll'];

/** About ten seconds of a held key at the usual rate: long enough to scroll far, too short for a book on the space bar. */
const MOST_REPEATS = 300;

/** What follows a stuck key within this time is its doing; the slowest repeat that systems offer is about 2 s. */
const STUCK_FOR = 2_500;

/**
 * Listens for evidence until `signal` aborts: in capture, so that an app that stops events does not hide the person,
 * and passive, so that scrolling never waits for us.
 *
 * Every trusted key press counts, Escape and lone modifiers included. HTML grants those no user activation because a
 * page could abuse it; here there is nothing to abuse, no script can press them, and Ctrl (silence) or Insert are what
 * a screen reader's user presses while reading.
 */
export function listenForEvidence(window: EvidenceWindow, heard: PageListener, signal: AbortSignal): void {
  const options: AddEventListenerOptions = { capture: true, passive: true, signal };
  const { document, navigator } = window;
  let screenX = Number.NaN;
  let screenY = Number.NaN;
  let repeats = 0;
  let stuckAt = Number.NEGATIVE_INFINITY;
  /** What had the focus when the window lost it. */
  let leftAt: unknown;

  function act(event: Event): void {
    if (event.isTrusted) heard.strong(event.timeStamp);
  }

  /**
   * Browsers send moves when the layout changes under a pointer that lies still. While something is dragged there are none:
   * `dragover` says where the pointer is, again and again, of a drag from outside of the page too.
   */
  function move(event: Event): void {
    if (!event.isTrusted) return;
    const at = event as MouseEvent; // Only ever registered for `pointermove` and `dragover`.
    // The place before the first move is not known: by itself one without movement says nothing.
    const still = Number.isNaN(screenX) || (at.screenX === screenX && at.screenY === screenY);
    const phantom = still && at.movementX === 0 && at.movementY === 0;
    screenX = at.screenX;
    screenY = at.screenY;
    if (!phantom) heard.strong(at.timeStamp);
  }

  function press(event: Event): void {
    if (!event.isTrusted) return;
    repeats = (event as KeyboardEvent).repeat ? repeats + 1 : 0; // Only ever registered for `keydown`.
    if (repeats <= MOST_REPEATS) heard.strong(event.timeStamp);
    else stuckAt = event.timeStamp;
  }

  function byStuckKey(event: Event): boolean {
    return Math.abs(event.timeStamp - stuckAt) < STUCK_FOR;
  }

  function follow(event: Event): void {
    if (event.isTrusted && !byStuckKey(event)) heard.strong(event.timeStamp);
  }

  function weigh(event: Event): void {
    if (!event.isTrusted || byStuckKey(event) || isReturn(event) || isOurs(event)) return;
    heard.weak(event.timeStamp);
    // Not strong itself: scripts go on scrolling while an activation lasts. Who activated the page (in a child frame, or by a
    // tool that no event tells of) was there, though.
    if (navigator.userActivation?.isActive) heard.activated(event.timeStamp);
  }

  /** No script can choose a file, or call the choosing off: a person was in the browser's own dialog, where nobody is heard. */
  function choose(event: Event): void {
    const target = event.target as Partial<Pick<Element, 'matches'>> | null;
    if (event.isTrusted && target?.matches?.('input[type=file]') === true) heard.strong(event.timeStamp);
  }

  function leave(): void {
    leftAt = document.activeElement ?? undefined;
  }

  /** A window that gets the focus back gives it to the same element, which says nothing about the person. */
  function isReturn(event: Event): boolean {
    if (event.type !== 'focusin' || leftAt === undefined) return false;
    const back = event.target === leftAt;
    leftAt = undefined;
    return back;
  }

  /** Our own dialogs take the focus by themselves; the person answers them by keys and clicks. */
  function isOurs(event: Event): boolean {
    // Listeners on the window see the host element, whatever is inside its shadow root.
    const target = event.target as Partial<Pick<Element, 'closest'>> | null;
    return target?.closest?.('[data-nightlatch]') != null;
  }

  for (const type of ACTS) window.addEventListener(type, act, options);
  for (const type of CONSEQUENCES) window.addEventListener(type, follow, options);
  for (const type of WEAK) window.addEventListener(type, weigh, options);
  for (const type of ['pointermove', 'dragover']) window.addEventListener(type, move, options);
  for (const type of ['input', 'cancel']) window.addEventListener(type, choose, options);
  window.addEventListener('keydown', press, options);
  document.addEventListener('selectionchange', weigh, options);
  // Not in capture: there it would be told of every element that loses the focus.
  window.addEventListener('blur', leave, { passive: true, signal });
}
