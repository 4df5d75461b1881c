/** A clock that moves when told, and sleeps when told. */
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';

/**
 * A {@link Clock} for tests: nothing happens on it by itself.
 *
 * Timers ring synchronously. Promises that they settle go on only when the test awaits something, so a test of
 * asynchronous code calls {@link ManualClock.step} and lets them settle in between.
 *
 * @example
 * const clock = createManualClock();
 * const latch = createNightlatch({ name: 'test', policy: { idleTimeout: minutes(15) } }, { ...world, clock });
 * clock.advance(minutes(14)); // the person does nothing, and is warned
 * clock.sleep(hours(8)); // the lid is closed: no timer rings, and the monotonic clock stands still
 */
export interface ManualClock extends Clock {
  /** Moves both clocks forward, and rings the timers that fall due on the way, each at its own instant, in order. */
  advance(duration: Duration): void;
  /**
   * Moves to the next timer if it is due within the duration, and rings it alone. Returns whether there was one; if
   * not, time has not moved.
   */
  step(within?: Duration): boolean;
  /** The device sleeps: the wall clock moves, the monotonic clock and all timers stand still. */
  sleep(duration: Duration): void;
  /** Somebody sets the wall clock: forward, or back for a negative duration. */
  stepWall(by: Duration): void;
  /** How much time has really passed: sleep counts, a wall clock that was set does not. */
  passed(): Duration;
}

interface Timer {
  readonly due: number;
  readonly ring: () => void;
  off: boolean;
}

/** 2026-11-21T12:00Z: the wall clock starts here unless told otherwise, an instant that the codecs take for one. */
const START = 1_795_262_400_000;

/** Makes a clock that stands still until it is told to move. */
export function createManualClock(start: { readonly monotonic?: number; readonly wall?: number } = {}): ManualClock {
  const origin = start.monotonic ?? 0;
  let monotonic = origin;
  let slept = 0;
  /** What the wall clock shows beyond the time that has passed. */
  let set = start.wall ?? START;
  /** By due time; of two due at once, the one set first. The next one is last, so that taking it is cheap. */
  const timers: Timer[] = [];

  const passed = (): Duration => monotonic - origin + slept;

  function wait(delay: Duration, ring: () => void): () => void {
    // Whole milliseconds, as browsers have them: an alarm that rings a fraction early would set itself for ever.
    const timer: Timer = { due: monotonic + Math.max(0, Math.ceil(delay)), ring, off: false };
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timers[middle] as Timer).due > timer.due) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
    return () => {
      timer.off = true;
    };
  }

  function step(duration: Duration = Number.POSITIVE_INFINITY): boolean {
    while (timers.at(-1)?.off) timers.pop();
    const next = timers.at(-1);
    if (!next || next.due - monotonic > duration) return false;
    timers.pop();
    monotonic = Math.max(monotonic, next.due);
    next.off = true;
    next.ring();
    return true;
  }

  return {
    read: () => ({ monotonic, wall: set + passed() }),
    wait,
    step,
    advance(duration) {
      const until = monotonic + duration;
      while (step(until - monotonic));
      monotonic = Math.max(monotonic, until);
    },
    sleep(duration) {
      slept += duration;
    },
    stepWall(by) {
      set += by;
    },
    passed,
  };
}
