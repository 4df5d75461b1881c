/** A store over `localStorage` or `sessionStorage`. */
import type { Store } from '../ports.js';

/** What the store needs of a `Storage`. */
export type StorageArea = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'length'>;

/** What the store needs of a window. */
export interface StorageWindow {
  addEventListener(type: 'storage', listener: (event: StorageEvent) => void, options: AddEventListenerOptions): void;
}

/**
 * Makes a store.
 *
 * The storage is asked for at each use and never at creation: where it is blocked, merely naming `localStorage` throws.
 * Reading and writing pass that on, and whoever calls degrades.
 */
export function createStore(getStorage: () => StorageArea, window: StorageWindow): Store {
  return {
    get: (key) => getStorage().getItem(key),
    set: (key, value) => getStorage().setItem(key, value),
    remove: (key) => getStorage().removeItem(key),

    watch(changed) {
      const watching = new AbortController();
      touch(getStorage);
      window.addEventListener(
        'storage',
        (event) => {
          // One event name serves both storages of the window.
          if (event.storageArea === touch(getStorage)) changed(event.key);
        },
        { signal: watching.signal },
      );
      return () => watching.abort();
    },
  };
}

/**
 * The storage, if it can be had. WebKitGTK sends storage events only to pages that have touched it, so a member is
 * read (measured in 2.50).
 */
function touch(getStorage: () => StorageArea): StorageArea | undefined {
  try {
    const storage = getStorage();
    return storage.length >= 0 ? storage : undefined;
  } catch {
    return undefined;
  }
}
