import { beforeEach, describe, expect, it } from 'vitest';
import { isNightlatchError } from '../../../src/errors.js';
import { type PopupOffer, type PopupOptions, popup } from '../../../src/reauth/popup.js';
import { serverTime } from '../../../src/time/instant.js';
import { createPopupWorld, type FakeWindow, ORIGIN, type PopupWorld, settled } from './popup-world.js';

const session = { id: 's1', order: 1, startedAt: serverTime(0) };

let world: PopupWorld;
let offers: (PopupOffer | undefined)[];
let given: AbortController;

beforeEach(() => {
  world = createPopupWorld();
  offers = [];
  given = new AbortController();
});

/** Asks, and says at any time what has become of it. */
async function ask(options: Partial<PopupOptions> = {}) {
  const way = popup({
    start: (_, { state }) => `https://id.example/authorize?state=${state}`,
    show: (offer) => void offers.push(offer),
    ...world,
    ...options,
  });
  let outcome = 'open';
  const done = way({ maxAge: 600_000 }, { signal: given.signal, session });
  done.then(
    () => {
      outcome = 'done';
    },
    (reason: Error) => {
      outcome = isNightlatchError(reason) ? reason.code : reason.name;
    },
  );
  await settled();
  return { outcome: () => outcome, done };
}

const stateOf = (window: FakeWindow | undefined): string => window?.went.at(-1)?.split('state=')[1] ?? '';
const last = () => world.windows.at(-1) as FakeWindow; // each test that asks has opened one
const back = (state: unknown, more: object = {}) => ({ nightlatch: 'popup-return', state, ...more });

describe('a window for the sign-in', () => {
  it('is opened in the same task, before it is known where it goes', () => {
    let isStarted = false;
    const way = popup({
      ...world,
      start: () => {
        isStarted = true;
        return new Promise(() => undefined);
      },
    });
    way({}, { signal: given.signal, session }).catch(() => undefined);
    expect(world.windows).toHaveLength(1);
    expect(isStarted).toBe(true);
    expect(last().went).toEqual([]);
  });

  it('goes where it is told to, with a state that nobody could guess, and hands on what is asked for', async () => {
    const asked: unknown[] = [];
    const start: PopupOptions['start'] = (question, { state }) => {
      asked.push(question);
      return new URL(`https://id.example/authorize?state=${state}`);
    };
    await ask({ start });
    await ask({ start });
    expect(asked[0]).toEqual({ requirement: { maxAge: 600_000 }, session });
    const [one, other] = world.windows.map(stateOf);
    expect(one).toMatch(/^[\w-]{22}$/);
    expect(one).not.toBe(other);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'blob:https://app.example/1', 'http://'])(
    'goes nowhere by %s, and closes',
    async (address) => {
      const { done, outcome } = await ask({ start: () => address });
      await expect(done).rejects.toThrow(TypeError);
      expect([outcome(), last().closed, last().went]).toEqual(['TypeError', true, []]);
    },
  );

  it('closes where it cannot be said where it goes', async () => {
    const { outcome } = await ask({ start: () => Promise.reject(new RangeError('the server is silent')) });
    expect([outcome(), last().closed]).toEqual(['RangeError', true]);
  });

  it('leaves nothing behind, however it ends', async () => {
    for (const end of [
      () => world.comeBack(last(), { state: stateOf(last()) }),
      () => offers.at(-1)?.cancel(),
      () => given.abort(),
    ]) {
      const { outcome } = await ask();
      expect([world.listeners(), world.channels().length]).toEqual([1, 1]);
      await end();
      await settled();
      expect(outcome()).not.toBe('open');
      expect([world.listeners(), world.channels()]).toEqual([0, []]);
      expect(offers.at(-1)).toBeUndefined();
      expect(last().closed).toBe(true);
    }
    expect(world.clock.step(1e9), 'a timer is left').toBe(false);
  });
});

describe('a return', () => {
  it.each([
    ['by a message, where page and window reach each other', true],
    ['by a channel, where COOP keeps them apart', false],
  ])('is heard %s, and answered', async (_, kept) => {
    const { outcome } = await ask();
    last().closed = !kept;
    expect(await world.comeBack(last(), { state: stateOf(last()) }, kept)).toBe(true);
    expect(outcome()).toBe('done');
  });

  it('is heard by a message alone where the browser has no channels', async () => {
    const none = () => undefined;
    const { outcome } = await ask({ openChannel: none });
    Object.assign(world, { openChannel: none });
    expect(await world.comeBack(last(), { state: stateOf(last()) }, true)).toBe(true);
    expect(outcome()).toBe('done');
  });

  it.each([
    ['access_denied', 'AbortError'],
    ['subject_changed', 'ERR_SUBJECT_CHANGED'],
    ['server_error', 'ERR_REAUTHENTICATION_FAILED'],
    ['<script>', 'ERR_REAUTHENTICATION_FAILED'],
    ['', 'ERR_REAUTHENTICATION_FAILED'],
  ])('with the error "%s" is %s', async (error, expected) => {
    const { outcome } = await ask();
    expect(await world.comeBack(last(), { state: stateOf(last()), error })).toBe(true);
    expect(outcome()).toBe(expected);
  });

  it('is believed once: whoever comes back again finds nobody', async () => {
    await ask();
    const query = { state: stateOf(last()) };
    expect(await world.comeBack(last(), query)).toBe(true);
    expect(await world.comeBack(last(), query)).toBe(false);
  });

  it('is not believed from another origin, in whatever window', async () => {
    const { outcome } = await ask();
    for (const origin of ['https://id.example', 'https://app.example.evil', 'http://app.example', 'null', '']) {
      world.post({ data: back(stateOf(last())), origin });
    }
    expect(outcome()).toBe('open');
    expect(last().answers).toEqual([]);
  });

  it('is not believed from another window, of whatever origin', async () => {
    const { outcome } = await ask();
    for (const source of [null, undefined, {}, world.page, { ...last() }]) {
      world.post({ data: back(stateOf(last())), source: source ?? null });
    }
    await settled();
    expect(outcome()).toBe('open');
  });

  it('is not believed with another state, nor in another form, by either way', async () => {
    const { outcome } = await ask();
    const state = stateOf(last());
    const channel = `nightlatch:popup:${state}`;
    const others = [
      back('A'.repeat(22)),
      back(state.slice(1)),
      back(`${state}A`),
      back([state]),
      back({ toString: () => state }),
      back(undefined),
      { nightlatch: 'popup-taken', state },
      { nightlatch: 'popup-return ', state },
      { state },
      [back(state)],
      JSON.stringify(back(state)),
      state,
      null,
      undefined,
      0,
      true,
    ];
    for (const data of others) {
      world.post({ data });
      world.say(channel, data);
    }
    await settled();
    expect(outcome()).toBe('open');
    world.post({ data: back(state) });
    await settled();
    expect(outcome()).toBe('done');
  });

  it('counts no more after its question: a window of before does not answer the next one', async () => {
    const first = await ask();
    const old = stateOf(last());
    offers.at(-1)?.cancel();
    const next = await ask();
    world.post({ data: back(old) });
    expect(await world.comeBack(last(), { state: old })).toBe(false);
    expect([first.outcome(), next.outcome()]).toEqual(['AbortError', 'open']);
  });

  it('says nothing of its address but state and error', async () => {
    await ask();
    const state = stateOf(last());
    const heard: unknown[] = [];
    const spy = world.openChannel(`nightlatch:popup:${state}`);
    spy.onmessage = ({ data }) => void heard.push(data);
    await world.comeBack(last(), { state, code: 'secret-code', id_token: 'secret-token' });
    expect(JSON.stringify(heard)).toContain(state);
    expect(JSON.stringify(heard)).not.toContain('secret');
    spy.close();
  });
});

describe('a window that is closed', () => {
  it('cancels at once where it has not left for the sign-in yet', async () => {
    const { outcome } = await ask({ start: () => new Promise(() => undefined) });
    last().closed = true;
    world.clock.advance(250);
    await settled();
    expect(outcome()).toBe('AbortError');
  });

  it('cancels once the person is back in the page for a second', async () => {
    const { outcome } = await ask();
    world.clock.advance(60_000);
    last().closed = true;
    world.hasFocus = true;
    world.clock.advance(1_000);
    await settled();
    expect(outcome()).toBe('open');
    world.clock.advance(500);
    await settled();
    expect(outcome()).toBe('AbortError');
  });

  it('is not believed to be so while the person is not back: behind COOP it only seems so', async () => {
    const { outcome } = await ask();
    last().closed = true;
    world.clock.advance(300_000);
    await settled();
    expect(outcome()).toBe('open');
    expect(await world.comeBack(last(), { state: stateOf(last()) })).toBe(true);
    expect(outcome()).toBe('done');
  });

  it('is not believed to be so where the window has opened behind the page, and nobody was away', async () => {
    world.hasFocus = true;
    const { outcome } = await ask();
    last().closed = true;
    world.clock.advance(60_000);
    await settled();
    expect(outcome()).toBe('open');
    world.hasFocus = false;
    world.clock.advance(250);
    world.hasFocus = true;
    world.clock.advance(1_250);
    await settled();
    expect(outcome()).toBe('AbortError');
  });

  it('is believed to be so without that where it was seen at the sign-in: COOP does not keep them apart', async () => {
    world.hasFocus = true;
    const { outcome } = await ask();
    last().isSeen = true;
    world.clock.advance(60_000);
    last().closed = true;
    world.clock.advance(1_250);
    await settled();
    expect(outcome()).toBe('AbortError');
  });

  it('has the last word, if there is one on its way', async () => {
    const { outcome } = await ask();
    world.clock.advance(250);
    last().closed = true;
    world.hasFocus = true;
    world.clock.advance(750);
    expect(await world.comeBack(last(), { state: stateOf(last()) })).toBe(true);
    expect(outcome()).toBe('done');
  });
});

describe('what the person can do in the page', () => {
  it('is to bring the window to the front, or to cancel', async () => {
    const { outcome } = await ask();
    expect(offers.map((offer) => offer?.window)).toEqual(['open']);
    expect(offers[0]?.leave).toBeUndefined();
    expect(offers[0]?.open()).toBe(true);
    expect([world.windows.length, last().focused]).toEqual([1, 1]);
    offers[0]?.cancel();
    await settled();
    expect([outcome(), last().closed, offers.at(-1)]).toEqual(['AbortError', true, undefined]);
  });

  it('is to open another where this one cannot be reached; then the first counts no more', async () => {
    const { outcome } = await ask();
    const [first] = world.windows as [FakeWindow];
    first.closed = true;
    offers[0]?.open();
    await settled();
    expect(world.windows).toHaveLength(2);
    expect(await world.comeBack(first, { state: stateOf(first) })).toBe(false);
    expect(outcome()).toBe('open');
    expect(await world.comeBack(last(), { state: stateOf(last()) })).toBe(true);
    expect(outcome()).toBe('done');
  });

  it('is to open it by a click of its own where the browser has blocked it', async () => {
    world.isBlocked = true;
    const { outcome } = await ask();
    expect([offers.at(-1)?.window, outcome()]).toEqual(['blocked', 'open']);
    expect(offers.at(-1)?.open()).toBe(false);
    world.isBlocked = false;
    expect(offers.at(-1)?.open()).toBe(true);
    expect(offers.at(-1)?.window).toBe('open');
    await settled();
    await world.comeBack(last(), { state: stateOf(last()) });
    expect(outcome()).toBe('done');
  });

  it('is to leave for the sign-in instead, where the app offers that', async () => {
    world.isBlocked = true;
    const left: unknown[] = [];
    const { outcome } = await ask({
      otherwise: (requirement, how) => {
        left.push([requirement, how.session]);
        return Promise.reject(new DOMException('back by the browser’s own button', 'AbortError'));
      },
    });
    offers.at(-1)?.leave?.();
    await settled();
    expect(left).toEqual([[{ maxAge: 600_000 }, session]]);
    expect([offers.at(-1), outcome()]).toEqual([undefined, 'AbortError']);
  });

  it('is nothing after it is over', async () => {
    await ask();
    const [offer] = offers;
    offer?.cancel();
    expect(offer?.open()).toBe(false);
    offer?.cancel();
    expect(world.windows).toHaveLength(1);
    expect(offers).toHaveLength(2);
  });
});

it('fails where the browser blocks the window, and nobody could be shown that', async () => {
  world.isBlocked = true;
  const { page, clock, openChannel } = world;
  const way = popup({ start: () => '/sign-in', page, clock, openChannel });
  await expect(way({}, { signal: given.signal, session })).rejects.toMatchObject({
    code: 'ERR_REAUTHENTICATION_FAILED',
  });
});

it('is called off by its signal, before and after', async () => {
  const { outcome } = await ask();
  given.abort(new DOMException('', 'TimeoutError'));
  await settled();
  expect([outcome(), last().closed]).toEqual(['TimeoutError', true]);
  const late = await ask();
  expect([late.outcome(), world.windows.length]).toEqual(['TimeoutError', 1]);
});

describe('a page that is no return', () => {
  it.each([
    '',
    '?state=',
    '?state=short',
    `?error=access_denied`,
    `?state=${'A'.repeat(23)}`,
    `?state=%00${'A'.repeat(21)}`,
  ])('tells nobody anything: %s', async (search) => {
    const posted: unknown[] = [];
    const query = Object.fromEntries(new URLSearchParams(search));
    const taken = await world.comeBack(
      { close: () => void posted.push('closed') } as unknown as FakeWindow, // all that is asked of it here
      query as Record<string, string>,
      true,
    );
    expect([taken, posted, world.channels()]).toEqual([false, [], []]);
  });

  it('speaks to pages of its own origin only, and stays open where nobody answers', async () => {
    const { takePopupReturn } = await import('../../../src/reauth/popup-return.js');
    const posted: unknown[] = [];
    let isClosed = false;
    const taken = takePopupReturn({
      clock: world.clock,
      openChannel: world.openChannel,
      page: {
        location: { origin: ORIGIN, search: `?state=${'A'.repeat(22)}` },
        opener: { postMessage: (_: unknown, origin: unknown) => void posted.push(origin) },
        close: () => {
          isClosed = true;
        },
        addEventListener: (_, listener) => {
          const data = { nightlatch: 'popup-taken', state: 'A'.repeat(22) };
          listener({ data, origin: 'https://evil.example' });
          listener({ data: { ...data, state: 'B'.repeat(22) }, origin: ORIGIN });
        },
      },
    });
    await settled();
    world.clock.advance(2_000);
    expect([await taken, posted, isClosed]).toEqual([false, [ORIGIN], false]);
  });
});
