import { beforeEach, describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url } from '../../../src/reauth/base64url.js';
import { passkey } from '../../../src/reauth/passkey.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { seconds, serverTime } from '../../../src/time/instant.js';

const question = { requirement: {}, session: { id: 's1', order: 1, startedAt: serverTime(0) } };
const bytes = (...all: number[]) => Uint8Array.from(all);

let clock: ManualClock;
let sent: { url: string; session: string | null; body: unknown }[];
let asked: CredentialRequestOptions[];
let challenges: number;
let options: () => Response;
let get: (request: CredentialRequestOptions) => Promise<Credential | null>;

beforeEach(() => {
  clock = createManualClock();
  sent = [];
  asked = [];
  challenges = 0;
  options = () =>
    Response.json({
      challenge: toBase64url(bytes(++challenges).buffer),
      rpId: 'bank.example',
      timeout: 60_000,
      userVerification: 'required',
      allowCredentials: [{ id: '-_8', type: 'public-key', transports: ['internal', 7] }],
    });
  get = async () => signed;
});

const signed = {
  id: 'AQI',
  rawId: bytes(1, 2).buffer,
  type: 'public-key',
  getClientExtensionResults: () => ({}),
  response: {
    clientDataJSON: bytes(3).buffer,
    authenticatorData: bytes(4).buffer,
    signature: bytes(251, 255).buffer,
    userHandle: null,
  },
} as unknown as PublicKeyCredential;

const way = () =>
  passkey({
    optionsUrl: '/session/passkey/options',
    url: '/session/reauthenticate',
    clock,
    credentials: {
      get: (request) => {
        asked.push(request ?? {});
        return get(request ?? {});
      },
    },
    fetch: async (url, init) => {
      sent.push({ url, session: new Headers(init.headers).get('session-id'), body: JSON.parse(String(init.body)) });
      return url.endsWith('/options') ? options() : Response.json({});
    },
  });
const never = new AbortController().signal;

describe('a passkey', () => {
  it('signs what the server asks for, and goes back to it as it was signed', async () => {
    expect(way().acr).toBe('phr');
    expect(await way().prove(question, never)).toEqual({ type: 'accepted' });
    expect(asked[0]?.publicKey).toEqual({
      challenge: bytes(1),
      rpId: 'bank.example',
      timeout: 60_000,
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: bytes(251, 255), transports: ['internal'] }],
    });
    expect(sent).toEqual([
      { url: '/session/passkey/options', session: 's1', body: {} },
      {
        url: '/session/reauthenticate',
        session: 's1',
        body: {
          method: 'passkey',
          response: {
            id: 'AQI',
            rawId: 'AQI',
            type: 'public-key',
            clientExtensionResults: {},
            response: { clientDataJSON: 'Aw', authenticatorData: 'BA', signature: '-_8' },
          },
        },
      },
    ]);
  });

  it('is there where the server knows of one, and is then not asked about twice', async () => {
    const one = way();
    expect(await one.isThere(question)).toBe(true);
    await one.prove(question, never);
    expect(sent.filter(({ url }) => url.endsWith('/options'))).toHaveLength(1);
    // What was asked once is good for one answer.
    await one.prove(question, never);
    expect(asked.map(({ publicKey }) => new Uint8Array(publicKey?.challenge as ArrayBuffer)[0])).toEqual([1, 2]);
  });

  it('is asked about anew when that is five seconds ago, and for another session', async () => {
    const one = way();
    await one.isThere(question);
    clock.advance(seconds(5));
    await one.prove(question, never);
    await one.isThere(question);
    await one.prove({ ...question, session: { ...question.session, id: 's2' } }, never);
    expect(asked.map(({ publicKey }) => new Uint8Array(publicKey?.challenge as ArrayBuffer)[0])).toEqual([2, 4]);
  });

  it('is not there where the server knows of none, is silent, or says what nobody understands', async () => {
    for (const answer of [
      () => new Response(null, { status: 204 }),
      () => new Response('', { status: 404 }),
      () => Response.json({}),
      () => Response.json({ challenge: 'not base64url!' }),
      () => Response.json({ challenge: 'AQ', allowCredentials: [{}] }),
      () => new Response('<html>'),
      () => new Response('', { status: 500 }),
    ]) {
      options = answer;
      expect(await way().isThere(question)).toBe(false);
    }
    for (const status of [204, 404]) {
      options = () => new Response(null, { status });
      expect(await way().prove(question, never)).toEqual({ type: 'unusable' });
    }
    options = () => Response.json({});
    expect(await way().prove(question, never)).toEqual({ type: 'unreachable' });
    options = () => Response.json({ type: 'https://a.example/session-ended' }, { status: 401 });
    expect(await way().prove(question, never)).toEqual({ type: 'settled' });
    expect(asked).toEqual([]);
  });

  it('tells a person who refuses from one who was not there, which browsers do not', async () => {
    const refuse = (name: string, after: number) => {
      get = async () => {
        clock.advance(after);
        throw new DOMException('', name);
      };
      return way().prove(question, never);
    };
    expect(await refuse('NotAllowedError', seconds(5))).toEqual({ type: 'cancelled' });
    expect(await refuse('NotAllowedError', seconds(60))).toEqual({ type: 'timed-out' });
    expect(await refuse('TimeoutError', 1)).toEqual({ type: 'timed-out' });
    expect(await refuse('SecurityError', 1)).toEqual({ type: 'unusable' });
    expect(await refuse('InvalidStateError', 1)).toEqual({ type: 'unusable' });
  });

  it('is called off by the signal, and then sends nothing', async () => {
    const given = new AbortController();
    get = async ({ signal }) => {
      given.abort();
      expect(signal?.aborted).toBe(true);
      return signed;
    };
    await expect(way().prove(question, given.signal)).rejects.toThrow();
    expect(sent.map(({ url }) => url)).toEqual(['/session/passkey/options']);
  });

  it('cannot be used where the browser has none', async () => {
    const none = passkey({ optionsUrl: '/o', url: '/r', clock, fetch: async () => options() });
    expect(await none.isThere(question)).toBe(false);
    expect(await none.prove(question, never)).toEqual({ type: 'unusable' });
  });
});

it('base64url goes there and back, and takes nothing else', () => {
  for (let length = 0; length < 40; length += 1) {
    const random = Uint8Array.from({ length }, (_, index) => (index * 37 + length * 11) % 256);
    expect(fromBase64url(toBase64url(random.buffer))).toEqual(random);
    expect(toBase64url(random.buffer)).toBe(Buffer.from(random).toString('base64url'));
  }
  for (const wrong of ['a', 'ab=', 'a+b', 'a/b', 'ab\n', 'ä']) expect(() => fromBase64url(wrong)).toThrow(TypeError);
});
