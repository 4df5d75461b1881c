/** The session document and its clocks (docs/server-contract.md, 1). */
import { describe, expect, test } from 'vitest';
import { secretHash } from '../../demo/server/sessions/secret.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const seconds = (): number => use.server.clock.now() / 1000;

describe('the session document', () => {
  test('says all of a session, in seconds', async () => {
    const now = seconds();
    const document = await use.browser().signIn('tess');
    expect(document).toEqual({
      server_time: now,
      rev: 1,
      session: {
        id: expect.stringMatching(/^[\w-]{22}$/),
        order: now * 1000,
        started_at: now,
        subject: expect.stringMatching(/^u_/),
      },
      auth_time: now,
      acr: 'pwd',
      amr: ['pwd'],
      last_activity: now,
      idle_expiry: now + 900,
      session_expiry: now + 28_800,
      locked_at: null,
      extensions_left: null,
      longest_pause: 0,
      policy: {
        version: 1,
        idle_timeout: 900,
        absolute_timeout: 28_800,
        absolute_from: 'session_start',
        warn_before: 120,
        warn_before_absolute: 600,
        touch_every: 60,
        poll_every: 60,
        hold_max: 0,
        on_idle: 'end',
        lock_timeout: null,
        extendable: true,
        operations: {
          'profile:read': { allow: true },
          'accounts:read': { allow: true },
          'payments:read': { allow: true },
          'payments:write': { allow: true, max_age: 600 },
          'payments:approve': { allow: false },
          'logs:read': { allow: false },
          'passkeys:write': { allow: true, max_age: 300 },
        },
        routes: [
          { method: 'GET', path: '/api/me', operation: 'profile:read' },
          { method: 'GET', path: '/api/accounts', operation: 'accounts:read' },
          { method: 'GET', path: '/api/payments', operation: 'payments:read' },
          { method: 'POST', path: '/api/payments', operation: 'payments:write' },
          { method: 'POST', path: '/api/payments/*/approve', operation: 'payments:approve' },
          { method: 'GET', path: '/api/logs', operation: 'logs:read' },
          { method: 'POST', path: '/api/passkeys/options', operation: 'passkeys:write' },
          { method: 'POST', path: '/api/passkeys', operation: 'passkeys:write' },
        ],
        default_operation: null,
        source: 'PCI DSS 4.0.1 8.2.8',
        justification: null,
      },
    });
  });

  test('is JSON that nobody keeps', async () => {
    const browser = await use.signedIn();
    const { headers } = await browser.call('GET', '/session');
    expect(headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  test('gives instants with their fractions', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(1234);
    expect((await browser.call('GET', '/session')).body.server_time).toBe(seconds());
    expect(seconds() % 1).not.toBe(0);
  });

  test('names the session by a handle that is neither its secret nor the hash it is stored by', async () => {
    const browser = await use.signedIn();
    const secret = browser.cookies.get('nightlatch') ?? '';
    expect(secret).toHaveLength(43); // 32 bytes in base64url
    expect(secretHash(secret).startsWith(browser.sessionId ?? '')).toBe(false);
    const impostor = use.browser();
    impostor.cookies.set('nightlatch', browser.sessionId ?? '');
    expect((await impostor.call('GET', '/session')).problem).toBe('no-session');
  });

  test('keeps its id through re-authentication', async () => {
    const browser = await use.signedIn();
    const { body } = await browser.call('POST', '/session/reauthenticate', {
      body: { method: 'password', password: 'teller-demo-1' },
    });
    expect(body.session.id).toBe(browser.sessionId);
  });

  test('has a greater order than any session before it', async () => {
    const first = await use.browser().signIn('tess');
    const second = await use.browser().signIn('sam');
    use.server.clock.setBack(5000);
    const third = await use.browser().signIn('ada');
    expect(second.session.order).toBeGreaterThan(first.session.order);
    expect(third.session.order).toBeGreaterThan(second.session.order);
  });

  test('counts each change of the session, and no look at it', async () => {
    const browser = await use.signedIn();
    const revs: number[] = [];
    for (const [method, path, body] of [
      ['GET', '/session', undefined],
      ['POST', '/session/touch', { idle_for: 0 }],
      ['GET', '/session', undefined],
      ['POST', '/session/lock', {}],
      ['POST', '/session/lock', {}],
    ] as const) {
      await use.server.clock.advance(1000);
      revs.push((await browser.call(method, path, { body })).body.rev);
    }
    expect(revs).toEqual([1, 2, 2, 3, 3]);
  });

  test('has one subject per person, whatever the session, which is not their name', async () => {
    const [first, again, other] = await Promise.all([
      use.browser().signIn('tess'),
      use.browser().signIn('tess'),
      use.browser().signIn('sam'),
    ]);
    expect(first.session.subject).toBe(again.session.subject);
    expect(first.session.subject).not.toBe(other.session.subject);
    expect(first.session.subject).not.toContain('tess');
  });
});

describe('the clocks', () => {
  test('the idle clock runs from the last activity that counted', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(100_000);
    const { body } = await browser.call('POST', '/session/touch', { body: { idle_for: 20 } });
    expect(body.last_activity).toBe(seconds() - 20);
    expect(body.idle_expiry).toBe(seconds() - 20 + 900);
  });

  test('the absolute clock runs from the start of the session, and re-authentication does not move it', async () => {
    const browser = await use.signedIn();
    const start = seconds();
    await use.server.clock.advance(100_000);
    const { body } = await browser.call('POST', '/session/reauthenticate', {
      body: { method: 'password', password: 'teller-demo-1' },
    });
    expect(body.session_expiry).toBe(start + 28_800);
  });

  test('the absolute clock runs from auth_time where the policy says so', async () => {
    await use.server.setPolicy('teller', { absolute_from: 'auth_time' });
    const browser = await use.signedIn();
    await use.server.clock.advance(100_000);
    const { body } = await browser.call('POST', '/session/reauthenticate', {
      body: { method: 'password', password: 'teller-demo-1' },
    });
    expect(body.auth_time).toBe(seconds());
    expect(body.session_expiry).toBe(seconds() + 28_800);
  });

  test('null means no such limit', async () => {
    await use.server.setPolicy('teller', { idle_timeout: null, absolute_timeout: null });
    const browser = await use.signedIn();
    await use.server.clock.advance(400 * 24 * 3_600_000);
    const { body } = await browser.call('GET', '/session');
    expect(body).toMatchObject({ idle_expiry: null, session_expiry: null });
  });

  test('limits are exclusive: one millisecond before it is open, at the instant itself it is over', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(900_000 - 1);
    expect((await browser.call('GET', '/session')).status).toBe(200);
    await use.server.clock.advance(1);
    expect((await browser.call('GET', '/session')).body).toMatchObject({ reason: 'idle', ended_at: seconds() });
  });

  test('whichever limit falls first is the reason, by its own instant', async () => {
    await use.server.setPolicy('teller', { idle_timeout: 900, absolute_timeout: 600 });
    const browser = await use.signedIn();
    const start = seconds();
    await use.server.clock.advance(5_000_000);
    expect((await browser.call('GET', '/session')).body).toMatchObject({ reason: 'absolute', ended_at: start + 600 });
  });

  test('while locked, idle_expiry is when the lock ends, and after it the session is over as idle', async () => {
    await use.server.setPolicy('teller', { lock_timeout: 300 });
    const browser = await use.signedIn();
    await use.server.clock.advance(10_000);
    const lockedAt = seconds();
    const { body } = await browser.call('POST', '/session/lock', { body: {} });
    expect(body).toMatchObject({ locked_at: lockedAt, idle_expiry: lockedAt + 300 });
    await use.server.clock.advance(299_999);
    expect((await browser.call('GET', '/session')).status).toBe(200);
    await use.server.clock.advance(1);
    expect((await browser.call('GET', '/session')).body).toMatchObject({ reason: 'idle', ended_at: lockedAt + 300 });
  });

  test('a lock without a timeout holds until the absolute limit', async () => {
    await use.server.setPolicy('teller', { lock_timeout: null });
    const browser = await use.signedIn();
    const start = seconds();
    await use.server.clock.advance(10_000);
    expect((await browser.call('POST', '/session/lock', { body: {} })).body.idle_expiry).toBeNull();
    await use.server.clock.advance(28_700_000);
    expect((await browser.call('GET', '/session')).body.locked_at).toBe(start + 10);
    await use.server.clock.advance(100_000);
    expect((await browser.call('GET', '/session')).body).toMatchObject({
      reason: 'absolute',
      ended_at: start + 28_800,
    });
  });

  test('where the policy says lock, the idle limit locks, at its own instant', async () => {
    await use.server.setPolicy('teller', { on_idle: 'lock', lock_timeout: 600 });
    const browser = await use.signedIn();
    const start = seconds();
    await use.server.clock.advance(1_000_000);
    const { body } = await browser.call('GET', '/session');
    expect(body).toMatchObject({ locked_at: start + 900, idle_expiry: start + 1500 });
    await use.server.clock.advance(500_000);
    expect((await browser.call('GET', '/session')).body).toMatchObject({ reason: 'idle', ended_at: start + 1500 });
  });

  test('a lock is later than the proof of identity before it, even if the clock was set back', async () => {
    const browser = await use.signedIn();
    use.server.clock.setBack(60_000);
    const { body } = await browser.call('POST', '/session/lock', { body: {} });
    expect(body.locked_at).toBeGreaterThan(body.auth_time);
  });
});

describe('roles', () => {
  test('each session is told the policy of its role, and only that', async () => {
    const teller = await use.browser().signIn('tess');
    const supervisor = await use.browser().signIn('sam');
    const auditor = await use.browser().signIn('ada');
    expect(teller.policy.idle_timeout).toBe(900);
    expect(supervisor.policy.idle_timeout).toBe(600);
    expect(auditor.policy).toMatchObject({ on_idle: 'lock', lock_timeout: 2700 });
  });
});
