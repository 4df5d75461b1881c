/** Checking what proves who somebody is, so often and no oftener. */
import type { AuditLog } from '../audit/audit-log.js';
import type { AttemptLimit } from './attempts.js';
import type { People, Person } from './people.js';
import type { Role } from './rights.js';

export type Proof =
  | { readonly outcome: 'proved'; readonly person: Person }
  /** `retryAfter` (milliseconds) where no attempt is left. */
  | { readonly outcome: 'failed'; readonly attemptsLeft: number; readonly retryAfter: number | null }
  | { readonly outcome: 'limited'; readonly retryAfter: number };

export interface ProofPorts {
  readonly people: Pick<People, 'verify'>;
  readonly attempts: AttemptLimit;
  readonly audit: Pick<AuditLog, 'record'>;
}

/** Who proves it, and where. */
export interface ProofClaim {
  readonly username: string;
  readonly roles: readonly Role[];
  readonly sessionId?: string;
}

export function provePassword(
  ports: ProofPorts,
  { password, ...claim }: ProofClaim & { readonly password: string },
): Promise<Proof> {
  return prove(ports, claim, () => ports.people.verify(claim.username, password));
}

/**
 * Attempts count per person and, within a session, per session; both counts outlive a rotation of the secret, and they are the same
 * for every kind of proof. Each is counted before the proof is looked at, so that guesses made at the same time cannot slip through.
 */
export async function prove(
  { attempts, audit }: Pick<ProofPorts, 'attempts' | 'audit'>,
  { username, roles, sessionId }: ProofClaim,
  look: () => Promise<Person | null>,
): Promise<Proof> {
  const session = sessionId === undefined ? {} : { session: sessionId };
  const counters = { subject: username, ...session };
  const taken = await attempts.take(counters);
  if (!taken.allowed) {
    audit.record({ event: 'authn_login_fail_max', level: 'WARN', userid: username, ...session });
    return { outcome: 'limited', retryAfter: taken.retryAfter };
  }
  const person = await look();
  if (person === null || !roles.includes(person.role)) {
    audit.record({ event: 'authn_login_fail', level: 'WARN', userid: username, ...session });
    const { left, retryAfter } = taken;
    return { outcome: 'failed', attemptsLeft: left, retryAfter: left === 0 ? retryAfter : null };
  }
  await attempts.forgive(counters);
  audit.record({ event: 'authn_login_success', level: 'INFO', userid: username, ...session });
  return { outcome: 'proved', person };
}
