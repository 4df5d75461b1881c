/** What only a demo has. */
import { describe, expect, test } from 'vitest';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

describe('the people', () => {
  test('are listed with passwords that open their doors', async () => {
    const { body } = await use.browser().call('GET', '/demo/people');
    expect(body.people.map(({ username }: { username: string }) => username)).toEqual([
      'tess',
      'sam',
      'ada',
      'root-admin',
    ]);
    for (const { username, password, role } of body.people) {
      const path = role === 'admin' ? '/admin/api/session' : '/session';
      await expect(use.browser().signIn(username, password, path)).resolves.toMatchObject({ rev: 1 });
    }
  });
});

describe('the timeouts', () => {
  const set = (body: unknown) => use.browser().call('POST', '/demo/timeouts', { body });

  test('become as short as one likes, for all roles of the bank, in running sessions too', async () => {
    const running = await use.signedIn('tess');
    const { status, body } = await set({ idle_timeout: 30, absolute_timeout: 120, warn_before: 10 });
    expect(status).toBe(200);
    expect(Object.keys(body.policies)).toEqual(['teller', 'supervisor', 'auditor']);
    expect((await running.call('GET', '/session')).body.policy).toMatchObject({ idle_timeout: 30, warn_before: 10 });
    const { policy } = await use.browser().signIn('sam');
    expect(policy).toMatchObject({ idle_timeout: 30, absolute_timeout: 120, warn_before_absolute: 600 });
  });

  test('have one for payments, too: how fresh the authentication must be', async () => {
    const running = await use.signedIn('tess');
    expect((await set({ payments_max_age: 20 })).status).toBe(200);
    const { policy } = (await running.call('GET', '/session')).body;
    expect(policy).toMatchObject({ idle_timeout: 900, operations: { 'payments:write': { max_age: 20 } } });
    await use.server.clock.advance(20_000);
    const payment = { from: 'acc-1', payee: 'Mill', iban: 'DE02120300000000202051', amount: 1, reference: '' };
    const answer = await running.call('POST', '/api/payments', { body: payment });
    expect(answer.problem).toBe('reauthentication-required');
  });

  test('that are set together are one change: a page hears of it once', async () => {
    const running = await use.signedIn('tess');
    await set({ idle_timeout: 30, warn_before: 10, payments_max_age: 20 });
    expect((await running.call('GET', '/session')).body).toMatchObject({ rev: 2, policy: { version: 2 } });
  });

  test('leave administrators alone', async () => {
    await set({ idle_timeout: 1 });
    const admin = await use.administrator();
    expect((await admin.call('GET', '/admin/api/session')).body.policy.idle_timeout).toBe(600);
  });

  test.each([
    ['idle_timeout', { idle_timeout: 0 }],
    ['warn_before', { warn_before: 'soon' }],
    ['payments_max_age', { payments_max_age: 0 }],
    ['payments_max_age', { payments_max_age: 0.5 }],
    ['extendable', { extendable: false }],
  ])('name the member %s that makes no sense, and stay as they were', async (member, body) => {
    expect(await set({ absolute_timeout: 60, ...body })).toMatchObject({ status: 400, body: { member } });
    expect((await use.browser().signIn('tess')).policy.absolute_timeout).toBe(28_800);
  });
});

describe('a server that is no demo', () => {
  const real = serverPerTest({ demo: false });

  test('has neither', async () => {
    expect((await real.browser().call('GET', '/demo/people')).status).toBe(404);
    expect((await real.browser().call('POST', '/demo/timeouts', { body: {} })).status).toBe(404);
  });
});
