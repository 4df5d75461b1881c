/** What a refused request asks for: status, headers and body in, one challenge out, whichever dialect the server speaks. */
import { minutes } from '../time/instant.js';
import { age, claimsRequest, members, words } from './challenge-values.js';
import type { Requirement } from './freshness.js';
import { type HeaderChallenge, readChallenges } from './www-authenticate.js';

/** A response that was refused, as far as it matters here. */
export interface RefusedResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The body, parsed, where it was JSON. */
  readonly body?: unknown;
}

/** Problems with the session itself, by the end of their `type`. */
export type SessionProblem = 'no-session' | 'session-ended' | 'session-rotated' | 'session-mismatch' | 'session-locked';

/** What would help. Nothing of it ends a session: that is the word of the session's own calls. */
export type Challenge =
  /** The person has to authenticate; then the request may be sent again. */
  | { readonly asks: 'authentication'; readonly requirement: Requirement; readonly operation?: string }
  /** Another access token, which the app gets without the person where it can. */
  | { readonly asks: 'token' }
  /** The same request with the nonce that came along; whoever holds the DPoP key sends it (RFC 9449 section 9). */
  | { readonly asks: 'nonce' }
  /** It is about the session itself: the latch has to ask what is so. */
  | { readonly asks: 'session'; readonly problem: SessionProblem }
  /** This person may not do this, however they authenticate. */
  | { readonly asks: 'nothing'; readonly operation?: string };

/** Statuses that can be a refusal for want of rights. In other responses the header is an offer (RFC 9110 section 11.6.1). */
const REFUSALS: readonly number[] = [401, 403, 409];

/** Whether a response of this status can be a challenge: of others the body is the app's alone. */
export const isRefusal = (status: number): boolean => REFUSALS.includes(status);

/** Schemes whose `error` parameter is OAuth's: RFC 6750, RFC 9449, and Entra's proof of possession. */
const OAUTH_SCHEMES: readonly string[] = ['bearer', 'dpop', 'pop'];

/**
 * The challenge of a response, or undefined where nothing known was said: then the response is the app's business.
 *
 * Our own problem types come first, for they are made for this. A nonce comes before anything else in the header, because the
 * server has not looked at the person yet. Of several other challenges the first that is known counts.
 */
export function readChallenge({ status, headers, body }: RefusedResponse): Challenge | undefined {
  if (!isRefusal(status)) return undefined;
  const problem = problemChallenge(body);
  if (problem || status === 409) return problem;
  const challenges = readChallenges(headers.get('www-authenticate') ?? '').flatMap((one) => oauthChallenge(one) ?? []);
  return challenges.find(({ asks }) => asks === 'nonce') ?? challenges[0] ?? vendorChallenge(body);
}

/** `docs/server-contract.md` section 3: the end of `type` decides. */
function problemChallenge(body: unknown): Challenge | undefined {
  const { type, operation, max_age, acr_values } = members(body);
  if (typeof type !== 'string') return undefined;
  const about = typeof operation === 'string' ? { operation } : {};
  const problem = type.split(/[/:#]/).at(-1);
  switch (problem) {
    case 'reauthentication-required':
      return { asks: 'authentication', requirement: freshness(max_age, acr_values), ...about };
    case 'operation-denied':
      return { asks: 'nothing', ...about };
    case 'no-session':
    case 'session-ended':
    case 'session-rotated':
    case 'session-mismatch':
    case 'session-locked':
      return { asks: 'session', problem };
    default:
      return undefined;
  }
}

function oauthChallenge({ scheme, parameters }: HeaderChallenge): Challenge | undefined {
  if (!OAUTH_SCHEMES.includes(scheme)) return undefined;
  const claims = claimsRequest(parameters.get('claims'));
  const scope = words(parameters.get('scope'));
  switch (parameters.get('error')) {
    case 'use_dpop_nonce':
      return { asks: 'nonce' };
    case 'insufficient_user_authentication': // RFC 9470
    case 'insufficient_authentication_context': // the same of Okta's APIs (okta-auth-js lib/http/request.ts)
      return {
        asks: 'authentication',
        requirement: {
          ...freshness(parameters.get('max_age'), parameters.get('acr_values')),
          ...(scope === undefined ? {} : { scope }),
        },
      };
    case 'insufficient_claims': // https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
      return claims === undefined ? undefined : { asks: 'authentication', requirement: { claims } };
    case 'invalid_token': // Entra's, too, for a session that it has revoked; then claims say what the next token needs
      return claims === undefined ? { asks: 'token' } : { asks: 'authentication', requirement: { claims } };
    case 'insufficient_scope':
      return scope === undefined ? { asks: 'nothing' } : { asks: 'authentication', requirement: { scope } };
    default:
      return undefined;
  }
}

/** Clerk's names for reverification configurations (clerk/javascript packages/shared/src/authorization.ts). */
const CLERK_PRESETS: ReadonlyMap<unknown, Requirement> = new Map([
  ['strict_mfa', { maxAge: minutes(10), factors: 'both' }],
  ['strict', { maxAge: minutes(10), factors: 'second' }],
  ['moderate', { maxAge: minutes(60), factors: 'second' }],
  ['lax', { maxAge: minutes(1_440), factors: 'second' }],
]);

const CLERK_LEVELS: ReadonlyMap<unknown, Requirement['factors'] & string> = new Map([
  ['first_factor', 'first'],
  ['second_factor', 'second'],
  ['multi_factor', 'both'],
]);

/** The bodies of SDKs that do without the header. */
function vendorChallenge(body: unknown): Challenge | undefined {
  const { clerk_error: clerk, errors, code } = members(body);
  const { reason, metadata } = members(clerk);
  if (reason === 'reverification-error') {
    return { asks: 'authentication', requirement: reverification(members(metadata)['reverification']) };
  }
  const codes = [code, ...(Array.isArray(errors) ? errors.map((error) => members(error)['code']) : [])];
  return codes.includes('session_reverification_required') || codes.includes('SESSION_NOT_FRESH')
    ? { asks: 'authentication', requirement: { maxAge: 0 } }
    : undefined;
}

function reverification(configuration: unknown): Requirement {
  const preset = CLERK_PRESETS.get(configuration);
  if (preset) return preset;
  const { level, afterMinutes } = members(configuration);
  const factors = CLERK_LEVELS.get(level);
  const isGood = typeof afterMinutes === 'number' && afterMinutes >= 0 && Number.isFinite(afterMinutes);
  return { maxAge: isGood ? minutes(afterMinutes) : 0, ...(factors === undefined ? {} : { factors }) };
}

/**
 * Age and kind as one requirement. Where neither is named, or one cannot be read, what is left is a new authentication:
 * missing data must not make a demand weaker.
 */
function freshness(namedAge: unknown, namedValues: unknown): Requirement {
  const maxAge = age(namedAge);
  const acrValues = words(namedValues);
  const isLost = (isNamed(namedAge) && maxAge === undefined) || (isNamed(namedValues) && acrValues === undefined);
  if (isLost || (maxAge === undefined && acrValues === undefined)) {
    return { maxAge: 0, ...(acrValues === undefined ? {} : { acrValues }) };
  }
  return { ...(maxAge === undefined ? {} : { maxAge }), ...(acrValues === undefined ? {} : { acrValues }) };
}

function isNamed(value: unknown): boolean {
  return value !== undefined && value !== null;
}
