import { describe, expect, it } from 'vitest';
import type { GuardedInit } from '../../../src/actions/outgoing.js';
import type { NightlatchError } from '../../../src/errors.js';
import { createGuardedFetch } from '../../../src/nightlatch.js';
import type { Requirement } from '../../../src/rules/freshness.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { outcome } from '../support/surroundings.js';
import { createScene, type Tab } from '../support/tabs.js';

const M = minutes;
const S = seconds;
const operations = { pay: { allow: true, maxAge: M(10) }, remove: { allow: false } };
const routes = [
  { method: 'POST', path: '/api/payments', operation: 'pay' },
  { method: 'DELETE', path: '/api/users/*', operation: 'remove' },
];

/** A request as it arrived at the API. */
interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal;
}

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
const problem = (type: string, more: object = {}, status = 401): Response =>
  json(status, { type: `https://nightlatch.example/problems/${type}`, ...more });
const STEP_UP = 'Bearer error="insufficient_user_authentication", max_age="120"';

/** A page with an open session and an API; the person takes five seconds to authenticate. */
async function createPage(
  how: {
    policy?: object;
    cancel?: boolean;
    without?: boolean;
    local?: boolean;
    api?: (arrived: Arrived) => unknown;
  } = {},
) {
  const arrived: Arrived[] = [];
  const asked: Requirement[] = [];
  const state = { api: how.api ?? ((): unknown => new Response('ok')) };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const given = input instanceof Request ? input : undefined;
    const url = given?.url ?? new URL(String(input), 'https://app.example/').href;
    const request = given
      ? new Request(given, init)
      : new Request(url, { ...init, ...(init?.body ? { duplex: 'half' } : {}) } as RequestInit);
    const { method, headers, signal } = request;
    const one = { method, url, headers, body: await request.text(), signal: init?.signal ?? signal };
    arrived.push(one);
    // The API answers with a response of its own, or never.
    return (await state.api(one)) as Response;
  };
  const scene = createScene({
    fetch,
    local: how.local ?? false,
    policy: { idleTimeout: hours(4), operations, routes, ...how.policy },
  });
  const tab: Tab = scene.open(
    how.without
      ? {}
      : {
          async reauthenticate(requirement, { session }) {
            asked.push(requirement);
            await new Promise<void>((resolve) => void scene.clock.wait(S(5), resolve));
            if (how.cancel) throw new DOMException('closed', 'AbortError');
            await tab.backend?.reauthenticate(session.id);
          },
        },
  );
  await scene.pass(S(2));
  void tab.latch.begin({ signIn: async () => void (await tab.backend?.signIn('ana')) });
  await scene.pass(S(3));
  const { latch, events } = tab;
  const call = (input: RequestInfo | URL, init?: GuardedInit): Promise<Response> => {
    const answer = latch.fetch(input, init);
    answer.catch(() => undefined);
    return answer;
  };
  const happened = (): string[] =>
    events.map(({ type }) => type).filter((type) => /^(request|operation|use-after|reauth)/.test(type));
  return { ...scene, tab, latch, call, arrived, asked, state, happened };
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  const is = await outcome(promise);
  if (is instanceof Error) return 'code' in is && 'nightlatch' in is ? is.code : `${is.name} ${is.message}`;
  return is === 'pending' ? is : 'resolved';
};
const causeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  ((await outcome(promise)) as NightlatchError).cause;

describe('a guarded fetch', () => {
  it('sends what it is given, names its session, and hands on the answer as it is', async () => {
    const answer = new Response('made', { status: 201 });
    const { call, arrived, latch } = await createPage({ api: () => answer });
    const done = call('/api/notes', { method: 'PUT', body: 'text', headers: { 'X-App': '1' }, operation: 'write' });
    expect(await outcome(done)).toBe(answer);
    const [one] = arrived;
    expect([one?.method, one?.url, one?.body]).toEqual(['PUT', 'https://app.example/api/notes', 'text']);
    expect([one?.headers.get('x-app'), one?.headers.get('session-id')]).toEqual(['1', 'session 1']);
    expect(await (await latch.fetch(new URL('https://app.example/b'))).text()).toBe('made');
  });

  it.each<[what: string, input: () => RequestInfo | URL, named: boolean]>([
    ['a path', () => '/api', true],
    ['a relative path', () => 'api', true],
    ['an address of its origin', () => 'https://app.example/api', true],
    ['a URL', () => new URL('https://app.example/api'), true],
    ['a request', () => new Request('https://app.example/api'), true],
    ['another host', () => 'https://api.example/api', false],
    ['another port', () => 'https://app.example:8443/api', false],
    ['another scheme', () => 'http://app.example/api', false],
    ['a user in the address of another host', () => 'https://app.example@evil.example/api', false],
    ['an address without a scheme', () => '//evil.example/api', false],
    ['backslashes', () => '\\\\evil.example/api', false],
    ['a scheme without an origin', () => 'data:text/plain,hello', false],
  ])('names its session on its own origin only: %s', async (_, input, named) => {
    const { latch } = await createPage();
    const names: boolean[] = [];
    const call = createGuardedFetch(latch, async (_input, init) => {
      names.push(new Headers(init?.headers).has('session-id'));
      return new Response('ok');
    });
    await call(input());
    expect(names).toEqual([named]);
  });

  it('names no session where no server knows it', async () => {
    const { call, arrived } = await createPage({ local: true });
    await call('/api');
    expect(arrived[0]?.headers.has('session-id')).toBe(false);
  });

  it('overrides a name that the app gives: the session is the one that it was judged by', async () => {
    const { call, arrived } = await createPage();
    await call('/api', { headers: { 'Session-Id': 'session 7' } });
    expect(arrived[0]?.headers.get('session-id')).toBe('session 1');
  });
});

describe('without touching the network it refuses', () => {
  it.each<[what: string, code: string, prepare: (page: Awaited<ReturnType<typeof createPage>>) => unknown]>([
    ['what is denied', 'ERR_OPERATION_DENIED', () => undefined],
    ['in a session that is locked', 'ERR_SESSION_LOCKED', ({ latch }) => latch.lock()],
    ['in a session that was signed out', 'ERR_SESSION_ENDED', ({ latch }) => void latch.signOut()],
    ['in a session that was revoked', 'ERR_SESSION_ENDED', ({ server }) => server.revoke('session 1')],
    [
      'in a session of which another person’s has taken the place',
      'ERR_SESSION_ENDED',
      ({ tab, latch }) => void tab.backend!.signIn('ben').then(() => latch.check()),
    ],
  ])('%s', async (_, code, prepare) => {
    const page = await createPage();
    prepare(page);
    await page.pass(S(2));
    const done = page.call('/api/users/7', { method: 'DELETE' });
    expect([await codeOf(done), page.arrived, page.asked]).toEqual([code, [], []]);
  });

  it('says so: what was denied, and what was used after its end', async () => {
    const { call, latch, tab, pass } = await createPage();
    void call('/api/users/7', { method: 'DELETE' });
    await pass(0);
    expect(tab.events.at(-1)).toMatchObject({ type: 'operation-refused', operation: 'remove', by: 'client' });
    void latch.signOut();
    await pass(S(1));
    void call('/api');
    await pass(0);
    expect(tab.events.at(-1)).toMatchObject({ type: 'use-after-end', what: 'fetch', sessionId: 'session 1' });
  });

  it('a session that is believed over, once the last look has found it to be', async () => {
    const { call, network, arrived, clock, pass, tab } = await createPage({ policy: { idleTimeout: M(15) } });
    network.state = 'silent';
    clock.sleep(hours(1));
    const done = call('/api');
    expect([tab.phase(), await codeOf(done)]).toEqual(['expired', 'pending']);
    await pass(S(10));
    expect([await codeOf(done), arrived]).toEqual(['ERR_SESSION_ENDED', []]);
  });

  it('nothing of a page that woke up: it waits, and is sent when the server has said that it is open', async () => {
    const { call, server, arrived, clock, pass, tab, jar } = await createPage({ policy: { idleTimeout: M(15) } });
    clock.sleep(M(14));
    server.answer({ type: 'touch', sessionId: 'session 1', idleFor: 0 }, jar.secret);
    clock.sleep(M(2));
    const done = call('/api');
    expect([tab.phase(), arrived.length]).toEqual(['expired', 0]);
    await pass(S(5));
    expect([tab.phase(), await codeOf(done), arrived.length]).toEqual(['active', 'resolved', 1]);
  });

  it('what was called off before', async () => {
    const { call, arrived } = await createPage();
    const done = call('/api', { signal: AbortSignal.abort(new Error('left')) });
    expect([await codeOf(done), arrived]).toEqual(['Error left', []]);
  });
});

describe('what is stale', () => {
  it('is sent once the person has authenticated, and not before', async () => {
    const { call, arrived, asked, happened, pass } = await createPage();
    await pass(M(11));
    const done = call('/api/payments?draft=1', { method: 'post', body: '{"to":"ben"}' });
    await pass(S(4));
    expect([await codeOf(done), arrived]).toEqual(['pending', []]);
    await pass(S(3));
    expect([await codeOf(done), arrived.map(({ body }) => body)]).toEqual(['resolved', ['{"to":"ben"}']]);
    expect(asked).toEqual([{ maxAge: M(10) }]);
    expect(happened()).toEqual(['request-held', 'reauthentication-started', 'reauthentication-succeeded']);
  });

  it('is an operation by its name, where the routes say nothing or the request goes elsewhere', async () => {
    const { call, arrived, asked, pass } = await createPage();
    await pass(M(11));
    const other = call('https://api.example/api/payments', { method: 'POST' });
    expect([await codeOf(other), asked]).toEqual(['resolved', []]);
    void call('https://api.example/pay', { method: 'POST', operation: 'pay' });
    await pass(S(1));
    expect([arrived.length, asked.length]).toEqual([1, 1]);
  });

  it('asks the person once for twenty requests, and sends each with its own body', async () => {
    const { call, arrived, asked, pass } = await createPage();
    await pass(M(11));
    const all = Array.from({ length: 20 }, (_, i) => call('/api/payments', { method: 'POST', body: `${i}` }));
    await pass(S(8));
    for (const one of all) expect(await codeOf(one)).toBe('resolved');
    expect([asked.length, arrived.map(({ body }) => Number(body))]).toEqual([
      1,
      Array.from({ length: 20 }, (_, i) => i),
    ]);
  });

  it('is not sent where the person cancels, or the caller', async () => {
    const { call, arrived, pass } = await createPage({ cancel: true });
    await pass(M(11));
    const leaving = new AbortController();
    const [done, left] = [
      call('/api/payments', { method: 'POST' }),
      call('/api/payments', { method: 'POST', signal: leaving.signal }),
    ];
    await pass(S(1));
    leaving.abort(new Error('left'));
    expect(await codeOf(left)).toBe('Error left');
    await pass(S(8));
    expect([await codeOf(done), arrived]).toEqual(['ERR_REAUTHENTICATION_CANCELLED', []]);
  });

  it('is not sent where the app has not said how the person authenticates', async () => {
    const { call, arrived, pass } = await createPage({ without: true });
    await pass(M(11));
    expect([await codeOf(call('/api/payments', { method: 'POST' })), arrived]).toEqual([
      'ERR_REAUTHENTICATION_REQUIRED',
      [],
    ]);
  });

  it('is not sent when it has waited for longer than anybody expects it to happen', async () => {
    const page = await createPage();
    const { call, arrived, pass, tab, clock } = page;
    await pass(M(11));
    // The person answers after six minutes.
    const done = call('/api/payments', { method: 'POST' });
    await pass(S(4));
    clock.sleep(M(6));
    await pass(S(10));
    expect([tab.phase(), await codeOf(done), arrived]).toEqual(['active', 'ERR_REQUEST_NOT_REPLAYED', []]);
  });
});

describe('while a request is under way', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it('the end of the session aborts it, also where the fetch does not listen', async () => {
    const { call, arrived, server, pass } = await createPage({ api: never });
    const done = call('/api');
    await pass(S(1));
    expect(arrived[0]?.signal.aborted).toBe(false);
    server.revoke('session 1');
    await pass(S(1));
    expect([await codeOf(done), arrived[0]?.signal.aborted]).toEqual(['ERR_SESSION_ENDED', true]);
  });

  it('the end of the session aborts the body of its answer', async () => {
    const { call, arrived, server, pass } = await createPage();
    await call('/api');
    server.revoke('session 1');
    await pass(S(1));
    expect(arrived[0]?.signal.aborted).toBe(true);
  });

  it('the caller’s signal aborts it with the caller’s reason, its own or that of its request', async () => {
    const { call, arrived, pass } = await createPage({ api: never });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = call('/api', { signal: one.signal });
    const second = call(new Request('https://app.example/api', { signal: two.signal }));
    await pass(S(1));
    one.abort(new Error('left'));
    two.abort(new Error('left, too'));
    expect([await codeOf(first), await codeOf(second)]).toEqual(['Error left', 'Error left, too']);
    expect(arrived.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  it('what the network says is handed on', async () => {
    const failure = new TypeError('Failed to fetch');
    const { call } = await createPage({ api: () => Promise.reject(failure) });
    expect(await outcome(call('/api'))).toBe(failure);
    await expect(call('/api', { headers: { 'not a name': '1' } })).rejects.toThrow(TypeError);
  });
});

describe('a challenge', () => {
  it.each<[what: string, challenge: () => Response, requirement: Requirement]>([
    [
      'of RFC 9470',
      () => new Response('', { status: 401, headers: { 'WWW-Authenticate': STEP_UP } }),
      { maxAge: M(2) },
    ],
    ['of the contract', () => problem('reauthentication-required', { max_age: 60 }), { maxAge: M(1) }],
    [
      'of better-auth',
      () => json(403, { code: 'SESSION_NOT_FRESH' }, { 'Content-Type': 'application/json' }),
      { maxAge: 0 },
    ],
  ])('%s asks the person, and the request is sent again', async (_, challenge, requirement) => {
    const { call, state, arrived, asked, happened, pass } = await createPage();
    await pass(M(5));
    state.api = () => (arrived.length === 1 ? challenge() : new Response('done'));
    const done = call('/api/notes', { method: 'PUT', body: 'text' });
    await pass(S(8));
    expect(await (await done).text()).toBe('done');
    expect([arrived.map(({ body }) => body), asked]).toEqual([['text', 'text'], [requirement]]);
    expect(happened()).toEqual([
      'request-held',
      'reauthentication-started',
      'reauthentication-succeeded',
      'request-replayed',
    ]);
  });

  it.each<[what: string, init: GuardedInit, times: number, code: string]>([
    ['GET', {}, 2, 'resolved'],
    ['DELETE', { method: 'DELETE' }, 2, 'resolved'],
    ['POST', { method: 'POST', body: 'x' }, 1, 'ERR_REQUEST_NOT_REPLAYED'],
    ['PATCH', { method: 'PATCH', body: 'x' }, 1, 'ERR_REQUEST_NOT_REPLAYED'],
    ['POST with a key', { method: 'POST', body: 'x', headers: { 'Idempotency-Key': '"8e03"' } }, 2, 'resolved'],
    ['POST with an empty key', { method: 'POST', headers: { 'Idempotency-Key': '""' } }, 1, 'ERR_REQUEST_NOT_REPLAYED'],
    ['POST that the app says may be repeated', { method: 'POST', body: 'x', repeatable: true }, 2, 'resolved'],
    ['GET that the app says may not', { repeatable: false }, 1, 'ERR_REQUEST_NOT_REPLAYED'],
  ])('is answered, and %s is sent as often as is safe', async (_, init, times, code) => {
    const { call, state, arrived, asked, pass } = await createPage();
    await pass(M(5));
    state.api = () =>
      arrived.length === 1 ? problem('reauthentication-required', { max_age: 60 }) : new Response('ok');
    const done = call('/api', init);
    await pass(S(8));
    // The person has authenticated in any case: pressed again, it passes.
    expect([await codeOf(done), arrived.length, asked.length]).toEqual([code, times, 1]);
    if (code !== 'resolved') expect(await causeOf(done)).toMatchObject({ status: 401 });
  });

  it('is answered, and a stream that has been read is not sent half', async () => {
    const { call, state, arrived, pass } = await createPage();
    await pass(M(5));
    state.api = () => problem('reauthentication-required', { max_age: 60 });
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('once'));
        controller.close();
      },
    });
    const done = call('/api', { method: 'PUT', body, duplex: 'half' } as GuardedInit);
    await pass(S(8));
    expect([await codeOf(done), arrived.map((one) => one.body)]).toEqual(['ERR_REQUEST_NOT_REPLAYED', ['once']]);
    expect(((await outcome(done)) as Error).message).toContain('stream');
  });

  it('is answered, and a Request is sent again with its body', async () => {
    const { call, state, arrived, pass } = await createPage();
    await pass(M(5));
    state.api = () =>
      arrived.length === 1 ? problem('reauthentication-required', { max_age: 60 }) : new Response('ok');
    const request = new Request('https://app.example/api', { method: 'PUT', body: 'text', headers: { 'X-App': '1' } });
    const done = call(request);
    await pass(S(8));
    expect(await codeOf(done)).toBe('resolved');
    expect(arrived.map(({ body, headers }) => [body, headers.get('x-app'), headers.get('session-id')])).toEqual([
      ['text', '1', 'session 1'],
      ['text', '1', 'session 1'],
    ]);
  });

  it('that our newest authentication satisfies is a loop: an error, and no dialog', async () => {
    const { call, state, arrived, asked, pass } = await createPage();
    await pass(M(1));
    state.api = () => problem('reauthentication-required', { max_age: 600 });
    const done = call('/api');
    await pass(S(8));
    expect([await codeOf(done), arrived.length, asked]).toEqual(['ERR_REAUTHENTICATION_FAILED', 1, []]);
  });

  it('that is never satisfied ends after one dialog', async () => {
    const { call, state, arrived, asked, pass } = await createPage();
    await pass(M(5));
    state.api = () => problem('reauthentication-required', { max_age: 0 });
    const done = call('/api');
    await pass(S(30));
    expect([await codeOf(done), arrived.length, asked.length]).toEqual(['ERR_REAUTHENTICATION_FAILED', 2, 1]);
  });

  it('that comes after somebody has authenticated elsewhere is answered by sending again', async () => {
    const { call, state, arrived, asked, tab, latch, pass, clock } = await createPage();
    await pass(M(5));
    state.api = async () => {
      if (arrived.length > 1) return new Response('ok');
      await new Promise<void>((resolve) => void clock.wait(S(10), resolve));
      return problem('reauthentication-required', { max_age: 120 });
    };
    const done = call('/api');
    await pass(S(1));
    void tab.backend!.reauthenticate('session 1');
    void latch.check();
    await pass(S(20));
    expect([await codeOf(done), arrived.length, asked]).toEqual(['resolved', 2, []]);
  });

  it('of a server that this app cannot answer is an error with the response', async () => {
    const { call, state, pass } = await createPage({ without: true });
    await pass(M(5));
    state.api = () => problem('reauthentication-required', { max_age: 60 });
    const done = call('/api');
    await pass(S(1));
    expect(await codeOf(done)).toBe('ERR_REAUTHENTICATION_REQUIRED');
    expect(await ((await causeOf(done)) as Response).json()).toMatchObject({ max_age: 60 });
  });
});

describe('what is no challenge to the person', () => {
  it.each<[what: string, response: () => Response]>([
    [
      'a DPoP nonce',
      () =>
        new Response('', {
          status: 401,
          headers: { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"', 'DPoP-Nonce': 'n1' },
        }),
    ],
    [
      'a token that has run out',
      () => new Response('', { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }),
    ],
    ['a bare 401', () => new Response('no', { status: 401 })],
    ['a bare 403', () => new Response('no', { status: 403 })],
    ['a problem of the app’s', () => json(409, { type: 'https://app.example/conflict' })],
    [
      'a page in place of an answer',
      () => new Response('<html>', { status: 401, headers: { 'Content-Type': 'text/html' } }),
    ],
    [
      'a problem that breaks off',
      () =>
        new Response('{"type":"session-en', { status: 401, headers: { 'Content-Type': 'application/problem+json' } }),
    ],
    ['a problem of a megabyte', () => json(401, { type: 'session-ended', more: 'x'.repeat(1_000_000) })],
    ['a success with a problem in it', () => json(200, { type: 'session-ended' })],
  ])('%s is handed on as it is, and nothing is asked, held or ended', async (_, response) => {
    const answer = response();
    const { call, state, arrived, asked, tab, happened, pass } = await createPage();
    await pass(M(5));
    state.api = () => answer;
    const done = call('/api');
    await pass(S(5));
    expect(await outcome(done)).toBe(answer);
    expect([arrived.length, asked, happened(), tab.phase()]).toEqual([1, [], [], 'active']);
    expect(await answer.text()).toBeDefined();
  });

  it('a success is handed on at once and unread, however long its JSON takes to come', async () => {
    const { call, state, pass } = await createPage();
    let reads = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          reads += 1;
          if (reads === 1) controller.enqueue(new TextEncoder().encode('[1,'));
        },
      },
      { highWaterMark: 0 },
    );
    const answer = new Response(endless, { headers: { 'Content-Type': 'application/json' } });
    state.api = () => answer;
    const done = call('/api');
    await pass(S(1));
    expect([await outcome(done), reads]).toEqual([answer, 0]);
  });

  it('an operation that the server denies is an error, told, and nobody is asked', async () => {
    const { call, state, asked, tab, pass } = await createPage();
    state.api = () => problem('operation-denied', { operation: 'notes:write' }, 403);
    const done = call('/api/notes');
    await pass(S(1));
    expect([await codeOf(done), asked]).toEqual(['ERR_OPERATION_DENIED', []]);
    expect(tab.events.at(-1)).toMatchObject({ type: 'operation-refused', operation: 'notes:write', by: 'server' });
  });
});

describe('a refusal that is about the session', () => {
  it('is no death by itself: the server is asked, and says that it is open', async () => {
    const { call, state, tab, pass } = await createPage();
    state.api = () => problem('session-ended', { session_id: 'session 1', reason: 'idle', ended_at: 1_795_262_400 });
    const done = call('/api');
    await pass(S(3));
    expect([await codeOf(done), tab.phase()]).toEqual(['ERR_REQUEST_NOT_REPLAYED', 'active']);
  });

  it('is the end where the server says so, too', async () => {
    const { call, state, tab, server, network, pass, happened } = await createPage();
    // The stream has not told yet.
    network.streamLoss = 1;
    state.api = () => {
      server.revoke('session 1');
      return problem('session-ended', { session_id: 'session 1', reason: 'revoked', ended_at: 1_795_262_400 });
    };
    const done = call('/api');
    await pass(S(3));
    expect([await codeOf(done), tab.phase(), happened()]).toEqual(['ERR_SESSION_ENDED', 'ended', []]);
  });

  it('locks where the server has it locked', async () => {
    const { call, state, tab, server, jar, network, pass } = await createPage();
    network.streamLoss = 1;
    state.api = () => {
      server.answer({ type: 'lock', sessionId: 'session 1' }, jar.secret);
      return problem('session-locked', { session_id: 'session 1', locked_at: 1_795_262_400 });
    };
    const done = call('/api');
    await pass(S(3));
    expect([await codeOf(done), tab.phase()]).toEqual(['ERR_SESSION_LOCKED', 'locked']);
  });

  it('names another session: not repeated, and looked into', async () => {
    const { call, state, tab, arrived, network, pass } = await createPage();
    network.streamLoss = 1;
    state.api = async () => {
      await tab.backend!.signIn('ben');
      return problem('session-mismatch', { session_id: 'session 2' }, 409);
    };
    const done = call('/api', { headers: { 'Idempotency-Key': 'k' } });
    await pass(S(3));
    expect([await codeOf(done), arrived.length]).toEqual(['ERR_SESSION_MISMATCH', 1]);
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'replaced' });
  });

  it('says that the secret was replaced on the way: repeated once, a POST, too, for it was not looked at', async () => {
    const { call, state, arrived, pass, happened } = await createPage();
    state.api = () =>
      arrived.length === 1 ? problem('session-rotated', { session_id: 'session 1' }) : new Response('ok');
    const done = call('/api', { method: 'POST', body: 'x' });
    await pass(S(3));
    expect([await codeOf(done), arrived.map(({ body }) => body)]).toEqual(['resolved', ['x', 'x']]);
    expect(happened()).toEqual(['request-replayed']);
  });

  it.each<[what: string, type: string, init: () => GuardedInit]>([
    [
      'has a stream for a body',
      'session-rotated',
      () => ({ method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' }) as GuardedInit,
    ],
    ['must not be repeated by the app’s word', 'session-rotated', () => ({ repeatable: false })],
    [
      'is no GET, and was refused for another reason that the server has taken back',
      'no-session',
      () => ({ method: 'POST' }),
    ],
  ])('and is sent once where the request %s', async (_, type, init) => {
    const { call, state, arrived, pass } = await createPage();
    state.api = () => problem(type, { session_id: 'session 1' });
    const done = call('/api', init());
    await pass(S(3));
    expect([await codeOf(done), arrived.length]).toEqual(['ERR_REQUEST_NOT_REPLAYED', 1]);
  });

  it('says so again and again: given up after the second', async () => {
    const { call, state, arrived, tab, pass } = await createPage();
    state.api = () => problem('session-rotated', { session_id: 'session 1' });
    const done = call('/api');
    await pass(S(10));
    expect([await codeOf(done), arrived.length, tab.phase()]).toEqual(['ERR_REQUEST_NOT_REPLAYED', 2, 'active']);
  });

  it('while the session’s own server is silent ends nothing', async () => {
    const { call, state, network, tab, pass } = await createPage();
    network.state = 'silent';
    state.api = () => problem('no-session');
    const done = call('/api');
    await pass(S(15));
    expect([await codeOf(done), tab.phase()]).toEqual(['ERR_BACKEND_UNREACHABLE', 'active']);
  });

  it('is the app’s business where there is no backend', async () => {
    const answer = problem('no-session');
    const { call } = await createPage({ local: true, api: () => answer });
    expect(await outcome(call('/api'))).toBe(answer);
  });
});

describe('`Session-Lease`', () => {
  const at = (after: number): string => ((1_795_262_400_000 + after) / 1_000).toFixed(3);
  const deadlineAfter = async (headers: Record<string, string>, input = '/api', init: GuardedInit = {}) => {
    const page = await createPage({ policy: { idleTimeout: M(15), absoluteTimeout: null } });
    page.state.api = () => new Response('ok', { headers });
    await page.call(input, init);
    const view = page.latch.getView();
    return 'deadline' in view ? (view.deadline!.at - 1_795_262_400_000) / 1_000 : undefined;
  };
  const before = S(902) / 1_000;
  const noStore = { 'Cache-Control': 'private, no-store' };

  it.each<[what: string, headers: Record<string, string>, input: string, init: GuardedInit, after: number]>([
    ['moves the deadline', { ...noStore, 'Session-Lease': `rev=99, idle=${at(M(20))}` }, '/api', {}, 1_200],
    [
      'of a POST that cannot be stored',
      { 'Session-Lease': `rev=99, idle=${at(M(20))}` },
      '/api',
      { method: 'POST' },
      1_200,
    ],
    [
      'shortens it',
      { ...noStore, 'Session-Lease': `rev=99, idle=${at(M(20))}, absolute=${at(M(10))}` },
      '/api',
      {},
      600,
    ],
    ['that names no limit lifts none', { ...noStore, 'Session-Lease': 'rev=99' }, '/api', {}, before],
    ['of an earlier rev says nothing', { ...noStore, 'Session-Lease': `rev=0, idle=${at(M(20))}` }, '/api', {}, before],
    ['that may be stored says nothing', { 'Session-Lease': `rev=99, idle=${at(M(20))}` }, '/api', {}, before],
    [
      'of another origin says nothing',
      { ...noStore, 'Session-Lease': `rev=99, idle=${at(M(20))}` },
      'https://evil.example/',
      {},
      before,
    ],
    [
      'that cannot be read says nothing',
      { ...noStore, 'Session-Lease': `rev=99, idle=${at(M(20))}, idle=${at(M(1))}` },
      '/api',
      {},
      before,
    ],
  ])('%s', async (_, headers, input, init, after) => {
    const is = await deadlineAfter(headers, input, init);
    if (after === before) expect(is).toBeCloseTo(before, -1);
    else expect(is).toBe(after);
  });
});

describe('another fetch', () => {
  it('is guarded in the same way', async () => {
    const { latch, arrived, pass } = await createPage();
    const seen: string[] = [];
    const call = createGuardedFetch(latch, async (input, init) => {
      seen.push(`${String(input)} ${new Headers(init?.headers).get('session-id')} ${'operation' in (init ?? {})}`);
      return new Response('mine');
    });
    expect(await (await call('/api', { operation: 'read' })).text()).toBe('mine');
    expect([seen, arrived]).toEqual([['/api session 1 false'], []]);
    await pass(M(11));
    const refused = call('/api/users/1', { method: 'DELETE' });
    expect([await codeOf(refused), seen.length]).toEqual(['ERR_OPERATION_DENIED', 1]);
  });

  it('is checked', async () => {
    const { latch } = await createPage();
    expect(() => createGuardedFetch(latch, undefined as never)).toThrow(new TypeError('fetch is not a function'));
    for (const none of [undefined, {}, { ...latch }]) {
      expect(() => createGuardedFetch(none as never, globalThis.fetch)).toThrow(
        'latch was not made by createNightlatch',
      );
    }
  });
});
