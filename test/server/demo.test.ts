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

  test('include how old a password may be for what is sensitive', async () => {
    const running = await use.signedIn('tess');
    const { status } = await set({ max_age: { 'payments:write': 30, 'logs:read': 60 } });
    expect(status).toBe(200);
    const { operations } = (await running.call('GET', '/session')).body.policy;
    expect(operations['payments:write']).toEqual({ allow: true, max_age: 30 });
    const { policy } = await use.browser().signIn('ada');
    expect(policy.operations['logs:read']).toEqual({ allow: true, max_age: 60 });
  });

  test('are one edition of the rules, signed by the demo', async () => {
    const admin = await use.administrator();
    await set({ idle_timeout: 30, max_age: { 'payments:write': 30 } });
    const { editions } = (await admin.call('GET', '/admin/api/rules/history')).body;
    expect(editions[0]).toMatchObject({
      version: 2,
      by: 'demo',
      changed: ['teller', 'supervisor', 'auditor', 'fresh authentication for payments'],
    });
  });

  test('leave administrators alone', async () => {
    await set({ idle_timeout: 1 });
    const admin = await use.administrator();
    expect((await admin.call('GET', '/admin/api/session')).body.policy.idle_timeout).toBe(600);
  });

  test.each([
    ['idle_timeout', { idle_timeout: 0 }],
    ['warn_before', { warn_before: 'soon' }],
    ['extendable', { extendable: false }],
    ['max_age.payments:write', { max_age: { 'payments:write': 0 } }],
    ['max_age.people:write', { max_age: { 'people:write': 60 } }],
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
