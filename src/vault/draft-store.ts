/** Where drafts lie: IndexedDB, and this page's memory while that is full, blocked, missing or does not answer. */
import { entries, promisifyRequest, type UseStore } from 'idb-keyval';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';

/** Where something was put. `refused`: its condition did not hold, and nothing was written. */
export type Written = 'stored' | 'memory' | 'refused';

export interface DraftStore {
  /** All that is there. */
  read(): Promise<ReadonlyMap<string, unknown>>;
  /** Puts a value there, if `condition` holds of what lies under another key in that very moment. */
  write(key: string, value: unknown, condition?: Condition): Promise<Written>;
  /** Puts there what `change` makes of it, in one step, and resolves with that. */
  update<T>(key: string, change: (known: unknown) => T): Promise<T>;
  /** Takes away all that `which` names; resolves with how many there were. */
  remove(which: (key: string, value: unknown) => boolean): Promise<number>;
}

export interface Condition {
  readonly key: string;
  readonly holds: (value: unknown) => boolean;
}

/** Stands there from the first writing on: a database without it has been emptied by somebody. */
export const MADE = 'made';

/** A database that has not answered by then hangs: another tab blocks it, or the disk is gone. */
const PATIENCE: Duration = 2_000;
/** And is asked again after this. */
const RETRY: Duration = 30_000;

export interface DraftStoreParts {
  readonly clock: Clock;
  /** Opens the database; called again after it has failed. */
  readonly open: () => UseStore;
  /** Told once when memory has to do, in words that hold nothing of what was to be kept. */
  readonly degraded: (problem: string) => void;
}

export function createDraftStore({ clock, open, degraded }: DraftStoreParts): DraftStore {
  const memory = new Map<string, unknown>();
  let database: UseStore | undefined;
  let hungAt: number | undefined;
  let isTold = false;

  const isResting = (): boolean => hungAt !== undefined && clock.read().monotonic < hungAt + RETRY;

  /** Works on the database, and in memory where that fails. A transaction that is granted too late does nothing. */
  async function attempt<T>(work: (store: UseStore, late: () => void) => Promise<T>, otherwise: () => T): Promise<T> {
    if (isResting()) return otherwise();
    const limit = createLimit(clock);
    try {
      database ??= open();
      const done = await Promise.race([work(database, limit.check), limit.reached]);
      hungAt = undefined;
      isTold = false;
      return done;
    } catch (problem) {
      database = undefined;
      // What fails at once may be tried each time; what hangs would cost each time.
      if (limit.isReached()) hungAt = clock.read().monotonic;
      if (!isTold) degraded(nameOf(problem));
      isTold = true;
      return otherwise();
    } finally {
      limit.end();
    }
  }

  /** Whoever wants to delete or upgrade the database need not wait for this page. */
  const yielding = (store: IDBObjectStore): IDBObjectStore => {
    const { db } = store.transaction;
    db.onversionchange = () => {
      db.close();
      database = undefined;
    };
    return store;
  };

  return {
    async read() {
      const stored = await attempt<readonly [IDBValidKey, unknown][]>(
        (use) => entries(use),
        () => [],
      );
      return new Map([...stored.map(([key, value]) => [String(key), value] as const), ...memory]);
    },

    write(key, value, condition) {
      return attempt<Written>(
        async (use, late) => {
          const isWritten = await use('readwrite', async (store) => {
            late();
            const known = condition && (await promisifyRequest(yielding(store).get(condition.key)));
            if (condition && !condition.holds(known)) return false;
            store.put(true, MADE);
            store.put(value, key);
            await promisifyRequest(store.transaction);
            return true;
          });
          memory.delete(key);
          return isWritten ? 'stored' : 'refused';
        },
        () => {
          if (condition && !condition.holds(memory.get(condition.key))) return 'refused';
          memory.set(key, value);
          return 'memory';
        },
      );
    },

    update(key, change) {
      return attempt(
        (use, late) =>
          use('readwrite', async (store) => {
            late();
            const value = change(await promisifyRequest(yielding(store).get(key)));
            store.put(value, key);
            await promisifyRequest(store.transaction);
            return value;
          }),
        () => {
          const value = change(memory.get(key));
          memory.set(key, value);
          return value;
        },
      );
    },

    async remove(which) {
      const named = (all: Iterable<readonly [unknown, unknown]>): string[] =>
        [...all]
          .map(([key, value]) => [String(key), value] as const)
          .filter(([key, value]) => which(key, value))
          .map(([key]) => key);
      const kept = named(memory);
      for (const key of kept) memory.delete(key);
      const gone = await attempt(
        (use, late) =>
          use('readwrite', async (store) => {
            late();
            const asked = [promisifyRequest(store.getAllKeys()), promisifyRequest(yielding(store).getAll())] as const;
            const [keys, values] = await Promise.all(asked);
            const found = named(keys.map((key, index) => [key, values[index]]));
            for (const key of found) store.delete(key);
            await promisifyRequest(store.transaction);
            return found;
          }),
        () => [],
      );
      return new Set([...kept, ...gone]).size;
    },
  };
}

/** Patience with one piece of work: what comes too late must not write any more. */
function createLimit(clock: Clock): {
  check(): void;
  isReached(): boolean;
  readonly reached: Promise<never>;
  end(): void;
} {
  let isReached = false;
  let callOff = (): void => {};
  const reached = new Promise<never>((_, reject) => {
    callOff = clock.wait(PATIENCE, () => {
      isReached = true;
      reject(new DOMException('the database does not answer', 'TimeoutError'));
    });
  });
  // Nobody waits for it once the work has come first.
  reached.catch(() => undefined);
  return {
    check() {
      if (isReached) throw new DOMException('too late', 'AbortError');
    },
    isReached: () => isReached,
    reached,
    end: () => callOff(),
  };
}

/** The kind of failure: a message might quote what was to be stored. */
const nameOf = (problem: unknown): string => (problem instanceof Error ? problem.name : 'unknown');
