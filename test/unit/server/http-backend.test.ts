import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend, Reply } from '../../../src/ports.ts';
import { createHttpBackend, type HttpBackendOptions } from '../../../src/server/http-backend.ts';
import { serverTime } from '../../../src/time/instant.ts';
import { answer, wireDocument, wireEnded } from './wire-examples.ts';

/** A backend whose server answers as told, and what it was asked. */
function setUp(respond: (init: RequestInit) => Response | Promise<Response>) {
  const asked: { url: string; init: RequestInit; headers: Headers }[] = [];
  const backend = createHttpBackend({
    baseUrl: '/session',
    fetch: async (url, init) => {
      asked.push({ url, init, headers: new Headers(init.headers) });
      return respond(init);
    },
  });
  return { backend, asked };
}

const signal = new AbortController().signal;
const peek = (respond: (init: RequestInit) => Response | Promise<Response>) => setUp(respond).backend.peek(signal);
const html = (status: number) => new Response('<!doctype html>', { status, headers: { 'Content-Type': 'text/html' } });

describe('a call', () => {
  const documents = () => setUp(() => answer(200, wireDocument()));

  test('asks without naming a session, and is answered with the document', async () => {
    const { backend, asked } = documents();
    const reply = await backend.peek(signal);
    expect(reply).toMatchObject({ type: 'document', document: { session: { id: 'kJ2' }, rev: 42 } });
    expect(asked[0]).toMatchObject({ url: '/session', init: { method: 'GET' } });
    expect(asked[0]?.headers.has('session-id')).toBe(false);
    expect(asked[0]?.init).not.toHaveProperty('body');
  });

  test('is never stored, never follows a redirect, and sends cookies to its own origin only', async () => {
    const { backend, asked } = documents();
    await backend.peek(signal);
    await backend.lock({ sessionId: 'kJ2' }, signal);
    for (const { init } of asked) {
      expect(init).toMatchObject({ cache: 'no-store', redirect: 'manual', credentials: 'same-origin', signal });
    }
  });

  test('touches with the age of the act in seconds', async () => {
    const { backend, asked } = documents();
    await backend.touch({ sessionId: 'kJ2', idleFor: 12_500 }, signal);
    await backend.touch({ sessionId: 'kJ2', idleFor: -3, source: 'hold', keepalive: true }, signal);
    expect(asked.map(({ url, init }) => [init.method, url, init.body, init.keepalive])).toEqual([
      ['POST', '/session/touch', '{"idle_for":12.5}', false],
      ['POST', '/session/touch', '{"idle_for":0,"source":"hold"}', true],
    ]);
    expect(asked[0]?.headers.get('session-id')).toBe('kJ2');
    expect(asked[0]?.headers.get('content-type')).toBe('application/json');
  });

  test('extends from the expiry that the person saw, to the digit', async () => {
    const { backend, asked } = setUp(() => answer(200, wireDocument({ idle_expiry: 1795246400.123 })));
    const reply = await backend.peek(signal);
    const from = reply.type === 'document' ? reply.document.idleExpiry : undefined;
    await backend.extend({ sessionId: 'kJ2', from }, signal);
    await backend.extend({ sessionId: 'kJ2', from: undefined }, signal);
    expect(asked.slice(1).map(({ init }) => init.body)).toEqual(['{"from":1795246400.123}', '{"from":null}']);
  });

  test('signs out with a hint why, and outlives the page', async () => {
    const { backend, asked } = setUp(() => new Response(null, { status: 204 }));
    expect(await backend.end({ sessionId: 'kJ2', reason: 'signed-out' }, signal)).toEqual({ type: 'done' });
    expect(asked[0]).toMatchObject({
      url: '/session?reason=signed-out',
      init: { method: 'DELETE', keepalive: true },
    });
    expect(asked[0]?.headers.get('session-id')).toBe('kJ2');
  });

  test('is told no in the words of the contract', async () => {
    expect(await peek(() => answer(401, wireEnded()))).toEqual({
      type: 'refused',
      refusal: { type: 'session-ended', sessionId: 'kJ2', reason: 'idle', endedAt: 1795245599500 },
      serverTime: 1795245600000,
    });
  });

  test('believes the type of a problem, whatever its status', async () => {
    expect(await peek(() => answer(403, { type: 'no-session' }))).toMatchObject({ type: 'refused' });
  });
});

describe('a call that the server may leave out', () => {
  type Call = (backend: Backend) => Promise<Reply>;
  const optional: [name: string, call: Call][] = [
    ['extend', (backend) => backend.extend({ sessionId: 'kJ2', from: undefined }, signal)],
    ['lock', (backend) => backend.lock({ sessionId: 'kJ2' }, signal)],
  ];
  const required: [name: string, call: Call][] = [
    ['peek', (backend) => backend.peek(signal)],
    ['touch', (backend) => backend.touch({ sessionId: 'kJ2', idleFor: 0 }, signal)],
    ['end', (backend) => backend.end({ sessionId: 'kJ2', reason: 'signed-out' }, signal)],
  ];

  test.each(optional)('is absent where it is answered with 404, whatever that says: %s', async (_, call) => {
    for (const respond of [() => html(404), () => answer(404, { type: 'no-session' })]) {
      expect(await call(setUp(respond).backend)).toEqual({ type: 'absent' });
    }
  });

  test.each(optional)('is not absent where the 404 is that of another address: %s', async (_, call) => {
    const elsewhere = () => Object.defineProperty(html(404), 'redirected', { value: true });
    expect(await call(setUp(elsewhere).backend)).toEqual({ type: 'unknown', problem: 'a redirect' });
  });

  test.each(optional)('is not absent for any other reason: %s', async (_, call) => {
    for (const status of [403, 405, 410, 501, 503]) {
      expect(await call(setUp(() => html(status)).backend)).toMatchObject({ type: 'unknown' });
    }
  });

  test.each(required)('is no other: %s', async (_, call) => {
    expect(await call(setUp(() => html(404)).backend)).toEqual({ type: 'unknown', problem: 'HTTP 404' });
  });

  test('lets go of the body of its 404', async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    await optional[0]?.[1](setUp(() => new Response(body, { status: 404 })).backend);
    expect(isCancelled).toBe(true);
  });
});

/** What a browser answers where a redirect is not to be followed. */
const opaqueRedirect = () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });

/** What an app's own `fetch` answers that has followed a redirect. */
const followed = () => Object.defineProperty(answer(200, wireDocument()), 'redirected', { value: true });

describe('it is unknown, and ends nothing, when the answer is', () => {
  test.each<[what: string, problem: string, respond: () => Response]>([
    ['a sign-in page', 'HTTP 200 with text/html, not application/json', () => html(200)],
    [
      'a bare 401',
      'HTTP 401 with no content type, not application/problem+json',
      () => new Response(null, { status: 401 }),
    ],
    ["somebody else's 403", 'HTTP 403 with text/html, not application/problem+json', () => html(403)],
    ['a 401 of another kind', 'HTTP 401: a problem of type "blank"', () => answer(401, { type: 'about:blank' })],
    [
      'a death that is no problem document',
      'HTTP 401 with application/json, not application/problem+json',
      () => answer(401, wireEnded(), { 'Content-Type': 'application/json' }),
    ],
    ['a 404, whatever it says', 'HTTP 404', () => answer(404, { type: 'no-session' })],
    ['a 500, whatever it says', 'HTTP 500', () => answer(500, wireEnded())],
    ['a 429, whatever it says', 'HTTP 429', () => answer(429, wireEnded())],
    [
      'a document that is none',
      'HTTP 200: rev is not a whole number of 0 or more',
      () => answer(200, wireDocument({ rev: 'x' })),
    ],
    ['a document cut short', 'HTTP 200: not JSON', () => answer(200, '{"server_time":')],
    ['nothing', 'HTTP 204 where 200 is due', () => new Response(null, { status: 204 })],
    ['a document with another status', 'HTTP 201', () => answer(201, wireDocument())],
    ['a redirect', 'a redirect', () => new Response(null, { status: 302, headers: { Location: '/login' } })],
    ['a redirect that may not be followed', 'a redirect', opaqueRedirect],
    ['a redirect that was followed', 'a redirect', followed],
    ['old', 'HTTP 200 from a cache on the way', () => answer(200, wireDocument(), { Age: '7' })],
    [
      'from a proxy',
      'HTTP 401 from a cache on the way',
      () => answer(401, wireEnded(), { 'Cache-Status': 'ExampleCache; hit; ttl=30' }),
    ],
    ['too long', 'HTTP 200: longer than 1048576 bytes', () => answer(200, `"${'x'.repeat(1_048_576)}"`)],
  ])('%s', async (_, problem, respond) => {
    expect(await peek(respond)).toEqual({ type: 'unknown', problem });
  });

  test('no confirmation of a sign-out', async () => {
    const { backend } = setUp(() => answer(200, wireDocument()));
    const reply = await backend.end({ sessionId: 'kJ2', reason: 'idle' }, signal);
    expect(reply).toEqual({ type: 'unknown', problem: 'HTTP 200 where 204 is due' });
  });

  test('said to be fresh, so it is not', async () => {
    const fresh = { Age: '0', 'Cache-Status': 'ExampleCache; fwd=miss' };
    expect(await peek(() => answer(200, wireDocument(), fresh))).toMatchObject({ type: 'document' });
  });

  test('a network that fails', async () => {
    const fails = () => Promise.reject(new TypeError('Failed to fetch'));
    expect(await peek(fails)).toEqual({ type: 'unknown', problem: 'no answer: Failed to fetch' });
  });

  test('thrown by a fetch of the app that knows no promises, or no responses', async () => {
    const thrown: Reply['type'][] = [];
    for (const fetch of [
      () => {
        throw new Error('refused');
      },
      () => undefined,
    ] as unknown as NonNullable<HttpBackendOptions['fetch']>[]) {
      thrown.push((await createHttpBackend({ baseUrl: '/session', fetch }).peek(signal)).type);
    }
    expect(thrown).toEqual(['unknown', 'unknown']);
  });

  test('a body that breaks off', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
    const broken = () => new Response(body, { headers: { 'Content-Type': 'application/json' } });
    expect(await peek(broken)).toEqual({ type: 'unknown', problem: 'no answer: reset' });
  });

  test('one that says when to come back', async () => {
    const busy = () => new Response(null, { status: 503, headers: { 'Retry-After': '30' } });
    expect(await peek(busy)).toEqual({ type: 'unknown', problem: 'HTTP 503', retryAfter: 30_000 });
  });

  test('anything at all', async () => {
    const header = fc.constantFrom('application/json', 'application/problem+json', 'text/html', '');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), header, fc.json(), async (status, type, body) => {
        const empty = [204, 205, 304].includes(status);
        const reply = await peek(
          () => new Response(empty ? null : body, { status, headers: { 'Content-Type': type } }),
        );
        expect(reply.type).toBe('unknown');
      }),
    );
  });
});

describe('an aborted call', () => {
  test('is unknown at once, although the fetch of the app does not listen', async () => {
    const { backend } = setUp(() => new Promise<Response>(() => undefined));
    const calling = new AbortController();
    const reply = backend.peek(calling.signal);
    calling.abort();
    expect(await reply).toEqual({ type: 'unknown', problem: 'aborted' });
  });

  test('is unknown although its body never ends', async () => {
    const body = new ReadableStream();
    const { backend } = setUp(() => new Response(body, { headers: { 'Content-Type': 'application/json' } }));
    const calling = new AbortController();
    const reply = backend.peek(calling.signal);
    await Promise.resolve();
    calling.abort();
    expect(await reply).toEqual({ type: 'unknown', problem: 'aborted' });
  });

  test('lets go of an answer that comes too late', async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    let respond: (response: Response) => void = () => undefined;
    const { backend } = setUp(
      () =>
        new Promise((resolve) => {
          respond = resolve;
        }),
    );
    const calling = new AbortController();
    const reply = backend.peek(calling.signal);
    calling.abort();
    await reply;
    respond(new Response(body, { headers: { 'Content-Type': 'application/json' } }));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(isCancelled).toBe(true);
  });

  test('is not even sent', async () => {
    const { backend, asked } = setUp(() => answer(200, wireDocument()));
    expect(await backend.peek(AbortSignal.abort())).toEqual({ type: 'unknown', problem: 'aborted' });
    expect(asked).toEqual([]);
  });

  test('leaves no listener behind on a signal that lives on', async () => {
    let listeners = 0;
    const counted = new AbortController().signal;
    const add = counted.addEventListener.bind(counted);
    counted.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
      listeners += 1;
      options?.signal?.addEventListener('abort', () => {
        listeners -= 1;
      });
      add(type, listener, options);
    };
    const { backend } = setUp(() => answer(200, wireDocument()));
    await backend.peek(counted);
    expect(listeners).toBe(0);
  });
});

describe('the options', () => {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
  });

  test.each<[named: string, options: unknown]>([
    ['options', undefined],
    ['baseUrl', {}],
    ['baseUrl', { baseUrl: '' }],
    ['baseUrl', { baseUrl: 7 }],
    ['baseUrl', { baseUrl: '/session?a=1' }],
    ['baseUrl', { baseUrl: 'javascript:alert(1)' }],
    ['baseUrl', { baseUrl: 'https://' }],
    ['fetch', { baseUrl: '/session', fetch: 'fetch' }],
    ['sliding', { baseUrl: '/session', sliding: 'yes' }],
  ])('are refused by name: %s in %j', (named, options) => {
    const make = () => createHttpBackend(options as HttpBackendOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(new RegExp(`^${named} must`));
  });

  test('take a base path with or without a slash at its end', async () => {
    for (const baseUrl of ['/session', '/session/', 'https://api.example/session', 'session']) {
      let asked = '';
      const fetch = async (url: string) => {
        asked = url;
        return answer(200, wireDocument());
      };
      await createHttpBackend({ baseUrl, fetch }).lock({ sessionId: 'a' }, signal);
      expect(asked).toBe(`${baseUrl.replace(/\/$/, '')}/lock`);
    }
  });

  test('say whether the server slides', () => {
    expect(createHttpBackend({ baseUrl: '/session' }).sliding).toBe(false);
    expect(createHttpBackend({ baseUrl: '/session', sliding: true }).sliding).toBe(true);
  });

  // The one global that is patched: that it is not looked at again is what the test is about.
  test('take the fetch of the page as it is now, whoever replaces it later', async () => {
    globalThis.fetch = async () => answer(200, wireDocument());
    const backend = createHttpBackend({ baseUrl: '/session' });
    globalThis.fetch = () => Promise.reject(new Error('replaced'));
    expect(await backend.peek(signal)).toMatchObject({ type: 'document' });
  });
});

test('an expiry of another call is asked in seconds', async () => {
  const { backend, asked } = setUp(() => answer(403, { type: 'extension-refused', reason: 'absolute' }));
  const reply = await backend.extend({ sessionId: 'kJ2', from: serverTime(1795246400500) }, signal);
  expect(asked[0]?.init.body).toBe('{"from":1795246400.5}');
  expect(reply).toEqual({ type: 'refused', refusal: { type: 'extension-refused', reason: 'absolute' } });
});
