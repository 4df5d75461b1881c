/** The server's own record, in OWASP's words (docs/server-contract.md, 6). */
import { describe, expect, test } from 'vitest';
import { createAuditLog } from '../../demo/server/audit/audit-log.js';
import type { Client } from './support/client.js';
import { createMovableClock } from './support/movable-clock.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

/** The names of what was logged since the server started. */
const events = (): readonly string[] => use.server.audit().map(({ event }) => event);
const last = () => use.server.audit().at(-1);
const reauthenticate = (browser: Client, password: string) =>
  browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password } });

describe('the audit log', () => {
  test('has the start of a session and the sign-in before it', async () => {
    const browser = await use.signedIn();
    expect(events().slice(-2)).toEqual(['authn_login_success', 'session_created']);
    expect(last()).toEqual({
      datetime: '2026-11-21T07:20:00.000Z',
      appid: 'nightlatch.bank',
      event: 'session_created',
      level: 'INFO',
      userid: 'tess',
      session: browser.sessionId,
    });
  });

  test('has failed sign-ins, and those that came too often', async () => {
    const body = { username: 'tess', password: 'wrong' };
    for (let attempt = 0; attempt < 11; attempt += 1) await use.browser().call('POST', '/session', { body });
    expect(events().slice(-2)).toEqual(['authn_login_fail', 'authn_login_fail_max']);
  });

  test('has extensions', async () => {
    const browser = await use.signedIn();
    const { body } = await browser.call('GET', '/session');
    await browser.call('POST', '/session/extend', { body: { from: body.idle_expiry } });
    expect(last()).toMatchObject({ event: 'session_renewed', userid: 'tess', detail: { by: 'extension' } });
  });

  test('has no extension that was refused', async () => {
    await use.server.setPolicy('teller', { extendable: false });
    const browser = await use.signedIn();
    await browser.call('POST', '/session/extend', { body: { from: null } });
    expect(events()).not.toContain('session_renewed');
  });

  test('has re-authentications, failed and successful', async () => {
    const browser = await use.signedIn();
    await reauthenticate(browser, 'wrong');
    expect(last()).toMatchObject({ event: 'authn_login_fail', userid: 'tess', session: browser.sessionId });
    await reauthenticate(browser, 'teller-demo-1');
    expect(events().slice(-2)).toEqual(['authn_login_success', 'session_renewed']);
    expect(last()).toMatchObject({ session: browser.sessionId, detail: { by: 'reauthentication' } });
  });

  test('has each end once, with its reason', async () => {
    const out = await use.signedIn('tess');
    await out.call('DELETE', '/session');
    await out.call('DELETE', '/session');
    const revoked = await use.signedIn('sam');
    await use.server.endSession(revoked.sessionId ?? '');
    const expired = await use.signedIn('ada');
    await use.server.setPolicy('auditor', { on_idle: 'end' });
    await use.server.clock.advance(900_000);
    await expired.call('GET', '/session');
    expect(use.server.audit().filter(({ event }) => /session_(logout|expired)/.test(event))).toMatchObject([
      { event: 'session_logout', session: out.sessionId, detail: { reason: 'signed-out', initiating_entity: 'user' } },
      {
        event: 'session_expired',
        session: revoked.sessionId,
        detail: { reason: 'revoked', initiating_entity: 'admin' },
      },
      { event: 'session_expired', session: expired.sessionId, detail: { reason: 'idle', initiating_entity: 'policy' } },
    ]);
  });

  test('has attempts after the end, on the bank and on the session, and no mere look', async () => {
    const browser = await use.signedIn();
    await use.server.endSession(browser.sessionId ?? '');
    const before = events().length;
    await browser.call('GET', '/session');
    expect(events()).toHaveLength(before);
    await browser.call('GET', '/api/accounts');
    await browser.call('POST', '/session/touch', { body: { idle_for: 0 } });
    expect(events().slice(before)).toEqual(['session_use_after_expire', 'session_use_after_expire']);
  });

  test('has uses of a superseded secret', async () => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await reauthenticate(browser, 'teller-demo-1');
    await superseded.call('GET', '/api/accounts');
    expect(last()).toMatchObject({ event: 'authn_token_reuse', session: browser.sessionId });
  });

  test('has what a role was denied, and what a lock was', async () => {
    const browser = await use.signedIn('tess');
    await browser.call('GET', '/api/logs');
    expect(last()).toMatchObject({
      event: 'authz_fail',
      userid: 'tess',
      detail: { resource: 'GET /api/logs', operation: 'logs:read' },
    });
    await browser.call('POST', '/session/lock', { body: {} });
    await browser.call('GET', '/api/accounts');
    expect(last()).toMatchObject({ event: 'authz_fail', detail: { resource: 'GET /api/accounts', reason: 'locked' } });
  });

  test('has every act of an administrator, with its target', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    await admin.call('PATCH', '/admin/api/policies/teller', { body: { idle_timeout: 300 } });
    expect(use.server.audit().slice(-2)).toMatchObject([
      { event: 'authz_admin', userid: 'root-admin', detail: { target: 'teller' } },
      { event: 'authz_admin', userid: 'root-admin', detail: { change: 'rules', version: 2, previous: 1 } },
    ]);
    await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/end`, { body: {} });
    expect(use.server.audit().slice(-2)).toMatchObject([
      { event: 'authz_admin', detail: { target: browser.sessionId } },
      { event: 'session_expired', session: browser.sessionId },
    ]);
  });

  test('never has a secret or a password', async () => {
    const browser = await use.signedIn();
    const secrets = [browser.cookies.get('nightlatch') ?? ''];
    await reauthenticate(browser, 'not-the-password');
    await reauthenticate(browser, 'teller-demo-1');
    secrets.push(browser.cookies.get('nightlatch') ?? '', 'not-the-password', 'teller-demo-1');
    const log = JSON.stringify(use.server.audit());
    for (const secret of secrets) expect(log).not.toContain(secret);
  });

  test('is read by the auditor, newest first, and the reading is in it', async () => {
    const browser = await use.signedIn('ada');
    const { body } = await browser.call('GET', '/api/logs');
    expect(body.entries.map(({ event }: { event: string }) => event)).toEqual([
      'sensitive_read',
      'session_created',
      'authn_login_success',
      'sys_startup',
    ]);
  });
});

describe('a line of the log', () => {
  test('is one line of JSON in UTC, whatever was in it', () => {
    const lines: string[] = [];
    const log = createAuditLog({ clock: createMovableClock({ runs: false }), writeLine: (line) => lines.push(line) });
    log.record({ event: 'authn_login_fail', level: 'WARN', userid: 'eve\r\n{"event":"forged"}\u001b[2J' });
    expect(lines).toHaveLength(1);
    expect([...(lines[0] ?? '')].filter((character) => character < ' ')).toEqual(['\n']);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      datetime: '2026-11-21T07:20:00.000Z',
      event: 'authn_login_fail',
    });
  });

  test('is kept for reading up to a bound', () => {
    const log = createAuditLog({ clock: createMovableClock({ runs: false }) });
    for (let n = 0; n < 1500; n += 1) log.record({ event: 'authn_login_fail', level: 'WARN', userid: String(n) });
    expect(log.recent(5000)).toHaveLength(1000);
    expect(log.recent(1)[0]?.userid).toBe('1499');
  });
});
