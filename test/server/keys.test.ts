/** Keys for what a browser keeps sealed (docs/server-contract.md, 2). */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDraftKeys } from '../../demo/server/keys/draft-keys.js';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const masters = createDraftKeys();
const use = serverPerTest({ draftKeys: masters });

const keysOf = (browser: Client, query = '', headers: Record<string, string | null> = {}): Promise<Answer> =>
  browser.call('GET', `/session/keys${query}`, { headers });

describe('an open session', () => {
  test('gets two keys of 32 bytes, each with its name, and nothing that anything may store or share', async () => {
    const { status, body, headers } = await keysOf(await use.signedIn());
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['vault', 'draft']);
    for (const { kid, key } of [body.vault, body.draft]) {
      expect(kid).toMatch(/^[\w-]{8,64}$/);
      expect(key).toMatch(/^[\w-]{43}$/);
    }
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(headers.getSetCookie()).toEqual([]);
  });

  test('asking is no activity', async () => {
    const browser = await use.signedIn();
    const { body: before } = await browser.call('GET', '/session');
    await use.server.clock.advance(60_000);
    await keysOf(browser);
    const { body } = await browser.call('GET', '/session');
    expect([body.rev, body.idle_expiry]).toEqual([before.rev, before.idle_expiry]);
  });

  test('an administrator has keys of their own door', async () => {
    const browser = await use.administrator();
    const { status, body } = await browser.call('GET', '/admin/api/session/keys');
    expect(status).toBe(200);
    expect(body.draft.key).not.toBe((await keysOf(await use.signedIn())).body.draft.key);
  });
});

describe('the draft key', () => {
  test('is the same for a person in each of their sessions, and another for each person', async () => {
    const [first, again, other] = [await use.signedIn(), await use.signedIn(), await use.signedIn('sam')];
    const { draft } = (await keysOf(first)).body;
    await first.call('DELETE', '/session');
    expect((await keysOf(again)).body.draft).toEqual(draft);
    const { draft: others } = (await keysOf(other)).body;
    expect(others.kid).toBe(draft.kid);
    expect(others.key).not.toBe(draft.key);
  });

  test('stays to be had by its name after the master key was replaced, for the same person alone', async () => {
    const browser = await use.signedIn();
    const { draft: old } = (await keysOf(browser)).body;
    masters.rotate();
    masters.rotate();
    const { draft: current } = (await keysOf(browser)).body;
    expect(current.kid).not.toBe(old.kid);
    expect(current.key).not.toBe(old.key);
    const { body } = await keysOf(browser, `?draft_kid=${old.kid}`);
    expect(body.draft).toEqual(old);
    expect(body.vault).toEqual((await keysOf(browser)).body.vault);
    expect((await keysOf(await use.signedIn('sam'), `?draft_kid=${old.kid}`)).body.draft.key).not.toBe(old.key);
  });

  test('of a name that nobody has is refused, and so is what can be no name', async () => {
    const browser = await use.signedIn();
    expect(await keysOf(browser, '?draft_kid=nobody')).toMatchObject({ status: 404, problem: 'unknown-key' });
    for (const kid of ['', '%0a', 'a'.repeat(65), '__proto__%00']) {
      expect(await keysOf(browser, `?draft_kid=${kid}`), kid).toMatchObject({
        status: 400,
        problem: 'invalid-request',
      });
    }
    expect((await keysOf(browser, '?draft_kid=__proto__')).status).toBe(404);
  });
});

describe('master keys', () => {
  test('give the same keys after a restart, in the order in which they are given', () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const before = createDraftKeys([old]);
    const after = createDraftKeys([old, fresh]);
    expect(after.byKid('u_1', before.current('u_1').kid)).toEqual(before.current('u_1'));
    expect(after.current('u_1')).toEqual(createDraftKeys([fresh]).current('u_1'));
    expect(createDraftKeys([fresh]).byKid('u_1', before.current('u_1').kid)).toBeUndefined();
  });

  test('that are too short, or none, are refused', () => {
    expect(() => createDraftKeys([randomBytes(16)])).toThrow(RangeError);
    expect(() => createDraftKeys([])).toThrow(RangeError);
  });
});

describe('the vault key', () => {
  test('is the session’s: kept through a new secret, and gone with the session', async () => {
    const browser = await use.signedIn();
    const { vault } = (await keysOf(browser)).body;
    await browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password: 'teller-demo-1' } });
    expect((await keysOf(browser)).body.vault).toEqual(vault);
    await browser.call('DELETE', '/session');
    expect(await keysOf(browser)).toMatchObject({ status: 401, problem: 'session-ended' });
    expect((await keysOf(await use.signedIn())).body.vault.key).not.toBe(vault.key);
  });
});

describe('nobody gets keys', () => {
  test.each(['cross-site', 'same-site', 'none', null])('where Sec-Fetch-Site is %s', async (site) => {
    const browser = await use.signedIn();
    // An `Origin` of ours is no word of the browser's about this request.
    const { status, problem, body } = await keysOf(browser, '', { 'Sec-Fetch-Site': site, Origin: use.server.origin });
    expect([status, problem]).toEqual([403, 'cross-site']);
    expect(body).not.toHaveProperty('vault');
  });

  test('while the session is locked, and again once it is open', async () => {
    const browser = await use.signedIn();
    await browser.call('POST', '/session/lock', { body: {} });
    expect(await keysOf(browser)).toMatchObject({ status: 401, problem: 'session-locked' });
    await browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password: 'teller-demo-1' } });
    expect((await keysOf(browser)).status).toBe(200);
  });

  test('more than sixty times a minute for one session, and another session is not held up by it', async () => {
    const browser = await use.signedIn();
    for (let asked = 0; asked < 60; asked += 1) expect((await keysOf(browser)).status).toBe(200);
    await use.server.clock.advance(20_500);
    const refused = await keysOf(browser);
    expect(refused).toMatchObject({ status: 429, problem: 'too-many-requests' });
    expect(refused.headers.get('Retry-After')).toBe('40');
    expect((await keysOf(await use.signedIn())).status).toBe(200);
    await use.server.clock.advance(39_500);
    expect((await keysOf(browser)).status).toBe(200);
  });

  test('out of the audit log', async () => {
    const browser = await use.signedIn();
    const { body } = await keysOf(browser);
    await keysOf(browser, '?draft_kid=nobody');
    const log = JSON.stringify(use.server.audit());
    for (const { key } of [body.vault, body.draft]) expect(log).not.toContain(key);
  });
});
