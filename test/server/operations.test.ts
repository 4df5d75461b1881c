/** Operations: how fresh the authentication must be, who has the right, and that neither is ever remembered. */
import { describe, expect, test } from 'vitest';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const order = { from: 'acc-1', payee: 'Mill', iban: 'DE02120300000000202051', amount: 1, reference: '' };
const pay = (browser: Client): Promise<Answer> => browser.call('POST', '/api/payments', { body: order });
const touch = (browser: Client) => browser.call('POST', '/session/touch', { body: { idle_for: 0 } });
const reauthenticate = (browser: Client, password = 'teller-demo-1'): Promise<Answer> =>
  browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password } });

/** Time goes by, and the person works. */
async function work(browser: Client, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 300_000) {
    await use.server.clock.advance(Math.min(left, 300_000));
    await touch(browser);
  }
}

const changeRole = async (username: string, role: string): Promise<Answer> =>
  (await use.administrator()).call('POST', `/admin/api/people/${username}/role`, { body: { role } });

const permissions = async (browser: Client) => (await browser.call('GET', '/api/me')).body.permissions;
const last = () => use.server.audit().at(-1);

describe('an authentication that is too old', () => {
  test('is asked for anew from the instant itself, as RFC 9470 has it, and nothing is done', async () => {
    const browser = await use.signedIn();
    const before = (await browser.call('GET', '/api/payments')).body.payments.length;
    await work(browser, 599_999);
    expect((await pay(browser)).status).toBe(201);
    await use.server.clock.advance(1);
    const answer = await pay(browser);
    expect(answer).toMatchObject({
      status: 401,
      problem: 'reauthentication-required',
      body: { operation: 'payments:write', max_age: 600, server_time: use.server.clock.now() / 1000 },
    });
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", max_age="600"',
    );
    expect((await browser.call('GET', '/api/payments')).body.payments).toHaveLength(before + 1);
    await reauthenticate(browser);
    expect((await pay(browser)).status).toBe(201);
  });

  test('is no end: the rest goes on', async () => {
    const browser = await use.signedIn();
    await work(browser, 700_000);
    expect((await pay(browser)).problem).toBe('reauthentication-required');
    expect((await browser.call('GET', '/api/accounts')).status).toBe(200);
  });

  test('is logged as a denied attempt, with what would have done', async () => {
    const browser = await use.signedIn();
    await work(browser, 700_000);
    await pay(browser);
    expect(last()).toMatchObject({
      event: 'authz_fail',
      userid: 'tess',
      session: browser.sessionId,
      detail: { resource: 'POST /api/payments', operation: 'payments:write', reason: 'stale', max_age: 600 },
    });
  });

  test('comes before a body that makes no sense, and after a right that is missing', async () => {
    const browser = await use.signedIn('ada');
    await work(browser, 3_600_000);
    expect((await browser.call('POST', '/api/payments', { body: 'nonsense' })).problem).toBe('operation-denied');
    expect((await browser.call('GET', '/api/logs')).problem).toBe('reauthentication-required');
    const teller = await use.signedIn('tess');
    await work(teller, 700_000);
    expect((await teller.call('POST', '/api/payments', { body: 'nonsense' })).problem).toBe(
      'reauthentication-required',
    );
  });

  test('is told with the session, so that the page can ask early', async () => {
    const browser = await use.signedIn('sam');
    expect((await browser.call('GET', '/session')).body.policy.operations).toMatchObject({
      'payments:write': { allow: true, max_age: 600 },
      'payments:approve': { allow: true, max_age: 300 },
      'logs:read': { allow: false },
    });
  });
});

test.each<[string, string, string, string, number]>([
  ['tess', 'teller-demo-1', 'POST', '/api/payments', 600],
  ['sam', 'supervisor-demo-1', 'POST', '/api/payments/none/approve', 300],
  ['ada', 'auditor-demo-1', 'GET', '/api/logs', 3600],
])('%s has limits of their own', async (username, password, method, path, maxAge) => {
  const browser = await use.signedIn(username);
  const call = () => browser.call(method, path, method === 'GET' ? {} : { body: order });
  await work(browser, maxAge * 1000 - 1);
  expect((await call()).problem).not.toBe('reauthentication-required');
  await use.server.clock.advance(1);
  expect((await call()).body).toMatchObject({ status: 401, max_age: maxAge });
  expect((await reauthenticate(browser, password)).status).toBe(200);
  expect((await call()).problem).not.toBe('reauthentication-required');
});

describe('an operation with an idle limit of its own', () => {
  const attended = { name: 'attended', when: { operation: 'payments:write' }, set: { idle_timeout: 120 } };

  test('is refused after a pause in words that every client knows, and an authentication opens it, not the next act', async () => {
    await use.server.setRules([attended]);
    const browser = await use.signedIn();
    expect((await pay(browser)).status).toBe(201);
    await use.server.clock.advance(120_000);
    const refused = await pay(browser);
    expect(refused).toMatchObject({ status: 401, problem: 'reauthentication-required', body: { max_age: 120 } });
    expect(refused.headers.get('WWW-Authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", max_age="120"',
    );
    expect((await touch(browser)).body).toMatchObject({
      longest_pause: 120,
      last_activity: use.server.clock.now() / 1000,
    });
    expect((await pay(browser)).problem).toBe('reauthentication-required');
    expect((await reauthenticate(browser)).body).toMatchObject({ longest_pause: 0 });
    expect((await pay(browser)).status).toBe(201);
  });

  test('is told with the session', async () => {
    await use.server.setRules([{ ...attended, set: { idle_timeout: 120, absolute_timeout: 3_600 } }]);
    const { policy } = (await (await use.signedIn()).call('GET', '/session')).body;
    expect(policy.operations['payments:write']).toEqual({
      allow: true,
      max_age: 600,
      idle_timeout: 120,
      absolute_timeout: 3_600,
    });
  });
});

describe('a kind of authentication that the person has not', () => {
  test('is asked for by name, however fresh the one is that they have', async () => {
    await use.server.setRules([
      { name: 'strong', when: { operation: 'payments:write' }, set: { acr_values: 'phr mfa' } },
    ]);
    const browser = await use.signedIn();
    const answer = await pay(browser);
    expect(answer).toMatchObject({ status: 401, body: { operation: 'payments:write', acr_values: 'phr mfa' } });
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", max_age="600", acr_values="phr mfa"',
    );
  });
});

describe('a person demoted', () => {
  test('in the middle of a session has no right left from that moment, and their pages hear of it', async () => {
    const browser = await use.signedIn('sam');
    const { body: payment } = await pay(browser);
    const approve = () => browser.call('POST', `/api/payments/${payment.id}/approve`);
    const stream = await browser.stream();
    await stream.next();
    expect(await permissions(browser)).toContain('payments:approve');
    expect((await changeRole('sam', 'teller')).status).toBe(200);
    expect(await approve()).toMatchObject({ status: 403, problem: 'operation-denied' });
    expect(last()).toMatchObject({ event: 'authz_fail', userid: 'sam', detail: { operation: 'payments:approve' } });
    expect(await permissions(browser)).not.toContain('payments:approve');
    expect(await stream.next()).toMatchObject({ event: 'token-claims-change', data: { claims: { role: 'teller' } } });
    expect((await stream.next()).data.policy.operations['payments:approve']).toEqual({ allow: false });
    await reauthenticate(browser, 'supervisor-demo-1');
    expect((await approve()).problem).toBe('operation-denied');
  });

  test('while signed out has none when they come again', async () => {
    const browser = await use.signedIn('sam');
    await pay(browser);
    await browser.call('DELETE', '/session');
    await changeRole('sam', 'auditor');
    await browser.signIn('sam');
    expect(await permissions(browser)).toEqual([
      'profile:read',
      'accounts:read',
      'payments:read',
      'logs:read',
      'passkeys:write',
    ]);
    expect((await pay(browser)).problem).toBe('operation-denied');
  });

  test('cannot get the answer of a payment they once made by asking for it again', async () => {
    const browser = await use.signedIn('tess');
    const again = () => browser.call('POST', '/api/payments', { body: order, headers: { 'Idempotency-Key': 'once' } });
    expect((await again()).status).toBe(201);
    await changeRole('tess', 'auditor');
    expect((await again()).problem).toBe('operation-denied');
  });

  test('in one browser is demoted in all', async () => {
    const browsers = [await use.signedIn('sam'), await use.signedIn('sam')];
    await changeRole('sam', 'teller');
    for (const browser of browsers) expect(await permissions(browser)).not.toContain('payments:approve');
  });
});

describe('a person promoted', () => {
  test('may do more with the next authentication, and less at once', async () => {
    const browser = await use.signedIn('tess');
    await changeRole('tess', 'auditor');
    expect(await permissions(browser)).toEqual(['profile:read', 'accounts:read', 'payments:read', 'passkeys:write']);
    expect((await browser.call('GET', '/api/logs')).problem).toBe('operation-denied');
    await reauthenticate(browser);
    expect(await permissions(browser)).toContain('logs:read');
    expect((await browser.call('GET', '/session')).body.policy.on_idle).toBe('lock');
  });

  test('to another door is out of this one', async () => {
    const browser = await use.signedIn('tess');
    const stream = await browser.stream();
    await changeRole('tess', 'admin');
    expect((await stream.ended()).at(-1)).toMatchObject({ event: 'session-revoked', data: { reason: 'role-change' } });
    expect(await browser.call('GET', '/api/accounts')).toMatchObject({ status: 401, problem: 'session-ended' });
    await expect(use.browser().signIn('tess', 'teller-demo-1', '/admin/api/session')).resolves.toBeDefined();
  });
});

describe('a role', () => {
  test('must be one of those there are, of somebody there is, and is logged', async () => {
    expect(await changeRole('tess', 'root')).toMatchObject({ status: 400, body: { member: 'role' } });
    expect((await changeRole('nobody', 'teller')).status).toBe(404);
    await changeRole('tess', 'auditor');
    expect(last()).toMatchObject({ event: 'authz_change', userid: 'tess', detail: { from: 'teller', to: 'auditor' } });
  });
});

test('an operation is denied that begins before the right is revoked and is sent after it', async () => {
  const browser = await use.signedIn('tess');
  const slow = new ReadableStream<Uint8Array>({
    async start(controller) {
      const [head, tail] = [JSON.stringify(order).slice(0, 10), JSON.stringify(order).slice(10)];
      controller.enqueue(new TextEncoder().encode(head));
      while (use.server.requests.at(-1)?.path !== '/api/payments') await new Promise((done) => setImmediate(done));
      await changeRole('tess', 'auditor');
      controller.enqueue(new TextEncoder().encode(tail));
      controller.close();
    },
  });
  const answer = await fetch(`${use.server.origin}/api/payments`, {
    method: 'POST',
    body: slow,
    duplex: 'half',
    headers: {
      'Content-Type': 'application/json',
      'Sec-Fetch-Site': 'same-origin',
      'Session-Id': browser.sessionId ?? '',
      Cookie: `nightlatch=${browser.cookies.get('nightlatch')}`,
    },
  } as RequestInit);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ operation: 'payments:write' });
});
