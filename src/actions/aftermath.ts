/** What follows an end, in every tab: what this tab keeps is wiped, then what all share, and then the server is told. */
import type { Ledger } from '../ledger.js';
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
  readonly hasBackend: boolean;
  readonly wipe: Wipe;
  readonly tell: Tell;
}

/** Makes the function that looks, on each change, whether an end has something to be done about. */
export function createAftermath({ clock, ledger, hasBackend, wipe, tell }: AftermathParts): () => void {
  const wiping = new Set<string>();
  const telling = new Set<string>();

  /** Wipes what all tabs share, and looks again later if something was left. */
  async function wipeShared(sessionId: string): Promise<void> {
    wiping.add(sessionId);
    await wipe.shared(sessionId);
    if (ledger.standing().wiped === sessionId) wiping.delete(sessionId);
    else {
      clock.wait(RETRY, () => {
        wiping.delete(sessionId);
        follow();
      });
    }
  }

  function follow(): void {
    const { session, end } = ledger.facts();
    const { shown, replacedAt, doubted, wiped } = ledger.standing();
    if (!session || !end) return;
    const isUntold = hasBackend && !end.told && !telling.has(session.id);
    if (isUntold) {
      telling.add(session.id);
      tell.note({ id: session.id, reason: end.reason });
    }
    const tab = shown?.id === session.id ? wipe.tab(session.id) : undefined;
    const isDue = wiped !== session.id && !wiping.has(session.id) && replacedAt === undefined && !doubted;
    const wipes = Promise.all([tab, isDue ? wipeShared(session.id) : undefined]);
    if (!isUntold) return;
    const patience = new Promise<void>((resolve) => void clock.wait(WIPE_FIRST, resolve));
    void Promise.race([wipes, patience]).then(() => tell.run());
  }

  return follow;
}
