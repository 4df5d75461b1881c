import { describe, expect, it } from 'vitest';
import { createHttpKeys } from '../../../src/vault/http-keys.js';
import type { KeysReply } from '../../../src/vault/sealing-keys.js';

const KEY = `${'A'.repeat(42)}E`;
const KEYS = { vault: { kid: 'v1', key: KEY }, draft: { kid: 'd1', key: KEY } };

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });

const problem = (type: string, status: number, headers: Record<string, string> = {}) =>
  json({ type: `https://bank.example/problems/${type}` }, status, {
    'Content-Type': 'application/problem+json',
    ...headers,
  });

async function read(answer: () => Response | Promise<Response>, draftKid?: string) {
  const asked: { address: string; init: RequestInit }[] = [];
  const keys = createHttpKeys({
    baseUrl: '/session/',
    async fetch(address, init) {
      asked.push({ address, init });
      return answer();
    },
  });
  const call = { sessionId: 's1', ...(draftKid === undefined ? {} : { draftKid }) };
  return { reply: await keys.read(call, new AbortController().signal), asked };
}

describe('createHttpKeys', () => {
  it('asks for the keys of the session by its name, and lets nothing on the way keep the answer', async () => {
    const { reply, asked } = await read(() => json(KEYS));
    expect(reply).toMatchObject({ type: 'keys', draft: { kid: 'd1' }, vault: { kid: 'v1' } });
    expect((reply as KeysReply & { type: 'keys' }).draft.bytes).toEqual(
      new Uint8Array([...new Array<number>(31).fill(0), 1]),
    );
    expect(asked).toMatchObject([
      { address: '/session/keys', init: { cache: 'no-store', redirect: 'manual', credentials: 'same-origin' } },
    ]);
    expect(asked[0]?.init.headers).toMatchObject({ 'Session-Id': 's1' });
  });

  it('asks for an older key by its name', async () => {
    const { asked } = await read(() => json(KEYS), 'a&b');
    expect(asked[0]?.address).toBe('/session/keys?draft_kid=a%26b');
  });

  it('tells a key that is not known from a server that has none', async () => {
    expect((await read(() => problem('unknown-key', 404), 'old')).reply).toEqual({ type: 'unknown-key' });
    expect((await read(() => problem('not-found', 404))).reply).toEqual({ type: 'absent' });
    expect((await read(() => new Response('<h1>404</h1>', { status: 404 }))).reply).toEqual({ type: 'absent' });
  });

  it('says when to come again, where the server does', async () => {
    expect((await read(() => problem('too-many-requests', 429, { 'Retry-After': '40' }))).reply).toEqual({
      type: 'unknown',
      problem: 'HTTP 429',
      retryAfter: 40_000,
    });
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['a locked session', () => problem('session-locked', 401)],
    ['a captive portal', () => new Response('<html>')],
    ['nothing', () => json(null)],
    ['a list', () => json([])],
    ['one key alone', () => json({ draft: KEYS.draft })],
    ['a short key', () => json({ ...KEYS, draft: { kid: 'd1', key: 'AAAA' } })],
    ['a key that is none', () => json({ ...KEYS, draft: { kid: 'd1', key: '!'.repeat(43) } })],
    ['a name that is none', () => json({ ...KEYS, draft: { kid: 'a b', key: KEY } })],
    ['a server error', () => new Response(null, { status: 503 })],
    ['no network', () => Promise.reject(new TypeError('fetch failed'))],
  ])('takes %s for no answer', async (_what, answer) => {
    expect((await read(answer)).reply.type).toBe('unknown');
  });

  it('does not wait for a fetch that does not listen to its signal', async () => {
    const keys = createHttpKeys({ baseUrl: '/session', fetch: () => new Promise(() => {}) });
    const over = new AbortController();
    const reply = keys.read({ sessionId: 's1' }, over.signal);
    over.abort();
    expect((await reply).type).toBe('unknown');
  });

  it('names an option that is wrong', () => {
    expect(() => createHttpKeys({ baseUrl: '' })).toThrow(TypeError);
    expect(() => createHttpKeys({ baseUrl: '/session', fetch: 1 as never })).toThrow('fetch');
  });
});
