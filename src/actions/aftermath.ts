/** What follows an end, in every tab: what this tab keeps is wiped, then what all share, and then the server is told. */
import type { Tombstone } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Memory } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { pause, waitFor } from '../time/pause.js';
import type { Tell } from './tell.js';
import type { Wipe } from './wipe.js';

/** The server is told after the wipe, or after this: a wiper that hangs does not keep the end from it. */
const WIPE_FIRST: Duration = 1_000;
/** A wipe that was left for later is tried again after this, while a page lives. */
const RETRY: Duration = 30_000;

/** Another page's end is told by that page, which has this long. */
const COURTESY: Duration = 3_000;

export interface AftermathParts {
  /** Whether this tab wrote the tombstone itself. */
  readonly isMine: (sessionId: string) => boolean;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly memory: Pick<Memory, 'signedOut' | 'setSignedOut'>;
  readonly hasBackend: boolean;
  readonly wipe: Wipe;
  readonly tell: Tell;
}

/** Makes the function that looks, on each change, whether an end has something to be done about. */
export function createAftermath(parts: AftermathParts): () => void {
  const { clock, ledger, memory, hasBackend, isMine, wipe, tell } = parts;
  const wiping = new Set<string>();
  const telling = new Set<string>();
  let isClearing = false;

  function isStillUntold(sessionId: string): boolean {
    const { session, end } = ledger.facts();
    return session?.id !== sessionId || end?.told === false;
  }

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

  /**
   * Nobody is signed in, the server says; what a session left whose page was gone too soon, or a sign-in that never came to
   * a session, is nobody's.
   */
  function wipeLeavings(): void {
    if (isClearing) return;
    isClearing = true;
    void wipe.leavings().then((isClear) => {
      if (isClear) isClearing = false;
      else {
        clock.wait(RETRY, () => {
          isClearing = false;
          follow();
        });
      }
    });
  }

  /** For what outlives a session, and not a sign-out: a page that comes later has to know of it, whoever's session it meets. */
  function noteSignOut({ reason, at }: Tombstone): void {
    if (reason !== 'signed-out') return;
    const known = memory.signedOut();
    if (known === undefined || known < at) memory.setSignedOut(at);
  }

  function follow(): void {
    const { session, end } = ledger.facts();
    const { shown, replacedAt, doubted, wiped, none, superseded } = ledger.standing();
    const isPast = !session || (end && (wiped === session.id || wipe.isOvertaken(session.id)));
    if (none && !superseded && !doubted && isPast) wipeLeavings();
    if (!session || !end) return;
    noteSignOut(end);
    if (end.told && telling.delete(session.id)) tell.told(session.id);
    const isUntold = hasBackend && !end.told && !telling.has(session.id);
    if (isUntold) {
      telling.add(session.id);
      tell.note({ id: session.id, reason: end.reason });
    }
    // Also what the page keeps of a session before this one, which it heard of only when it was over.
    const tab = shown && wipe.tab(shown.id);
    const isDue = wiped !== session.id && !wiping.has(session.id) && replacedAt === undefined && !doubted;
    const wipes = Promise.all([tab, isDue ? wipeShared(session.id) : undefined]);
    if (!isUntold) return;
    void waitFor(clock, wipes, WIPE_FIRST)
      // Whoever wrote the tombstone tells the server; the others do so if that page is gone.
      .then(() => (isMine(session.id) ? undefined : pause(clock, COURTESY)))
      .then(() => (isStillUntold(session.id) ? tell.run() : undefined));
  }

  return follow;
}
