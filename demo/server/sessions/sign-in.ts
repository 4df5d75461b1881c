/** A person signs in: always a new session with a new secret, whatever was presented before. */
import { about } from '../audit/session-audit.js';
import { type Proof, type ProofPorts, provePassword } from '../people/prove.js';
import type { Role } from '../people/rights.js';
import type { Policy } from '../policies/policy.js';
import { type Hints, type Trust, trusted } from '../policies/trust.js';
import { ended } from './ended.js';
import { createSecret, sessionId } from './secret.js';
import type { Session } from './session.js';
import { changeSession, type SessionPorts } from './update-session.js';

export type SignInPorts = SessionPorts & ProofPorts & { readonly policyFor: (trust: Trust) => Policy };

export type SignIn =
  | { readonly outcome: 'signed-in'; readonly session: Session; readonly secret: string }
  | Exclude<Proof, { readonly outcome: 'proved' }>;

export async function signIn(
  ports: SignInPorts,
  request: {
    readonly username: string;
    readonly password: string;
    readonly roles: readonly Role[];
    readonly presentedSecretHash: string | null;
    readonly hints: Hints;
  },
): Promise<SignIn> {
  const { username, password, roles, presentedSecretHash, hints } = request;
  const proof = await provePassword(ports, { username, password, roles });
  if (proof.outcome !== 'proved') return proof;
  if (presentedSecretHash !== null) await endPresented(ports, presentedSecretHash);
  const { person } = proof;
  const { secret, hash } = createSecret();
  const trust = trusted(person.role, hints);
  const session = await ports.store.create({
    id: sessionId(secret),
    username: person.username,
    subject: person.subject,
    trust,
    acr: 'pwd',
    amr: ['pwd'],
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
