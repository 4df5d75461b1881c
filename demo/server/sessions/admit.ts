/** The one way a request gets at its session: found by its secret, looked at now, refused or changed, in one atomic step. */
import { recordRefusal } from '../audit/session-audit.js';
import type { Role } from '../people/rights.js';
import { type Hints, presented } from '../policies/trust.js';
import { followed } from './followed.js';
import { type Admission, operationRefusal, type Refusal, refusalOf } from './refusal.js';
import { secretPresented } from './secrets.js';
import type { Session } from './session.js';
import type { Changed, Updated } from './store.js';
import { trustChanged } from './trust-changed.js';
import { type SessionPorts, updateSession } from './update-session.js';

/** What a request says about itself. */
export interface Claim {
  /** Of the secret it presents. */
  readonly secretHash: string | null;
  /** The session it means: its `Session-Id`. */
  readonly sessionId: string | null;
  /** Whose sessions are good here: the bank's staff have one door, administrators another. */
  readonly roles: readonly Role[];
  /** Where it comes from, as far as it can be told. */
  readonly hints: Hints;
  /** What it is about to do; null: it is about the session itself, which no rule for operations touches. */
  readonly operation: string | null;
  /** Method and path, for the audit log. */
  readonly resource: string;
}

/** The answer is no, and why. */
export class Refused extends Error {
  override readonly name = 'Refused' as const;
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.type);
    this.refusal = refusal;
  }
}

/** Runs `change` if the call is admitted, else throws `Refused`. Looking never counts as activity. */
export async function admit<T>(
  ports: SessionPorts,
  claim: Claim,
  admission: Admission,
  change: (session: Session, now: number) => Changed<T>,
): Promise<Admitted<T>> {
  const { secretHash } = claim;
  const found = secretHash === null ? undefined : await ports.store.findBySecret(secretHash);
  if (secretHash === null || found === undefined || !claim.roles.includes(found.trust.role)) {
    throw new Refused({ type: 'no-session' });
  }
  const updated = await updateSession<Verdict<T>>(ports, found.id, (known, now) => {
    const held = { ...claim, secretHash };
    const early = refusalOf(known, held, admission);
    // What comes with a secret that is no longer good, or for another session, says nothing about this one.
    if (early !== null && early.type !== 'session-locked') return { session: known, result: { refusal: early } };
    const trust = presented(known.trust, claim.hints);
    const heard = trustChanged(known, trust, { now, initiatingEntity: 'system' });
    const session = followed(heard, now, ports.circumstances(known.username));
    const refusal =
      refusalOf(session, held, admission) ??
      (claim.operation === null ? null : operationRefusal(session, claim.operation, now));
    if (refusal !== null) return { session, result: { refusal } };
    const changed = change(secretPresented(session, secretHash), now);
    return { session: changed.session, result: { value: changed.result } };
  });
  if (updated === undefined) throw new Refused({ type: 'no-session' }); // purged in between
  const { result: verdict, ...rest } = updated;
  if ('refusal' in verdict) {
    // Asking what is so is no attempt at using the session.
    if (admission.naming !== 'ignored') recordRefusal(ports.audit, updated.session, verdict.refusal, claim.resource);
    throw new Refused(verdict.refusal);
  }
  const { end, id } = updated.session;
  // What the call asked for was one thing too many: a renewal beyond the last, or what a rule ends.
  if (end !== null && !admission.over) throw new Refused({ type: 'session-ended', sessionId: id, end });
  return { ...rest, result: verdict.value, secretHash };
}

export interface Admitted<T> extends Updated<T> {
  /** Of the secret it was admitted with. */
  readonly secretHash: string;
}

type Verdict<T> = { readonly refusal: Refusal } | { readonly value: T };

/** For calls that only look. */
export const unchanged = (session: Session): Changed<null> => ({ session, result: null });
