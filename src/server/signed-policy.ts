/** Verifies a signed policy (`docs/server-contract.md` section 9): a token in, the policy in it out, or a reason why it is not believed. */
import { type CompactVerifyResult, compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { VerifyPolicy } from '../ports.js';
import type { ServerTime } from '../time/instant.js';
import type { Fetch } from './http-call.js';
import { createPolicyHistory, readPolicyClaims } from './policy-claims.js';
import { createRemoteKeys, type KeySource } from './policy-keys.js';
import { json, text, WireProblem } from './wire.js';

/** Public keys: where a JWK Set is (a path of this origin, or an `https` address), or the set itself (RFC 7517). */
export type PolicyKeys = string | { readonly keys: readonly Readonly<Record<string, unknown>>[] };

/** Whose tokens are taken. */
export interface SignedPolicyOptions {
  /** What `iss` has to be. */
  readonly issuer: string;
  /** What `aud` has to be, or to hold. */
  readonly audience: string;
  /** The signature algorithms that are taken (RFC 7518, RFC 8037, RFC 9864). Default: all of {@link verifyPolicyWith}'s. */
  readonly algorithms?: readonly string[];
  /** Fetches the keys. Default: the page's `fetch`, taken at creation. */
  readonly fetch?: Fetch;
}

/** Signatures by a key that can be published. Without the secret-key kinds, a public key can never be taken for a secret. */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
];
const TYPE = 'nightlatch-policy+jwt';
/** A policy of a thousand routes with long names fits; of what is longer nothing is looked at. */
const LONGEST_TOKEN = 524_288;

/**
 * Makes the verifier for the option `verifyPolicy`.
 *
 * A policy is then taken only from a document's `policy_token` that one of the keys has signed, for this session, by this issuer and
 * for this audience, now, and not older than one that was taken before. Anything else is `policy-rejected`, and the last good policy
 * stays. Keys of an address are fetched with the first token, every ten minutes, and when a token names another one.
 *
 * Throws a `TypeError` or `RangeError` that names the option if one is wrong.
 *
 * @example
 * const latch = createNightlatch({
 *   name: 'backoffice',
 *   backend: createHttpBackend({ baseUrl: '/session' }),
 *   verifyPolicy: verifyPolicyWith('/.well-known/jwks.json', { issuer: 'https://bank.example', audience: 'backoffice' }),
 * });
 */
export function verifyPolicyWith(keys: PolicyKeys, options: SignedPolicyOptions): VerifyPolicy {
  const { issuer, audience, algorithms, fetch } = checked(keys, options);
  const source = typeof keys === 'string' ? createRemoteKeys(keys, fetch) : fixed(keys);
  const history = createPolicyHistory();
  let known: { readonly set: unknown; readonly resolve: ReturnType<typeof createLocalJWKSet> } | undefined;

  function resolverOf(set: unknown): ReturnType<typeof createLocalJWKSet> {
    if (known && known.set === set) return known.resolve;
    // What it cannot read as a key set, it refuses.
    const resolve = createLocalJWKSet(set as JSONWebKeySet);
    known = { set, resolve };
    return resolve;
  }

  async function opened(token: string, now: ServerTime, signal: AbortSignal): Promise<CompactVerifyResult> {
    const attempt = (set: unknown) => compactVerify(token, resolverOf(set), { algorithms });
    try {
      return await attempt(await source.read(now, signal));
    } catch (problem) {
      if (!(problem instanceof errors.JWKSNoMatchingKey)) throw problem;
      // Signed with a key that is newer than what is known, perhaps.
      const renewed = await source.renew(now, signal);
      if (renewed === undefined) throw problem;
      return attempt(renewed);
    }
  }

  return async (token, { sessionId, now, signal }) => {
    if (token.length > LONGEST_TOKEN) throw new WireProblem(`policy_token is longer than ${LONGEST_TOKEN} characters`);
    // Decoders of base64url forgive spaces and line ends: then one token would have many texts.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new WireProblem('policy_token is no signed token');
    const { payload, protectedHeader } = await opened(token, now.now, signal);
    // Another kind of token by the same keys is no policy (RFC 8725 section 3.11).
    if (text(protectedHeader['typ'], 'typ').toLowerCase() !== TYPE) throw new WireProblem(`typ is not ${TYPE}`);
    if ('crit' in protectedHeader) throw new WireProblem('crit names what is not understood here');
    const claims = readPolicyClaims(json(new TextDecoder().decode(payload)), { issuer, audience, sessionId, now });
    history.add(sessionId, claims);
    return claims.policy;
  };
}

/** Keys that were given stay as they are: the app brings new ones with itself. */
function fixed(set: Exclude<PolicyKeys, string>): KeySource {
  return { read: async () => set, renew: async () => undefined };
}

/** Options as a script without types may give them. */
function checked(
  keys: PolicyKeys,
  options: SignedPolicyOptions,
): Required<SignedPolicyOptions> & { algorithms: string[] } {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('options must be an object with issuer and audience');
  const { issuer, audience, algorithms = ALGORITHMS, fetch = globalThis.fetch?.bind(globalThis) } = options;
  for (const [name, value] of Object.entries({ issuer, audience })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a text, not ${String(value)}`);
  }
  if (!Array.isArray(algorithms) || algorithms.length === 0) throw new TypeError('algorithms must be a list of names');
  for (const algorithm of algorithms) {
    if (!ALGORITHMS.includes(algorithm))
      throw new RangeError(`algorithms: ${String(algorithm)} is none of ${ALGORITHMS.join(', ')}`);
  }
  if (typeof fetch !== 'function') throw new TypeError(`fetch must be a function, not ${String(fetch)}`);
  if (typeof keys === 'string') requireAddress(keys);
  // Throws where it is none.
  else requireKeys(keys);
  return { issuer, audience, algorithms: [...algorithms], fetch };
}

function requireAddress(address: string): void {
  // A path, not `//host`; without TLS on this machine only, for whoever can change the keys can sign policies.
  const isPath = /^\/(?![/\\])/.test(address);
  if (isPath || /^https:\/\/[^/]/i.test(address)) return;
  if (/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/i.test(address)) return;
  throw new RangeError(
    `keys must be a path such as "/.well-known/jwks.json" or an https address, not ${JSON.stringify(address)}`,
  );
}

function requireKeys(keys: unknown): void {
  const list = typeof keys === 'object' && keys !== null && 'keys' in keys ? keys.keys : undefined;
  if (!Array.isArray(list) || list.length === 0)
    throw new TypeError('keys must be an address, or a set with at least one key');
  for (const [index, key] of list.entries()) {
    if (typeof key !== 'object' || key === null) throw new TypeError(`keys.keys[${index}] must be a key`);
    if ('d' in key || 'k' in key) throw new RangeError(`keys.keys[${index}] is secret: a page holds public keys only`);
  }
}
