/** Keeps when the person last acted, and says so at most once a second. */
import type { ActivitySource } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type DeviceTime, type Duration, gap } from '../time/instant.js';
import { ACTIVATION, listenForEvidence, type PageListener } from './evidence.js';
import { type FocusedWindow, watchForeignFrames } from './foreign-frames.js';
import { type FramedWindow, listenInFrames } from './frames.js';

export interface ActivityOptions {
  readonly window: FramedWindow & FocusedWindow;
  readonly clock: Clock;
}

/** Activity becomes known at most this often (`docs/architecture.md` A3). */
const PULSE: Duration = 1_000;

/** The device clocks moved apart by this much: a sleep, or one was set. */
const SLEEP: Duration = 2_000;

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Watches a window for the person.
 *
 * `acted` is called at the first act after a pause, at once, then each second in which there was another. What happens
 * with each event in between is a comparison and a store; while nobody acts there is no timer.
 */
export function createActivitySource({ window, clock }: ActivityOptions): ActivitySource {
  let strong = NEVER;
  let weak = NEVER;
  /** Stamps up to here need no look at the clock. */
  let horizon = NEVER;

  /**
   * Stamps can lie ahead of the clock (rounding against fingerprinting, wall-clock stamps of embedded browsers) or be 0
   * (events that assistive technology causes). Ahead they would be activity that has not happened yet.
   */
  function plausible(stamp: number): number {
    if (stamp > 0 && stamp <= horizon) return stamp;
    const now = clock.read().monotonic;
    horizon = now + PULSE;
    return stamp > 0 && stamp <= now ? stamp : now;
  }

  let beat = (): void => {};
  const heard: PageListener = {
    strong(stamp) {
      const at = plausible(stamp);
      if (at > strong) strong = at;
      beat();
    },
    weak(stamp) {
      const at = plausible(stamp);
      if (at > weak) weak = at;
      beat();
    },
    activated(stamp) {
      // The earliest that it can have been.
      const at = Math.max(1, plausible(stamp) - ACTIVATION);
      if (at > strong) strong = at;
    },
  };

  return {
    heard,

    start(acted) {
      const listening = new AbortController();
      const { signal } = listening;
      let callOff: (() => void) | undefined;
      let actedSince = false;
      let pulsedAt: DeviceTime | undefined;

      function pulse(): void {
        actedSince = false;
        pulsedAt = clock.read();
        callOff = clock.wait(PULSE, () => {
          callOff = undefined;
          if (actedSince) pulse();
        });
        acted();
      }

      /** The first act after a sleep is known at once, though the monotonic clock says that it came right after the last. */
      beat = () => {
        if (callOff && pulsedAt && gap(pulsedAt, clock.read()) <= SLEEP) actedSince = true;
        else {
          callOff?.();
          pulse();
        }
      };

      listenForEvidence(window, heard, signal);
      listenInFrames(window, heard, signal);
      watchForeignFrames(window, clock, heard.strong, signal);

      return () => {
        listening.abort();
        callOff?.();
        callOff = undefined;
        beat = () => {};
      };
    },

    take() {
      const now = clock.read().monotonic;
      const taken = {
        ...(strong > NEVER ? { strong: Math.min(strong, now) } : {}),
        ...(weak > NEVER ? { weak: Math.min(weak, now) } : {}),
      };
      strong = NEVER;
      weak = NEVER;
      return taken;
    },
  };
}
