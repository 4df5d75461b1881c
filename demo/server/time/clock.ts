/** The one source of time: what time it is, and waking up at an instant, so that the two cannot disagree. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls `ring` once `now()` has reached `at`, never before, and not in the call itself.
   * Returns a function that takes the alarm back.
   */
  alarm(at: number, ring: () => void): () => void;
}

/** Node fires a longer delay after 1 ms: https://nodejs.org/docs/latest-v20.x/api/timers.html#settimeoutcallback-delay-args */
const longestTimeout = 2 ** 31 - 1;

/** The machine's clock. Its alarms look at the time again when they ring, so sleep and stepped clocks only make them late. */
export const systemClock: Clock = {
  now: () => Date.now(),
  alarm(at, ring) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      timer = setTimeout(look, Math.min(Math.max(at - Date.now(), 0), longestTimeout));
    };
    const look = (): void => {
      if (Date.now() >= at) ring();
      else wait();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
