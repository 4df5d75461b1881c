/** What a reply of the server means for this tab: which word counts, and for which session. */
import type { Report } from '../events.js';
import type { Facts, Tombstone } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Refusal, Reply, SessionDocument, StreamEvent } from '../ports.js';
import type { Claim } from '../rules/admit.js';
import { factsOf, overruling, reasonForNone } from '../rules/word.js';
import type { ServerTime } from '../time/instant.js';
import type { Asked } from './calls.js';

export interface AnswersParts {
  readonly ledger: Ledger;
  /** The server names another session than the one known, or the known one for the first time. */
  readonly meet: (facts: Facts, asked: Asked) => void;
  /** Facts with the tombstone of their session, where this tab has heard of it or finds it in the mirror. */
  readonly buried: (facts: Facts) => Facts;
  /** The reply cannot decide: ask again. */
  readonly askAgain: () => void;
  /** Raises a claim of this tab's own. */
  readonly raise: (claim: Claim) => void;
  /** The server says that a session is open which is over here. */
  readonly tellAgain: (sessionId: string) => void;
  /** The server knows that this session is over. */
  readonly toldOf: (sessionId: string) => void;
  /** The server lowered what was known: some of it was wrong. */
  readonly refuted: (known: Facts) => void;
  readonly report: Report;
  /** Test seam: the first-hand rule. */
  readonly firstHand?: boolean;
}

export interface Answers {
  take(reply: Reply, asked: Asked): void;
  takeEvent(event: StreamEvent, asked: Asked, isFirst: boolean): void;
}

export function createAnswers(parts: AnswersParts): Answers {
  const { ledger, report } = parts;
  let newestUsed = 0;
  let reportedPolicy: string | undefined;

  /** Whether a reply was asked after all that this tab has learnt, and is newer than any used (`docs/architecture.md` K1, K2). */
  function isFirstHand(asked: Asked): boolean {
    return parts.firstHand !== false && asked.learnt === ledger.learnt() && asked.number > newestUsed;
  }

  /** Tells of a policy that was not taken, or of a new one. */
  function reportPolicy({ session, policy, policyProblem, clamped }: SessionDocument): void {
    if (policyProblem !== undefined) report({ type: 'policy-rejected', problem: policyProblem });
    const key = policy && `${session.id} ${policy.version}`;
    if (!policy || key === reportedPolicy) return;
    reportedPolicy = key;
    report({ type: 'policy-updated', version: policy.version, clamped: clamped ?? [] });
  }

  function takeDocument(document: SessionDocument, asked: Asked): void {
    const { session } = document;
    reportPolicy(document);
    const known = ledger.facts();
    const firstHand = isFirstHand(asked);
    const isConfirmed = firstHand || isSaidAlike(known, document, asked);
    if (known.session?.id !== session.id) {
      if (firstHand) {
        newestUsed = asked.number;
        ledger.stand({ none: false, held: session.id });
        parts.meet(parts.buried(factsOf(document)), asked);
      } else parts.askAgain();
      return;
    }
    if (firstHand) {
      newestUsed = asked.number;
      const { facts, lowered } = overruling(known, document);
      ledger.overrule(parts.buried(facts));
      if (lowered.length > 0) {
        report({ type: 'facts-overruled', sessionId: session.id, lowered });
        parts.refuted(known);
      }
      ledger.stand({ none: false, held: session.id });
    } else {
      doubt(known, document, asked);
      newestUsed = Math.max(newestUsed, asked.number);
      ledger.learn(parts.buried(factsOf(document)));
    }
    if (ledger.facts().end) {
      parts.tellAgain(session.id);
    } else if (ledger.standing().opened !== session.id) {
      if (isConfirmed) parts.meet(ledger.facts(), asked);
      else parts.askAgain();
    }
  }

  /**
   * What other tabs have told since the server was asked is of the same session, and says no more than the server itself:
   * the answer confirms it. A page that opens is told such things by each open tab, and need not ask for it anew.
   */
  function isSaidAlike(known: Facts, document: SessionDocument, asked: Asked): boolean {
    const isNewest = parts.firstHand !== false && asked.number > newestUsed;
    return isNewest && asked.sessionId === document.session.id && overruling(known, document).lowered.length === 0;
  }

  /**
   * A reply that says less than was learnt since it was asked for: either that is newer, or it was never the server's
   * word. What is known becomes a question of its own.
   */
  function doubt(known: Facts, document: SessionDocument, asked: Asked): void {
    if (parts.firstHand === false || asked.number <= newestUsed) return;
    const { lowered } = overruling(known, document);
    if (lowered.length === 0) return;
    const { lease, authenticatedAt, policy, session } = known;
    const key = `known ${JSON.stringify([session?.order, lease, authenticatedAt, policy?.version])}`;
    parts.raise({ about: 'this-session', key });
  }

  function takeRefusal(refusal: Refusal, at: ServerTime | undefined, asked: Asked): void {
    switch (refusal.type) {
      case 'session-ended':
        return takeEnd(refusal.sessionId, endOf(refusal), asked);
      case 'no-session':
        return takeNone(asked);
      case 'session-mismatch':
        report({ type: 'session-mismatched', sessionId: refusal.sessionId });
        return parts.askAgain();
      case 'session-locked':
        return takeLock(refusal.sessionId, refusal.lockedAt, at, asked);
      case 'session-rotated':
      case 'extension-refused':
        return undefined;
    }
  }

  /** A death that the server declares counts for the session it names, however old the question. */
  function takeEnd(sessionId: string, end: Tombstone, asked: Asked): void {
    const { session } = ledger.facts();
    parts.toldOf(sessionId);
    if (session?.id === sessionId) {
      const last = asked.learnt === ledger.learnt();
      ledger.learn({ session, end });
      if (last) ledger.stand({ none: true, superseded: undefined, held: sessionId });
    } else takeNone(asked);
  }

  function takeNone(asked: Asked): void {
    const facts = ledger.facts();
    if (asked.number <= newestUsed || asked.sessionId !== facts.session?.id) return parts.askAgain();
    newestUsed = asked.number;
    if (facts.session && !ledger.standing().replacedAt) {
      const reading = ledger.reading();
      const at = facts.end?.at ?? reading?.now ?? facts.session.startedAt;
      const { reason, detail } = facts.end ?? { reason: reasonForNone(facts, reading), detail: undefined };
      const end = { reason, ...(detail === undefined ? {} : { detail }), at, told: true };
      parts.toldOf(facts.session.id);
      ledger.learn({ session: facts.session, end });
    }
    ledger.stand({ none: true, superseded: undefined, held: undefined });
  }

  function takeLock(sessionId: string, lockedAt: ServerTime, at: ServerTime | undefined, asked: Asked): void {
    const { session } = ledger.facts();
    if (session?.id !== sessionId || asked.number < newestUsed) return;
    const limit = at ?? ledger.reading()?.latest;
    if (limit !== undefined && lockedAt <= limit) ledger.learn({ session, lockedAt });
    parts.askAgain();
  }

  return {
    take(reply, asked) {
      if (reply.type === 'document') takeDocument(reply.document, asked);
      if (reply.type === 'refused') takeRefusal(reply.refusal, reply.serverTime, asked);
    },
    takeEvent(event, asked, isFirst) {
      if (event.type === 'document') {
        if (isFirst) takeDocument(event.document, asked);
        else if (ledger.facts().session?.id === event.document.session.id) {
          reportPolicy(event.document);
          ledger.learn(parts.buried(factsOf(event.document)));
        } else parts.askAgain();
      }
      if (event.type === 'revoked') {
        const { session } = ledger.facts();
        parts.toldOf(event.sessionId);
        if (session?.id === event.sessionId) ledger.learn({ session, end: endOf(event) });
      }
    },
  };
}

function endOf(word: { reason: Tombstone['reason']; detail?: string; endedAt: ServerTime }): Tombstone {
  const { reason, detail, endedAt } = word;
  return { reason, ...(detail === undefined ? {} : { detail }), at: endedAt, told: true };
}
