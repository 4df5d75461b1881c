/** Signs policies (docs/server-contract.md, 9): a token for one session, and the public keys to verify it with. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { minutes } from '../time/durations.js';
import type { JsonObject } from '../wire/json.js';
import { toSeconds } from '../wire/units.js';

/** Where the public keys are published. */
export const keysPath = '/.well-known/jwks.json';

export interface PolicySignerOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Private keys on the curve P-256, oldest first: the last one signs. Default: one made now, which is gone with the process. */
  readonly keys?: readonly KeyObject[];
  /** How long a token is good, in milliseconds. Default: ten minutes. */
  readonly lifetime?: number;
  /** Milliseconds for which one key signs; the next one is made then. Default: until `rotate`. */
  readonly rotateEvery?: number;
}

export interface PolicySigner {
  readonly issuer: string;
  readonly audience: string;
  sign(sessionId: string, policy: JsonObject, now: number): string;
  /** The JWK Set: the key that signs, and those before it, whose tokens are still on their way; of those made here the last. */
  keys(): JsonObject;
  /** Signs with another key from now on. Default: one made now. */
  rotate(key?: KeyObject): void;
}

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly kid: string;
  readonly jwk: JsonObject;
}

export function createPolicySigner(options: PolicySignerOptions): PolicySigner {
  const { issuer, audience, keys = [], lifetime = minutes(10), rotateEvery = Number.POSITIVE_INFINITY } = options;
  const given = keys.map(signingKey);
  let current = given.pop() ?? signingKey();
  let before: readonly SigningKey[] = given;
  /** When the current key signed first. */
  let since: number | undefined;

  function rotate(next?: KeyObject): void {
    before = [current];
    current = signingKey(next);
    since = undefined;
  }

  return {
    issuer,
    audience,
    sign(sessionId, policy, now) {
      if (since !== undefined && now >= since + rotateEvery) rotate();
      since ??= now;
      const claims = {
        iss: issuer,
        aud: audience,
        sub: sessionId,
        iat: toSeconds(now),
        exp: toSeconds(now + lifetime),
      };
      const header = part({ alg: 'ES256', typ: 'nightlatch-policy+jwt', kid: current.kid });
      const signed = `${header}.${part({ ...claims, policy })}`;
      // As JWS has it: two numbers side by side, not ASN.1 (RFC 7518 section 3.4).
      const key = { key: current.privateKey, dsaEncoding: 'ieee-p1363' } as const;
      return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
    },
    keys: () => ({ keys: [current, ...before].map(({ jwk }) => jwk) }),
    rotate,
  };
}

const part = (content: JsonObject): string => Buffer.from(JSON.stringify(content)).toString('base64url');

function signingKey(given?: KeyObject): SigningKey {
  const privateKey = given ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const { kty, crv, x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256') throw new TypeError('keys must be private keys on the curve P-256');
  // The members and their order are those of RFC 7638.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { privateKey, kid, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } };
}
