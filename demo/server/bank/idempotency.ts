/** Doing once what a client asks for twice, because it did not hear the first answer. */
import type { Clock } from '../time/clock.js';
import { days } from '../time/durations.js';

/** How long a key is remembered. */
const keysKept = days(1);

export interface Once<T> {
  /**
   * Runs `act` the first time this person comes with this key, and gives the same result each time after.
   * `mismatch` if the key was used for another request.
   */
  run(request: { person: string; key: string; fingerprint: string }, act: () => T): T | 'mismatch';
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export function createOnce<T extends object>(clock: Pick<Clock, 'now'>): Once<T> {
  const results = new Map<string, { readonly fingerprint: string; readonly at: number; readonly result: T }>();
  return {
    run({ person, key, fingerprint }, act) {
      const now = clock.now();
      for (const [name, { at }] of results) if (at + keysKept <= now) results.delete(name);
      const name = JSON.stringify([person, key]);
      const known = results.get(name);
      if (known !== undefined) return known.fingerprint === fingerprint ? known.result : 'mismatch';
      const result = act();
      results.set(name, { fingerprint, at: now, result });
      return result;
    },
  };
}
