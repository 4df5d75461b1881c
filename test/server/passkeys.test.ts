/** Passkeys: made after a fresh proof, asked for once, and looked at in every respect. */
import { describe, expect, test } from 'vitest';
import { type Authenticator, createAuthenticator, type Signing } from './support/authenticator.js';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const asked = (browser: Client): Promise<Answer> => browser.call('POST', '/session/passkey/options', { body: {} });
const challengeFor = async (browser: Client): Promise<string> => (await asked(browser)).body.challenge;
const proveBy = (browser: Client, response: object): Promise<Answer> =>
  browser.call('POST', '/session/reauthenticate', { body: { method: 'passkey', response } });

async function register(browser: Client, passkey: Authenticator, signing?: Signing): Promise<Answer> {
  const { body } = await browser.call('POST', '/api/passkeys/options', { body: {} });
  return browser.call('POST', '/api/passkeys', { body: { response: passkey.register(body.challenge, signing) } });
}

async function withPasskey(username = 'tess'): Promise<{ browser: Client; passkey: Authenticator }> {
  const browser = await use.signedIn(username);
  const passkey = createAuthenticator(use.server);
  expect((await register(browser, passkey)).status).toBe(201);
  return { browser, passkey };
}

describe('making a passkey', () => {
  test('asks for one of this person, on this site, and with the person verified', async () => {
    const { browser, passkey } = await withPasskey();
    const { body } = await browser.call('POST', '/api/passkeys/options', { body: {} });
    expect(body).toMatchObject({
      rp: { id: 'localhost', name: 'Kestrel Bank' },
      user: { name: 'tess', displayName: 'Tess Teller' },
      authenticatorSelection: { userVerification: 'required' },
      attestation: 'none',
      excludeCredentials: [{ id: passkey.id }],
    });
    expect(Buffer.from(body.user.id, 'base64url').toString()).toBe('u_8fW2mK4qTz');
  });

  test('needs a proof of the last five minutes', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(300_000);
    const { status, problem, body } = await browser.call('POST', '/api/passkeys/options', { body: {} });
    expect([status, problem, body.max_age]).toEqual([401, 'reauthentication-required', 300]);
    expect((await browser.call('POST', '/api/passkeys', { body: { response: {} } })).problem).toBe(
      'reauthentication-required',
    );
  });

  test.each<[string, Signing]>([
    ['for another site', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['of another challenge', { challenge: 'AAAA' }],
    ['without the person verified', { verified: false }],
    ['without the person there', { present: false, verified: false }],
    ['that proves, and makes nothing', { type: 'webauthn.get' }],
  ])('takes no answer %s', async (_what, signing) => {
    const browser = await use.signedIn();
    const { status, problem } = await register(browser, createAuthenticator(use.server), signing);
    expect([status, problem]).toEqual([422, 'passkey-not-registered']);
    expect((await asked(browser)).status).toBe(204);
  });

  test('takes one answer to a challenge, of its own session, and none that comes too late', async () => {
    const [browser, other] = [await use.signedIn(), await use.signedIn('sam')];
    const { body } = await browser.call('POST', '/api/passkeys/options', { body: {} });
    const passkey = createAuthenticator(use.server);
    const response = passkey.register(body.challenge);
    expect((await other.call('POST', '/api/passkeys', { body: { response } })).status).toBe(422);
    expect((await browser.call('POST', '/api/passkeys', { body: { response } })).status).toBe(201);
    expect((await browser.call('POST', '/api/passkeys', { body: { response } })).status).toBe(422);
    const late = await browser.call('POST', '/api/passkeys/options', { body: {} });
    await use.server.clock.advance(120_000);
    const answer = createAuthenticator(use.server).register(late.body.challenge);
    expect((await browser.call('POST', '/api/passkeys', { body: { response: answer } })).status).toBe(422);
  });

  test('takes no passkey that somebody has', async () => {
    const { passkey } = await withPasskey();
    expect((await register(await use.signedIn('sam'), passkey)).status).toBe(422);
  });
});

describe('proving by a passkey', () => {
  test('is asked for what this person has, and nobody who has none', async () => {
    expect(await asked(await use.signedIn('sam'))).toMatchObject({ status: 204 });
    const { browser, passkey } = await withPasskey();
    expect((await asked(browser)).body).toMatchObject({
      rpId: 'localhost',
      allowCredentials: [{ id: passkey.id, type: 'public-key', transports: ['internal'] }],
      userVerification: 'required',
      timeout: 120_000,
    });
  });

  test('renews the session with an acr of its own, and unlocks it', async () => {
    const { browser, passkey } = await withPasskey();
    await browser.call('POST', '/session/lock', { body: {} });
    await use.server.clock.advance(60_000);
    const { status, body } = await proveBy(browser, passkey.prove(await challengeFor(browser)));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      session: { id: browser.sessionId },
      auth_time: use.server.clock.now() / 1_000,
      acr: 'phr',
      amr: ['hwk', 'user', 'mfa'],
      locked_at: null,
    });
  });

  test('is what an operation may ask for, and then no password will do', async () => {
    const { browser, passkey } = await withPasskey();
    await use.server.setRules([
      { name: 'phishing-resistant payments', when: { operation: 'payments:write' }, set: { acr_values: 'phr' } },
    ]);
    const pay = () => browser.call('POST', '/api/payments', { body: {} });
    const byPassword = { method: 'password', password: 'teller-demo-1' };
    expect((await pay()).headers.get('WWW-Authenticate')).toContain('acr_values="phr"');
    await browser.call('POST', '/session/reauthenticate', { body: byPassword });
    expect((await pay()).problem).toBe('reauthentication-required');
    await proveBy(browser, passkey.prove(await challengeFor(browser)));
    expect((await pay()).problem).toBe('invalid-request');
  });

  test.each<[string, Signing]>([
    ['on another site', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['with another challenge', { challenge: 'AAAA' }],
    ['without the person verified', { verified: false }],
    ['without the person there', { present: false, verified: false }],
    ['of another kind', { type: 'webauthn.create' }],
    ['with a broken signature', { broken: true }],
    ['with a count that has not risen', { counter: 1 }],
  ])('does not succeed %s, and counts as an attempt', async (_what, signing) => {
    const { browser, passkey } = await withPasskey();
    const answer = await proveBy(browser, passkey.prove(await challengeFor(browser), signing));
    expect(answer).toMatchObject({ status: 401, problem: 'authentication-failed', body: { attempts_left: 4 } });
    expect((await browser.call('GET', '/session')).body.acr).toBe('pwd');
  });

  test('is no use to somebody else, and somebody else’s is none to this person', async () => {
    const tess = await withPasskey('tess');
    const sam = await withPasskey('sam');
    const challenge = await challengeFor(tess.browser);
    expect((await proveBy(tess.browser, sam.passkey.prove(challenge))).problem).toBe('authentication-failed');
    const theirs = await challengeFor(tess.browser);
    await asked(sam.browser);
    expect((await proveBy(sam.browser, sam.passkey.prove(theirs))).problem).toBe('authentication-failed');
  });

  test('succeeds once for a challenge, and in its time', async () => {
    const { browser, passkey } = await withPasskey();
    const challenge = await challengeFor(browser);
    expect((await proveBy(browser, passkey.prove(challenge))).status).toBe(200);
    expect((await proveBy(browser, passkey.prove(challenge))).problem).toBe('authentication-failed');
    const late = await challengeFor(browser);
    await use.server.clock.advance(120_000);
    expect((await proveBy(browser, passkey.prove(late))).problem).toBe('authentication-failed');
    // A failure uses it up as well.
    const spent = await challengeFor(browser);
    await proveBy(browser, passkey.prove(spent, { broken: true }));
    expect((await proveBy(browser, passkey.prove(spent))).problem).toBe('authentication-failed');
  });

  test('may be asked for in two windows at once: neither makes the other’s answer worthless', async () => {
    const { browser, passkey } = await withPasskey();
    const [first, second] = [await challengeFor(browser), await challengeFor(browser)];
    expect((await proveBy(browser, passkey.prove(first))).status).toBe(200);
    expect((await proveBy(browser, passkey.prove(second))).status).toBe(200);
  });

  test('costs no attempt where it is only asked for', async () => {
    const { browser } = await withPasskey();
    for (let time = 0; time < 10; time += 1) expect((await asked(browser)).status).toBe(200);
    const wrong = { method: 'password', password: 'wrong' };
    expect((await browser.call('POST', '/session/reauthenticate', { body: wrong })).body.attempts_left).toBe(4);
  });

  test('is limited together with passwords', async () => {
    const { browser, passkey } = await withPasskey();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await proveBy(browser, passkey.prove(await challengeFor(browser), { broken: true }));
    }
    const guess = () =>
      browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password: 'wrong' } });
    expect((await guess()).body.attempts_left).toBe(1);
    await guess();
    expect((await proveBy(browser, passkey.prove(await challengeFor(browser)))).problem).toBe('too-many-requests');
  });
});
