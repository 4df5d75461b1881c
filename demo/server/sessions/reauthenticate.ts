/** The same person proves again who they are, in a session that may be locked but not over. */
import { about } from '../audit/session-audit.js';
import { type Proof, type ProofPorts, provePassword } from '../people/prove-password.js';
import { admit, type Claim, unchanged } from './admit.js';
import { reauthenticated } from './reauthenticated.js';
import { admissions } from './refusal.js';
import { createSecret } from './secret.js';
import type { Session } from './session.js';
import type { SessionPorts } from './update-session.js';

export type Reauthentication =
  | { readonly outcome: 'reauthenticated'; readonly session: Session; readonly now: number; readonly secret: string }
  | Exclude<Proof, { readonly outcome: 'proved' }>;

/**
 * Admitted twice: before the password is looked at, so that a call refused anyway counts as no attempt, and after,
 * since the session may have ended or moved on meanwhile. `password` is asked for once the call is admitted.
 */
export async function reauthenticate(
  ports: SessionPorts & ProofPorts,
  claim: Claim,
  password: () => string,
): Promise<Reauthentication> {
  const { session } = await admit(ports, claim, admissions.reauthenticate, unchanged);
  const proof = await provePassword(ports, {
    username: session.username,
    password: password(),
    roles: claim.roles,
    sessionId: session.id,
  });
  if (proof.outcome !== 'proved') return proof;
  const { secret, hash } = createSecret();
  const admitted = await admit(ports, claim, admissions.reauthenticate, (current, now) => ({
    session: reauthenticated(current, now, { acr: 'pwd', amr: ['pwd'], secretHash: hash, hints: claim.hints }),
    result: null,
  }));
  ports.audit.record({
    event: 'session_renewed',
    level: 'INFO',
    ...about(admitted.session),
    detail: { by: 'reauthentication' },
  });
  return { outcome: 'reauthenticated', session: admitted.session, now: admitted.now, secret };
}
