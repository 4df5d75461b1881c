/** The person proved again who they are. */
import { type Hints, trusted } from '../policies/trust.js';
import { renewed } from './renewed.js';
import type { Session } from './session.js';

/**
 * A new secret is in force at once, the session is unlocked, the idle clock starts anew, and the absolute one
 * too where it runs from `auth_time`. The id stays: ASVS 7.2.4 asks for a new token, not for a new name.
 */
export function reauthenticated(
  session: Session,
  now: number,
  proof: {
    readonly acr: string;
    readonly amr: readonly string[];
    readonly secretHash: string;
    readonly hints: Hints;
    /** When they proved it, where that was elsewhere. Default: now. */
    readonly provedAt?: number;
  },
): Session {
  const rotated = renewed(session, now, { hash: proof.secretHash, grace: null });
  if (rotated.end !== null) return rotated;
  return {
    ...rotated,
    authenticatedAt: Math.max(proof.provedAt ?? now, session.authenticatedAt, (session.lockedAt ?? 0) + 1), // later than the lock, as in `locked`
    acr: proof.acr,
    amr: proof.amr,
    lockedAt: null,
    // Trust begins anew: what has risen meanwhile counts from here on.
    trust: trusted(session.trust.role, proof.hints, session.trust.signals),
    lastActivityAt: Math.max(session.lastActivityAt, now),
    lastActAt: Math.max(session.lastActAt, now),
    longestPause: 0,
  };
}
