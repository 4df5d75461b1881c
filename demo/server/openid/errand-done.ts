/** Somebody has come back from the provider: what that makes of their session. */
import type { People } from '../people/people.js';
import type { Role } from '../people/rights.js';
import { admit, type Claim, unchanged } from '../sessions/admit.js';
import { locked } from '../sessions/locked.js';
import { renew } from '../sessions/reauthenticate.js';
import { admissions } from '../sessions/refusal.js';
import { begin, type SignInPorts } from '../sessions/sign-in.js';
import { changeSession, type SessionPorts } from '../sessions/update-session.js';
import type { Pending } from './pending.js';
import type { ProviderSessions } from './provider-sessions.js';
import type { Known } from './relying-party.js';

export interface ErrandPorts extends SessionPorts, Pick<SignInPorts, 'policyFor'> {
  readonly people: Pick<People, 'withSubject'>;
  readonly providerSessions: ProviderSessions;
}

/** A new secret for the browser, or why there is none. */
export type Done = { readonly secret: string } | { readonly error: string };

/** OpenID tells whole seconds: a proof is somewhere in the second that begins there. */
const wholeSecond = 999;

export async function signInBy(
  ports: ErrandPorts,
  identity: Known,
  { roles, secretHash, hints }: Claim,
): Promise<Done> {
  const person = ports.people.withSubject(identity.subject);
  if (person === undefined || !isWelcome(person.role, roles)) {
    ports.audit.record({ event: 'authn_login_fail', level: 'WARN', userid: person?.username ?? null });
    return { error: 'access_denied' };
  }
  ports.audit.record({ event: 'authn_login_success', level: 'INFO', userid: person.username });
  const { session, secret } = await begin(ports, person, {
    presentedSecretHash: secretHash,
    hints,
    ...kindOf(identity),
  });
  ports.providerSessions.note(session.id, identity);
  return { secret };
}

/**
 * The same person goes on in the same session, with a new secret. Another person does not: then the session is locked, for it is
 * not the one who was asked that sits before it. What they had typed is theirs, and stays behind the lock.
 */
export async function reauthenticateBy(
  ports: ErrandPorts,
  identity: Known,
  errand: Pending & Required<Pick<Pending, 'session'>>,
  claim: Claim,
): Promise<Done> {
  const { id, subject } = errand.session;
  if (identity.subject !== subject) {
    const detail = { reason: 'another person' };
    ports.audit.record({ event: 'authn_login_fail', level: 'WARN', userid: null, session: id, detail });
    // Often it is over by now: as another person signs in there, the provider signs the first one out.
    await changeSession(ports, id, (session, at) => (session.end === null ? locked(session, at) : session));
    return { error: 'subject_changed' };
  }
  const { session, now } = await admit(ports, claim, admissions.reauthenticate, unchanged);
  // What was proved before the lock, for something else, does not open it.
  if (session.lockedAt !== null && !errand.isAnew) return { error: 'login_required' };
  ports.audit.record({ event: 'authn_login_success', level: 'INFO', userid: session.username, session: id });
  const { secret } = await renew(ports, claim, { ...kindOf(identity), provedAt: provedAt(identity, errand, now) });
  ports.providerSessions.note(id, identity);
  return { secret };
}

/** Proved because of this errand, it was proved after it had begun and within the second that was told, whatever the provider's clock says. */
function provedAt({ authenticatedAt }: Known, { isAnew, beganAt }: Pending, now: number): number {
  return isAnew ? Math.max(beganAt, Math.min(now, authenticatedAt + wholeSecond)) : Math.min(now, authenticatedAt);
}

const isWelcome = (role: Role, roles: readonly Role[]): boolean => roles.includes(role);

/** A provider that does not say how has had something typed at least. */
const kindOf = ({ acr = 'pwd', amr }: Known): { readonly acr: string; readonly amr: readonly string[] } => ({
  acr,
  amr,
});
