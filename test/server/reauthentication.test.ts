/** Re-authentication and rotation of the secret (docs/server-contract.md, 2 and 5). */
import { describe, expect, test } from 'vitest';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const seconds = (): number => use.server.clock.now() / 1000;

const reauthenticate = (browser: Client, password = 'teller-demo-1'): Promise<Answer> =>
  browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password } });

const touch = (browser: Client): Promise<Answer> => browser.call('POST', '/session/touch', { body: { idle_for: 0 } });

describe('proving again who one is', () => {
  test('sets auth_time, counts as activity and gives a new secret under the same id', async () => {
    const browser = await use.signedIn();
    const before = browser.copy();
    await use.server.clock.advance(60_000);
    const { status, body, headers } = await reauthenticate(browser);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      session: { id: before.sessionId },
      auth_time: seconds(),
      acr: 'pwd',
      amr: ['pwd'],
      last_activity: seconds(),
    });
    expect(headers.getSetCookie()).toHaveLength(1);
    expect(browser.cookies.get('nightlatch')).not.toBe(before.cookies.get('nightlatch'));
    expect((await browser.call('GET', '/session')).status).toBe(200);
  });

  test('unlocks a locked session', async () => {
    const browser = await use.signedIn();
    await browser.call('POST', '/session/lock', { body: {} });
    await use.server.clock.advance(60_000);
    const { body } = await reauthenticate(browser);
    expect(body).toMatchObject({ locked_at: null, idle_expiry: seconds() + 900 });
    expect((await touch(browser)).status).toBe(200);
  });

  test('is later than the lock it opens, even if the clock was set back', async () => {
    const browser = await use.signedIn();
    const { body: locked } = await browser.call('POST', '/session/lock', { body: {} });
    use.server.clock.setBack(60_000);
    const { body } = await reauthenticate(browser);
    expect(body.auth_time).toBeGreaterThan(locked.locked_at);
  });

  test('does not open a session that has ended', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(900_000);
    expect((await reauthenticate(browser)).problem).toBe('session-ended');
  });

  test('is for the same person only: nobody else fits in', async () => {
    const browser = await use.signedIn('tess');
    expect((await reauthenticate(browser, 'supervisor-demo-1')).problem).toBe('authentication-failed');
  });

  test.each([
    ['method', { method: 'telepathy', response: {} }],
    ['response', { method: 'passkey' }],
    ['response', { method: 'passkey', response: 'signed' }],
    ['method', { password: 'teller-demo-1' }],
    ['password', { method: 'password' }],
  ])('names the member %s it cannot use, and counts no attempt', async (member, body) => {
    const browser = await use.signedIn();
    const answer = await browser.call('POST', '/session/reauthenticate', { body });
    expect(answer).toMatchObject({ status: 400, body: { member } });
    expect((await reauthenticate(browser, 'wrong')).body.attempts_left).toBe(4);
  });
});

describe('guessing inside a session', () => {
  test('is limited, says how many attempts are left and when to come again, and changes nothing', async () => {
    const browser = await use.signedIn();
    for (const left of [4, 3, 2, 1, 0]) {
      const { status, problem, body } = await reauthenticate(browser, 'wrong');
      expect({ status, problem }).toEqual({ status: 401, problem: 'authentication-failed' });
      expect(body.attempts_left).toBe(left);
      expect(body.retry_after).toBe(left === 0 ? 900 : undefined);
    }
    const limited = await reauthenticate(browser);
    expect(limited).toMatchObject({ status: 429, problem: 'too-many-requests' });
    expect(limited.headers.get('Retry-After')).toBe('900');
    expect((await browser.call('GET', '/session')).body.rev).toBe(1);
  });

  test('is limited per person over all of their sessions', async () => {
    const sessions = await Promise.all([use.signedIn('sam'), use.signedIn('sam'), use.signedIn('sam')]);
    const statuses: number[] = [];
    for (const browser of sessions) {
      for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await reauthenticate(browser, 'wrong')).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.slice(10)).toEqual([429, 429]);
  });

  test('stays limited when the secret is rotated meanwhile', async () => {
    const browser = await use.signedIn();
    for (let attempt = 0; attempt < 5; attempt += 1) await reauthenticate(browser, 'wrong');
    const rotated = browser.copy();
    await rotated.call('GET', '/session');
    expect((await reauthenticate(rotated)).status).toBe(429);
  });

  test('with a superseded secret counts as no attempt', async () => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await reauthenticate(browser);
    await browser.call('GET', '/session');
    for (let attempt = 0; attempt < 8; attempt += 1) {
      expect((await reauthenticate(superseded, 'wrong')).problem).toBe('session-rotated');
    }
    expect((await reauthenticate(browser, 'wrong')).body.attempts_left).toBe(4);
  });
});

describe('a superseded secret', () => {
  test.each([
    ['GET', '/session', undefined],
    ['POST', '/session/touch', { idle_for: 0 }],
    ['POST', '/session/extend', { from: null }],
    ['POST', '/session/lock', {}],
    ['GET', '/session/events', undefined],
    ['GET', '/api/accounts', undefined],
  ])('gets session-rotated from %s %s, which sets and clears no cookie', async (method, path, body) => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await reauthenticate(browser);
    const answer = await superseded.call(method, path, { body });
    expect(answer).toMatchObject({ status: 401, problem: 'session-rotated', body: { session_id: browser.sessionId } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await browser.call('GET', '/session')).status).toBe(200);
  });

  test('may always sign out', async () => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await reauthenticate(browser);
    await browser.call('GET', '/session');
    expect((await superseded.call('DELETE', '/session')).status).toBe(204);
    expect((await browser.call('GET', '/session')).body.reason).toBe('signed-out');
  });

  test('may re-authenticate as long as its successor was never presented: the reply was lost', async () => {
    const browser = await use.signedIn();
    use.server.fault('reply-lost');
    await expect(reauthenticate(browser)).rejects.toThrow();
    use.server.fault(null);
    expect((await touch(browser)).problem).toBe('session-rotated');
    expect((await reauthenticate(browser)).status).toBe(200);
    expect((await touch(browser)).status).toBe(200);
  });

  test('may do so again when that reply is lost too', async () => {
    const browser = await use.signedIn();
    for (let lost = 0; lost < 2; lost += 1) {
      use.server.fault('reply-lost');
      await expect(reauthenticate(browser)).rejects.toThrow();
      use.server.fault(null);
    }
    expect((await reauthenticate(browser)).status).toBe(200);
  });

  test('may no more once its successor was presented', async () => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await reauthenticate(browser);
    await browser.call('GET', '/session');
    expect((await reauthenticate(superseded)).problem).toBe('session-rotated');
  });

  test('may no more once its successor was presented, even if the one after that was not', async () => {
    const browser = await use.signedIn();
    const first = browser.copy();
    await reauthenticate(browser);
    await reauthenticate(browser);
    expect((await reauthenticate(first)).problem).toBe('session-rotated');
  });

  test('of a session that is over gets session-ended', async () => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await reauthenticate(browser);
    await use.server.endSession(browser.sessionId ?? '');
    expect(await superseded.call('GET', '/session')).toMatchObject({
      problem: 'session-ended',
      body: { reason: 'revoked' },
    });
  });
});

describe('periodic rotation', () => {
  const rotating = serverPerTest({ rotateEvery: 600_000 });

  /** A browser that just got its next secret, and one that still has the old one. */
  async function rotated(): Promise<{ browser: Client; old: Client }> {
    const browser = await rotating.signedIn();
    const old = browser.copy();
    await rotating.server.clock.advance(600_000);
    const { headers } = await touch(browser);
    expect(headers.getSetCookie()).toHaveLength(1);
    return { browser, old };
  }

  test('gives a new secret with a touch, once the old one has been in use for long', async () => {
    const browser = await rotating.signedIn();
    await rotating.server.clock.advance(599_999);
    expect((await touch(browser)).headers.getSetCookie()).toEqual([]);
    await rotating.server.clock.advance(1);
    expect((await touch(browser)).headers.getSetCookie()).toHaveLength(1);
    expect((await touch(browser)).headers.getSetCookie()).toEqual([]);
  });

  test('leaves the old secret good until the new one is presented', async () => {
    const { browser, old } = await rotated();
    expect((await touch(old)).status).toBe(200);
    expect((await touch(browser)).status).toBe(200);
    expect((await touch(old)).problem).toBe('session-rotated');
  });

  test('leaves it good for at most 60 s', async () => {
    const { old } = await rotated();
    await rotating.server.clock.advance(59_999);
    expect((await touch(old)).status).toBe(200);
    await rotating.server.clock.advance(1);
    expect((await touch(old)).problem).toBe('session-rotated');
    expect((await reauthenticate(old)).status).toBe(200);
  });

  test('is not due again because the old secret comes once more', async () => {
    const { old } = await rotated();
    expect((await touch(old)).headers.getSetCookie()).toEqual([]);
  });

  test('closes the streams of the old secret when the new one is presented, not before', async () => {
    const browser = await rotating.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await rotating.server.clock.advance(600_000);
    await touch(browser);
    expect((await stream.next()).event).toBe('session');
    expect(rotating.server.openStreams()).toBe(1);
    await browser.call('GET', '/session');
    expect((await stream.next()).event).toBe('session');
    expect(await stream.ended()).toEqual([]);
  });

  test('closes them after 60 s at the latest', async () => {
    const browser = await rotating.signedIn();
    const stream = await browser.stream();
    await rotating.server.clock.advance(600_000);
    await touch(browser);
    await rotating.server.clock.advance(60_000);
    expect((await stream.ended()).map(({ event }) => event)).toEqual(['session', 'session', 'session']);
  });

  test('does not rotate for a body that makes no sense', async () => {
    const browser = await rotating.signedIn();
    await rotating.server.clock.advance(600_000);
    const answer = await browser.call('POST', '/session/touch', { body: {} });
    expect(answer.status).toBe(400);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('renewals', () => {
  const rotating = serverPerTest({ rotateEvery: 600_000 });

  test('are counted, by authentication and by time, and one too many is the end', async () => {
    await rotating.server.setPolicy('teller', { max_renewals: 3 });
    const browser = await rotating.signedIn();
    await reauthenticate(browser);
    for (let rotation = 0; rotation < 2; rotation += 1) {
      await rotating.server.clock.advance(600_000);
      const { status, headers } = await touch(browser);
      expect({ status, cookies: headers.getSetCookie().length }).toEqual({ status: 200, cookies: 1 });
    }
    const answer = await reauthenticate(browser);
    expect(answer).toMatchObject({
      status: 401,
      problem: 'session-ended',
      body: { reason: 'absolute', initiating_entity: 'policy' },
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await browser.call('GET', '/api/accounts')).problem).toBe('session-ended');
  });

  test('by time end it just so', async () => {
    await rotating.server.setPolicy('teller', { max_renewals: 0 });
    const browser = await rotating.signedIn();
    await rotating.server.clock.advance(600_000);
    const answer = await touch(browser);
    expect(answer).toMatchObject({ status: 401, problem: 'session-ended', body: { reason: 'absolute' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('do not reach beyond the absolute limit, and neither does the old secret', async () => {
    await rotating.server.setPolicy('teller', { absolute_timeout: 620 });
    const browser = await rotating.signedIn();
    const old = browser.copy();
    await rotating.server.clock.advance(600_000);
    expect((await touch(browser)).headers.getSetCookie()).toHaveLength(1);
    await rotating.server.clock.advance(20_000);
    for (const late of [old, browser]) {
      for (const answer of [await touch(late), await reauthenticate(late)]) {
        expect(answer).toMatchObject({ status: 401, problem: 'session-ended', body: { reason: 'absolute' } });
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    }
  });

  test('that end nothing are not counted: a sign-in begins anew', async () => {
    await rotating.server.setPolicy('teller', { max_renewals: 1 });
    const browser = await rotating.signedIn();
    for (let day = 0; day < 3; day += 1) {
      await browser.signIn();
      expect((await reauthenticate(browser)).status).toBe(200);
    }
  });
});
