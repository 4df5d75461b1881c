/** A person signs in: always a new session with a new secret, whatever was presented before. */
import { about } from '../audit/session-audit.js';
import type { Person } from '../people/people.js';
import { type Proof, type ProofPorts, provePassword } from '../people/prove.js';
import type { Role } from '../people/rights.js';
import type { Policy } from '../policies/policy.js';
import { type Hints, type Trust, trusted } from '../policies/trust.js';
import { ended } from './ended.js';
import { createSecret, sessionId } from './secret.js';
import type { Session } from './session.js';
import { changeSession, type SessionPorts } from './update-session.js';

export type SignInPorts = SessionPorts & ProofPorts & { readonly policyFor: (trust: Trust) => Policy };

export interface SignedIn {
  readonly outcome: 'signed-in';
  readonly session: Session;
  readonly secret: string;
}

export type SignIn = SignedIn | Exclude<Proof, { readonly outcome: 'proved' }>;

/** Where somebody comes from who signs in. */
interface Arriving {
  readonly presentedSecretHash: string | null;
  readonly hints: Hints;
}

export async function signIn(
  ports: SignInPorts,
  request: Arriving & { readonly username: string; readonly password: string; readonly roles: readonly Role[] },
): Promise<SignIn> {
  const { username, password, roles } = request;
  const proof = await provePassword(ports, { username, password, roles });
  if (proof.outcome !== 'proved') return proof;
  return begin(ports, proof.person, { ...request, acr: 'pwd', amr: ['pwd'] });
}

/** It is known who it is: their session begins. */
export async function begin(
  ports: SessionPorts & Pick<SignInPorts, 'policyFor'>,
  person: Person,
  { presentedSecretHash, hints, acr, amr }: Arriving & Pick<Session, 'acr' | 'amr'>,
): Promise<SignedIn> {
  if (presentedSecretHash !== null) await endPresented(ports, presentedSecretHash);
  const { secret, hash } = createSecret();
  const trust = trusted(person.role, hints);
  const session = await ports.store.create({
    id: sessionId(secret),
    username: person.username,
    subject: person.subject,
    trust,
    acr,
    amr,
    policy: ports.policyFor(trust),
    secretHash: hash,
  });
  ports.audit.record({ event: 'session_created', level: 'INFO', ...about(session) });
  return { outcome: 'signed-in', session, secret };
}

/** The browser's next secret replaces the one it holds: that session could never be used or signed out again. */
async function endPresented(ports: SessionPorts, secretHash: string): Promise<void> {
  const presented = await ports.store.findBySecret(secretHash);
  if (presented === undefined) return;
  await changeSession(ports, presented.id, (session, at) =>
    ended(session, { reason: 'signed-out', at, initiatingEntity: 'user' }),
  );
}
