/** The test server itself: what browser tests lean on. */
import { describe, expect, test } from 'vitest';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

describe('a fault', () => {
  test('that is silent never answers', async () => {
    use.server.fault('silent', ['/session']);
    const waiting = new AbortController();
    const silent = fetch(`${use.server.origin}/session`, { signal: waiting.signal });
    while (use.server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await use.browser().call('GET', '/api/accounts')).status).toBe(401);
    waiting.abort();
    await expect(silent).rejects.toMatchObject({ name: 'AbortError' });
    expect(use.server.requests[0]).toMatchObject({ path: '/session', status: null });
  });

  test('that is down breaks the connection', async () => {
    use.server.fault('down');
    await expect(use.browser().call('GET', '/session')).rejects.toThrow();
  });

  test('that loses the reply has done the work', async () => {
    const browser = await use.signedIn();
    use.server.fault('reply-lost');
    await expect(browser.call('DELETE', '/session')).rejects.toThrow();
    use.server.fault(null);
    expect((await browser.call('GET', '/session')).body.reason).toBe('signed-out');
  });

  test('that stalls has done the work, and half of the answer arrives', async () => {
    const browser = await use.signedIn();
    const { body } = await browser.call('GET', '/api/accounts');
    use.server.fault('stalls', ['/api/accounts']);
    const waiting = new AbortController();
    const { signal } = waiting;
    const headers = { Cookie: `nightlatch=${browser.cookies.get('nightlatch')}` };
    const response = await fetch(`${use.server.origin}/api/accounts`, { headers, signal });
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    const { value, done } = await reader.read();
    expect(done).toBe(false);
    const begun = new TextDecoder().decode(value);
    expect(JSON.stringify(body).startsWith(begun)).toBe(true);
    expect(begun.length).toBeLessThan(JSON.stringify(body).length);
    waiting.abort();
    await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('can be any answer, on the paths it is for', async () => {
    const browser = await use.signedIn();
    use.server.fault({ status: 502, body: '<h1>', headers: { 'Content-Type': 'text/html' } }, ['/api']);
    const { status, headers, body } = await browser.call('GET', '/api/accounts');
    expect({ status, type: headers.get('Content-Type'), body }).toEqual({
      status: 502,
      type: 'text/html',
      body: '<h1>',
    });
    expect((await browser.call('GET', '/session')).status).toBe(200);
    use.server.fault(null);
    expect((await browser.call('GET', '/api/accounts')).status).toBe(200);
  });
});

describe('what stands between', () => {
  test('brings answers late, each by its own time, and the work is done at once', async () => {
    const browser = await use.signedIn();
    use.server.fault({ late: ({ nth }) => (nth === 0 ? 200 : 0) });
    const order: string[] = [];
    const first = browser.call('GET', '/api/accounts').then(({ status }) => order.push(`first ${status}`));
    while (use.server.requests.at(-1)?.path !== '/api/accounts') await new Promise((resolve) => setImmediate(resolve));
    await browser.call('GET', '/session').then(({ status }) => order.push(`second ${status}`));
    await first;
    expect(order).toEqual(['second 200', 'first 200']);
  });

  test('makes other answers of those that pass, and leaves streams alone', async () => {
    const browser = await use.signedIn();
    use.server.fault(
      { rewrite: ({ body, ...head }, { path }) => ({ ...head, body: body.replace('"rev"', `"rev of ${path}"`) }) },
      ['/session'],
    );
    expect((await browser.call('GET', '/session')).body).toMatchObject({ 'rev of /session': expect.any(Number) });
    const stream = await browser.stream();
    expect((await stream.next()).data).toMatchObject({ rev: expect.any(Number) });
  });

  test('lets a stream fall silent: it stays open, and says nothing of an end', async () => {
    const browser = await use.signedIn();
    use.server.fault('falls-silent', ['/session/events']);
    const stream = await browser.stream();
    expect(await stream.next()).toMatchObject({ event: 'session' });
    await new Promise((resolve) => setTimeout(resolve, 600));
    await use.server.endSession(browser.sessionId ?? '');
    const over = stream.ended().then(() => 'ended');
    const silence = new Promise((resolve) => setTimeout(resolve, 200, 'silent'));
    expect(await Promise.race([over, silence])).toBe('silent');
  });
});

describe('the test server', () => {
  test('logs each request with its time and its status', async () => {
    await use.server.clock.advance(1000);
    await use.browser().call('GET', '/session?x=1');
    expect(use.server.requests.map((request) => ({ ...request }))).toEqual([
      { method: 'GET', path: '/session?x=1', at: use.server.clock.now(), status: 401 },
    ]);
  });

  test('lists sessions and ends them', async () => {
    const browser = await use.signedIn();
    expect(await use.server.sessions()).toMatchObject([{ id: browser.sessionId, username: 'tess' }]);
    expect(await use.server.endSession(browser.sessionId ?? '')).toBe(true);
    expect(await use.server.endSession(browser.sessionId ?? '')).toBe(false);
    expect(await use.server.sessions()).toEqual([]);
  });
});

describe('on a clock that runs', () => {
  const running = serverPerTest({ clock: 'runs' });

  test('sessions expire by themselves, in real time', async () => {
    const browser = await running.signedIn();
    const stream = await browser.stream();
    await running.server.setPolicy('teller', { idle_timeout: 0.1 });
    expect((await stream.ended()).at(-1)).toMatchObject({ event: 'session-revoked', data: { reason: 'idle' } });
  });

  test('and when the clock jumps', async () => {
    const browser = await running.signedIn();
    const stream = await browser.stream();
    await running.server.clock.advance(900_000);
    expect((await stream.ended()).at(-1)).toMatchObject({ event: 'session-revoked', data: { reason: 'idle' } });
  });

  test('it can be set back', async () => {
    const before = running.server.clock.now();
    running.server.clock.setBack(60_000);
    expect(running.server.clock.now()).toBeLessThan(before - 59_000);
  });
});
