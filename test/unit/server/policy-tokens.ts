/** Tokens as a server signs them, and as somebody who may not would make them. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { PolicyKeys } from '../../../src/server/signed-policy.js';
import type { Reading } from '../../../src/time/instant.js';
import { serverTime } from '../../../src/time/instant.js';

/** Seconds. */
export const NOW = 1_795_245_600;
export const READING: Reading = at(NOW);

export function at(seconds: number, doubt = 0): Reading {
  const now = serverTime(seconds * 1_000);
  return { now, earliest: serverTime(now - doubt), latest: serverTime(now + doubt) };
}

export const TRUSTED = { issuer: 'https://bank.example', audience: 'backoffice' };
export const POLICY = { version: 7, idle_timeout: 900 };
export const CLAIMS = {
  iss: TRUSTED.issuer,
  aud: TRUSTED.audience,
  sub: 's1',
  iat: NOW - 1,
  exp: NOW + 600,
  policy: POLICY,
};

const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
export const theirs: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const jwkOf = (key: KeyObject, kid: string): Record<string, unknown> => ({
  ...createPublicKey(key).export({ format: 'jwk' }),
  kid,
  use: 'sig',
});

export const KEYS: Exclude<PolicyKeys, string> = { keys: [jwkOf(ours, 'k1')] };
export const HEADER = { alg: 'ES256', typ: 'nightlatch-policy+jwt', kid: 'k1' };

export const encoded = (content: unknown): string =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');

export interface Making {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: KeyObject;
}

/** A good token, but for what is said. A member that is `undefined` is left out. */
export function token({ header = {}, claims = {}, key = ours }: Making = {}): string {
  const signed = `${encoded({ ...HEADER, ...header })}.${encoded({ ...CLAIMS, ...claims })}`;
  return `${signed}.${signature(signed, key)}`;
}

export const signature = (signed: string, key: KeyObject = ours): string =>
  sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');

const hmac = (signed: string, secret: string | Buffer): string =>
  createHmac('sha256', secret).update(signed).digest('base64url');

/** Signed with the public key as a secret, in one of the forms it may be had in. */
function confused(secret: string | Buffer): string {
  const signed = `${encoded({ ...HEADER, alg: 'HS256' })}.${encoded(CLAIMS)}`;
  return `${signed}.${hmac(signed, secret)}`;
}

const parts = (): readonly [string, string, string] => token().split('.') as [string, string, string];
const [good, goodPayload, goodSignature] = parts();
const more = encoded({ ...CLAIMS, policy: { ...POLICY, idle_timeout: 86_400 } });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;

/** What may never pass. */
export const hostile: readonly (readonly [name: string, token: string])[] = [
  ['nothing', ''],
  ['a word', 'policy'],
  ['two parts', `${good}.${goodPayload}`],
  ['four parts', `${token()}.x`],
  ['five parts, as if it were encrypted', `${good}.x.${goodPayload}.x.${goodSignature}`],
  ['the JSON serialization', JSON.stringify({ protected: good, payload: goodPayload, signature: goodSignature })],
  ['a space before', ` ${token()}`],
  ['a line end after', `${token()}\n`],
  ['a header that is no JSON', `${encoded('{')}.${goodPayload}.${goodSignature}`],
  ['a header that is a list', `${encoded([])}.${goodPayload}.${goodSignature}`],
  ['no signature', `${good}.${goodPayload}.`],
  ['a signature that is cut', `${good}.${goodPayload}.${goodSignature.slice(0, -4)}`],
  ['a signature of zeros', `${good}.${goodPayload}.${Buffer.alloc(64).toString('base64url')}`],
  [
    'a signature in ASN.1',
    `${good}.${goodPayload}.${sign('sha256', Buffer.from(`${good}.${goodPayload}`), ours).toString('base64url')}`,
  ],
  ['another payload', `${good}.${more}.${goodSignature}`],
  ['another header', `${encoded({ ...HEADER, cty: 'x' })}.${goodPayload}.${goodSignature}`],
  [
    'the payload of one and the signature of another',
    `${good}.${goodPayload}.${token({ claims: { iat: NOW - 2 } }).split('.')[2]}`,
  ],
  ['alg none', `${encoded({ ...HEADER, alg: 'none' })}.${goodPayload}.`],
  ['alg None', `${encoded({ ...HEADER, alg: 'None' })}.${goodPayload}.`],
  ['alg none with a signature', `${encoded({ ...HEADER, alg: 'none' })}.${goodPayload}.${goodSignature}`],
  ['no alg', token({ header: { alg: undefined } })],
  ['an alg that is a list', token({ header: { alg: ['ES256'] } })],
  ['alg in small letters', token({ header: { alg: 'es256' } })],
  ['alg of another size', token({ header: { alg: 'ES384' } })],
  ['HS256 with the public key as JWK', confused(JSON.stringify(KEYS.keys[0]))],
  ['HS256 with the public key as PEM', confused(createPublicKey(ours).export({ type: 'spki', format: 'pem' }))],
  ['HS256 with the public key as DER', confused(createPublicKey(ours).export({ type: 'spki', format: 'der' }))],
  ['HS256 with nothing', confused('')],
  ['another key under the same name', token({ key: theirs })],
  ['another key under another name', token({ key: theirs, header: { kid: 'k2' } })],
  ['another key that came along (jwk)', token({ key: theirs, header: { jwk: jwkOf(theirs, 'k1') } })],
  [
    'another key behind an address (jku)',
    token({ key: theirs, header: { kid: 'k9', jku: 'https://evil.example/jwks' } }),
  ],
  ['another key in a certificate (x5c)', token({ key: theirs, header: { x5c: ['MIIB'] } })],
  [
    'another kind of key',
    `${encoded({ ...HEADER, alg: 'RS256' })}.${goodPayload}.${sign('sha256', Buffer.from(`${encoded({ ...HEADER, alg: 'RS256' })}.${goodPayload}`), rsa).toString('base64url')}`,
  ],
  ['a kid that is a number', token({ header: { kid: 1 } })],
  ['a kid that is a path', token({ header: { kid: '../../dev/null' }, key: theirs })],
  ['no typ', token({ header: { typ: undefined } })],
  ['typ JWT', token({ header: { typ: 'JWT' } })],
  ['typ of an access token', token({ header: { typ: 'at+jwt' } })],
  ['typ of a logout token', token({ header: { typ: 'logout+jwt' } })],
  ['typ with more behind it', token({ header: { typ: 'nightlatch-policy+jwt;x' } })],
  ['a typ that is a list', token({ header: { typ: ['nightlatch-policy+jwt'] } })],
  ['crit that nobody knows', token({ header: { crit: ['exp'], exp: 1 } })],
  ['crit that changes nothing', token({ header: { b64: true, crit: ['b64'] } })],
  ['crit that is empty', token({ header: { crit: [] } })],
  ['a payload that is not encoded (b64)', token({ header: { b64: false, crit: ['b64'] } })],
  [
    'a payload that is no object',
    token({ claims: undefined as never, header: { cty: 'x' } }).replace(/\.[^.]+\./, `.${encoded('7')}.`),
  ],
  ['a signed payload that is a list', signedText('[]')],
  ['a signed payload that is null', signedText('null')],
  ['a signed payload that is no JSON', signedText('policy')],
  ['a signed payload that is empty', signedText('')],
  ['no iss', token({ claims: { iss: undefined } })],
  ['another issuer', token({ claims: { iss: 'https://evil.example' } })],
  ['an issuer that begins the same', token({ claims: { iss: `${TRUSTED.issuer}.evil.example` } })],
  ['an issuer with a slash more', token({ claims: { iss: `${TRUSTED.issuer}/` } })],
  ['a list of issuers', token({ claims: { iss: [TRUSTED.issuer] } })],
  ['no aud', token({ claims: { aud: undefined } })],
  ['another audience', token({ claims: { aud: 'portal' } })],
  ['other audiences', token({ claims: { aud: ['portal', 'app'] } })],
  ['no audiences', token({ claims: { aud: [] } })],
  ['an audience within an audience', token({ claims: { aud: [['backoffice']] } })],
  ['no sub', token({ claims: { sub: undefined } })],
  ['another session', token({ claims: { sub: 's2' } })],
  ['a session that begins the same', token({ claims: { sub: 's11' } })],
  ['no session by name', token({ claims: { sub: '' } })],
  ['no iat', token({ claims: { iat: undefined } })],
  ['no exp', token({ claims: { exp: undefined } })],
  ['exp null', token({ claims: { exp: null } })],
  ['exp as text', token({ claims: { exp: String(NOW + 600) } })],
  ['exp in milliseconds', token({ claims: { exp: (NOW + 600) * 1_000 } })],
  ['exp without end', signedText(JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e400'))],
  ['expired', token({ claims: { iat: NOW - 900, exp: NOW - 300 } })],
  ['expired a moment ago', token({ claims: { iat: NOW - 100, exp: NOW - 5 } })],
  ['expired before it was issued', token({ claims: { iat: NOW, exp: NOW - 1 } })],
  ['issued in the future', token({ claims: { iat: NOW + 60 } })],
  ['not valid yet', token({ claims: { nbf: NOW + 60 } })],
  ['nbf as text', token({ claims: { nbf: 'now' } })],
  ['no policy', token({ claims: { policy: undefined } })],
  ['a policy that is text', token({ claims: { policy: '{"version":7}' } })],
  ['a policy that is a list', token({ claims: { policy: [] } })],
  ['a policy without a version', token({ claims: { policy: { idle_timeout: 900 } } })],
  ['a version that is no whole number', token({ claims: { policy: { version: 7.5 } } })],
  ['a version below nothing', token({ claims: { policy: { version: -1 } } })],
  ['half a megabyte', token({ claims: { padding: 'x'.repeat(524_288) } })],
];

function signedText(payload: string): string {
  const signed = `${encoded(HEADER)}.${encoded(payload)}`;
  return `${signed}.${signature(signed)}`;
}
