import { beforeEach, describe, expect, it } from 'vitest';
import { type RedirectStorage, redirect, takeReturn } from '../../../src/reauth/redirect.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { minutes, serverTime } from '../../../src/time/instant.js';

const session = { id: 's1', order: 1, startedAt: serverTime(0) };

let clock: ManualClock;
let stored: Map<string, string>;
let storage: RedirectStorage;
let went: string[];
let place: { pathname: string; search: string; hash: string; assign: (address: string | URL) => void };
let shown: EventTarget;

beforeEach(() => {
  clock = createManualClock();
  stored = new Map();
  storage = {
    get length() {
      return stored.size;
    },
    key: (index) => [...stored.keys()][index] ?? null,
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  };
  went = [];
  place = {
    pathname: '/payments/new',
    search: '?payee=7',
    hash: '#amount',
    assign: (address) => void went.push(String(address)),
  };
  shown = new EventTarget();
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Goes away, and resolves once the page is being left. */
async function leave(start = (state: string) => `/sign-in?state=${state}`, signal = new AbortController().signal) {
  const way = redirect({
    start: (_, { state }) => start(state),
    storage,
    clock,
    page: { location: place, addEventListener: shown.addEventListener.bind(shown) },
  });
  const done = way({ maxAge: 600_000 }, { signal, session });
  const outcome = done.then(
    () => 'resolved',
    (reason: Error) => reason.name,
  );
  await settled();
  return { done, outcome, state: went.at(-1)?.split('state=')[1] ?? '' };
}
const back = (state: unknown) => takeReturn(state, { storage, clock });

describe('leaving', () => {
  it('takes a state along that nobody could guess, and keeps the place', async () => {
    const [one, other] = [await leave(), await leave()];
    expect(one.state).toMatch(/^[\w-]{22}$/);
    expect(one.state).not.toBe(other.state);
    expect(back(one.state)).toEqual({ returnTo: '/payments/new?payee=7#amount', sessionId: 's1' });
  });

  it('hands on what is asked for', async () => {
    const asked: unknown[] = [];
    const way = redirect({
      start: (question) => {
        asked.push(question);
        return new URL('https://idp.example/authorize');
      },
      storage,
      clock,
      page: { location: place, addEventListener: shown.addEventListener.bind(shown) },
    });
    way({ acrValues: 'phr' }, { signal: new AbortController().signal, session }).catch(() => undefined);
    await settled();
    expect(asked).toEqual([{ requirement: { acrValues: 'phr' }, session }]);
    expect(went).toEqual(['https://idp.example/authorize']);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///x', 'http://'])(
    'goes nowhere by %s',
    async (address) => {
      const { done } = await leave(() => address);
      await expect(done).rejects.toThrow(TypeError);
      expect(went).toEqual([]);
      expect(stored.size).toBe(0);
    },
  );

  it('is cancelled by whoever comes back by the browser’s own button, and that state is then worth nothing', async () => {
    const { outcome, state } = await leave();
    shown.dispatchEvent(new Event('pageshow'));
    expect(await outcome).toBe('AbortError');
    expect(back(state)).toBeUndefined();
  });

  it('is called off by its signal, before and after', async () => {
    const given = new AbortController();
    const { outcome, state } = await leave(undefined, given.signal);
    given.abort(new DOMException('', 'TimeoutError'));
    expect(await outcome).toBe('TimeoutError');
    expect(back(state)).toBeUndefined();
    const late = await leave(undefined, given.signal);
    expect(await late.outcome).toBe('TimeoutError');
    expect(went).toHaveLength(1);
  });

  it('takes the front page for a place that is none of this origin', async () => {
    place.pathname = '//evil.example';
    const { state } = await leave();
    expect(back(state)?.returnTo).toBe('/');
  });

  it('forgets those who never came back', async () => {
    const { state: old } = await leave();
    stored.set('app:draft', 'kept');
    stored.set('nightlatch:return:torn', '{');
    clock.advance(minutes(10));
    const { state } = await leave();
    expect([...stored.keys()]).toEqual(['app:draft', `nightlatch:return:${state}`]);
    expect(back(old)).toBeUndefined();
  });
});

describe('coming back', () => {
  it('is believed once', async () => {
    const { state } = await leave();
    expect(back(state)).toBeDefined();
    expect(back(state)).toBeUndefined();
  });

  it('is believed for ten minutes, and not after a clock was set back', async () => {
    const [one, two, three] = [await leave(), await leave(), await leave()];
    clock.advance(minutes(10) - 1);
    expect(back(one.state)).toBeDefined();
    clock.advance(1);
    expect(back(two.state)).toBeUndefined();
    clock.stepWall(-minutes(60));
    expect(back(three.state)).toBeUndefined();
  });

  it('is not believed with another state, or none', async () => {
    await leave();
    for (const state of ['', 'A'.repeat(22), 'x', null, undefined, 7, '../draft', '__proto__']) {
      expect(back(state)).toBeUndefined();
    }
  });

  it('leads to no place that somebody has put there', async () => {
    const { state } = await leave();
    const key = `nightlatch:return:${state}`;
    const until = clock.read().wall + 1_000;
    for (const kept of [
      { returnTo: 'https://evil.example', sessionId: 's1', until },
      { returnTo: '//evil.example', sessionId: 's1', until },
      { returnTo: '/accounts', until },
      { returnTo: '/accounts', sessionId: 's1', until: 'never' },
      { returnTo: '/accounts', sessionId: 's1', until: until + minutes(60) },
      ['/accounts'],
      null,
    ]) {
      stored.set(key, JSON.stringify(kept));
      expect(back(state)).toBeUndefined();
    }
  });
});
