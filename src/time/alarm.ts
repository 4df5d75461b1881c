/** An alarm for an instant of server time, which re-reads the clock when it rings. */
import { type Clock, LONGEST_WAIT } from './clock.js';
import type { ServerTime } from './instant.js';

export interface Alarm {
  /** Sets the alarm, in place of any earlier setting; `undefined` calls it off. */
  set(at: ServerTime | undefined): void;
}

/**
 * Makes an alarm that rings once `latest()` has reached the instant.
 *
 * Truth is the instant minus now: a timer that rings early or was cut to the longest wait is set again, and one that
 * slept through the instant rings at the first chance.
 */
export function createAlarm(clock: Clock, latest: () => ServerTime | undefined, ring: () => void): Alarm {
  let callOff: (() => void) | undefined;

  function set(at: ServerTime | undefined): void {
    callOff?.();
    callOff = undefined;
    if (at === undefined) return;
    const now = latest();
    if (now === undefined) return;
    callOff = clock.wait(Math.min(Math.max(0, at - now), LONGEST_WAIT), () => {
      callOff = undefined;
      const then = latest();
      if (then !== undefined && then < at) set(at);
      else ring();
    });
  }

  return { set };
}
