/** When the answer is no: which refusal comes first, and what each one says (docs/server-contract.md, 2 and 3). */
import { describe, expect, test } from 'vitest';
import type { Answer, CallOptions, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

/** Every call about a session that must name it, with a body that would do. */
const namedCalls: readonly (readonly [string, string, CallOptions])[] = [
  ['POST', '/session/touch', { body: { idle_for: 0 } }],
  ['POST', '/session/extend', { body: { from: null } }],
  ['POST', '/session/reauthenticate', { body: { method: 'password', password: 'teller-demo-1' } }],
  ['POST', '/session/lock', { body: {} }],
  ['DELETE', '/session', {}],
  ['GET', '/session/events', {}],
  ['POST', '/api/payments', { body: {} }],
  ['POST', '/api/payments/none/approve', { body: {} }],
];

const call = (browser: Client, [method, path, options]: (typeof namedCalls)[number]): Promise<Answer> =>
  browser.call(method, path, options);

describe.each(namedCalls)('%s %s', (...named) => {
  test('is refused without a secret, and with one nobody has', async () => {
    const browser = use.browser();
    browser.sessionId = 'any';
    expect(await call(browser, named)).toMatchObject({ status: 401, problem: 'no-session' });
    browser.cookies.set('nightlatch', 'unknown');
    expect(await call(browser, named)).toMatchObject({ status: 401, problem: 'no-session' });
  });

  test('is refused where it names no session, and changes nothing', async () => {
    const browser = await use.signedIn();
    browser.sessionId = null;
    expect(await call(browser, named)).toMatchObject({ status: 400, body: { member: 'Session-Id' } });
    browser.sessionId = '';
    expect(await call(browser, named)).toMatchObject({ status: 400, body: { member: 'Session-Id' } });
    expect((await browser.call('GET', '/session')).body.rev).toBe(1);
  });

  test('is refused where it names another session, says which one it came with, and changes nothing', async () => {
    const browser = await use.signedIn('tess');
    const own = browser.sessionId;
    browser.sessionId = (await use.signedIn('sam')).sessionId;
    expect(await call(browser, named)).toMatchObject({
      status: 409,
      problem: 'session-mismatch',
      body: { session_id: own },
    });
    expect((await browser.call('GET', '/session')).body.rev).toBe(1);
  });
});

describe('the order of refusals', () => {
  test('no secret comes before a missing Session-Id', async () => {
    expect((await use.browser().call('POST', '/session/lock', { body: {} })).problem).toBe('no-session');
  });

  test('another session named comes before the end of the one presented', async () => {
    const browser = await use.signedIn();
    await use.server.endSession(browser.sessionId ?? '');
    browser.sessionId = 'another';
    expect((await browser.call('DELETE', '/session')).problem).toBe('session-mismatch');
    expect((await browser.call('POST', '/session/lock', { body: {} })).problem).toBe('session-mismatch');
  });

  test('the end comes before a superseded secret and a lock', async () => {
    const browser = await use.signedIn();
    const superseded = browser.copy();
    await browser.call('POST', '/session/reauthenticate', {
      body: { method: 'password', password: 'teller-demo-1' },
    });
    await browser.call('POST', '/session/lock', { body: {} });
    expect((await superseded.call('POST', '/session/touch', { body: {} })).problem).toBe('session-rotated');
    await use.server.endSession(browser.sessionId ?? '');
    expect((await superseded.call('POST', '/session/touch', { body: {} })).problem).toBe('session-ended');
  });

  test('a lock comes before the operation and before a body that makes no sense', async () => {
    const browser = await use.signedIn('ada');
    await browser.call('POST', '/session/lock', { body: {} });
    expect((await browser.call('POST', '/api/payments', { body: 'nonsense' })).problem).toBe('session-locked');
  });

  test('the right to do it comes before the body', async () => {
    const browser = await use.signedIn('ada');
    expect((await browser.call('POST', '/api/payments', { body: 'nonsense' })).problem).toBe('operation-denied');
  });

  test('another site comes before everything', async () => {
    const answer = await use.browser().call('POST', '/session', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
    expect(answer).toMatchObject({ status: 403, problem: 'cross-site' });
  });
});

describe('a problem', () => {
  test('is application/problem+json, not kept, with the server time', async () => {
    await use.server.clock.advance(250);
    const { headers, body } = await use.browser().call('GET', '/session');
    expect(headers.get('Content-Type')).toBe('application/problem+json');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(body).toEqual({
      type: expect.stringMatching(/^https:.*\/no-session$/),
      title: expect.any(String),
      status: 401,
      server_time: use.server.clock.now() / 1000,
    });
  });

  test('session-ended says which session, why, when and by whom', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/end`, {
      body: { reason: 'risk', reason_user: { en: 'Please call the help desk.' } },
    });
    const endedAt = use.server.clock.now() / 1000;
    await use.server.clock.advance(3000);
    expect((await browser.call('GET', '/session')).body).toMatchObject({
      status: 401,
      session_id: browser.sessionId,
      reason: 'risk',
      ended_at: endedAt,
      initiating_entity: 'admin',
      reason_user: { en: 'Please call the help desk.' },
    });
  });

  test('session-locked says which session and since when', async () => {
    const browser = await use.signedIn();
    const { body: locked } = await browser.call('POST', '/session/lock', { body: {} });
    expect((await browser.call('GET', '/api/accounts')).body).toMatchObject({
      status: 401,
      session_id: browser.sessionId,
      locked_at: locked.locked_at,
    });
  });

  test('operation-denied names the operation', async () => {
    const browser = await use.signedIn('tess');
    const answer = await browser.call('GET', '/api/logs');
    expect(answer).toMatchObject({ status: 403, problem: 'operation-denied', body: { operation: 'logs:read' } });
  });

  test('is the answer to a path nobody knows', async () => {
    expect(await use.browser().call('GET', '/api/nothing')).toMatchObject({ status: 404, problem: 'not-found' });
  });
});

describe('the memory of why a session ended', () => {
  test('lasts a day, and then its secret is unknown', async () => {
    const browser = await use.signedIn();
    await browser.call('DELETE', '/session');
    await use.server.clock.advance(24 * 3_600_000 - 1);
    expect((await browser.call('GET', '/session')).body.reason).toBe('signed-out');
    await use.server.clock.advance(1);
    expect((await browser.call('GET', '/session')).problem).toBe('no-session');
  });
});

describe('bodies', () => {
  test('that are not application/json are refused', async () => {
    const browser = await use.signedIn();
    const answer = await browser.call('POST', '/session/lock', {
      body: '{}',
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(answer).toMatchObject({ status: 415, problem: 'unsupported-media-type' });
    expect((await browser.call('GET', '/session')).body.locked_at).toBeNull();
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['empty', ''],
  ])('that are %s are refused', async (_what, body) => {
    const browser = await use.signedIn();
    expect(await browser.call('POST', '/session/lock', { body })).toMatchObject({
      status: 400,
      body: { member: null },
    });
  });

  test('that are too large are refused', async () => {
    const browser = await use.signedIn();
    const answer = await browser.call('POST', '/session/lock', { body: { filler: 'x'.repeat(17_000) } });
    expect(answer).toMatchObject({ status: 413, problem: 'body-too-large' });
  });
});
