import { describe, expect, it } from 'vitest';
import type { GuardedInit } from '../../../src/actions/outgoing.js';
import type { NightlatchError } from '../../../src/errors.js';
import type { NightlatchOptions } from '../../../src/options.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { outcome } from '../support/surroundings.js';
import { createScene, type Tab } from '../support/tabs.js';

const M = minutes;
const S = seconds;
const operations = { pay: { allow: true, maxAge: M(10) }, sign: { allow: true, acrValues: 'phr' } };

interface Arrived {
  readonly path: string;
  readonly body: string;
  readonly headers: Headers;
}

/** A page whose session is open and eleven minutes old, so that `pay` needs an authentication, for which the person takes five seconds. */
async function createPage(
  how: {
    limits?: NightlatchOptions['holdRequests'];
    cancel?: boolean;
    api?: (arrived: Arrived) => unknown;
    takes?: number;
  } = {},
) {
  const arrived: Arrived[] = [];
  const asked: unknown[] = [];
  const scene = createScene({
    policy: { idleTimeout: hours(4), onIdle: 'lock', operations },
    fetch: async (input, init) => {
      const at = input instanceof Request ? input : new URL(String(input), 'https://app.example/');
      const given = new Request(at, { ...init, duplex: 'half' } as RequestInit);
      const one = { path: new URL(given.url).pathname, headers: given.headers, body: await given.text() };
      arrived.push(one);
      return (how.api?.(one) ?? new Response(`answer to ${one.path}`)) as Response;
    },
  });
  const tab: Tab = scene.open({
    ...(how.limits ? { holdRequests: how.limits } : {}),
    async reauthenticate(requirement, { session, signal }) {
      asked.push(requirement);
      await new Promise<void>((resolve, reject) => {
        scene.clock.wait(how.takes ?? S(5), resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      if (how.cancel) throw new DOMException('closed', 'AbortError');
      await tab.backend?.reauthenticate(session.id);
    },
  });
  await scene.pass(S(2));
  void tab.latch.begin({ signIn: async () => void (await tab.backend?.signIn('ana')) });
  await scene.pass(S(3));
  await scene.pass(M(11));
  const call = (path: string, init: GuardedInit = {}): Promise<Response> => {
    const answer = tab.latch.fetch(path, { method: 'PUT', operation: 'pay', ...init });
    answer.catch(() => undefined);
    return answer;
  };
  const paths = (): string[] => arrived.map(({ path }) => path);
  return { ...scene, tab, call, arrived, paths, asked };
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  const is = await outcome(promise);
  if (is instanceof Response) return 'answered';
  return is instanceof Error && 'code' in is ? is.code : is;
};
const messageOf = async (promise: Promise<unknown>): Promise<string> => ((await outcome(promise)) as Error).message;
const STEP_UP = 'Bearer error="insufficient_user_authentication", max_age="120"';

describe('held requests', () => {
  it('wait while the person is asked, go in the order of the calls, and get each its own answer', async () => {
    const { call, paths, asked, tab, pass } = await createPage();
    const calls = Array.from({ length: 20 }, (_, index) => call(`/${index}`, { body: `${index}` }));
    await pass(S(4));
    expect(paths()).toEqual([]);
    await pass(S(2));
    expect(paths()).toEqual(calls.map((_, index) => `/${index}`));
    const texts = await Promise.all(calls.map(async (one) => (await one).text()));
    expect(texts).toEqual(calls.map((_, index) => `answer to /${index}`));
    expect(asked).toHaveLength(1);
    expect(tab.events.filter(({ type }) => type === 'request-held')).toHaveLength(20);
  });

  it('that were challenged go in the order of the calls, whichever challenge came first', async () => {
    const seen = new Set<string>();
    const answers: (() => void)[] = [];
    const { call, paths, pass } = await createPage({
      api: ({ path }) => {
        if (seen.has(path)) return undefined;
        seen.add(path);
        return new Promise((resolve) => {
          answers.push(() => resolve(new Response(null, { status: 401, headers: { 'WWW-Authenticate': STEP_UP } })));
        });
      },
    });
    const calls = ['/a', '/b', '/c'].map((path) => call(path, { operation: 'other' }));
    await pass(S(1));
    for (const answer of [...answers].reverse()) {
      answer();
      await pass(100);
    }
    await pass(S(7));
    expect(paths()).toEqual(['/a', '/b', '/c', '/a', '/b', '/c']);
    expect(await Promise.all(calls.map(codeOf))).toEqual(['answered', 'answered', 'answered']);
  });

  it('let those pass that need nothing', async () => {
    const { call, paths, pass } = await createPage();
    void call('/held');
    void call('/free', { operation: 'other' });
    await pass(S(1));
    expect(paths()).toEqual(['/free']);
  });

  it('are not more than the app allows', async () => {
    const { call, paths, pass } = await createPage({ limits: { requests: 2 } });
    const calls = ['/a', '/b', '/c'].map((path) => call(path));
    await pass(S(1));
    expect(await codeOf(calls[2]!)).toBe('ERR_REQUEST_NOT_REPLAYED');
    expect(await messageOf(calls[2]!)).toContain('too many wait already');
    await pass(S(7));
    expect(paths()).toEqual(['/a', '/b']);
    // They have made room.
    await pass(M(11));
    const later = [call('/d'), call('/e')];
    await pass(S(8));
    expect(await Promise.all(later.map(codeOf))).toEqual(['answered', 'answered']);
  });

  it.each<[what: string, body: () => BodyInit]>([
    ['a text', () => 'x'.repeat(60)],
    ['bytes', () => new Uint8Array(60)],
    ['a buffer', () => new ArrayBuffer(60)],
    ['a blob', () => new Blob(['x'.repeat(60)])],
    ['parameters', () => new URLSearchParams({ a: 'x'.repeat(58) })],
    [
      'a form',
      () => {
        const form = new FormData();
        form.append('a', 'x'.repeat(30));
        form.append('b', new Blob(['x'.repeat(28)]));
        return form;
      },
    ],
  ])('are not larger than the app allows, all together: %s', async (_, body) => {
    const { call, paths, pass } = await createPage({ limits: { bytes: 100 } });
    const calls = ['/a', '/b'].map((path) => call(path, { body: body() }));
    await pass(S(8));
    expect([await Promise.all(calls.map(codeOf)), paths()]).toEqual([['answered', 'ERR_REQUEST_NOT_REPLAYED'], ['/a']]);
  });

  it('of which the body is larger than that are sent, and not held', async () => {
    const { call, paths, tab, pass } = await createPage({ limits: { bytes: 10 } });
    const request = new Request('https://app.example/big', { method: 'PUT', body: 'x'.repeat(60) });
    const calls = [
      call('/big', { operation: 'other', body: 'x'.repeat(60) }),
      tab.latch.fetch(request, { operation: 'other' }),
      call('/big', { body: 'x'.repeat(60) }),
    ];
    await pass(S(8));
    expect(await Promise.all(calls.map(codeOf))).toEqual(['answered', 'answered', 'ERR_REQUEST_NOT_REPLAYED']);
    expect(paths()).toEqual(['/big', '/big']);
  });

  it('wait no longer than the app allows, and then the person need not answer for them', async () => {
    const { call, paths, tab, pass } = await createPage({ limits: { age: S(30) }, takes: M(2) });
    const done = call('/a');
    await pass(S(29));
    expect(await codeOf(done)).toBe('pending');
    await pass(S(2));
    expect([await codeOf(done), await messageOf(done)]).toEqual([
      'ERR_REQUEST_NOT_REPLAYED',
      'the request was not sent again: it has waited for too long',
    ]);
    expect(tab.latch.reauthentication().waiting).toBe(false);
    await pass(M(3));
    expect(paths()).toEqual([]);
  });

  it('are rejected with the reason when the person does not authenticate', async () => {
    const { call, paths, pass } = await createPage({ cancel: true });
    const calls = ['/a', '/b', '/c'].map((path) => call(path));
    await pass(S(8));
    const code = 'ERR_REAUTHENTICATION_CANCELLED';
    expect([await Promise.all(calls.map(codeOf)), paths()]).toEqual([[code, code, code], []]);
    const { cause } = (await outcome(calls[0]!)) as unknown as NightlatchError;
    expect(cause).toMatchObject({ name: 'AbortError' });
  });

  it('are rejected where another person has authenticated, and none of them is sent', async () => {
    const page = await createPage();
    const calls = ['/a', '/b'].map((path) => page.call(path));
    await page.pass(S(1));
    void page.tab.backend?.signIn('ben').then(() => page.tab.latch.check());
    await page.pass(S(8));
    expect(page.tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'replaced' });
    const code = 'ERR_SUBJECT_CHANGED';
    expect([await Promise.all(calls.map(codeOf)), page.paths()]).toEqual([[code, code], []]);
  });

  it('in a locked page wait for the person who opens it, and are refused where nobody is asked', async () => {
    const { call, paths, tab, pass } = await createPage();
    tab.latch.lock();
    await pass(S(2));
    expect(await codeOf(call('/refused'))).toBe('ERR_SESSION_LOCKED');
    tab.latch.reauthenticate().catch(() => undefined);
    await pass(S(1));
    const held = call('/held');
    await pass(S(3));
    expect([await codeOf(held), paths()]).toEqual(['pending', []]);
    await pass(S(3));
    expect([await codeOf(held), paths(), tab.phase()]).toEqual(['answered', ['/held'], 'active']);
  });

  it('have their bodies as they were at the call, whatever the app has made of them since', async () => {
    const { call, arrived, pass } = await createPage();
    const bytes = new TextEncoder().encode('before');
    const parameters = new URLSearchParams({ is: 'before' });
    const form = new FormData();
    form.append('is', 'before');
    form.append('file', new File(['before'], 'a.txt'));
    for (const body of [bytes, bytes.buffer, parameters, form]) void call('/a', { body });
    bytes.fill(0);
    parameters.set('is', 'after');
    form.set('is', 'after');
    await pass(S(8));
    const bodies = arrived.map(({ body }) => body);
    expect(bodies.slice(0, 3)).toEqual(['before', 'before', 'is=before']);
    expect(bodies[3]).toMatch(/before[\s\S]*a\.txt[\s\S]*before/);
    expect(bodies[3]).not.toContain('after');
    expect(arrived[3]?.headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/);
  });

  it('of a Request has its body read before it is sent, so that it can be sent again', async () => {
    let count = 0;
    const { tab, arrived, pass } = await createPage({
      api: () => {
        count += 1;
        return count === 1 ? new Response(null, { status: 401, headers: { 'WWW-Authenticate': STEP_UP } }) : undefined;
      },
    });
    const stream = new Blob(['streamed']).stream();
    const request = new Request('https://app.example/a', {
      method: 'PUT',
      body: stream,
      duplex: 'half',
    } as RequestInit);
    const done = tab.latch.fetch(request);
    await pass(S(8));
    expect([await codeOf(done), arrived.map(({ body }) => body)]).toEqual(['answered', ['streamed', 'streamed']]);
  });

  it('that are a stream say so when they cannot be sent again', async () => {
    const { call, arrived, pass } = await createPage({
      api: () => new Response(null, { status: 401, headers: { 'WWW-Authenticate': STEP_UP } }),
    });
    const done = call('/a', { operation: 'other', body: new Blob(['once']).stream() });
    await pass(S(8));
    expect(await messageOf(done)).toBe('the request was not sent again: its body was a stream, which has been read');
    expect(arrived).toHaveLength(1);
  });
});

it('a server that always says "not fresh" leads to one prompt and then to errors, in all tabs, whoever asks again', async () => {
  const scene = createScene({
    policy: { idleTimeout: hours(4) },
    fetch: async () =>
      new Response(null, {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", max_age="0"' },
      }),
  });
  let asked = 0;
  const tabs: Tab[] = [0, 1, 2].map((by) =>
    scene.open({
      async reauthenticate(_, { session }) {
        asked += 1;
        await new Promise<void>((resolve) => void scene.clock.wait(S(5), resolve));
        await tabs[by]?.backend?.reauthenticate(session.id);
      },
    }),
  );
  const [first] = tabs as [Tab];
  await scene.pass(S(2));
  void first.latch.begin({ signIn: async () => void (await first.backend?.signIn('ana')) });
  await scene.pass(M(1));
  const codes: unknown[] = [];
  // Each tab polls, as apps do.
  for (let round = 0; round < 8; round += 1) {
    const calls = tabs.map(({ latch }) => latch.fetch('/api'));
    for (const one of calls) one.catch(() => undefined);
    await scene.pass(S(30));
    codes.push(...(await Promise.all(calls.map(codeOf))));
  }
  expect(new Set(codes)).toEqual(new Set(['ERR_REAUTHENTICATION_FAILED']));
  expect(asked).toBe(1);
  // After a while the person is asked once more: the server may have come to its senses.
  await scene.pass(M(3));
  for (const { latch } of tabs) latch.fetch('/api').catch(() => undefined);
  await scene.pass(S(30));
  expect(asked).toBe(2);
});
