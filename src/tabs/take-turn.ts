/** Taking a turn for a piece of work, and going on without it after a while. */
import type { Presence, TakeTurn, Turns } from '../ports.js';
import type { Clock } from '../time/clock.js';

/**
 * Makes `takeTurn` of one SDK name.
 *
 * Whoever waits longer than `patience` goes on: the holder may be frozen, and a frozen tab keeps its Web Lock in
 * Chromium. Every piece of work is safe to do twice.
 *
 * A frozen page takes none: where a browser hands it messages and locks all the same, it could begin, and not end.
 */
export function createTakeTurn(
  turns: Turns,
  clock: Clock,
  prefix: string,
  frozen: Presence['frozen'] = () => undefined,
): TakeTurn {
  return (name, patience, work) =>
    new Promise((resolve, reject) => {
      const leaving = new AbortController();
      let begun = false;

      function begin(lost?: AbortSignal): Promise<void> {
        if (begun) return Promise.resolve();
        const thaw = frozen();
        if (thaw) {
          void thaw.then(queue);
          return Promise.resolve();
        }
        begun = true;
        callOff();
        return work(lost).then(resolve, reject);
      }

      function queue(): void {
        if (!begun) void turns.queue(`${prefix}:${name}`, { signal: leaving.signal }, begin);
      }

      const callOff = clock.wait(patience, () => {
        const thaw = frozen();
        if (thaw) return void thaw.then(goOn);
        goOn();
      });
      function goOn(): void {
        void begin();
        leaving.abort();
      }

      const thaw = frozen();
      if (thaw) void thaw.then(queue);
      else queue();
    });
}
