/** Signing in: the cookie, the new secret, the session before, and how often one may guess. */
import { describe, expect, test } from 'vitest';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const wrong = { username: 'tess', password: 'wrong' };
const right = { username: 'tess', password: 'teller-demo-1' };

describe('the cookie', () => {
  test('is out of reach of scripts and of other sites, and lasts as long as the browser runs', async () => {
    const { headers } = await use.browser().call('POST', '/session', { body: right });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^nightlatch=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });
});

describe('behind HTTPS', () => {
  const secure = serverPerTest({ secure: true });

  test('the cookie is Secure and bound to this host', async () => {
    const { headers } = await secure.browser().call('POST', '/session', { body: right });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-nightlatch=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
  });
});

describe('a new session', () => {
  test('always has a new secret and a new id', async () => {
    const browser = await use.signedIn();
    const before = { id: browser.sessionId, secret: browser.cookies.get('nightlatch') };
    await browser.signIn('tess');
    expect(browser.sessionId).not.toBe(before.id);
    expect(browser.cookies.get('nightlatch')).not.toBe(before.secret);
  });

  test('never takes over a secret presented before it', async () => {
    const planted = 'A'.repeat(43);
    const browser = use.browser();
    browser.cookies.set('nightlatch', planted);
    await browser.signIn('tess');
    expect(browser.cookies.get('nightlatch')).not.toBe(planted);
    const attacker = use.browser();
    attacker.cookies.set('nightlatch', planted);
    expect((await attacker.call('GET', '/session')).problem).toBe('no-session');
  });

  test('ends the session whose secret the request presents, as signed-out', async () => {
    const browser = await use.signedIn('tess');
    const before = browser.copy();
    await browser.signIn('sam');
    expect((await before.call('GET', '/session')).body).toMatchObject({
      session_id: before.sessionId,
      reason: 'signed-out',
    });
  });

  test('needs no Session-Id and heeds none', async () => {
    const browser = await use.signedIn('tess');
    browser.sessionId = 'another';
    expect((await browser.call('POST', '/session', { body: right })).status).toBe(200);
  });

  test('leaves the sessions of other browsers open', async () => {
    const elsewhere = await use.signedIn('tess');
    await use.signedIn('tess');
    expect((await elsewhere.call('GET', '/session')).status).toBe(200);
  });
});

describe('a failed sign-in', () => {
  test('says how many attempts are left, sets no cookie and ends nothing', async () => {
    const browser = await use.signedIn('tess');
    const { status, problem, body, headers } = await browser.call('POST', '/session', { body: wrong });
    expect({ status, problem }).toEqual({ status: 401, problem: 'authentication-failed' });
    expect(body.attempts_left).toBe(9);
    expect(headers.getSetCookie()).toEqual([]);
    expect((await browser.call('GET', '/session')).status).toBe(200);
  });

  test('does not tell a wrong password from a name that nobody has', async () => {
    const known = await use.browser().call('POST', '/session', { body: wrong });
    const unknown = await use.browser().call('POST', '/session', { body: { ...wrong, username: 'nobody' } });
    expect(unknown.body).toEqual(known.body);
  });

  test('is what an administrator gets at the door of the bank, and a teller at the other', async () => {
    const admin = { username: 'root-admin', password: 'admin-demo-1' };
    expect((await use.browser().call('POST', '/session', { body: admin })).problem).toBe('authentication-failed');
    const teller = await use.browser().call('POST', '/admin/api/session', { body: right });
    expect(teller.problem).toBe('authentication-failed');
  });

  test.each([
    ['username', { password: 'x' }],
    ['password', { username: 'tess' }],
    ['password', { username: 'tess', password: 12 }],
    ['username', { username: 'x'.repeat(1025), password: 'x' }],
  ])('names the member %s that is missing or no text', async (member, body) => {
    expect(await use.browser().call('POST', '/session', { body })).toMatchObject({ status: 400, body: { member } });
  });
});

describe('guessing', () => {
  test('is limited per person, over all browsers, and says when to come again', async () => {
    for (let left = 9; left >= 0; left -= 1) {
      const { body } = await use.browser().call('POST', '/session', { body: wrong });
      expect(body.attempts_left).toBe(left);
      expect(body.retry_after).toBe(left === 0 ? 900 : undefined);
    }
    await use.server.clock.advance(60_000);
    const limited = await use.browser().call('POST', '/session', { body: right });
    expect(limited).toMatchObject({ status: 429, problem: 'too-many-requests' });
    expect(limited.headers.get('Retry-After')).toBe('840');
    await use.server.clock.advance(840_000);
    expect((await use.browser().call('POST', '/session', { body: right })).status).toBe(200);
  });

  test('is limited when all guesses come at once', async () => {
    const guesses = Array.from({ length: 15 }, () => use.browser().call('POST', '/session', { body: wrong }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });

  test('starts anew once the person has proved who they are', async () => {
    for (let attempt = 0; attempt < 9; attempt += 1) await use.browser().call('POST', '/session', { body: wrong });
    await use.signedIn('tess');
    expect((await use.browser().call('POST', '/session', { body: wrong })).body.attempts_left).toBe(9);
  });

  test('at one person leaves the others free', async () => {
    for (let attempt = 0; attempt < 11; attempt += 1) await use.browser().call('POST', '/session', { body: wrong });
    expect((await use.browser().call('POST', '/session', { body: { ...wrong, username: 'sam' } })).status).toBe(401);
  });
});
