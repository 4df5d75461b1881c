/** Which drafts somebody is writing now, in this tab or another: those are no leavings to be offered. */
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { waitFor } from '../time/pause.js';

export interface LiveDrafts {
  /** From now on this draft is being written; the function that is returned ends that, and so does the end of the page. */
  hold(id: string): () => void;
  /** The drafts that are being written; none where the browser cannot tell. */
  ids(): Promise<ReadonlySet<string>>;
}

/** `navigator.locks.query()` has been seen to hang in documents that are going away. */
const PATIENCE: Duration = 300;

/** Web Locks go with the page that holds them, also where it crashes. */
export function createLiveDrafts(vault: string, clock: Clock, locks: LockManager | undefined): LiveDrafts {
  const prefix = `nightlatch:${vault}:draft:`;

  return {
    hold(id) {
      const over = new AbortController();
      const held = new Promise<void>((release) =>
        over.signal.addEventListener('abort', () => release(), { once: true }),
      );
      // Refused where the document is not active, or partitioned storage forbids it: then nobody can tell.
      locks?.request(prefix + id, { signal: over.signal }, () => held).catch(() => undefined);
      return () => over.abort();
    },
    async ids() {
      let names: readonly (string | undefined)[] = [];
      const asked = locks?.query().then(
        ({ held = [], pending = [] }) => {
          names = [...held, ...pending].map(({ name }) => name);
        },
        () => undefined,
      );
      if (asked) await waitFor(clock, asked, PATIENCE);
      return new Set(names.flatMap((name) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
    },
  };
}
