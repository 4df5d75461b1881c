import { describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../../src/ports.ts';
import { createHttpBackend } from '../../../src/server/http-backend.ts';
import { answer, wireDocument, wireEnded } from './wire-examples.ts';

/** A server whose connections the test holds in its hand. */
function createServer() {
  const requests: Headers[] = [];
  let reply: () => Response | Promise<Response> = () => new Response(null, { status: 404 });
  let line: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isCancelled = false;
  return {
    requests,
    isCancelled: () => isCancelled,
    answer: (next: () => Response | Promise<Response>) => {
      reply = next;
    },
    open(headers: { readonly [name: string]: string } = {}) {
      reply = () => {
        isCancelled = false;
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            line = controller;
          },
          cancel() {
            isCancelled = true;
          },
        });
        return new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8', ...headers } });
      };
    },
    say: (text: string) => line?.enqueue(new TextEncoder().encode(text)),
    hangUp: () => line?.close(),
    breakDown: () => line?.error(new TypeError('network error')),
    fetch: async (_url: string, init: RequestInit) => {
      requests.push(new Headers(init.headers));
      return reply();
    },
  };
}

function setUp() {
  const server = createServer();
  const backend = createHttpBackend({ baseUrl: '/session', fetch: server.fetch });
  const heard: StreamEvent[] = [];
  function stream(sessionId = 'kJ2', signal = new AbortController().signal) {
    if (!backend.stream) throw new Error('the backend has no stream');
    return backend.stream({ sessionId }, (event) => heard.push(event), signal);
  }
  return { server, heard, stream, backend };
}

/** Lets what the server said arrive. */
const arrive = () => new Promise<void>((resolve) => setImmediate(resolve));

const session = (more = {}) => `event: session\nid: 1\ndata: ${JSON.stringify(wireDocument(more))}\n\n`;

describe('an open stream', () => {
  test('asks for the session by name, as an event stream', async () => {
    const { server, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.hangUp();
    await end;
    expect(Object.fromEntries(server.requests[0] ?? [])).toEqual({ accept: 'text/event-stream', 'session-id': 'kJ2' });
  });

  test('tells documents, deaths and that another stream took its place', async () => {
    const { server, heard, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.say(session({ rev: 43 }));
    server.say(
      `event: session-revoked\ndata: ${JSON.stringify(wireEnded({ reason: 'risk', initiating_entity: 'admin' }))}\n\n`,
    );
    server.say('event: stream-replaced\ndata: {}\n\n');
    server.hangUp();
    expect(await end).toEqual({ type: 'closed' });
    expect(heard).toMatchObject([
      { type: 'document', document: { rev: 43 } },
      { type: 'revoked', sessionId: 'kJ2', reason: 'revoked', detail: 'risk', endedAt: 1795245599500 },
      { type: 'superseded' },
    ]);
  });

  test('takes comments, and events that it does not know, for signs of life', async () => {
    const { server, heard, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.say(': ping\n\nevent: risk-level-change\ndata: not even json\n\n');
    server.hangUp();
    await end;
    expect(heard).toEqual([{ type: 'alive' }, { type: 'alive' }]);
  });

  test('is lost when its events cannot be read, for to stay would be to hear nothing', async () => {
    const { server, heard, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.say(`${session({ rev: 'x' })}: ping\n`);
    expect(await end).toEqual({
      type: 'lost',
      problem: 'the event "session": rev is not a whole number of 0 or more',
    });
    expect(heard).toEqual([]);
    expect(server.isCancelled()).toBe(true);
  });

  test('is lost when the server floods it', async () => {
    const { server, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.say(`data: ${'x'.repeat(2_000_000)}`);
    expect(await end).toMatchObject({ type: 'lost', problem: expect.stringContaining('longer than') });
    expect(server.isCancelled()).toBe(true);
  });

  test('closes when told to, and says nothing after', async () => {
    const { server, heard, stream } = setUp();
    server.open();
    const reading = new AbortController();
    const end = stream('kJ2', reading.signal);
    await arrive();
    server.say(session());
    await arrive();
    reading.abort();
    expect(await end).toEqual({ type: 'closed' });
    expect(server.isCancelled()).toBe(true);
    expect(heard).toHaveLength(1);
  });

  test('says nothing more of the same piece once the listener has closed it', async () => {
    const { server, backend } = setUp();
    server.open();
    const reading = new AbortController();
    let heard = 0;
    const end = backend.stream?.(
      { sessionId: 'kJ2' },
      () => {
        heard += 1;
        reading.abort();
      },
      reading.signal,
    );
    await arrive();
    server.say(': one\n: two\n');
    expect(await end).toEqual({ type: 'closed' });
    expect(heard).toBe(1);
  });

  test('passes on what the listener throws, rather than blaming the network', async () => {
    const { server, backend } = setUp();
    server.open();
    const mistake = new Error('a mistake of ours');
    const end = backend.stream?.(
      { sessionId: 'kJ2' },
      () => {
        throw mistake;
      },
      new AbortController().signal,
    );
    await arrive();
    server.say(': ping\n');
    await expect(end).rejects.toBe(mistake);
    expect(server.isCancelled()).toBe(true);
  });
});

describe('a stream that breaks', () => {
  test('is lost, and remembers how long the server wants to be left alone', async () => {
    const { server, stream } = setUp();
    server.open();
    const first = stream();
    await arrive();
    server.say('retry: 2500\n\n');
    await arrive();
    server.breakDown();
    expect(await first).toEqual({ type: 'lost', problem: 'no answer: network error', retryAfter: 2500 });
    server.answer(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await stream()).toEqual({ type: 'lost', problem: 'no answer: Failed to fetch', retryAfter: 2500 });
    server.answer(() => new Response(null, { status: 429, headers: { 'Retry-After': '9' } }));
    expect(await stream()).toEqual({ type: 'lost', problem: 'HTTP 429', retryAfter: 9_000 });
  });

  test('is lost when the server hangs up without a word', async () => {
    const { server, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.hangUp();
    expect(await end).toEqual({ type: 'lost', problem: 'the server hung up' });
  });

  test('asks next time for what it missed', async () => {
    const { server, stream } = setUp();
    for (const id of ['7', '8']) {
      server.open();
      const end = stream();
      await arrive();
      server.say(`id: ${id}\ndata: x\n\nid: 99\ndata: never complet`);
      server.hangUp();
      await end;
    }
    server.answer(() => new Response(null, { status: 404 }));
    await stream();
    expect(server.requests.map((headers) => headers.get('last-event-id'))).toEqual([null, '7', '8']);
  });

  test('does not ask for the events of another session, nor for the old ones when the first comes back', async () => {
    const { server, stream } = setUp();
    server.open();
    const end = stream('first');
    await arrive();
    server.say('id: 7\ndata: x\n\n');
    server.hangUp();
    await end;
    server.answer(() => new Response(null, { status: 404 }));
    await stream('second');
    await stream('first');
    expect(server.requests.map((headers) => headers.get('last-event-id'))).toEqual([null, null, null]);
  });

  test('does not keep an id that no header can carry', async () => {
    const { server, stream } = setUp();
    server.open();
    const end = stream();
    await arrive();
    server.say('id: 7\ndata: x\n\nid: ☃\ndata: x\n\n');
    server.hangUp();
    await end;
    server.answer(() => new Response(null, { status: 404 }));
    await stream();
    expect(server.requests[1]?.get('last-event-id')).toBe('7');
  });
});

describe('a stream that does not open', () => {
  test.each([404, 204])('is absent where the server has none (%d)', async (status) => {
    const { server, stream } = setUp();
    server.answer(() => new Response(null, { status }));
    expect(await stream()).toEqual({ type: 'absent' });
  });

  test('is refused with the word of the server', async () => {
    const { server, stream } = setUp();
    server.answer(() => answer(401, wireEnded()));
    expect(await stream()).toMatchObject({
      type: 'refused',
      reply: { type: 'refused', refusal: { type: 'session-ended', sessionId: 'kJ2' } },
    });
  });

  test.each<[problem: string, respond: () => Response]>([
    ['HTTP 401 with no content type, not application/problem+json', () => new Response(null, { status: 401 })],
    ['HTTP 502', () => new Response('<h1>', { status: 502, headers: { 'Content-Type': 'text/html' } })],
    [
      'HTTP 200 with text/html, not text/event-stream',
      () => new Response('<h1>', { headers: { 'Content-Type': 'text/html' } }),
    ],
    ['a redirect', () => new Response(null, { status: 302 })],
    [
      'HTTP 200 from a cache on the way',
      () => new Response('data: x\n\n', { headers: { 'Content-Type': 'text/event-stream', Age: '9' } }),
    ],
  ])('is lost, not dead: %s', async (problem, respond) => {
    const { server, stream, heard } = setUp();
    server.answer(respond);
    expect(await stream()).toEqual({ type: 'lost', problem });
    expect(heard).toEqual([]);
  });

  test('waits as long as a busy server asks', async () => {
    const { server, stream } = setUp();
    server.answer(() => new Response(null, { status: 429, headers: { 'Retry-After': '9' } }));
    expect(await stream()).toEqual({ type: 'lost', problem: 'HTTP 429', retryAfter: 9_000 });
  });

  test('closes although the fetch of the app does not listen to the signal', async () => {
    const { server, stream } = setUp();
    server.answer(() => new Promise<Response>(() => undefined));
    const reading = new AbortController();
    const end = stream('kJ2', reading.signal);
    reading.abort();
    expect(await end).toEqual({ type: 'closed' });
  });
});
