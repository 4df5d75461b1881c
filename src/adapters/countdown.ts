/** The seconds of a warning, for the adapters: when to render anew, and what. */
import type { Nightlatch } from '../latch.js';
import type { Clock } from '../time/clock.js';

type Counted = Pick<Nightlatch, 'getView' | 'read' | 'subscribe'>;

/** Calls back with each change of view and, during a warning, as each second of it ends. Returns a function that stops. */
export function followSeconds(latch: Counted, clock: Clock, changed: () => void): () => void {
  let callOff: (() => void) | undefined;
  const look = (): void => {
    callOff?.();
    const left = millisecondsLeft(latch);
    // Counted from the deadline, so that a late ring shifts no later one.
    callOff = left ? clock.wait(left % 1_000 || 1_000, look) : undefined;
    changed();
  };
  const leave = latch.subscribe(look);
  look();
  return () => {
    leave();
    callOff?.();
  };
}

/** By the latest that server time can be, as the view is judged, so that the count and the cover agree. */
function millisecondsLeft(latch: Counted): number | undefined {
  const view = latch.getView();
  return view.phase === 'warning' ? Math.max(0, view.deadline.at - latch.read().latest) : undefined;
}

/** Whole seconds until the deadline that is being warned of, rounded up; nothing unless one is. */
export function secondsLeft(latch: Counted): number | undefined {
  const left = millisecondsLeft(latch);
  return left === undefined ? undefined : Math.ceil(left / 1_000);
}
