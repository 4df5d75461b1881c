import { expect, it } from 'vitest';
import { password } from '../../../src/reauth/password.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { minutes, seconds, serverTime } from '../../../src/time/instant.js';

const question = { requirement: {}, session: { id: 's1', order: 1, startedAt: serverTime(0) } };

const problem = (status: number, members: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: 'https://nightlatch.example/problems/x', ...members }), { status, headers });
const typed = (type: string, members: object = {}) => ({ type: `https://a.example/problems/${type}`, ...members });

/** What a way makes of one answer. */
async function reply(answer: Response | Error) {
  const way = password({
    url: '/session/reauthenticate',
    clock: createManualClock(),
    fetch: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return way.prove('secret', question);
}

it('sends the password to the server’s call, names the session, and follows nobody anywhere', async () => {
  const sent: [string, RequestInit][] = [];
  const way = password({
    url: '/session/reauthenticate',
    clock: createManualClock(),
    fetch: async (url, init) => {
      sent.push([url, init]);
      return Response.json({});
    },
  });
  expect(way.acr).toBe('pwd');
  expect(await way.prove('correct horse', question)).toEqual({ type: 'accepted' });
  const [[url, init] = []] = sent;
  expect(url).toBe('/session/reauthenticate');
  expect(init).toMatchObject({ method: 'POST', redirect: 'manual', cache: 'no-store', credentials: 'same-origin' });
  expect(new Headers(init?.headers).get('session-id')).toBe('s1');
  expect(JSON.parse(String(init?.body))).toEqual({ method: 'password', password: 'correct horse' });
});

it('understands what the server says', async () => {
  expect(await reply(problem(401, typed('authentication-failed', { attempts_left: 3 })))).toEqual({
    type: 'wrong',
    attemptsLeft: 3,
  });
  const none = typed('authentication-failed', { attempts_left: 0, retry_after: 900 });
  expect(await reply(problem(401, none))).toEqual({ type: 'wrong', attemptsLeft: 0, retryAfter: minutes(15) });
  const wait = { 'Retry-After': '41' };
  expect(await reply(problem(429, typed('too-many-requests'), wait))).toEqual({
    type: 'too-many',
    retryAfter: seconds(41),
  });
  expect(await reply(new Response('slow down', { status: 429 }))).toEqual({ type: 'too-many' });
  for (const type of ['no-session', 'session-ended', 'session-mismatch', 'session-rotated']) {
    expect(await reply(problem(401, typed(type)))).toEqual({ type: 'settled' });
  }
});

it('believes no nonsense', async () => {
  for (const attempts of [-1, 1.5, '3', null, Number.MAX_VALUE]) {
    expect(await reply(problem(401, typed('authentication-failed', { attempts_left: attempts })))).toEqual({
      type: 'wrong',
    });
  }
  for (const wait of [-1, 0, '5', 1e9, null]) {
    expect(await reply(problem(401, typed('authentication-failed', { retry_after: wait })))).toEqual({ type: 'wrong' });
  }
  expect(await reply(problem(429, typed('too-many-requests'), { 'Retry-After': 'soon' }))).toEqual({
    type: 'too-many',
  });
});

it('takes for silence whatever is none of the server’s words', async () => {
  const silent = { type: 'unreachable' };
  expect(await reply(new TypeError('Failed to fetch'))).toEqual(silent);
  expect(await reply(new Response('<html>', { status: 401 }))).toEqual(silent);
  expect(await reply(problem(500, typed('internal-error')))).toEqual(silent);
  expect(await reply(problem(400, typed('invalid-request')))).toEqual(silent);
  expect(await reply(new Response('null', { status: 401 }))).toEqual(silent);
  const followed = new Response('<html>sign in</html>');
  Object.defineProperty(followed, 'redirected', { value: true });
  expect(await reply(followed), 'a captive portal').toEqual(silent);
});

it('gives a silent server up after twenty seconds, and not before', async () => {
  const clock = createManualClock();
  let aborted = false;
  const way = password({
    url: '/x',
    clock,
    fetch: (_, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason);
        });
      }),
  });
  const waiting = way.prove('secret', question);
  clock.advance(seconds(20) - 1);
  expect(aborted).toBe(false);
  clock.advance(1);
  expect(await waiting).toEqual({ type: 'unreachable' });
});
