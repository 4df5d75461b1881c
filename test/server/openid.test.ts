/** The bank and a real OpenID provider (docs/server-contract.md, 10). */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, createClient } from './support/client.js';
import {
  type AtProvider,
  comeBack,
  leadsTo,
  type OidcBank,
  type ProviderJar,
  startOidcBank,
  visit,
} from './support/oidc-bank.js';

let use: OidcBank;
let browser: Client;
let jar: ProviderJar;

beforeEach(async () => {
  use = await startOidcBank();
  browser = createClient(use.bank.origin);
  jar = new Map();
});
afterEach(() => use.stop());

const tess = { username: 'tess', password: 'teller-demo-1' };
const sam = { username: 'sam', password: 'supervisor-demo-1' };
const STATE = 'A'.repeat(22);

async function send(path: string, body: object = {}): Promise<string> {
  const { status, body: said } = await browser.call('POST', path, { body: { state: STATE, ...body } });
  expect(status).toBe(200);
  return said.url;
}

async function signIn(who: AtProvider = tess) {
  browser.sessionId = null;
  const answer = await comeBack(browser, await visit(await send('/session/openid'), jar, who));
  const { body } = await browser.call('GET', '/session');
  browser.sessionId = body.session?.id ?? null;
  return { answer, document: body };
}

async function again(asked: object, act: AtProvider = tess) {
  const url = await send('/session/openid/reauthenticate', asked);
  return { url: new URL(url), answer: await comeBack(browser, await visit(url, jar, act)) };
}

const peek = async () => (await browser.call('GET', '/session')).body;
const untilNextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_000 - (Date.now() % 1_000) + 20));

describe('signing in at the provider', () => {
  test('begins a session of the person whom it names, and leads back to the app with its own state', async () => {
    const { answer, document } = await signIn();
    expect(leadsTo(answer)).toEqual([303, `/signed-in?state=${STATE}`]);
    expect(document).toMatchObject({ session: { subject: 'u_8fW2mK4qTz' }, acr: 'pwd', amr: ['pwd'] });
  });

  test('asks by code, PKCE, state and nonce, and always anew', async () => {
    const { searchParams: asked } = new URL(await send('/session/openid'));
    expect(asked.get('response_type')).toBe('code');
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    expect(asked.get('prompt')).toBe('login');
    await signIn();
    // What the provider remembers of the last person signs nobody in.
    await expect(visit(await send('/session/openid'), jar, null)).rejects.toThrow('wants to know who you are');
  });

  test('ends the session before it, and never takes over its secret', async () => {
    await signIn();
    const { sessionId } = browser;
    const secret = browser.cookies.get('nightlatch');
    await signIn(sam);
    expect(browser.sessionId).not.toBe(sessionId);
    expect(browser.cookies.get('nightlatch')).not.toBe(secret);
    expect((await use.bank.sessions()).map(({ username }) => username)).toEqual(['sam']);
  });

  test('is cancelled by who says so there, and not done by who works elsewhere', async () => {
    const cancelled = await signIn({ cancel: '1' });
    expect(leadsTo(cancelled.answer)).toEqual([303, `/signed-in?state=${STATE}&error=access_denied`]);
    const administrator = await signIn({ username: 'root-admin', password: 'admin-demo-1' });
    expect(leadsTo(administrator.answer)).toEqual([303, `/signed-in?state=${STATE}&error=access_denied`]);
    expect(await use.bank.sessions()).toEqual([]);
  });

  test('is not done in a browser that nobody sent, nor twice, nor late', async () => {
    const nobody: [number, string] = [303, '/signed-in?error=invalid_request'];
    const url = await visit(await send('/session/openid'), jar, tess);
    const victim = createClient(use.bank.origin);
    expect(leadsTo(await comeBack(victim, url))).toEqual(nobody);
    await victim.call('POST', '/session/openid', { body: { state: STATE } });
    expect(leadsTo(await comeBack(victim, url))).toEqual(nobody);
    expect(victim.cookies.has('nightlatch')).toBe(false);

    expect(leadsTo(await comeBack(browser, url))).toEqual([303, `/signed-in?state=${STATE}`]);
    expect(leadsTo(await comeBack(browser, url))).toEqual(nobody);

    const late = await visit(await send('/session/openid'), jar, tess);
    await use.bank.clock.advance(600_000);
    expect(leadsTo(await comeBack(browser, late))).toEqual(nobody);
  });

  test('is not begun by another site', async () => {
    const { status } = await browser.call('POST', '/session/openid', {
      body: { state: STATE },
      headers: { 'Sec-Fetch-Site': 'cross-site' },
    });
    expect(status).toBe(403);
  });

  test('takes no state that would be more than a word in an address', async () => {
    for (const state of ['', '&error=x', 'a b', 'x'.repeat(129), 7, null]) {
      const { status } = await browser.call('POST', '/session/openid', { body: { state } });
      expect(status).toBe(400);
    }
  });
});

describe('proving anew who one is at the provider', () => {
  test('asks for it anew where no age is named, keeps the session, and rotates its secret', async () => {
    const { document: before } = await signIn();
    const secret = browser.cookies.get('nightlatch');
    await untilNextSecond();
    const { url, answer } = await again({});
    expect(leadsTo(answer)).toEqual([303, `/signed-in?state=${STATE}`]);
    expect([url.searchParams.get('prompt'), url.searchParams.get('login_hint')]).toEqual(['login', 'tess']);
    expect(browser.cookies.get('nightlatch')).not.toBe(secret);
    const after = await peek();
    expect(after.session.id).toBe(before.session.id);
    expect(after.auth_time).toBeGreaterThan(before.auth_time);
    const old = browser.copy();
    old.cookies.set('nightlatch', secret ?? '');
    expect((await old.call('GET', '/session')).problem).toBe('session-rotated');
  });

  test('is no question where what the provider remembers is recent enough, and is dated by that', async () => {
    const { document: before } = await signIn();
    await untilNextSecond();
    const { url } = await again({ max_age: 600 }, null);
    expect([url.searchParams.get('max_age'), url.searchParams.get('prompt')]).toEqual(['600', null]);
    expect((await peek()).auth_time).toBe(before.auth_time);
    await untilNextSecond();
    await expect(again({ max_age: 1 }, null)).rejects.toThrow('wants to know who you are');
    await again({ max_age: 1 });
    expect((await peek()).auth_time).toBeGreaterThan(before.auth_time);
  });

  test('steps up by a second factor where that is the kind asked for', async () => {
    await signIn();
    await untilNextSecond();
    await expect(again({ acr_values: 'mfa' })).rejects.toThrow('That did not prove who you are');
    const code = use.provider.codeOf('tess') ?? '';
    const { answer } = await again({ acr_values: 'mfa' }, { ...tess, code });
    expect(leadsTo(answer)).toEqual([303, `/signed-in?state=${STATE}`]);
    expect(await peek()).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  test('is refused where the provider answers less than was asked', async () => {
    const { document: before } = await signIn();
    // A provider that does not know this kind says nothing of it, and answers as ever.
    const { answer } = await again({ acr_values: 'phr' });
    expect(leadsTo(answer)).toEqual([303, `/signed-in?state=${STATE}&error=unmet_authentication_requirements`]);
    expect((await peek()).auth_time).toBe(before.auth_time);
  });

  test('opens a lock by a new proof alone', async () => {
    await signIn();
    await browser.call('POST', '/session/lock', { body: {} });
    const url = await send('/session/openid/reauthenticate', { max_age: 600 });
    await expect(visit(url, jar, null)).rejects.toThrow('wants to know who you are');
    await again({ max_age: 600 });
    expect((await peek()).locked_at).toBeNull();

    // Begun before the lock, and answered by what the provider remembers from before it.
    const early = await visit(await send('/session/openid/reauthenticate', { max_age: 600 }), jar, null);
    await browser.call('POST', '/session/lock', { body: {} });
    expect(leadsTo(await comeBack(browser, early))).toEqual([303, `/signed-in?state=${STATE}&error=login_required`]);
    expect((await peek()).locked_at).not.toBeNull();
  });

  test('is for the same person only: for another it is locked, and the secret stays', async () => {
    const document = await browser.signIn('tess');
    const secret = browser.cookies.get('nightlatch');
    const { answer } = await again({}, sam);
    expect(leadsTo(answer)).toEqual([303, `/signed-in?state=${STATE}&error=subject_changed`]);
    expect(browser.cookies.get('nightlatch')).toBe(secret);
    expect(await peek()).toMatchObject({ session: document.session, auth_time: document.auth_time });
    expect((await peek()).locked_at).not.toBeNull();
  });

  test('ends a session that the provider had begun, where it signs its person out for another', async () => {
    await signIn();
    const { answer } = await again({}, sam);
    expect(leadsTo(answer)).toEqual([303, `/signed-in?state=${STATE}&error=subject_changed`]);
    expect((await browser.call('GET', '/session')).problem).toBe('session-ended');
  });

  test('does not reach a session that is over by then, nor another one', async () => {
    const over: [number, string] = [303, `/signed-in?state=${STATE}&error=session_over`];
    await signIn();
    const late = await visit(await send('/session/openid/reauthenticate'), jar, tess);
    await use.bank.endSession(browser.sessionId ?? '');
    expect(leadsTo(await comeBack(browser, late))).toEqual(over);

    await signIn();
    const other = await visit(await send('/session/openid/reauthenticate'), jar, tess);
    await browser.signIn('sam');
    expect(leadsTo(await comeBack(browser, other))).toEqual(over);
    expect((await peek()).session.subject).toBe('u_Jx51nRb9Lc');
  });

  test('names its session, and needs one', async () => {
    await signIn();
    const unnamed = await browser.call('POST', '/session/openid/reauthenticate', {
      body: { state: STATE },
      headers: { 'Session-Id': null },
    });
    expect(unnamed.status).toBe(400);
    const nobody = createClient(use.bank.origin);
    nobody.sessionId = browser.sessionId;
    const { problem } = await nobody.call('POST', '/session/openid/reauthenticate', { body: { state: STATE } });
    expect(problem).toBe('no-session');
  });
});

describe('signing out at the provider', () => {
  test('ends the sessions that began by it, by a signed word from server to server', async () => {
    await signIn();
    const mine = browser.sessionId;
    const { body } = await browser.call('GET', '/session/openid');
    expect(body.issuer).toBe(use.provider.issuer);
    const asked = await fetch(body.sign_out_url, { headers: { Cookie: cookies() } });
    const xsrf = /name="xsrf" value="(\w+)"/.exec(await asked.text())?.[1] ?? '';
    const done = await fetch(`${use.provider.issuer}/session/end/confirm`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Cookie: cookies() },
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    });
    expect([done.status, done.headers.get('Location')]).toEqual([303, `${use.bank.origin}/`]);
    const { problem, body: over } = await browser.call('GET', '/session');
    expect([problem, over.session_id, over.reason]).toEqual(['session-ended', mine, 'signed-out']);
  });

  test('believes nothing that the provider has not signed as that', async () => {
    await signIn();
    for (const token of ['', 'x', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1XzhmVzJtSzRxVHoifQ.', undefined]) {
      const answer = await fetch(`${use.bank.origin}/openid/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams(token === undefined ? {} : { logout_token: token }),
      });
      expect(answer.status).toBe(400);
    }
    expect((await browser.call('GET', '/session')).status).toBe(200);
  });

  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
});

test('says so where the provider is silent', async () => {
  await use.provider.close();
  const { status, problem } = await browser.call('POST', '/session/openid', { body: { state: STATE } });
  expect([status, problem]).toEqual([503, 'provider-unreachable']);
});
