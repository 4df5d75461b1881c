/** Verifying what the provider signs: who somebody is, when and how they proved it, and that they have signed out there. */
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { minutes, seconds } from '../time/durations.js';
import { fromSeconds, toSeconds } from '../wire/units.js';
import { patience } from './provider-metadata.js';

/** What an ID token is held against. */
export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly now: number;
  readonly keys: JWTVerifyGetKey;
}

/** Who it is. All instants in milliseconds. */
export interface Identity {
  readonly subject: string;
  /** When they proved it; absent where the provider was not asked to tell. */
  readonly authenticatedAt: number | undefined;
  readonly acr: string | undefined;
  readonly amr: readonly string[];
  /** The provider's own session, by which it says later that it is over. */
  readonly sid: string | undefined;
}

/** Two servers' clocks are never quite the same. */
export const clockTolerance = seconds(5);

/** Signatures by keys that only the provider has. No `none`, and no HMAC with the client's own secret. */
const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** A logout token is for at once. */
const longestLogoutAge = minutes(2);

export const providerKeys = (keysUrl: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: patience });

/** https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation. Throws where anything is not as it should be. */
export async function verifyIdToken(token: string, expected: Expected & { readonly nonce: string }): Promise<Identity> {
  const payload = await verified(token, expected, ['sub', 'exp', 'iat', 'nonce']);
  if (payload['nonce'] !== expected.nonce) throw new Error('the ID token is the answer to another question');
  const { aud } = payload;
  // For several parties, it says for which it was made.
  if ((Array.isArray(aud) && aud.length > 1) || payload['azp'] !== undefined) {
    if (payload['azp'] !== expected.clientId) throw new Error('the ID token was made for another party');
  }
  const authTime = payload['auth_time'];
  const amr = payload['amr'];
  return {
    subject: text(payload.sub, 'sub'),
    authenticatedAt: authTime === undefined ? undefined : instant(authTime, 'auth_time'),
    acr: payload['acr'] === undefined ? undefined : text(payload['acr'], 'acr'),
    amr: Array.isArray(amr) ? amr.map((word) => text(word, 'amr')) : [],
    sid: payload['sid'] === undefined ? undefined : text(payload['sid'], 'sid'),
  };
}

/** Whose session at the provider is over. Throws where it is no logout token of this provider for this client. */
export async function verifyLogoutToken(
  token: string,
  expected: Expected,
): Promise<{ readonly subject: string | undefined; readonly sid: string | undefined }> {
  const payload = await verified(token, expected, ['iat', 'jti', 'events']);
  const { events } = payload as { readonly events: unknown };
  const isLogout = typeof events === 'object' && events !== null && logoutEvent in events;
  if (!isLogout) throw new Error('the token says nothing of a logout');
  // An ID token must not pass for one.
  if (payload['nonce'] !== undefined) throw new Error('a logout token has no nonce');
  if (expected.now - fromSeconds(payload.iat ?? 0) > longestLogoutAge) throw new Error('the logout token is old');
  const sid = payload['sid'] === undefined ? undefined : text(payload['sid'], 'sid');
  const subject = payload.sub === undefined ? undefined : text(payload.sub, 'sub');
  if (sid === undefined && subject === undefined) throw new Error('the logout token names nobody');
  return { subject, sid };
}

async function verified(token: string, expected: Expected, requiredClaims: string[]): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, expected.keys, {
    issuer: expected.issuer,
    audience: expected.clientId,
    algorithms,
    requiredClaims,
    clockTolerance: toSeconds(clockTolerance),
    currentDate: new Date(expected.now),
  });
  // `iat` ahead of our time: whoever set that clock may have set more.
  if (fromSeconds(payload.iat ?? 0) > expected.now + clockTolerance) throw new Error('the token is from the future');
  return payload;
}

function text(value: unknown, claim: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 255) return value;
  throw new Error(`${claim} is none`);
}

function instant(value: unknown, claim: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1e10) return fromSeconds(value);
  throw new Error(`${claim} is none`);
}
