/** The bank's back office: every call is checked when it is made, against the session's limits and the person's rights. */
import { describe, expect, test } from 'vitest';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const order = {
  from: 'acc-1',
  payee: 'Mill & Flour',
  iban: 'DE02 1203 0000 0000 2020 51',
  amount: 420.5,
  reference: 'Invoice 2051',
};

const pay = (browser: Client, body: unknown = order, key: string | null = null): Promise<Answer> =>
  browser.call('POST', '/api/payments', { body, headers: { 'Idempotency-Key': key } });

const payments = async (browser: Client) => (await browser.call('GET', '/api/payments')).body.payments;

describe('what each role may do', () => {
  test.each([
    ['tess', { '/api/accounts': 200, '/api/payments': 200, '/api/logs': 403 }],
    ['sam', { '/api/accounts': 200, '/api/payments': 200, '/api/logs': 403 }],
    ['ada', { '/api/accounts': 200, '/api/payments': 200, '/api/logs': 200 }],
  ])('%s reads what their role may read', async (username, expected) => {
    const browser = await use.signedIn(username);
    for (const [path, status] of Object.entries(expected)) {
      expect({ path, status: (await browser.call('GET', path)).status }).toEqual({ path, status });
    }
  });

  test.each([
    ['tess', 201, 403],
    ['sam', 201, 200],
    ['ada', 403, 403],
  ])('%s creates (%i) and approves (%i) payments as their role may', async (username, created, approved) => {
    const teller = await use.signedIn('tess');
    const { body: payment } = await pay(teller);
    const browser = await use.signedIn(username);
    expect((await pay(browser)).status).toBe(created);
    expect((await browser.call('POST', `/api/payments/${payment.id}/approve`)).status).toBe(approved);
  });

  test('everybody is told who they are and what they may do', async () => {
    const browser = await use.signedIn('tess');
    expect((await browser.call('GET', '/api/me')).body).toEqual({
      name: 'Tess Teller',
      username: 'tess',
      role: 'teller',
      permissions: ['profile:read', 'accounts:read', 'payments:read', 'payments:write', 'passkeys:write'],
    });
  });
});

describe('a call after the end', () => {
  test.each([
    ['GET', '/api/me'],
    ['GET', '/api/accounts'],
    ['GET', '/api/payments'],
    ['GET', '/api/logs'],
    ['POST', '/api/payments'],
    ['POST', '/api/payments/x/approve'],
  ])('%s %s is denied at the idle limit itself, and logged', async (method, path) => {
    const browser = await use.signedIn('sam');
    await use.server.clock.advance(600_000);
    const answer = await browser.call(method, path, method === 'GET' ? {} : { body: order });
    expect(answer).toMatchObject({ status: 401, problem: 'session-ended', body: { reason: 'idle' } });
    expect(use.server.audit().at(-1)).toMatchObject({
      event: 'session_use_after_expire',
      userid: 'sam',
      detail: { resource: `${method} ${path}`, reason: 'idle' },
    });
  });

  test('is denied at the absolute limit, however busy the person was', async () => {
    await use.server.setPolicy('teller', { absolute_timeout: 1200 });
    const browser = await use.signedIn('tess');
    for (let minute = 0; minute < 20; minute += 1) {
      expect((await browser.call('GET', '/api/accounts')).status).toBe(200);
      await use.server.clock.advance(60_000);
      await browser.call('POST', '/session/touch', { body: { idle_for: 0 } });
    }
    expect((await browser.call('GET', '/api/accounts')).body).toMatchObject({ status: 401, reason: 'absolute' });
  });

  test('a payment that is denied is not made', async () => {
    const browser = await use.signedIn('tess');
    const before = await payments(browser);
    await use.server.clock.advance(900_000);
    await pay(browser);
    expect(await payments(await use.signedIn('sam'))).toEqual(before);
  });
});

describe('reading', () => {
  test('needs no Session-Id, but is held to the one it gives', async () => {
    const browser = await use.signedIn('tess');
    const { sessionId } = browser;
    browser.sessionId = null;
    expect((await browser.call('GET', '/api/accounts')).status).toBe(200);
    browser.sessionId = 'another';
    expect(await browser.call('GET', '/api/accounts')).toMatchObject({
      status: 409,
      problem: 'session-mismatch',
      body: { session_id: sessionId },
    });
  });

  test('is never kept by a cache', async () => {
    const browser = await use.signedIn('tess');
    expect((await browser.call('GET', '/api/accounts')).headers.get('Cache-Control')).toBe('no-store');
  });

  test('shows accounts with balances in euros and instants in Unix seconds', async () => {
    const browser = await use.signedIn('tess');
    const { body } = await browser.call('GET', '/api/accounts');
    expect(body.accounts[0]).toEqual({
      id: 'acc-1',
      owner: 'Harbour Bakery',
      iban: 'DE89370400440532013000',
      balance: 12_840.5,
      currency: 'EUR',
      updatedAt: use.server.clock.now() / 1000,
    });
  });
});

describe('payments', () => {
  test('are pending until somebody approves them, and then leave the account', async () => {
    const teller = await use.signedIn('tess');
    const { status, body: payment } = await pay(teller);
    expect(status).toBe(201);
    expect(payment).toEqual({
      id: expect.any(String),
      from: 'acc-1',
      to: 'DE02120300000000202051',
      payee: 'Mill & Flour',
      amount: 420.5,
      currency: 'EUR',
      reference: 'Invoice 2051',
      status: 'pending',
      createdBy: 'tess',
      createdAt: use.server.clock.now() / 1000,
    });
    expect((await payments(teller))[0]).toEqual(payment);
    const supervisor = await use.signedIn('sam');
    for (let twice = 0; twice < 2; twice += 1) {
      const { body } = await supervisor.call('POST', `/api/payments/${payment.id}/approve`);
      expect(body).toEqual({ ...payment, status: 'approved' });
    }
    const { body } = await supervisor.call('GET', '/api/accounts');
    expect(body.accounts[0].balance).toBe(12_420);
  });

  test('that nobody has made cannot be approved', async () => {
    const supervisor = await use.signedIn('sam');
    expect((await supervisor.call('POST', '/api/payments/none/approve')).status).toBe(404);
  });

  test('with the same key are made once', async () => {
    const browser = await use.signedIn('tess');
    const count = (await payments(browser)).length;
    const [first, again] = await Promise.all([pay(browser, order, 'k-1'), pay(browser, order, 'k-1')]);
    expect(again.body).toEqual(first.body);
    expect((await pay(browser, order, 'k-2')).body.id).not.toBe(first.body.id);
    expect(await payments(browser)).toHaveLength(count + 2);
  });

  test('with a key that stands for another payment are refused', async () => {
    const browser = await use.signedIn('tess');
    await pay(browser, order, 'k-1');
    expect(await pay(browser, { ...order, amount: 1 }, 'k-1')).toMatchObject({
      status: 422,
      problem: 'idempotency-key-reused',
    });
  });

  test('of two people never share a key', async () => {
    const first = await pay(await use.signedIn('tess'), order, 'k-1');
    const second = await pay(await use.signedIn('sam'), order, 'k-1');
    expect(second.body.id).not.toBe(first.body.id);
  });

  test.each([
    ['from', { from: 'acc-99' }],
    ['from', { from: 1 }],
    ['payee', { payee: '' }],
    ['payee', { payee: 'x'.repeat(141) }],
    ['iban', { iban: 'nonsense' }],
    ['amount', { amount: 0 }],
    ['amount', { amount: -5 }],
    ['amount', { amount: '5' }],
    ['amount', { amount: 0.001 }],
    ['amount', { amount: 10_000_000 }],
    ['reference', { reference: null }],
    ['currency', { currency: 'USD' }],
  ])('name the member %s that makes no sense, and are not made', async (member, change) => {
    const browser = await use.signedIn('tess');
    const before = await payments(browser);
    expect(await pay(browser, { ...order, ...change })).toMatchObject({ status: 400, body: { member } });
    expect(await payments(browser)).toEqual(before);
  });
});
