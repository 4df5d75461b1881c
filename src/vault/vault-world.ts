/** What the vault needs of the browser, and of a test in its place. */
import { createStore, type UseStore } from 'idb-keyval';
import { type Clock, createSystemClock } from '../time/clock.js';
import { createLiveDrafts, type LiveDrafts } from './live-drafts.js';

export interface VaultWorld {
  readonly clock: Clock;
  /** Opens the database of a vault. Anew at each call: what has failed to open stays so. */
  openDatabase(vault: string): UseStore;
  live(vault: string): LiveDrafts;
  /** Calls back when the page may be gone the next moment. */
  parting(leaves: () => void): () => void;
  /** What this tab keeps over a reload; it may throw. */
  tabStorage(): Pick<Storage, 'getItem' | 'setItem'>;
}

export function createVaultWorld(): VaultWorld {
  const clock = createSystemClock();
  return {
    clock,
    openDatabase: (vault) => createStore(`nightlatch:${vault}:drafts`, 'drafts'),
    live: (vault) => createLiveDrafts(vault, clock, navigator.locks),
    parting(leaves) {
      const listening = new AbortController();
      const options = { capture: true, signal: listening.signal };
      // Hidden is the last that a page hears for certain; a page that is left or frozen may hear these as well, or only these.
      document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leaves(), options);
      document.addEventListener('freeze', leaves, options);
      window.addEventListener('pagehide', leaves, options);
      return () => listening.abort();
    },
    tabStorage: () => sessionStorage,
  };
}
