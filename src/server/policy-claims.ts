/** What a signed policy says of itself: whose it is, for which session, since when and until when; and whether it is the newest. */
import { plus, type Reading, type ServerTime } from '../time/instant.js';
import { instant, members, optional, sessionId as readSessionId, text, WireProblem, whole } from './wire.js';

export interface PolicyClaims {
  readonly issuedAt: ServerTime;
  readonly version: number;
  /** In its wire form. */
  readonly policy: unknown;
}

export interface ExpectedClaims {
  readonly issuer: string;
  readonly audience: string;
  readonly sessionId: string;
  readonly now: Reading;
}

/** Whoever signs may keep a clock of their own, a little beside the server's. */
const SKEW = 5_000;

/** Reads the payload of a token whose signature is good. Throws a `WireProblem` that names the first claim that is wrong. */
export function readPolicyClaims(payload: unknown, { issuer, audience, sessionId, now }: ExpectedClaims): PolicyClaims {
  const claims = members(payload, 'the payload');
  if (text(claims['iss'], 'iss') !== issuer) throw new WireProblem('iss is another issuer');
  const audiences = Array.isArray(claims['aud']) ? claims['aud'] : [text(claims['aud'], 'aud')];
  if (!audiences.includes(audience)) throw new WireProblem('aud is another audience');
  if (readSessionId(claims['sub'], 'sub') !== sessionId) throw new WireProblem('sub is another session');
  const issuedAt = instant(claims['iat'], 'iat');
  const until = instant(claims['exp'], 'exp');
  const from = optional(claims['nbf'], 'nbf', instant) ?? issuedAt;
  if (until <= issuedAt) throw new WireProblem('exp is not after iat');
  if (now.earliest >= plus(until, SKEW)) throw new WireProblem('exp has passed');
  for (const [name, at] of [
    ['iat', issuedAt],
    ['nbf', from],
  ] as const) {
    if (at > plus(now.latest, SKEW)) throw new WireProblem(`${name} lies in the future`);
  }
  const { policy } = claims;
  return { issuedAt, version: whole(members(policy, 'policy')['version'], 'policy.version'), policy };
}

/** Sessions of one page, one after the other. */
const MOST_SESSIONS = 64;

export interface PolicyHistory {
  /** Notes a policy as the newest of its session. Throws a `WireProblem` if a newer one has been taken. */
  add(sessionId: string, claims: Omit<PolicyClaims, 'policy'>): void;
}

/**
 * Makes the memory against replay: an old token that has not expired is as well signed as the newest one.
 *
 * It is of this page alone. A page that comes later knows no more than that `exp` has not passed.
 */
export function createPolicyHistory(): PolicyHistory {
  const newest = new Map<string, Omit<PolicyClaims, 'policy'>>();

  return {
    add(sessionId, { issuedAt, version }) {
      const known = newest.get(sessionId);
      if (known && version < known.version) throw new WireProblem(`policy.version is lower than ${known.version}`);
      if (known && issuedAt < known.issuedAt) throw new WireProblem('iat is older than that of a policy taken before');
      newest.delete(sessionId);
      newest.set(sessionId, { issuedAt, version });
      const [oldest] = newest.keys();
      if (newest.size > MOST_SESSIONS && oldest !== undefined) newest.delete(oldest);
    },
  };
}
