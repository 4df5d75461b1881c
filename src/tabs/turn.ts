/** Turns between tabs, over Web Locks. They save requests; nothing may depend on them. */
import type { Turns } from '../ports.js';

/**
 * Makes the turns.
 *
 * Where there are no Web Locks, or where they refuse (Firefox before 116 threw in partitioned frames,
 * https://bugzil.la/1798493), the turn is granted at once: then the job may run in two tabs, which every job here bears.
 * A request that hangs behind a frozen holder is left by aborting the signal.
 */
export function createTurns(locks: Pick<LockManager, 'request'> | undefined): Turns {
  return {
    async queue(name, { signal, steal = false }, granted) {
      if (signal.aborted) return;
      const taken = new AbortController();
      let turn: Promise<void> | undefined;
      const begin = (): Promise<void> => {
        turn = run(granted, taken.signal);
        return turn;
      };
      if (!locks) return begin();

      const over = new AbortController();
      const left = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
      });
      // The two options exclude each other: a steal never waits, so it has nothing to abort.
      const options: LockOptions = steal ? { steal: true } : { signal };
      const asked = request(locks, name, options, () => (signal.aborted ? undefined : begin())).catch(() => {
        // After the grant this is what a theft looks like to the holder.
        if (turn) taken.abort();
        else if (!signal.aborted) return begin();
        return undefined;
      });

      await Promise.race([asked, left]);
      over.abort();
      await turn;
    },
  };
}

/** A request that only ever fails by its promise. */
async function request(
  locks: Pick<LockManager, 'request'>,
  name: string,
  options: LockOptions,
  granted: () => Promise<void> | undefined,
): Promise<void> {
  await locks.request(name, options, granted);
}

/** Runs the job; however it ends, the turn ends. What failed in it is for the job itself to tell. */
async function run(granted: (lost: AbortSignal) => Promise<void>, lost: AbortSignal): Promise<void> {
  try {
    await granted(lost);
  } catch {
    // See above: the queue behind must not hear of it.
  }
}
