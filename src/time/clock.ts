/** The clock port: one source for *now* and for *waiting*, so that the two cannot disagree. */
import { type Arrival, arrivalOf } from './arrival.js';
import type { DeviceTime, Duration } from './instant.js';

/** What the SDK needs of time. Everything that waits or reads a clock does it through one of these. */
export interface Clock {
  /** Both device clocks, read together. */
  read(): DeviceTime;
  /**
   * Calls `ring` once, not before `delay` milliseconds of the monotonic clock. Returns a function that calls it off.
   *
   * A ring is a reason to look again, never a truth: it may come minutes late in a hidden tab.
   */
  wait(delay: Duration, ring: () => void): () => void;
}

/**
 * The longest delay browsers keep: a signed 32-bit count of milliseconds (24.8 days); above it timers ring at once.
 * https://developer.mozilla.org/en-US/docs/Web/API/Window/setTimeout#maximum_delay_value
 */
export const LONGEST_WAIT: Duration = 2 ** 31 - 1;

/**
 * The device's own clocks and timers.
 *
 * The functions are taken when the clock is made, so that a page which later replaces `Date` or `setTimeout` (test
 * tools, embedded scripts) does not move the session's time.
 */
export function createSystemClock(): Clock {
  const wall = Date.now.bind(Date);
  const monotonic = performance.now.bind(performance);
  const set = globalThis.setTimeout.bind(globalThis);
  const clear = globalThis.clearTimeout.bind(globalThis);
  return {
    read: () => ({ monotonic: monotonic(), wall: wall() }),
    wait(delay, ring) {
      const timer = set(ring, Math.min(Math.max(0, Math.ceil(delay)), LONGEST_WAIT));
      return () => clear(timer);
    },
  };
}

/** How this page came, by the browser's own record of it. */
export function readArrival(clock: Pick<Clock, 'read'>): Arrival | undefined {
  // Typed by the kind of entry; a page in a browser has one at most.
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return navigation && arrivalOf(navigation, performance.timeOrigin, clock.read());
}
