/** What an authentication has to be to count: newer than what was known when it was asked for, of the same person, as asked. */
import { NightlatchError } from '../errors.js';
import type { Session } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Authentication, Requirement } from '../rules/freshness.js';
import { isAnswered } from '../rules/step-up.js';
import { isOpen } from '../rules/view.js';
import type { ServerTime } from '../time/instant.js';

/** What was known when somebody asked. */
export interface Before {
  readonly session: Session;
  readonly authenticatedAt: ServerTime;
  readonly earliest: ServerTime;
}

export interface Proof {
  /** The newest authentication that is known. */
  newest(): Authentication | undefined;
  /** What is known now. Rejects where there is no session in which somebody could authenticate again. */
  before(): Promise<Before>;
  /** Whether the person has authenticated since, as was asked for. */
  isMet(requirement: Requirement, before: Before): boolean;
  /** Why the session that was known is no longer this tab's, if it is not. */
  lost(before: Before): NightlatchError | undefined;
}

/** `ask` asks the server; there may be none. */
export function createProof(ledger: Ledger, ask: (() => Promise<boolean>) | undefined): Proof {
  function newest(): Authentication | undefined {
    const { session, authenticatedAt = session?.startedAt, acr } = ledger.facts();
    return authenticatedAt === undefined ? undefined : { authenticatedAt, ...(acr === undefined ? {} : { acr }) };
  }

  return {
    newest,
    async before() {
      const { phase } = ledger.view();
      const answered = phase === 'expired' || phase === 'pending' ? ((await ask?.()) ?? false) : true;
      const view = ledger.view();
      const reading = ledger.reading();
      if ((isOpen(view) || view.phase === 'locked') && reading) {
        const authenticatedAt = newest()?.authenticatedAt ?? view.session.startedAt;
        return { session: view.session, authenticatedAt, earliest: reading.earliest };
      }
      if (!answered) throw new NightlatchError('ERR_BACKEND_UNREACHABLE', 'the server does not say what is so');
      throw new NightlatchError('ERR_SESSION_ENDED', `nobody can authenticate again: the session is ${view.phase}`);
    },
    isMet(requirement, before) {
      const known = newest();
      if (!known || !isOpen(ledger.view()) || known.authenticatedAt <= before.authenticatedAt) return false;
      return lost(before) === undefined && isAnswered(requirement, known, before.earliest);
    },
    lost,
  };

  function lost({ session }: Before): NightlatchError | undefined {
    const view = ledger.view();
    const isRenamed = isOpen(view) && view.session.id === session.id && view.session.subject !== session.subject;
    if (ledger.standing().replacedAt !== undefined || isRenamed) {
      return new NightlatchError('ERR_SUBJECT_CHANGED', 'another person has authenticated');
    }
    if (view.phase !== 'ended' && view.phase !== 'absent') return undefined;
    return new NightlatchError('ERR_SESSION_ENDED', 'the session ended before the person had authenticated');
  }
}
