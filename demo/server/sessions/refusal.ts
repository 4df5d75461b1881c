/** Why a call about a session is refused before it does anything. */

import { judge, type Requirement } from '../policies/judge.js';
import { isSuccessorUnseen, type Standing, standingOf } from './secrets.js';
import type { Session, SessionEnd } from './session.js';

export type Refusal =
  | { readonly type: 'no-session' }
  | { readonly type: 'session-unnamed' }
  | { readonly type: 'session-mismatch'; readonly sessionId: string }
  | { readonly type: 'session-ended'; readonly sessionId: string; readonly end: SessionEnd }
  | { readonly type: 'session-rotated'; readonly sessionId: string }
  | { readonly type: 'session-locked'; readonly sessionId: string; readonly lockedAt: number }
  | { readonly type: 'operation-denied'; readonly operation: string }
  | { readonly type: 'reauthentication-required'; readonly operation: string; readonly requirement: Requirement };

/** What a call lets pass. What is not named here is the same for all calls. */
export interface Admission {
  /** Whether the call must say which session it means, is only held to it, or is asking which one there is. */
  readonly naming: 'required' | 'checked' | 'ignored';
  readonly over: boolean;
  readonly superseded: 'never' | 'successor-unseen' | 'always';
  readonly locked: boolean;
}

export type Call =
  | 'peek'
  | 'stream'
  | 'touch'
  | 'extend'
  | 'act'
  | 'read'
  | 'lock'
  | 'reauthenticate'
  | 'passkeyOptions'
  | 'signOut'
  | 'keys';

export const admissions: Readonly<Record<Call, Admission>> = {
  peek: { naming: 'ignored', over: false, superseded: 'never', locked: true },
  stream: { naming: 'required', over: false, superseded: 'never', locked: true },
  touch: { naming: 'required', over: false, superseded: 'never', locked: false },
  extend: { naming: 'required', over: false, superseded: 'never', locked: false },
  act: { naming: 'required', over: false, superseded: 'never', locked: false },
  read: { naming: 'checked', over: false, superseded: 'never', locked: false },
  lock: { naming: 'required', over: false, superseded: 'never', locked: true },
  reauthenticate: { naming: 'required', over: false, superseded: 'successor-unseen', locked: true },
  passkeyOptions: { naming: 'required', over: false, superseded: 'successor-unseen', locked: true },
  keys: { naming: 'required', over: false, superseded: 'never', locked: false },
  signOut: { naming: 'required', over: true, superseded: 'always', locked: true },
};

/** The first refusal that applies, in the order of docs/server-contract.md 2. `session` is settled and knows the secret. */
export function refusalOf(
  session: Session,
  claim: { readonly secretHash: string; readonly sessionId: string | null },
  admission: Admission,
): Refusal | null {
  const { id: sessionId, end, lockedAt } = session;
  if (admission.naming === 'required' && claim.sessionId === null) return { type: 'session-unnamed' };
  if (admission.naming !== 'ignored' && claim.sessionId !== null && claim.sessionId !== sessionId) {
    return { type: 'session-mismatch', sessionId };
  }
  if (end !== null) return admission.over ? null : { type: 'session-ended', sessionId, end };
  if (!isSecretAdmitted(session, claim.secretHash, admission)) return { type: 'session-rotated', sessionId };
  if (lockedAt !== null && !admission.locked) return { type: 'session-locked', sessionId, lockedAt };
  return null;
}

/** What the rules say to an operation, of a session that is open. */
export function operationRefusal(session: Session, operation: string, now: number): Refusal | null {
  const decision = judge(session, operation, now);
  switch (decision.outcome) {
    case 'allow':
      return null;
    case 'deny':
      return { type: 'operation-denied', operation };
    case 'reauthenticate':
      return { type: 'reauthentication-required', operation, requirement: decision.requirement };
  }
}

function isSecretAdmitted(session: Session, hash: string, { superseded }: Admission): boolean {
  const standing: Standing = standingOf(session, hash);
  switch (standing) {
    case 'current':
    case 'rotating':
      return true;
    case 'superseded':
      return superseded === 'always' || (superseded === 'successor-unseen' && isSuccessorUnseen(session, hash));
    case 'unknown':
      return false;
  }
}
