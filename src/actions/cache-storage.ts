/** The wiper for caches of responses (`CacheStorage`). */
import type { Wiper } from '../ports.js';
import { goOn, readNames } from './wiping.js';

/** Wipes caches by name. Throws a `TypeError` unless given a list of names. */
export function cacheStorage(names: readonly string[]): Wiper {
  const wanted = readNames('cacheStorage: names', names);
  return {
    name: `cacheStorage ${wanted.join(' ')}`,
    scope: 'shared',
    async wipe({ signal }) {
      // Only secure contexts have it, and what there is not holds nothing.
      const storage = globalThis.caches;
      if (!storage) return;
      for (const name of wanted) {
        goOn(signal);
        await storage.delete(name);
      }
    },
  };
}
