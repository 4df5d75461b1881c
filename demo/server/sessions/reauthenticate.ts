/** The same person proves again who they are, in a session that may be locked but not over. */
import { about } from '../audit/session-audit.js';
import type { Passkeys } from '../people/passkeys.js';
import type { People } from '../people/people.js';
import { type Proof, type ProofPorts, prove, provePassword } from '../people/prove.js';
import { answeredChallenge, provingPasskey, type Site } from '../people/webauthn.js';
import { admit, type Claim, unchanged } from './admit.js';
import { reauthenticated } from './reauthenticated.js';
import { admissions } from './refusal.js';
import { createSecret } from './secret.js';
import type { Session } from './session.js';
import type { SessionPorts } from './update-session.js';

export interface Reauthenticated {
  readonly outcome: 'reauthenticated';
  readonly session: Session;
  readonly now: number;
  readonly secret: string;
}

export type Reauthentication = Reauthenticated | Exclude<Proof, { readonly outcome: 'proved' }>;

/** What somebody gives as a proof. */
export type GivenProof =
  | { readonly method: 'password'; readonly password: string }
  | { readonly method: 'passkey'; readonly response: unknown; readonly site: Site };

export type ReauthenticationPorts = SessionPorts &
  ProofPorts & { readonly people: Pick<People, 'verify' | 'find'>; readonly passkeys: Passkeys };

/** What kind of proof that was (RFC 8176; `phr` is phishing-resistant, https://openid.net/specs/openid-connect-eap-acr-values-1_0.html). */
export interface Kind {
  readonly acr: string;
  readonly amr: readonly string[];
}

/**
 * Admitted twice: before the proof is looked at, so that a call refused anyway counts as no attempt, and after,
 * since the session may have ended or moved on meanwhile. `given` is asked for once the call is admitted.
 */
export async function reauthenticate(
  ports: ReauthenticationPorts,
  claim: Claim,
  given: () => GivenProof,
): Promise<Reauthentication> {
  const { session } = await admit(ports, claim, admissions.reauthenticate, unchanged);
  let kind: Kind = { acr: 'pwd', amr: ['pwd'] };
  const proof = await looked(ports, session, claim, given(), (other) => {
    kind = other;
  });
  if (proof.outcome !== 'proved') return proof;
  return renew(ports, claim, kind);
}

/** It is proved: the session goes on with a new secret. `provedAt` where that was elsewhere, and earlier. */
export async function renew(
  ports: SessionPorts,
  claim: Claim,
  proof: Kind & { readonly provedAt?: number },
): Promise<Reauthenticated> {
  const { secret, hash } = createSecret();
  const admitted = await admit(ports, claim, admissions.reauthenticate, (current, now) => ({
    session: reauthenticated(current, now, { ...proof, secretHash: hash, hints: claim.hints }),
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

async function looked(
  ports: ReauthenticationPorts,
  { id: sessionId, username }: Session,
  { roles }: Claim,
  given: GivenProof,
  isOfKind: (kind: Kind) => void,
): Promise<Proof> {
  const { people, passkeys, store } = ports;
  const who = { username, roles, sessionId };
  if (given.method === 'password') return provePassword(ports, { ...who, password: given.password });
  // Taken whatever comes of it: a challenge that was answered once is answered.
  const challenge = answeredChallenge(given.response);
  const isOpen = challenge !== undefined && (await store.takeChallenge(sessionId, 'proof', challenge));
  return prove(ports, who, async () => {
    if (!isOpen) return null;
    const proved = await provingPasskey(given.site, challenge, passkeys.of(username), given.response);
    if (proved === null || !passkeys.used(username, proved.passkey.id, proved.counter)) return null;
    isOfKind({ acr: 'phr', amr: [proved.passkey.isBound ? 'hwk' : 'swk', 'user', 'mfa'] });
    return people.find(username) ?? null;
  });
}
