/** The stream of server events (docs/server-contract.md, 4). */
import { describe, expect, test } from 'vitest';
import type { Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const seconds = (): number => use.server.clock.now() / 1000;
const touch = (browser: Client) => browser.call('POST', '/session/touch', { body: { idle_for: 0 } });
const revoke = (browser: Client) => use.server.endSession(browser.sessionId ?? '');

/** The server has heard that this many streams are left. */
async function streamsLeft(count: number): Promise<void> {
  while (use.server.openStreams() !== count) await new Promise((resolve) => setImmediate(resolve));
}

describe('opening', () => {
  test('answers with an event stream that nobody keeps, and says how soon to come again', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('Content-Type')).toBe('text/event-stream');
    expect(stream.response.headers.get('Cache-Control')).toBe('no-store');
    await stream.next();
    expect(stream.retry()).toBe(2000);
  });

  test('sends the session document at once', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    const { event, data } = await stream.next();
    expect(event).toBe('session');
    expect(data).toEqual((await browser.call('GET', '/session')).body);
  });

  test('is no change of the session', async () => {
    const browser = await use.signedIn();
    await (await browser.stream()).next();
    expect((await browser.call('GET', '/session')).body.rev).toBe(1);
  });

  test('is possible while locked, to hear of what comes next', async () => {
    const browser = await use.signedIn();
    await browser.call('POST', '/session/lock', { body: {} });
    const stream = await browser.stream();
    expect((await stream.next()).data.locked_at).not.toBeNull();
  });

  test('is refused to a session that is over', async () => {
    const browser = await use.signedIn();
    await revoke(browser);
    expect(await browser.call('GET', '/session/events')).toMatchObject({ status: 401, problem: 'session-ended' });
  });
});

describe('while it is open', () => {
  test('every change comes at once, as the document', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await use.server.clock.advance(5000);
    const { body: touched } = await touch(browser);
    expect(await stream.next()).toMatchObject({ event: 'session', data: touched });
    const { body: locked } = await browser.call('POST', '/session/lock', { body: {} });
    expect(await stream.next()).toMatchObject({ event: 'session', data: locked });
    await use.server.setPolicy('teller', { idle_timeout: 300 });
    expect((await stream.next()).data.policy).toMatchObject({ version: 2, idle_timeout: 300 });
  });

  test('every change comes to all streams of the session, and to no other session', async () => {
    const browser = await use.signedIn('tess');
    const other = await use.signedIn('tess');
    const streams = [await browser.stream(), await browser.stream()];
    const others = await other.stream();
    for (const stream of [...streams, others]) await stream.next();
    await use.server.clock.advance(1000);
    await touch(browser);
    for (const stream of streams) expect((await stream.next()).data.rev).toBe(2);
    await touch(other);
    expect((await others.next()).data.session.id).toBe(other.sessionId);
  });

  test('nothing comes where nothing changed', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await touch(browser);
    await browser.call('GET', '/session');
    await use.server.clock.advance(1000);
    await touch(browser);
    expect((await stream.next()).data.rev).toBe(2);
  });

  test('events have ids that grow for the session, over all of its streams', async () => {
    const browser = await use.signedIn();
    const ids: number[] = [];
    for (let connection = 0; connection < 3; connection += 1) {
      const stream = await browser.stream();
      ids.push(Number((await stream.next()).id));
      await use.server.clock.advance(1000);
      await touch(browser);
      ids.push(Number((await stream.next()).id));
      await stream.close();
      await streamsLeft(0);
    }
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? id))).toBe(true);
  });

  test('a comment comes at least every 20 s', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    for (let count = 0; count < 3; count += 1) {
      await use.server.clock.advance(20_000);
      expect(await stream.comment()).toBe('');
    }
  });

  test('comments and reading never count as activity', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    const { data } = await stream.next();
    await use.server.clock.advance(600_000);
    expect((await browser.call('GET', '/session')).body.idle_expiry).toBe(data.idle_expiry);
  });
});

describe('death', () => {
  test('comes as session-revoked with who and why, and the stream closes', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await use.server.endSession(browser.sessionId ?? '', 'signed-in-elsewhere');
    const { event, data } = await stream.next();
    expect(event).toBe('session-revoked');
    expect(data).toEqual({
      session_id: browser.sessionId,
      reason: 'signed-in-elsewhere',
      ended_at: seconds(),
      event_timestamp: seconds(),
      initiating_entity: 'admin',
    });
    expect(await stream.ended()).toEqual([]);
    expect(use.server.openStreams()).toBe(0);
  });

  test('comes to every stream of the session', async () => {
    const browser = await use.signedIn();
    const streams = [await browser.stream(), await browser.stream()];
    await revoke(browser);
    for (const stream of streams) expect((await stream.ended()).at(-1)?.event).toBe('session-revoked');
  });

  test('comes when the person signs out in another tab', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await browser.call('DELETE', '/session');
    expect((await stream.ended()).at(-1)).toMatchObject({
      event: 'session-revoked',
      data: { reason: 'signed-out', initiating_entity: 'user' },
    });
  });

  test('comes when the idle limit is over, without anybody asking', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await use.server.clock.advance(899_999);
    expect(use.server.openStreams()).toBe(1);
    await use.server.clock.advance(1);
    expect((await stream.ended()).at(-1)).toMatchObject({
      event: 'session-revoked',
      data: { reason: 'idle', ended_at: seconds(), initiating_entity: 'policy' },
    });
  });

  test('comes at the moved deadline where the person was active', async () => {
    const browser = await use.signedIn();
    await browser.stream();
    await use.server.clock.advance(800_000);
    await touch(browser);
    await use.server.clock.advance(899_999);
    expect(use.server.openStreams()).toBe(1);
    await use.server.clock.advance(1);
    expect(use.server.openStreams()).toBe(0);
  });

  test('comes when the absolute limit is over', async () => {
    await use.server.setPolicy('teller', { idle_timeout: null, absolute_timeout: 60 });
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await use.server.clock.advance(60_000);
    expect((await stream.ended()).at(-1)).toMatchObject({ event: 'session-revoked', data: { reason: 'absolute' } });
  });

  test('comes when a lock is over; the lock itself comes as the document', async () => {
    await use.server.setPolicy('teller', { on_idle: 'lock', lock_timeout: 60 });
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await use.server.clock.advance(900_000);
    const { event, data } = await stream.next();
    expect(event).toBe('session');
    expect(data.locked_at).toBe(seconds());
    await use.server.clock.advance(60_000);
    expect((await stream.ended()).at(-1)).toMatchObject({ event: 'session-revoked', data: { reason: 'idle' } });
  });
});

describe('a new secret', () => {
  test('lets the streams opened with the old one have a last document, and closes them', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await use.server.clock.advance(1000);
    const { body } = await browser.call('POST', '/session/reauthenticate', {
      body: { method: 'password', password: 'teller-demo-1' },
    });
    expect(await stream.next()).toMatchObject({ event: 'session', data: body });
    expect(await stream.ended()).toEqual([]);
    const next = await browser.stream();
    expect((await next.next()).event).toBe('session');
    expect(use.server.openStreams()).toBe(1);
  });
});

describe('two streams at most', () => {
  test('a third closes the oldest, which is told so', async () => {
    const browser = await use.signedIn();
    const [first, second, third] = [await browser.stream(), await browser.stream(), await browser.stream()];
    expect((await first.ended()).map(({ event, data }) => [event, event === 'session' ? null : data])).toEqual([
      ['session', null],
      ['stream-replaced', {}],
    ]);
    expect(use.server.openStreams(browser.sessionId ?? '')).toBe(2);
    await use.server.clock.advance(1000);
    await touch(browser);
    for (const stream of [second, third]) {
      await stream.next();
      expect((await stream.next()).data.rev).toBe(2);
    }
  });

  test('the replaced one is told with an id that grows, too', async () => {
    const browser = await use.signedIn();
    const first = await browser.stream();
    for (let more = 0; more < 2; more += 1) await browser.stream();
    const ids = (await first.ended()).map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(2);
  });

  test('sessions do not take places from each other', async () => {
    for (const username of ['tess', 'tess', 'sam']) {
      const browser = await use.signedIn(username);
      await browser.stream();
      await browser.stream();
    }
    expect(use.server.openStreams()).toBe(6);
  });
});

describe('hanging up', () => {
  test('costs no other stream its place', async () => {
    const browser = await use.signedIn();
    const staying = await browser.stream();
    await staying.next();
    for (let connection = 0; connection < 3; connection += 1) {
      const stream = await browser.stream();
      await stream.next();
      await stream.close();
      await streamsLeft(1);
    }
    await use.server.clock.advance(1000);
    await touch(browser);
    expect((await staying.next()).event).toBe('session');
  });

  test('leaves nothing behind', async () => {
    const browser = await use.signedIn();
    const alarms = use.server.clock.alarms();
    for (let connection = 0; connection < 5; connection += 1) {
      const stream = await browser.stream();
      await stream.next();
      await stream.close();
      await streamsLeft(0);
    }
    expect(use.server.clock.alarms()).toBe(alarms);
  });

  test('is what a stopping server does, so that browsers come again', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await use.server.stop();
    expect(await stream.ended()).toEqual([]);
  });
});

describe('what happened to the person', () => {
  const raiseRisk = async (browser: Client, level: string) => {
    const admin = await use.administrator();
    return admin.call('POST', `/admin/api/sessions/${browser.sessionId}/risk`, { body: { level } });
  };

  test('comes before what came of it: a raised risk, then shorter limits', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await stream.next();
    await raiseRisk(browser, 'MEDIUM');
    expect(await stream.next()).toMatchObject({
      event: 'risk-level-change',
      data: {
        session_id: browser.sessionId,
        event_timestamp: seconds(),
        initiating_entity: 'admin',
        current_level: 'MEDIUM',
        previous_level: 'LOW',
      },
    });
    expect(await stream.next()).toMatchObject({
      event: 'session',
      data: { policy: { idle_timeout: 450, version: 2 } },
    });
  });

  test('a high risk, then the end', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await raiseRisk(browser, 'HIGH');
    expect((await stream.ended()).map(({ event }) => event)).toEqual([
      'session',
      'risk-level-change',
      'session-revoked',
    ]);
    expect((await browser.call('GET', '/session')).body.reason).toBe('risk');
  });

  test('a new password set by an administrator, then the end', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    const admin = await use.administrator();
    await admin.call('POST', '/admin/api/people/tess/password', { body: { password: 'something-else' } });
    const events = await stream.ended();
    expect(events.map(({ event }) => event)).toEqual(['session', 'credential-change', 'session-revoked']);
    expect(events[1]?.data).toMatchObject({ credential_type: 'password', change_type: 'update' });
    expect(events[2]?.data.reason).toBe('credential-change');
  });

  test('is told to a stream that missed it, after the document and followed by it, with ids that grow', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    const { id } = await stream.next();
    await stream.close();
    await streamsLeft(0);
    await raiseRisk(browser, 'MEDIUM');
    const again = await browser.stream({ headers: { 'Last-Event-ID': id } });
    const events = [await again.next(), await again.next(), await again.next()];
    expect(events.map(({ event }) => event)).toEqual(['session', 'risk-level-change', 'session']);
    const ids = events.map((event) => Number(event.id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(Math.min(...ids)).toBeGreaterThan(Number(id));
  });

  test('is told once: not to who has heard it, says nothing, or comes from another session', async () => {
    const browser = await use.signedIn();
    const first = await browser.stream();
    await first.next();
    await raiseRisk(browser, 'MEDIUM');
    await first.next();
    const { id } = await first.next();
    for (const lastEventId of [id, null, '987654', 'nonsense']) {
      const stream = await browser.stream({ headers: { 'Last-Event-ID': lastEventId } });
      await stream.next();
      await use.server.clock.advance(1000);
      await touch(browser);
      expect((await stream.next()).event).toBe('session');
      await stream.close();
    }
  });
});
