/** A policy takes hold of a running session, now. */
import type { Policy } from '../policies/policy.js';
import type { Session } from './session.js';
import { settled } from './settled.js';

/** Limits are computed anew. One that now lies in the past ends (or locks) the session at this instant, not back then. */
export function policyApplied(session: Session, policy: Policy, now: number): Session {
  if (session.end !== null) return session;
  // A session's own count: no two policies it has had share a number.
  return settled({ ...session, policy: { ...policy, version: session.policy.version + 1 } }, now, now);
}
