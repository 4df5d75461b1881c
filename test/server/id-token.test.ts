/** What the bank believes of what a provider is said to have signed (demo/server/openid/id-token.ts). */
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyIdToken, verifyLogoutToken } from '../../demo/server/openid/id-token.js';

const issuer = 'https://id.example';
const clientId = 'bank';
const now = 1_795_245_600_000;
const second = now / 1_000;

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
type Claims = Readonly<Record<string, unknown>>;

let key: Key;
let foreign: Key;
let keys: JWTVerifyGetKey;

beforeAll(async () => {
  const own = await generateKeyPair('ES256');
  key = own.privateKey;
  foreign = (await generateKeyPair('ES256')).privateKey;
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'ES256' }] });
});

const expected = () => ({ issuer, clientId, now, keys });

const claims: Claims = {
  iss: issuer,
  aud: clientId,
  sub: 'u_1',
  iat: second - 1,
  exp: second + 300,
  nonce: 'n1',
  auth_time: second - 2,
  acr: 'pwd',
  amr: ['pwd'],
  sid: 's1',
};

/** `undefined` takes a claim away. */
const signed = (
  changes: Claims = {},
  { by = key, header = {} }: { by?: Key | Uint8Array; header?: Partial<JWTHeaderParameters> } = {},
) =>
  new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...changes })))
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(by);

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an ID token', () => {
  const read = async (token: string | Promise<string>) => verifyIdToken(await token, { ...expected(), nonce: 'n1' });

  test('says who it is, since when, and how that was proved', async () => {
    expect(await read(signed())).toEqual({
      subject: 'u_1',
      authenticatedAt: now - 2_000,
      acr: 'pwd',
      amr: ['pwd'],
      sid: 's1',
    });
    const short = { acr: undefined, amr: undefined, sid: undefined, auth_time: undefined };
    expect(await read(signed(short))).toMatchObject({ subject: 'u_1', amr: [] });
    expect(await read(signed({ aud: [clientId, 'other'], azp: clientId }))).toMatchObject({ subject: 'u_1' });
  });

  test.each<[string, Claims]>([
    ['another issuer', { iss: 'https://id.example/' }],
    ['another audience', { aud: 'shop' }],
    ['several audiences, made for another', { aud: [clientId, 'shop'], azp: 'shop' }],
    ['several audiences, made for nobody', { aud: [clientId, 'shop'] }],
    ['one audience, made for another', { azp: 'shop' }],
    ['another nonce', { nonce: 'n2' }],
    ['no nonce', { nonce: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject beyond all bounds', { sub: 'x'.repeat(256) }],
    ['no end', { exp: undefined }],
    ['an end that has passed', { exp: second - 6 }],
    ['no beginning', { iat: undefined }],
    ['a beginning in the future', { iat: second + 6 }],
    ['a time before it is good', { nbf: second + 6 }],
    ['a proof in milliseconds', { auth_time: now }],
    ['a proof at no time', { auth_time: 'now' }],
    ['a kind that is no word', { acr: 7 }],
    ['ways that are no words', { amr: [{}] }],
  ])('is not believed with %s', async (_, changes) => {
    await expect(read(signed(changes))).rejects.toThrow();
  });

  test('is not believed by another key, an unknown one, none, or the client’s secret', async () => {
    await expect(read(signed({}, { by: foreign }))).rejects.toThrow();
    await expect(read(signed({}, { header: { kid: 'k2' } }))).rejects.toThrow();
    await expect(read(`${encoded({ alg: 'none' })}.${encoded(claims)}.`)).rejects.toThrow();
    const secret = new TextEncoder().encode('a secret of thirty-two bytes and more');
    await expect(read(signed({}, { by: secret, header: { alg: 'HS256' } }))).rejects.toThrow();
    const [header, , signature] = (await signed()).split('.');
    await expect(read([header, encoded({ ...claims, sub: 'u_2' }), signature].join('.'))).rejects.toThrow();
  });
});

describe('a logout token', () => {
  const event = 'http://schemas.openid.net/event/backchannel-logout';
  const logout = { nonce: undefined, jti: 'j1', events: { [event]: {} } };
  const read = async (token: string | Promise<string>) => verifyLogoutToken(await token, expected());

  test('says whose session is over, or all of whom', async () => {
    expect(await read(signed(logout))).toEqual({ subject: 'u_1', sid: 's1' });
    expect(await read(signed({ ...logout, sid: undefined }))).toEqual({ subject: 'u_1', sid: undefined });
    expect(await read(signed({ ...logout, sub: undefined }))).toEqual({ subject: undefined, sid: 's1' });
  });

  test.each<[string, Claims]>([
    ['no word of a logout', { events: undefined }],
    ['a word of something else', { events: { 'urn:other': {} } }],
    ['a nonce: it is an ID token', { nonce: 'n1' }],
    ['no name of its own', { jti: undefined }],
    ['nobody named', { sub: undefined, sid: undefined }],
    ['an age of minutes', { iat: second - 121 }],
    ['another audience', { aud: 'shop' }],
    ['another issuer', { iss: 'https://evil.example' }],
  ])('is not believed with %s', async (_, changes) => {
    await expect(read(signed({ ...logout, ...changes }))).rejects.toThrow();
  });

  test('is no ID token, and an ID token no logout', async () => {
    await expect(read(signed())).rejects.toThrow();
    const asIdToken = verifyIdToken(await signed(logout), { ...expected(), nonce: 'n1' });
    await expect(asIdToken).rejects.toThrow();
  });
});
