/** Peek, touch, extend, lock and sign-out (docs/server-contract.md, 2). */
import { describe, expect, test } from 'vitest';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const seconds = (): number => use.server.clock.now() / 1000;
const peek = (browser: Client): Promise<Answer> => browser.call('GET', '/session');
const touch = (browser: Client, body: unknown): Promise<Answer> => browser.call('POST', '/session/touch', { body });
const extend = (browser: Client, from: unknown): Promise<Answer> =>
  browser.call('POST', '/session/extend', { body: { from } });

describe('peek', () => {
  test('says what is so, without being told which session', async () => {
    const browser = await use.signedIn();
    const id = browser.sessionId;
    browser.sessionId = null;
    expect((await peek(browser)).body.session.id).toBe(id);
  });

  test('never counts as activity and never extends', async () => {
    const browser = await use.signedIn();
    const { body: before } = await peek(browser);
    for (let asked = 0; asked < 10; asked += 1) {
      await use.server.clock.advance(80_000);
      const { body } = await peek(browser);
      expect(body).toEqual({ ...before, server_time: seconds() });
    }
    await use.server.clock.advance(100_000);
    expect((await peek(browser)).problem).toBe('session-ended');
  });

  test('answers with the document when locked, too', async () => {
    const browser = await use.signedIn();
    await browser.call('POST', '/session/lock', { body: {} });
    expect((await peek(browser)).status).toBe(200);
  });
});

describe('touch', () => {
  test('sets the last activity to as long ago as the browser says', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(60_000);
    const { status, body } = await touch(browser, { idle_for: 12.5 });
    expect(status).toBe(200);
    expect(body.last_activity).toBe(seconds() - 12.5);
  });

  test('never sets it back', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(60_000);
    await touch(browser, { idle_for: 5 });
    const { body } = await touch(browser, { idle_for: 30 });
    expect(body.last_activity).toBe(seconds() - 5);
    expect(body.rev).toBe(2);
  });

  test('counts activity before the session as its start', async () => {
    const browser = await use.signedIn();
    const start = seconds();
    expect((await touch(browser, { idle_for: 100_000 })).body.last_activity).toBe(start);
  });

  test.each([
    ['negative', '{"idle_for":-1}'],
    ['missing', '{}'],
    ['a string', '{"idle_for":"5"}'],
    ['null', '{"idle_for":null}'],
    ['not finite', '{"idle_for":1e999}'],
    ['absurd', '{"idle_for":31622401}'],
  ])('refuses an idle_for that is %s, and changes nothing', async (_what, body) => {
    const browser = await use.signedIn();
    await use.server.clock.advance(1000);
    const answer = await touch(browser, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ member: 'idle_for', title: expect.stringContaining('idle_for') });
    expect((await peek(browser)).body.rev).toBe(1);
  });

  test('refuses a source it does not know', async () => {
    const browser = await use.signedIn();
    expect((await touch(browser, { idle_for: 0, source: 'cat' })).body.member).toBe('source');
  });

  test('never revives a session that is over, even for activity before it was', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(900_000);
    expect(await touch(browser, { idle_for: 300 })).toMatchObject({ status: 401, problem: 'session-ended' });
    expect((await peek(browser)).problem).toBe('session-ended');
  });

  test('does not open a lock', async () => {
    const browser = await use.signedIn();
    await browser.call('POST', '/session/lock', { body: {} });
    expect(await touch(browser, { idle_for: 0 })).toMatchObject({ status: 401, problem: 'session-locked' });
  });

  describe('by a hold', () => {
    test('counts up to hold_max after the last real activity, and no further', async () => {
      await use.server.setPolicy('teller', { hold_max: 600 });
      const browser = await use.signedIn();
      const acted = seconds();
      await use.server.clock.advance(500_000);
      expect((await touch(browser, { idle_for: 0, source: 'hold' })).body.last_activity).toBe(acted + 500);
      await use.server.clock.advance(500_000);
      expect((await touch(browser, { idle_for: 0, source: 'hold' })).body.last_activity).toBe(acted + 600);
    });

    test('reaches further once a person has acted', async () => {
      await use.server.setPolicy('teller', { hold_max: 600 });
      const browser = await use.signedIn();
      await use.server.clock.advance(500_000);
      await touch(browser, { idle_for: 0, source: 'hold' });
      await touch(browser, { idle_for: 0 });
      const acted = seconds();
      await use.server.clock.advance(550_000);
      expect((await touch(browser, { idle_for: 0, source: 'hold' })).body.last_activity).toBe(acted + 550);
    });

    test('counts for nothing where the policy allows none', async () => {
      const browser = await use.signedIn();
      const acted = seconds();
      await use.server.clock.advance(60_000);
      expect((await touch(browser, { idle_for: 0, source: 'hold' })).body).toMatchObject({
        last_activity: acted,
        rev: 1,
      });
    });
  });
});

describe('what does not extend', () => {
  test('the stream, ordinary requests and page loads leave the lease alone', async () => {
    const browser = await use.signedIn();
    const { body: before } = await peek(browser);
    await use.server.clock.advance(60_000);
    const stream = await browser.stream();
    await browser.call('GET', '/api/accounts');
    await browser.call('POST', '/api/payments', {
      body: { from: 'acc-1', payee: 'Mill', iban: 'DE02120300000000202051', amount: 1, reference: '' },
    });
    await browser.call('GET', '/');
    const { body: after } = await peek(browser);
    expect(after).toEqual({ ...before, server_time: seconds() });
    await stream.close();
  });
});

describe('extend', () => {
  test('counts as activity now', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(800_000);
    const { body } = await extend(browser, seconds() + 100);
    expect(body).toMatchObject({ last_activity: seconds(), idle_expiry: seconds() + 900, extensions_left: null });
  });

  test('uses up an extension only if idle_expiry is still what the person saw', async () => {
    await use.server.setPolicy('teller', { max_extensions: 3 });
    const browser = await use.signedIn();
    await use.server.clock.advance(800_000);
    const from = seconds() + 100;
    expect((await extend(browser, from)).body.extensions_left).toBe(2);
    await use.server.clock.advance(1000);
    const repeated = await extend(browser, from);
    expect(repeated.body).toMatchObject({ extensions_left: 2, last_activity: seconds() });
  });

  test('uses up one extension where two tabs ask at once', async () => {
    await use.server.setPolicy('teller', { max_extensions: 3 });
    const browser = await use.signedIn();
    await use.server.clock.advance(800_000);
    const from = seconds() + 100;
    await Promise.all([extend(browser, from), extend(browser, from), extend(browser, from)]);
    expect((await peek(browser)).body.extensions_left).toBe(2);
  });

  test('is refused when there are no more, while a repeat of the last one is not', async () => {
    await use.server.setPolicy('teller', { max_extensions: 1 });
    const browser = await use.signedIn();
    await use.server.clock.advance(800_000);
    const from = seconds() + 100;
    const { body } = await extend(browser, from);
    expect(body.extensions_left).toBe(0);
    expect((await extend(browser, from)).status).toBe(200);
    const refused = await extend(browser, (await peek(browser)).body.idle_expiry);
    expect(refused).toMatchObject({
      status: 403,
      problem: 'extension-refused',
      body: { reason: 'no-extensions-left' },
    });
  });

  test('is refused where the policy allows none, and is then no activity either', async () => {
    await use.server.setPolicy('teller', { extendable: false });
    const browser = await use.signedIn();
    await use.server.clock.advance(800_000);
    const { body: before } = await peek(browser);
    expect(before.extensions_left).toBe(0);
    expect(await extend(browser, before.idle_expiry)).toMatchObject({
      status: 403,
      problem: 'extension-refused',
      body: { reason: 'not-extendable' },
    });
    expect((await peek(browser)).body).toEqual(before);
  });

  test('is refused at the absolute limit, which it cannot move', async () => {
    await use.server.setPolicy('teller', { idle_timeout: 900, absolute_timeout: 1000 });
    const browser = await use.signedIn();
    await use.server.clock.advance(800_000);
    const { body } = await extend(browser, (await peek(browser)).body.idle_expiry);
    expect(body.idle_expiry).toBeGreaterThan(body.session_expiry);
    const refused = await extend(browser, body.idle_expiry);
    expect(refused).toMatchObject({ status: 403, problem: 'extension-refused', body: { reason: 'absolute' } });
  });

  test.each([
    ['missing', {}],
    ['a string', { from: 'soon' }],
    ['milliseconds', { from: 1_795_245_600_000 }],
  ])('refuses a `from` that is %s', async (_what, body) => {
    const browser = await use.signedIn();
    const answer = await browser.call('POST', '/session/extend', { body });
    expect(answer).toMatchObject({ status: 400, body: { member: 'from' } });
  });
});

describe('lock', () => {
  test('locks now', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(5000);
    const { status, body } = await browser.call('POST', '/session/lock', { body: {} });
    expect(status).toBe(200);
    expect(body.locked_at).toBe(seconds());
  });

  test('twice is once', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(5000);
    const { body: first } = await browser.call('POST', '/session/lock', { body: {} });
    await use.server.clock.advance(5000);
    const { status, body } = await browser.call('POST', '/session/lock', { body: {} });
    expect(status).toBe(200);
    expect(body).toEqual({ ...first, server_time: seconds() });
  });
});

describe('sign-out', () => {
  test('ends the session as signed-out, and sets and clears no cookie', async () => {
    const browser = await use.signedIn();
    const { status, headers, body } = await browser.call('DELETE', '/session');
    expect(status).toBe(204);
    expect(body).toBeNull();
    expect(headers.getSetCookie()).toEqual([]);
    expect((await peek(browser)).body).toMatchObject({ reason: 'signed-out', initiating_entity: 'user' });
  });

  test('is answered the same when the session was over already, whatever the reason was', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(900_000);
    expect((await browser.call('DELETE', '/session')).status).toBe(204);
    expect((await peek(browser)).body.reason).toBe('idle');
  });

  test('is refused without a known secret', async () => {
    expect(await use.browser().call('DELETE', '/session')).toMatchObject({ status: 401, problem: 'no-session' });
  });

  test('takes the reason it is told as a hint, where it is one a browser can know', async () => {
    const idle = await use.signedIn('tess');
    await idle.call('DELETE', '/session?reason=idle');
    expect((await peek(idle)).body.reason).toBe('idle');
    const odd = await use.signedIn('sam');
    await odd.call('DELETE', '/session?reason=fired');
    expect((await peek(odd)).body.reason).toBe('signed-out');
  });

  test('works while locked', async () => {
    const browser = await use.signedIn();
    await browser.call('POST', '/session/lock', { body: {} });
    expect((await browser.call('DELETE', '/session')).status).toBe(204);
  });

  test('of one session leaves the others of that person open', async () => {
    const here = await use.signedIn('tess');
    const there = await use.signedIn('tess');
    await here.call('DELETE', '/session');
    expect((await peek(there)).status).toBe(200);
  });
});

describe('calls that are not offered', () => {
  test.each([
    ['POST', '/session/audit'],
    ['PUT', '/session'],
    ['GET', '/session/touch'],
  ])('%s %s answers 404', async (method, path) => {
    const browser = await use.signedIn();
    const answer = await browser.call(method, path, method === 'GET' ? {} : { body: {} });
    expect(answer).toMatchObject({ status: 404, problem: 'not-found' });
  });
});
