import { beforeEach, describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url } from '../../../src/reauth/base64url.js';
import { passkey } from '../../../src/reauth/passkey.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { type Duration, minutes, seconds, serverTime } from '../../../src/time/instant.js';

const question = { requirement: {}, session: { id: 's1', order: 1, startedAt: serverTime(0) } };
const bytes = (...all: number[]) => Uint8Array.from(all);

let clock: ManualClock;
let sent: { url: string; session: string | null; body: unknown }[];
let asked: CredentialRequestOptions[];
let challenges: number;
let options: () => Response;
let get: (request: CredentialRequestOptions) => Promise<Credential | null>;
let isAvailable: () => Promise<boolean>;

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
  isAvailable = async () => true;
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
    isConditionalMediationAvailable: () => isAvailable(),
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

describe('a passkey in the autofill', () => {
  let calledOff: AbortController;
  /** For how long it may wait, each time that it begins to. */
  let waiting: Duration[];

  beforeEach(() => {
    calledOff = new AbortController();
    waiting = [];
  });

  const awaitChoice = (one = way()) => {
    const { signal } = calledOff;
    const waits = (goodFor: Duration) => {
      expect(asked, 'the field knows before the browser does').toHaveLength(waiting.length);
      waiting.push(goodFor);
    };
    return one.awaitChoice?.(question, { signal, waits });
  };
  const proofs = () => sent.filter(({ url }) => url === '/session/reauthenticate');
  const challenges = () => asked.map(({ publicKey }) => new Uint8Array(publicKey?.challenge as ArrayBuffer)[0]);

  it('waits in the browser, and is proved like any other once it was chosen', async () => {
    const prove = await awaitChoice();
    expect(asked).toMatchObject([{ mediation: 'conditional', signal: calledOff.signal }]);
    expect(asked[0]?.publicKey?.allowCredentials).toHaveLength(1);
    expect(waiting).toEqual([seconds(45)]);
    expect(proofs()).toEqual([]);
    expect(await prove?.(question)).toEqual({ type: 'accepted' });
    expect(proofs()).toMatchObject([{ session: 's1', body: { method: 'passkey', response: { rawId: 'AQI' } } }]);
  });

  it('takes what was asked when somebody looked, and leaves none of it to the button', async () => {
    const one = way();
    await one.isThere(question);
    clock.advance(seconds(2));
    await awaitChoice(one);
    expect(waiting).toEqual([seconds(43)]);
    await one.prove(question, never);
    expect(challenges()).toEqual([1, 2]);
  });

  it('goes by two minutes where the server does not say, and by what it says otherwise', async () => {
    const saying = (timeout?: number) => () => Response.json({ challenge: 'AQ', ...(timeout ? { timeout } : {}) });
    options = saying();
    await awaitChoice();
    options = saying(minutes(5));
    await awaitChoice();
    expect(waiting).toEqual([seconds(105), seconds(285)]);
    options = saying(seconds(29));
    expect(await awaitChoice()).toBeUndefined();
    expect(asked, 'nobody would find it in time').toHaveLength(2);
  });

  it('is not brought to the server once that has forgotten what it asked, also by a device that has slept', async () => {
    const prove = await awaitChoice();
    clock.advance(seconds(59));
    expect(await prove?.(question)).toEqual({ type: 'accepted' });
    clock.advance(seconds(1));
    expect(await prove?.(question)).toEqual({ type: 'timed-out' });
    const slept = await awaitChoice();
    clock.sleep(seconds(60));
    expect(await slept?.(question)).toEqual({ type: 'timed-out' });
    expect(proofs()).toHaveLength(1);
  });

  it('asks neither server nor browser where the browser offers none', async () => {
    for (const says of [async () => false, () => Promise.reject(new DOMException('', 'SecurityError'))]) {
      isAvailable = says;
      expect(await awaitChoice()).toBeUndefined();
    }
    expect([sent, asked]).toEqual([[], []]);
    const none = passkey({ optionsUrl: '/o', url: '/r', clock, fetch: async () => options() });
    expect(await none.awaitChoice?.(question, { signal: never, waits: () => {} })).toBeUndefined();
  });

  it('is not asked for where the server knows of none, or is silent', async () => {
    for (const answer of [
      () => new Response(null, { status: 204 }),
      () => new Response('', { status: 500 }),
      () => Response.json({ type: 'https://a.example/session-ended' }, { status: 401 }),
    ]) {
      options = answer;
      expect(await awaitChoice()).toBeUndefined();
    }
    expect([asked, waiting]).toEqual([[], []]);
  });

  it.each(['NotAllowedError', 'AbortError', 'OperationError', 'SecurityError'])(
    'comes to nothing by a %s, which nobody hears of',
    async (name) => {
      get = () => Promise.reject(new DOMException('', name));
      expect(await awaitChoice()).toBeUndefined();
    },
  );

  it('asks no server once it is called off, no browser, and proves nothing', async () => {
    isAvailable = async () => {
      calledOff.abort();
      return true;
    };
    expect(await awaitChoice()).toBeUndefined();
    expect(sent).toEqual([]);

    calledOff = new AbortController();
    isAvailable = async () => true;
    const answered = options;
    options = () => {
      calledOff.abort();
      return answered();
    };
    expect(await awaitChoice()).toBeUndefined();
    expect([asked, waiting]).toEqual([[], []]);

    calledOff = new AbortController();
    options = answered;
    get = async () => {
      calledOff.abort();
      return signed;
    };
    expect(await awaitChoice()).toBeUndefined();
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
