/** The session document: every successful answer about a session (docs/server-contract.md, 1). */
import type { PolicySigner } from '../policies/policy-signer.js';
import { absoluteExpiry, extensionsLeft, idleExpiry } from '../sessions/limits.js';
import type { Session, SessionEnd } from '../sessions/session.js';
import type { JsonObject } from './json.js';
import { policyDocument } from './policy-codec.js';
import { toSeconds, toSecondsOrNull } from './units.js';

/** Makes a session's document, with the policy as it is or signed. */
export type DocumentOf = (session: Session, now: number) => JsonObject;

/** Documents whose policy is in a token, and nowhere else (docs/server-contract.md, 9). */
export const signedDocument =
  (signer: Pick<PolicySigner, 'sign'>): DocumentOf =>
  (session, now) => {
    const { policy, ...rest } = sessionDocument(session, now);
    return { ...rest, policy_token: signer.sign(session.id, policyDocument(session.policy), now) };
  };

export function sessionDocument(session: Session, now: number): JsonObject {
  return {
    server_time: toSeconds(now),
    rev: session.rev,
    session: {
      id: session.id,
      order: session.order,
      started_at: toSeconds(session.startedAt),
      subject: session.subject,
    },
    auth_time: toSeconds(session.authenticatedAt),
    acr: session.acr,
    amr: session.amr,
    last_activity: toSeconds(session.lastActivityAt),
    idle_expiry: toSecondsOrNull(idleExpiry(session)),
    session_expiry: toSecondsOrNull(absoluteExpiry(session)),
    locked_at: toSecondsOrNull(session.lockedAt),
    extensions_left: extensionsLeft(session),
    longest_pause: toSeconds(session.longestPause),
    policy: policyDocument(session.policy),
  };
}

/** Why it is over, as `session-ended` and `session-revoked` both say it. */
export function endMembers(sessionId: string, end: SessionEnd): JsonObject {
  return {
    session_id: sessionId,
    reason: end.reason,
    ended_at: toSeconds(end.at),
    initiating_entity: end.initiatingEntity,
    ...(end.reasonForUser === undefined ? {} : { reason_user: end.reasonForUser }),
  };
}
