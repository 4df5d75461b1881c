/** Taking a turn for a piece of work, and going on without it after a while. */
import type { TakeTurn, Turns } from '../ports.js';
import type { Clock } from '../time/clock.js';

/**
 * Makes `takeTurn` of one SDK name.
 *
 * Whoever waits longer than `patience` goes on: the holder may be frozen, and a frozen tab keeps its Web Lock in
 * Chromium. Every piece of work is safe to do twice.
 */
export function createTakeTurn(turns: Turns, clock: Clock, prefix: string): TakeTurn {
  return (name, patience, work) =>
    new Promise((resolve, reject) => {
      const queue = new AbortController();
      let begun = false;

      function begin(lost?: AbortSignal): Promise<void> {
        if (begun) return Promise.resolve();
        begun = true;
        callOff();
        return work(lost).then(resolve, reject);
      }

      const callOff = clock.wait(patience, () => {
        void begin();
        queue.abort();
      });
      void turns.queue(`${prefix}:${name}`, { signal: queue.signal }, begin);
    });
}
