/** Locking: writes the lock down at once, and tells the server until it knows. */
import { isLocked } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Reply } from '../ports.js';
import { isOpen } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { type Duration, later, plus } from '../time/instant.js';

const LIMIT: Duration = 10_000;
const FIRST_RETRY: Duration = 1_000;
const LONGEST_RETRY: Duration = 60_000;

export interface LockParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  /** Whether something that was heard waits for the server's answer: perhaps that somebody has opened it. */
  readonly isAsking: () => boolean;
  readonly send: ((sessionId: string, limit: Duration) => Promise<Reply>) | undefined;
}

export interface Lock {
  /** Locks now, if the session is open. */
  lock(): void;
  /** Looks whether the server has yet to hear of a lock. */
  consider(): void;
  stop(): void;
}

export function createLock({ clock, random, ledger, isAsking, send }: LockParts): Lock {
  let telling = false;
  let retry = FIRST_RETRY;
  let callOff: (() => void) | undefined;

  /** A lock that the newest lease was not issued under: the server does not know of it, and could. */
  function isUntold(): boolean {
    const facts = ledger.facts();
    if (ledger.standing().withoutLock === facts.session?.id) return false;
    return isLocked(facts) && !facts.end && facts.lease !== undefined && !facts.lease.whileLocked;
  }

  async function tell(): Promise<void> {
    const { session } = ledger.facts();
    if (!session || !send || telling || callOff || !isUntold()) return;
    if (isAsking()) return again();
    telling = true;
    const reply = await send(session.id, LIMIT);
    telling = false;
    if (reply.type === 'absent') ledger.stand({ withoutLock: session.id });
    if (reply.type !== 'unknown') retry = FIRST_RETRY;
    if (!isUntold()) return;
    again();
    retry = Math.min(retry * 2, LONGEST_RETRY);
  }

  function again(): void {
    callOff = clock.wait(retry * (0.5 + random() / 2), () => {
      callOff = undefined;
      void tell();
    });
  }

  return {
    lock() {
      const { session } = ledger.facts();
      const reading = ledger.reading();
      if (!session || !reading || !isOpen(ledger.view())) return;
      // A lock is later than the authentication before it, whatever the uncertainty of the clock.
      const after = plus(ledger.facts().authenticatedAt ?? session.startedAt, 1);
      ledger.learn({ session, lockedAt: later(reading.earliest, after) ?? after });
    },
    consider: () => void tell(),
    stop() {
      callOff?.();
      callOff = undefined;
    },
  };
}
