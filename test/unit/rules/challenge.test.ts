import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Challenge, readChallenge } from '../../../src/rules/challenge.js';
import type { Requirement } from '../../../src/rules/freshness.js';
import { minutes, seconds } from '../../../src/time/instant.js';

const refused = (status: number, header: string, body?: unknown): Challenge | undefined =>
  readChallenge({ status, headers: new Headers(header === '' ? {} : { 'WWW-Authenticate': header }), body });

const wants = (requirement: Requirement): Challenge => ({ asks: 'authentication', requirement });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const ACRS = '{"access_token":{"acrs":{"essential":true,"value":"cp1"}}}';
const NBF = '{"access_token":{"nbf":{"essential":true, "value":"1603742800"}}}';
const STEP_UP = 'error="insufficient_user_authentication"';

describe('a header', () => {
  it.each<[what: string, status: number, header: string, is: Challenge | undefined]>([
    ['of RFC 9470 asks for a kind', 401, `Bearer ${STEP_UP}, acr_values="myACR"`, wants({ acrValues: 'myACR' })],
    ['of RFC 9470 asks for an age', 401, `Bearer ${STEP_UP}, max_age="5"`, wants({ maxAge: seconds(5) })],
    [
      'may have the age as a token',
      401,
      `Bearer ${STEP_UP}, acr_values="2", max_age=300`,
      wants({ maxAge: seconds(300), acrValues: '2' }),
    ],
    ['may come with 403', 403, `Bearer realm="api", ${STEP_UP}, max_age="300"`, wants({ maxAge: seconds(300) })],
    ['may come for DPoP', 401, `DPoP ${STEP_UP}, max_age=0`, wants({ maxAge: 0 })],
    [
      'may be in any case but for the error',
      401,
      `BEARER ERROR="insufficient_user_authentication", Max_Age=9`,
      wants({ maxAge: seconds(9) }),
    ],
    ['that says no more asks for a new authentication', 401, `Bearer ${STEP_UP}`, wants({ maxAge: 0 })],
    [
      'may ask for a scope as well',
      401,
      `Bearer ${STEP_UP}, max_age=60, scope="pay"`,
      wants({ maxAge: minutes(1), scope: 'pay' }),
    ],
    [
      'with several kinds keeps their order',
      401,
      `Bearer ${STEP_UP}, acr_values=" loa-high  loa-low "`,
      wants({ acrValues: 'loa-high loa-low' }),
    ],
    ['with a negative age asks for a new one', 401, `Bearer ${STEP_UP}, max_age="-5"`, wants({ maxAge: 0 })],
    [
      'with an age in words does, too, and keeps the kind',
      401,
      `Bearer ${STEP_UP}, max_age="soon", acr_values="a"`,
      wants({ maxAge: 0, acrValues: 'a' }),
    ],
    [
      'with an age of milliseconds or centuries does, too',
      401,
      `Bearer ${STEP_UP}, max_age="999999999"`,
      wants({ maxAge: 0 }),
    ],
    ['with an age of half seconds does, too', 401, `Bearer ${STEP_UP}, max_age="1.5"`, wants({ maxAge: 0 })],
    ['with an empty kind does, too', 401, `Bearer ${STEP_UP}, acr_values=" "`, wants({ maxAge: 0 })],
    [
      'with an endless kind does, too',
      401,
      `Bearer ${STEP_UP}, acr_values="${'a'.repeat(1_001)}"`,
      wants({ maxAge: 0 }),
    ],
    ['that names the age twice is not understood', 401, `Bearer ${STEP_UP}, max_age=600, max_age=5`, undefined],
    [
      'of Okta asks for the same',
      403,
      'Bearer error="insufficient_authentication_context", max_age="900", acr_values="urn:okta:loa:2fa:any"',
      wants({ maxAge: seconds(900), acrValues: 'urn:okta:loa:2fa:any' }),
    ],
    [
      'of Entra asks for claims',
      401,
      `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${base64(ACRS)}"`,
      wants({ claims: ACRS }),
    ],
    [
      'of Entra may have them without padding, for URLs',
      401,
      `Bearer error="insufficient_claims", claims="${Buffer.from('{"a":"??>>"}').toString('base64url')}"`,
      wants({ claims: '{"a":"??>>"}' }),
    ],
    [
      'of Entra may have them as they are',
      401,
      `Bearer error="insufficient_claims", claims="${ACRS.replaceAll('"', '\\"')}"`,
      wants({ claims: ACRS }),
    ],
    [
      'of Entra for a revoked session asks for claims',
      401,
      `PoP error="invalid_token", claims="${base64(NBF)}"`,
      wants({ claims: NBF }),
    ],
    ['without claims where they are the point is not understood', 401, 'Bearer error="insufficient_claims"', undefined],
    [
      'with claims that are no base64 is not understood',
      401,
      'Bearer error="insufficient_claims", claims="%%%"',
      undefined,
    ],
    [
      'with claims that are no JSON is not understood',
      401,
      `Bearer error="insufficient_claims", claims="${base64('{"a":')}"`,
      undefined,
    ],
    [
      'with claims that are no object is not understood',
      401,
      `Bearer error="insufficient_claims", claims="${base64('["a"]')}"`,
      undefined,
    ],
    [
      'with claims that are no UTF-8 is not understood',
      401,
      `Bearer error="insufficient_claims", claims="${Buffer.from('{"a":"\xff"}', 'latin1').toString('base64')}"`,
      undefined,
    ],
    [
      'with endless claims is not understood',
      401,
      `Bearer error="insufficient_claims", claims="${base64(`{"a":"${'a'.repeat(20_000)}"}`)}"`,
      undefined,
    ],
    [
      'of RFC 6750 for a token asks for another',
      401,
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
      { asks: 'token' },
    ],
    [
      'of RFC 9449 for a token does, too',
      401,
      'DPoP error="invalid_token", error_description="Invalid DPoP key binding", algs="ES256"',
      { asks: 'token' },
    ],
    [
      'with unreadable claims still asks for a token',
      401,
      'Bearer error="invalid_token", claims="%"',
      { asks: 'token' },
    ],
    [
      'of RFC 6750 for a scope asks for it',
      403,
      'Bearer error="insufficient_scope", scope="pay  read"',
      wants({ scope: 'pay read' }),
    ],
    ['of RFC 6750 that names no scope asks for nothing', 403, 'Bearer error="insufficient_scope"', { asks: 'nothing' }],
    [
      'of RFC 9449 for a nonce asks for that alone',
      401,
      'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"',
      { asks: 'nonce' },
    ],
    [
      'for a nonce wins, wherever it stands',
      401,
      `Bearer error="invalid_token", Bearer ${STEP_UP}, DPoP error="use_dpop_nonce"`,
      { asks: 'nonce' },
    ],
    [
      'with several challenges that are known asks for the first',
      401,
      `Basic realm="x", Bearer error="odd", Bearer ${STEP_UP}, max_age=5, Bearer error="invalid_token"`,
      wants({ maxAge: seconds(5) }),
    ],
    ['for a bad proof is not ours', 401, 'DPoP error="invalid_dpop_proof"', undefined],
    ['for a bad request is not ours', 401, 'Bearer error="invalid_request"', undefined],
    ['without an error is not ours', 401, 'Bearer realm="example"', undefined],
    ['of another scheme is not ours', 401, `Digest ${STEP_UP}`, undefined],
    [
      'that only quotes the error is not ours',
      401,
      `Bearer error_description="${STEP_UP.replaceAll('"', '\\"')}"`,
      undefined,
    ],
    ['with a longer error is not ours', 401, 'Bearer error="insufficient_user_authentication_x"', undefined],
    ['on a response that is none is an offer', 200, `Bearer ${STEP_UP}`, undefined],
    ['on a wrong request is not ours', 400, `Bearer ${STEP_UP}`, undefined],
    ['of a proxy is not ours', 407, `Bearer ${STEP_UP}`, undefined],
    ['on a conflict is not ours', 409, `Bearer ${STEP_UP}`, undefined],
    ['on a failure is not ours', 503, 'Bearer error="invalid_token"', undefined],
    ['that is missing says nothing', 401, '', undefined],
  ])('%s', (_, status, header, is) => {
    expect(refused(status, header)).toEqual(is);
  });
});

describe('a body', () => {
  const problem = (type: string, more: object = {}) => ({ type: `https://nightlatch.dev/problems/${type}`, ...more });

  it.each<[what: string, status: number, body: unknown, is: Challenge | undefined]>([
    [
      'of ours asks for an age',
      401,
      problem('reauthentication-required', { max_age: 600 }),
      wants({ maxAge: minutes(10) }),
    ],
    [
      'of ours says for what',
      401,
      problem('reauthentication-required', { max_age: 600, acr_values: 'phr', operation: 'payments:write' }),
      { ...wants({ maxAge: minutes(10), acrValues: 'phr' }), operation: 'payments:write' } as Challenge,
    ],
    [
      'of ours may name no kind',
      401,
      problem('reauthentication-required', { max_age: 1.5, acr_values: null }),
      wants({ maxAge: 1_500 }),
    ],
    ['of ours without an age asks for a new one', 401, problem('reauthentication-required'), wants({ maxAge: 0 })],
    [
      'of ours with a kind that is none does, too',
      401,
      problem('reauthentication-required', { max_age: 600, acr_values: 7 }),
      wants({ maxAge: 0 }),
    ],
    [
      'of ours with a bad age does, too',
      401,
      problem('reauthentication-required', { max_age: -1, operation: 9 }),
      wants({ maxAge: 0 }),
    ],
    [
      'of ours denies',
      403,
      { type: 'urn:x:operation-denied', operation: 'users:delete' },
      { asks: 'nothing', operation: 'users:delete' },
    ],
    [
      'of ours is about the session',
      401,
      problem('session-ended', { session_id: 'a' }),
      { asks: 'session', problem: 'session-ended' },
    ],
    ['of ours names no session', 401, { type: 'no-session' }, { asks: 'session', problem: 'no-session' }],
    [
      'of ours says that the secret was replaced',
      401,
      problem('session-rotated'),
      { asks: 'session', problem: 'session-rotated' },
    ],
    [
      'of ours says that it is another session',
      409,
      problem('session-mismatch'),
      { asks: 'session', problem: 'session-mismatch' },
    ],
    ['of ours says that it is locked', 401, problem('session-locked'), { asks: 'session', problem: 'session-locked' }],
    ['of ours about something else is not ours', 403, problem('extension-refused'), undefined],
    ['of somebody else is not ours', 401, { type: 'https://example.com/out-of-credit' }, undefined],
    ['of ours on a success is none', 200, problem('session-ended'), undefined],
    ['of Clerk, strict', 403, clerk('strict'), wants({ maxAge: minutes(10), factors: 'second' })],
    ['of Clerk, strict_mfa', 403, clerk('strict_mfa'), wants({ maxAge: minutes(10), factors: 'both' })],
    ['of Clerk, moderate', 403, clerk('moderate'), wants({ maxAge: minutes(60), factors: 'second' })],
    ['of Clerk, lax', 403, clerk('lax'), wants({ maxAge: minutes(1_440), factors: 'second' })],
    [
      'of Clerk, in numbers',
      403,
      clerk({ level: 'first_factor', afterMinutes: 30 }),
      wants({ maxAge: minutes(30), factors: 'first' }),
    ],
    [
      'of Clerk, with both factors',
      403,
      clerk({ level: 'multi_factor', afterMinutes: 1 }),
      wants({ maxAge: minutes(1), factors: 'both' }),
    ],
    [
      'of Clerk, malformed, asks for a new one',
      403,
      clerk({ level: 'zeroth_factor', afterMinutes: -1 }),
      wants({ maxAge: 0 }),
    ],
    ['of Clerk, with a name nobody knows, asks for a new one', 403, clerk('toString'), wants({ maxAge: 0 })],
    [
      'of Clerk, without a configuration, asks for a new one',
      403,
      { clerk_error: { type: 'forbidden', reason: 'reverification-error' } },
      wants({ maxAge: 0 }),
    ],
    ['of Clerk for another reason is not ours', 403, { clerk_error: { type: 'forbidden', reason: 'role' } }, undefined],
    [
      "of Clerk's own API asks for a new one",
      403,
      { errors: [{ code: 'other' }, { code: 'session_reverification_required' }] },
      wants({ maxAge: 0 }),
    ],
    [
      'of better-auth asks for a new one',
      403,
      { code: 'SESSION_NOT_FRESH', message: 'Session is not fresh' },
      wants({ maxAge: 0 }),
    ],
    ['of better-auth for another reason is not ours', 403, { code: 'FORBIDDEN' }, undefined],
    ['that is a text is none', 401, 'session-ended', undefined],
    ['that is a list is none', 401, [{ type: 'session-ended' }], undefined],
    ['that is null is none', 401, null, undefined],
    ['that is missing is none', 401, undefined, undefined],
  ])('%s', (_, status, body, is) => {
    expect(refused(status, '', body)).toEqual(is);
  });

  test('of ours outranks the header, and the header that of others', () => {
    const header = `Bearer ${STEP_UP}, max_age=5`;
    expect(refused(401, header, problem('session-ended'))).toEqual({ asks: 'session', problem: 'session-ended' });
    expect(refused(403, header, problem('operation-denied'))).toEqual({ asks: 'nothing' });
    expect(refused(403, header, clerk('lax'))).toEqual(wants({ maxAge: seconds(5) }));
    expect(refused(403, 'Basic realm="x"', clerk('lax'))).toEqual(clerkLax);
  });
});

const clerkLax = wants({ maxAge: minutes(1_440), factors: 'second' });

function clerk(reverification: unknown): object {
  return { clerk_error: { type: 'forbidden', reason: 'reverification-error', metadata: { reverification } } };
}

test('throws nothing, whatever a server says, and asks for no age that is none', () => {
  const word = fc.constantFrom(
    'reauthentication-required',
    'session-ended',
    'reverification-error',
    'SESSION_NOT_FRESH',
    'strict',
  );
  const body = fc.dictionary(
    fc.constantFrom('type', 'code', 'errors', 'clerk_error', 'reason', 'metadata', 'max_age', 'acr_values'),
    fc.oneof(word, fc.jsonValue(), fc.double(), fc.record({ reason: word, metadata: fc.anything(), code: word })),
  );
  const header = fc
    .array(
      fc.constantFrom(
        'Bearer ',
        'DPoP ',
        STEP_UP,
        'error="invalid_token"',
        ', ',
        'max_age=',
        '-1',
        '5',
        '"',
        'claims="e30"',
      ),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.constantFrom(200, 401, 403, 409), header, body, (status, value, said) => {
      const challenge = refused(status, value, said);
      if (challenge?.asks !== 'authentication') return;
      const { requirement } = challenge;
      expect(Object.keys(requirement)).not.toHaveLength(0);
      expect(requirement.maxAge ?? 0).toBeGreaterThanOrEqual(0);
      expect(requirement.maxAge ?? 0).toBeLessThan(Number.MAX_SAFE_INTEGER);
    }),
    { numRuns: 1_500, seed: 20_261_126 },
  );
});
