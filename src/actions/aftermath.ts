/** What follows an end, in every tab: what this tab keeps is wiped, then what all share, and then the server is told. */
import type { Ledger } from '../ledger.js';
import type { Memory } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import type { Tell } from './tell.js';
import type { Wipe } from './wipe.js';

/** The server is told after the wipe, or after this: a wiper that hangs does not keep the end from it. */
const WIPE_FIRST: Duration = 1_000;
/** A wipe that was left for later is tried again after this, while a page lives. */
const RETRY: Duration = 30_000;

export interface AftermathParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly hasBackend: boolean;
  readonly wipe: Wipe;
  readonly tell: Tell;
}

/** Makes the function that looks, on each change, whether an end has something to be done about. */
export function createAftermath({ clock, ledger, memory, hasBackend, wipe, tell }: AftermathParts): () => void {
  const wiping = new Set<string>();

  async function wipeAll(sessionId: string): Promise<void> {
    wiping.add(sessionId);
    const tab = ledger.standing().shown?.id === sessionId ? wipe.tab(sessionId) : undefined;
    await Promise.all([tab, wipe.shared(sessionId)]);
  }

  return () => {
    const { session, end } = ledger.facts();
    const { replacedAt, doubted, wiped } = ledger.standing();
    if (!session || !end) return;
    const isUntold = hasBackend && !end.told && !memory.untold().some(({ id }) => id === session.id);
    if (isUntold) tell.note({ id: session.id, reason: end.reason });
    const isDue = wiped !== session.id && !wiping.has(session.id) && replacedAt === undefined && !doubted;
    const wipes = isDue ? wipeAll(session.id) : Promise.resolve();
    if (isDue) {
      void wipes.finally(() => {
        if (ledger.standing().wiped === session.id) wiping.delete(session.id);
        else clock.wait(RETRY, () => wiping.delete(session.id));
      });
    }
    if (!isUntold) return;
    const patience = new Promise<void>((resolve) => void clock.wait(WIPE_FIRST, resolve));
    void Promise.race([wipes, patience]).then(() => tell.run());
  };
}
