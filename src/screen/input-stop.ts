/** Stops a covered page from getting any input, whatever still has the focus, and one that has just come into view. */
import type { Clock } from '../time/clock.js';
import { followSight } from './sight.js';

/** What a person does deliberately: before it counts, somebody looks whether the page may still have it. */
const DELIBERATE = [
  ...['keydown', 'beforeinput', 'pointerdown', 'mousedown', 'touchstart', 'click', 'auxclick', 'dblclick'],
  ...['paste', 'cut', 'copy', 'drop', 'dragstart', 'submit', 'reset', 'compositionstart'],
];

/** What follows or accompanies it. */
const ACCOMPANYING = [
  ...['keypress', 'keyup', 'input', 'compositionupdate', 'compositionend', 'contextmenu', 'dragover'],
  ...['pointermove', 'pointerup', 'mousemove', 'mouseup', 'touchmove', 'touchend', 'wheel'],
];

/** Listeners for these would delay scrolling if they could prevent it; they need not: there is nothing to scroll. */
const PASSIVE = new Set(['touchstart', 'touchmove', 'wheel']);

/**
 * Stops events outside our elements while `isCovered`, and while the page is out of sight. `look` brings that up to date: the first key after a night of
 * sleep is the first chance to notice that the session is over, and must not reach the page.
 */
export function stopInput(page: Document, clock: Clock, isCovered: () => boolean, look: () => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const view = page.defaultView;
  const isAway = followSight(page, clock, signal);

  function stop(event: Event): void {
    if (isOurs(page, event) || !(isCovered() || isAway(event))) return;
    event.stopImmediatePropagation();
    if (event.cancelable && !PASSIVE.has(event.type) && !isForBrowser(event)) event.preventDefault();
  }

  for (const type of DELIBERATE) {
    const listener = (event: Event): void => {
      look();
      stop(event);
    };
    view?.addEventListener(type, listener, { capture: true, passive: PASSIVE.has(type), signal });
  }
  for (const type of ACCOMPANYING)
    view?.addEventListener(type, stop, { capture: true, passive: PASSIVE.has(type), signal });
  return () => listening.abort();
}

/** Keeps what a person does in an element of ours to it: the app's shortcuts are not meant, and listen further up. */
export function keepInput(element: Element): void {
  for (const type of [...DELIBERATE, ...ACCOMPANYING]) {
    element.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
  }
}

/** Whether an event goes to a child of `<html>` that is marked as ours, or to something inside one. */
function isOurs(page: Document, event: Event): boolean {
  return event
    .composedPath()
    .some(
      (one) => one instanceof Element && one.parentNode === page.documentElement && one.hasAttribute('data-nightlatch'),
    );
}

/** Tab leads to what is ours, and a person must be able to reload or to close the page by the keyboard. */
function isForBrowser(event: Event): boolean {
  if (!(event instanceof KeyboardEvent)) return false;
  return event.key === 'Tab' || event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key);
}
