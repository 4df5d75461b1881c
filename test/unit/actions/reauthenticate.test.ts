import { describe, expect, it } from 'vitest';
import type { ReauthenticateOption } from '../../../src/actions/ask-person.js';
import { NightlatchError } from '../../../src/errors.js';
import type { NightlatchOptions } from '../../../src/options.js';
import type { Requirement } from '../../../src/rules/freshness.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { outcome } from '../support/surroundings.js';
import { createScene, type Scene, type Tab } from '../support/tabs.js';

const M = minutes;
const S = seconds;

interface Asked {
  readonly by: number;
  readonly requirement: Requirement;
  readonly signal: AbortSignal;
  readonly sessionId: string;
}

/** Some tabs of one browser with an open session, whose app asks the person as `answer` says. */
async function createPages(
  how: {
    tabs?: number;
    policy?: object;
    answer?: (asked: Asked, tab: Tab) => Promise<unknown>;
    without?: boolean;
  } = {},
) {
  const scene = createScene({ policy: { idleTimeout: M(15), absoluteTimeout: hours(8), ...how.policy } });
  const asked: Asked[] = [];
  const state = { answer: how.answer ?? ((one, tab) => answerAfter(S(5), one, tab)) };
  const answerAfter = async (delay: number, one: Asked, tab: Tab): Promise<void> => {
    await wait(scene, delay, one.signal);
    await tab.backend!.reauthenticate(one.sessionId);
  };
  const tabs: Tab[] = [];
  for (let by = 0; by < (how.tabs ?? 1); by += 1) {
    const reauthenticate: ReauthenticateOption = async (requirement, { signal, session }) => {
      const one = { by, requirement, signal, sessionId: session.id };
      asked.push(one);
      await state.answer(one, tabs[by]!);
    };
    const options: Partial<NightlatchOptions> = how.without ? {} : { reauthenticate };
    tabs.push(scene.open(options));
  }
  const [tab] = tabs as [Tab];
  await scene.pass(S(2));
  void tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(S(3));
  for (const one of tabs) expect(one.phase()).toBe('active');
  return { ...scene, tabs, tab, asked, state, answerAfter };
}

function wait({ clock }: Pick<Scene, 'clock'>, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    clock.wait(delay, resolve);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  const is = await outcome(promise);
  if (is instanceof Error) return 'code' in is ? is.code : is.message;
  return is === 'pending' ? is : 'resolved';
};
/** A promise that is looked at later. */
const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined);
  return promise;
};
/** What each tab says of it. */
const askedIn = (tabs: readonly Tab[]): unknown[] =>
  tabs.map(({ latch }) => {
    const { asked, waiting } = latch.reauthentication();
    return waiting ? asked : `(${asked})`;
  });
const told = (tab: Tab): string[] => tab.events.map(({ type }) => type).filter((type) => type.startsWith('reauth'));

describe('re-authentication', () => {
  it('runs the app’s function and resolves when the server has confirmed it', async () => {
    const { tab, asked, pass } = await createPages();
    await pass(M(5));
    const done = quiet(tab.latch.reauthenticate({ maxAge: M(10) }));
    await pass(S(4));
    expect([await outcome(done), asked.map(({ requirement }) => requirement)]).toEqual([
      'pending',
      [{ maxAge: M(10) }],
    ]);
    await pass(S(2));
    expect(await outcome(done)).toMatchObject({ phase: 'active', session: { id: 'session 1' } });
    expect(told(tab)).toEqual(['reauthentication-started', 'reauthentication-succeeded']);
  });

  it('asks for one from now on where nothing is said', async () => {
    const { tab, asked, pass } = await createPages();
    void tab.latch.reauthenticate();
    await pass(S(1));
    expect(asked[0]?.requirement).toEqual({ maxAge: 0 });
  });

  it('asks the person once, however many callers and tabs ask', async () => {
    const { tabs, asked, pass } = await createPages({ tabs: 5 });
    const all = tabs.flatMap(({ latch }) => [latch.reauthenticate(), latch.reauthenticate({ maxAge: M(10) })]);
    await pass(S(8));
    for (const one of all) expect(await codeOf(one)).toBe('resolved');
    expect(asked).toHaveLength(1);
  });

  it('is over in a tab whose dialog is still open when the person has done it in another', async () => {
    const page = await createPages({ tabs: 2 });
    const { tabs, asked, state, pass } = page;
    const [first, second] = tabs as [Tab, Tab];
    state.answer = (one, tab) => page.answerAfter(one.by === 0 ? M(5) : S(5), one, tab);
    const there = quiet(first.latch.reauthenticate());
    await pass(S(1));
    const here = quiet(second.latch.reauthenticate());
    await pass(S(1));
    second.latch.continueHere();
    await pass(S(10));
    expect([await codeOf(here), await codeOf(there)]).toEqual(['resolved', 'resolved']);
    expect(asked.map(({ by }) => by)).toEqual([0, 1]);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(told(first)).toEqual(['reauthentication-started', 'reauthentication-succeeded']);
  });

  it('does not take away the signal from a dialog that is about to close when the stream is quicker', async () => {
    const page = await createPages();
    const { tab, asked, state, pass, clock } = page;
    let finished = false;
    state.answer = async (one, of) => {
      await of.backend!.reauthenticate(one.sessionId);
      await wait({ clock }, S(2), one.signal); // writes down what came with the answer, say
      finished = true;
    };
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(4));
    expect([await codeOf(done), finished, asked.length]).toEqual(['resolved', true, 1]);
  });

  it('opens a locked session', async () => {
    const { tab, pass } = await createPages({ policy: { onIdle: 'lock' } });
    tab.latch.lock();
    await pass(S(1));
    expect(tab.phase()).toBe('locked');
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(8));
    expect([await codeOf(done), tab.phase()]).toEqual(['resolved', 'active']);
  });

  it('keeps the last look waiting, for the person is about to answer', async () => {
    const { tab, network, pass } = await createPages({ policy: { idleTimeout: M(2), warnBefore: S(10) } });
    await pass(M(2) - S(6));
    network.state = 'silent';
    void tab.latch.reauthenticate().catch(() => undefined);
    await pass(S(11));
    expect(tab.phase()).toBe('expired');
  });
});

describe('the answer to a re-authentication is checked:', () => {
  it('without a new authentication on the server it has failed, whatever the app says', async () => {
    const { tab, pass } = await createPages({ answer: async () => undefined });
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(3));
    expect(await codeOf(done)).toBe('ERR_REAUTHENTICATION_FAILED');
    expect(tab.events.at(-1)).toMatchObject({ type: 'reauthentication-failed', code: 'ERR_REAUTHENTICATION_FAILED' });
    expect(tab.phase()).toBe('active');
  });

  it('of another kind than asked for it has failed', async () => {
    const { tab, pass } = await createPages();
    const done = quiet(tab.latch.reauthenticate({ acrValues: 'phr phrh' }));
    await pass(S(8));
    expect(await codeOf(done)).toBe('ERR_REAUTHENTICATION_FAILED');
  });

  it('older than asked for it has failed: a provider that knew the person asked for nothing', async () => {
    const { tab, server, jar, pass } = await createPages({ answer: async () => undefined });
    await pass(M(10));
    const done = quiet(tab.latch.reauthenticate({ maxAge: M(1) }));
    // By the server's word, five minutes ago: later than the last one, and not late enough.
    const { answer } = server;
    Object.assign(server, {
      answer: (...call: Parameters<typeof answer>) => {
        const is = answer(...call);
        if (is.reply.type !== 'document') return is;
        const { document } = is.reply;
        const authenticatedAt = document.serverTime - M(5);
        return { ...is, reply: { ...is.reply, document: { ...document, rev: document.rev + 1, authenticatedAt } } };
      },
    });
    expect(jar.secret).toBeDefined();
    await pass(S(3));
    expect(await codeOf(done)).toBe('ERR_REAUTHENTICATION_FAILED');
  });

  it('of another person it is ERR_SUBJECT_CHANGED, and nothing of the first one’s stays open', async () => {
    const { tab, state, pass } = await createPages();
    state.answer = async (_, { backend }) => void (await backend!.signIn('ben'));
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(5));
    expect(await codeOf(done)).toBe('ERR_SUBJECT_CHANGED');
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'replaced' });
  });

  it('that the server does not answer is not believed', async () => {
    const { tab, network, state, pass } = await createPages({ policy: { idleTimeout: null } });
    state.answer = async () => {
      network.state = 'silent';
    };
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(15));
    expect(await codeOf(done)).toBe('ERR_BACKEND_UNREACHABLE');
  });
});

describe('a re-authentication ends', () => {
  it.each<[what: string, thrown: unknown, code: string]>([
    ['cancelled where the app says so', new DOMException('closed', 'AbortError'), 'ERR_REAUTHENTICATION_CANCELLED'],
    ['failed where it throws anything else', new Error('no camera'), 'ERR_REAUTHENTICATION_FAILED'],
    ['failed where it throws nothing that can be read', undefined, 'ERR_REAUTHENTICATION_FAILED'],
  ])('%s, for all who have asked, with one question to the person', async (_, thrown, code) => {
    const page = await createPages();
    const { tab, asked, state, pass, clock } = page;
    state.answer = async () => {
      await wait({ clock }, S(2));
      throw thrown;
    };
    const all = [quiet(tab.latch.reauthenticate()), quiet(tab.latch.reauthenticate({ maxAge: M(1) }))];
    await pass(S(5));
    expect([await codeOf(all[0]!), await codeOf(all[1]!), asked.length]).toEqual([code, code, 1]);
    const problem = (await outcome(all[0]!)) as Error;
    expect(problem.cause).toBe(thrown);
    expect(told(tab)).toEqual(['reauthentication-started', 'reauthentication-failed']);
    // And one may ask again.
    state.answer = (one, of) => page.answerAfter(S(1), one, of);
    const again = quiet(tab.latch.reauthenticate());
    await pass(S(4));
    expect(await codeOf(again)).toBe('resolved');
  });

  it('with the session', async () => {
    const { tab, server, asked, pass } = await createPages({ answer: () => new Promise(() => undefined) });
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(1));
    server.revoke('session 1');
    // The dialog may be about to close by itself, and then knows why.
    await pass(S(3) - 1);
    expect([await codeOf(done), asked[0]?.signal.aborted]).toEqual(['pending', false]);
    await pass(1);
    expect([await codeOf(done), asked[0]?.signal.aborted]).toEqual(['ERR_SESSION_ENDED', true]);
    expect(tab.events.find(({ type }) => type === 'reauthentication-failed')).toMatchObject({
      code: 'ERR_SESSION_ENDED',
    });
  });

  it('for another person, where that was the end of the session and the app knows it', async () => {
    const { tab, server, asked, pass, state, clock } = await createPages();
    state.answer = async () => {
      await wait({ clock }, S(2));
      throw new NightlatchError('ERR_SUBJECT_CHANGED', 'another person has signed in in the window');
    };
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(1));
    server.revoke('session 1');
    await pass(S(2));
    expect([await codeOf(done), asked.length]).toEqual(['ERR_SUBJECT_CHANGED', 1]);
    expect(tab.phase()).toBe('ended');
  });

  it('for one caller by its signal, and for the person when no caller is left', async () => {
    const { tab, asked, pass } = await createPages();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = quiet(tab.latch.reauthenticate(undefined, { signal: one.signal }));
    const second = quiet(tab.latch.reauthenticate(undefined, { signal: two.signal }));
    await pass(S(1));
    one.abort(new Error('left the page'));
    expect([await codeOf(first), await codeOf(second)]).toEqual(['left the page', 'pending']);
    expect(asked[0]?.signal.aborted).toBe(false);
    two.abort(new Error('left, too'));
    expect(await codeOf(second)).toBe('left, too');
    expect(asked[0]?.signal.aborted).toBe(true);
    const third = quiet(tab.latch.reauthenticate());
    await pass(S(8));
    expect([await codeOf(third), asked.length]).toEqual(['resolved', 2]);
  });

  it('when the SDK is stopped, and can begin anew when it has been started again', async () => {
    const { tab, asked, pass } = await createPages();
    const done = quiet(tab.latch.reauthenticate());
    await pass(S(1));
    tab.latch.stop();
    expect([await codeOf(done), asked[0]?.signal.aborted]).toEqual(['ERR_REAUTHENTICATION_CANCELLED', true]);
    tab.latch.start();
    await pass(S(1));
    const again = quiet(tab.latch.reauthenticate());
    await pass(S(8));
    expect([await codeOf(again), asked.length]).toEqual(['resolved', 2]);
  });

  it('when nobody has answered for ten minutes', async () => {
    const { tab, pass } = await createPages({
      policy: { idleTimeout: null },
      answer: () => new Promise(() => undefined),
    });
    const done = quiet(tab.latch.reauthenticate());
    await pass(M(10) - S(1));
    expect(await outcome(done)).toBe('pending');
    await pass(S(2));
    expect(await codeOf(done)).toBe('ERR_REAUTHENTICATION_CANCELLED');
  });

  it('before it has begun, where the signal has aborted, the session is over, or the app has not said how', async () => {
    const { tab, asked, pass } = await createPages();
    const signal = AbortSignal.abort(new Error('too late'));
    expect(await codeOf(quiet(tab.latch.reauthenticate(undefined, { signal })))).toBe('too late');
    void tab.latch.signOut();
    await pass(S(1));
    expect(await codeOf(quiet(tab.latch.reauthenticate()))).toBe('ERR_SESSION_ENDED');
    expect(tab.events.some(({ type }) => type === 'use-after-end')).toBe(true);
    expect(asked).toEqual([]);
    const bare = await createPages({ without: true });
    expect(await codeOf(quiet(bare.tab.latch.reauthenticate()))).toBe('ERR_REAUTHENTICATION_REQUIRED');
  });

  it('before it has begun, where the requirement is none', async () => {
    const { tab } = await createPages();
    for (const bad of [null, 'pay', { maxAge: -1 }, { maxAge: '600' }, { acrValues: ['phr'] }, { factors: 'third' }]) {
      await expect(tab.latch.reauthenticate(bad as never)).rejects.toThrow(/requirement/);
    }
  });
});

it('two who ask for different kinds are asked for one after the other', async () => {
  const page = await createPages();
  const { tab, asked, server, jar, state, pass } = page;
  state.answer = async ({ sessionId, requirement }) => {
    await wait(page, S(2));
    const acr = requirement.acrValues ?? 'pwd';
    const { secret } = server.answer({ type: 'reauthenticate', sessionId, acr }, jar.secret);
    jar.secret = secret;
  };
  const first = quiet(tab.latch.reauthenticate());
  const second = quiet(tab.latch.reauthenticate({ acrValues: 'phr' }));
  await pass(S(10));
  expect([await codeOf(first), await codeOf(second)]).toEqual(['resolved', 'resolved']);
  expect(asked.map(({ requirement }) => requirement)).toEqual([{ maxAge: 0 }, { acrValues: 'phr' }]);
});

it('without a server the app’s word counts, and opens what is locked', async () => {
  const scene = createScene({ local: true, policy: { onIdle: 'lock' } });
  const asked: Requirement[] = [];
  const open = () => scene.open({ reauthenticate: async (requirement) => void asked.push(requirement) });
  const [tab, other] = [open(), open()];
  await scene.pass(S(2));
  tab.latch.lock();
  await scene.pass(S(1));
  expect([tab.phase(), other.phase()]).toEqual(['locked', 'locked']);
  const done = quiet(tab.latch.reauthenticate({ acrValues: 'pin' }));
  await scene.pass(S(2));
  expect(await codeOf(done)).toBe('resolved');
  expect([tab.phase(), other.phase(), asked]).toEqual(['active', 'active', [{ acrValues: 'pin' }]]);
  expect(tab.latch.getView()).toMatchObject({ acr: 'pin' });
});

describe('of several tabs', () => {
  /** The first tab asks, and the person takes five minutes; the others wait for it. */
  async function createWaiting(how: { tabs?: number; others?: number } = {}) {
    const page = await createPages({ tabs: how.tabs ?? 3, policy: { idleTimeout: null } });
    page.state.answer = (one, tab) => page.answerAfter(one.by === 0 ? M(5) : S(5), one, tab);
    const first = quiet(page.tab.latch.reauthenticate());
    await page.pass(S(1));
    const waiting = page.tabs.slice(1, 1 + (how.others ?? 2)).map(({ latch }) => quiet(latch.reauthenticate()));
    await page.pass(S(1));
    return { ...page, first, waiting };
  }

  it('one asks, and the others know where, for as long as it takes', async () => {
    const { tabs, asked, first, waiting, pass } = await createWaiting({ tabs: 4 });
    expect(askedIn(tabs)).toEqual(['here', 'elsewhere', 'elsewhere', '(elsewhere)']);
    await pass(M(4));
    expect([askedIn(tabs), asked.length]).toEqual([['here', 'elsewhere', 'elsewhere', '(elsewhere)'], 1]);
    await pass(M(1));
    for (const one of [first, ...waiting]) expect(await codeOf(one)).toBe('resolved');
    expect([askedIn(tabs), asked.length]).toEqual([['(nowhere)', '(nowhere)', '(nowhere)', '(nowhere)'], 1]);
  });

  it('a tab that is loaded later knows it, too', async () => {
    const { tabs, open, pass } = await createWaiting();
    const late = open({ reauthenticate: async () => undefined });
    await pass(S(11));
    expect(askedIn([...tabs, late]).at(-1)).toBe('(elsewhere)');
  });

  it('says so to who watches, with the same object until it changes', async () => {
    const page = await createPages({ tabs: 2 });
    const [first, second] = page.tabs as [Tab, Tab];
    const seen: unknown[] = [];
    const before = second.latch.reauthentication();
    const leave = second.latch.watchReauthentication((next, previous) =>
      seen.push([previous.asked, next.asked, next.waiting]),
    );
    expect(second.latch.reauthentication()).toBe(before);
    void first.latch.reauthenticate();
    await page.pass(S(1));
    expect(second.latch.reauthentication()).toBe(second.latch.reauthentication());
    void second.latch.reauthenticate();
    await page.pass(S(9));
    expect(seen).toEqual([
      ['nowhere', 'elsewhere', false],
      ['elsewhere', 'elsewhere', true],
      ['elsewhere', 'elsewhere', false],
      ['elsewhere', 'nowhere', false],
    ]);
    leave();
    void first.latch.reauthenticate();
    await page.pass(S(1));
    expect(seen).toHaveLength(4);
    expect(() => first.latch.watchReauthentication(undefined as never)).toThrow(TypeError);
  });

  it('says where it is possible', async () => {
    const [one] = (await createPages({ without: true })).tabs;
    const [other] = (await createPages()).tabs;
    expect([one, other].map((tab) => tab?.latch.reauthentication().possible)).toEqual([false, true]);
  });

  it.each<[what: string, gone: (tab: Tab) => void]>([
    ['has been frozen', ({ page }) => page.freeze()],
    ['stands still without a word', ({ page }) => page.life.stop('stopped')],
    ['has crashed', ({ page }) => page.crash()],
    ['was closed', ({ page }) => page.leave()],
  ])('when the one that asks %s, another does within seconds, and one only', async (_, gone) => {
    const { tab, tabs, asked, waiting, pass } = await createWaiting();
    gone(tab);
    await pass(S(6));
    expect(asked.slice(1)).toHaveLength(1);
    await pass(S(6));
    for (const one of waiting) expect(await codeOf(one)).toBe('resolved');
    expect([asked.length, askedIn(tabs.slice(1))]).toEqual([2, ['(nowhere)', '(nowhere)']]);
  });

  it('the one that the person sees goes on first', async () => {
    const { tab, tabs, asked, pass } = await createWaiting();
    tabs[1]?.page.hide();
    tab.page.life.stop('stopped');
    await pass(S(7));
    expect(asked.map(({ by }) => by)).toEqual([0, 2]);
  });

  it('where they cannot hear each other, another one asks after 30 seconds', async () => {
    const { browser, open, pass } = createScene();
    browser.conditions.channel = 'missing';
    const asked: string[] = [];
    const reauthenticate = async (): Promise<void> => {
      asked.push('asked');
      await new Promise(() => undefined);
    };
    const [one, two] = [open({ reauthenticate }), open({ reauthenticate })];
    await pass(S(2));
    void one.latch.begin({ signIn: async () => void (await one.backend!.signIn('ana')) });
    await pass(S(65));
    expect(two.phase()).toBe('active');
    for (const { latch } of [one, two]) void latch.reauthenticate().catch(() => undefined);
    await pass(S(29));
    expect(asked).toHaveLength(1);
    await pass(S(33));
    expect(asked).toHaveLength(2);
  });

  it('“here” goes on without the turn, and the first answer frees all', async () => {
    const { tabs, asked, first, waiting, pass } = await createWaiting();
    tabs[2]?.latch.continueHere();
    await pass(S(1));
    expect([asked.map(({ by }) => by), askedIn(tabs)]).toEqual([
      [0, 2],
      ['here', 'elsewhere', 'here'],
    ]);
    await pass(S(9));
    for (const one of [first, ...waiting]) expect(await codeOf(one)).toBe('resolved');
    expect(asked).toHaveLength(2);
  });

  it('“here” opens a locked page that waits for nothing, and does nothing in an open one', async () => {
    const { tabs, tab, asked, pass } = await createWaiting({ others: 0 });
    tabs[1]?.latch.continueHere();
    await pass(S(1));
    expect(asked).toHaveLength(1);
    tab.latch.lock();
    await pass(S(1));
    expect(tabs.map((one) => one.phase())).toEqual(['locked', 'locked', 'locked']);
    tabs[1]?.latch.continueHere();
    await pass(S(8));
    expect([asked.map(({ by }) => by), tabs.map((one) => one.phase())]).toEqual([
      [0, 1],
      ['active', 'active', 'active'],
    ]);
  });

  it.each<[what: string, thrown: unknown, code: string]>([
    ['cancelled', new DOMException('closed', 'AbortError'), 'ERR_REAUTHENTICATION_CANCELLED'],
    ['failed', new Error('no camera'), 'ERR_REAUTHENTICATION_FAILED'],
  ])('what was %s in one has been so for all who wait, with one prompt', async (_, thrown, code) => {
    const page = await createPages({ tabs: 3 });
    const { tabs, asked, state, pass, clock } = page;
    state.answer = async () => {
      await wait({ clock }, S(4));
      throw thrown;
    };
    const all = tabs.map(({ latch }) => quiet(latch.reauthenticate()));
    await pass(S(6));
    expect([await Promise.all(all.map(codeOf)), asked.length]).toEqual([[code, code, code], 1]);
    expect(tabs.map(told)).toEqual([['reauthentication-started', 'reauthentication-failed'], [], []]);
  });

  it('another one asks when nobody waits any more in the one that did', async () => {
    const page = await createPages({ tabs: 2 });
    const [first, second] = page.tabs as [Tab, Tab];
    const left = new AbortController();
    quiet(first.latch.reauthenticate(undefined, { signal: left.signal }));
    await page.pass(S(1));
    const here = quiet(second.latch.reauthenticate());
    await page.pass(S(1));
    left.abort();
    await page.pass(S(8));
    expect([await codeOf(here), page.asked.map(({ by }) => by)]).toEqual(['resolved', [0, 1]]);
  });

  it('the last look of one waits for the person who is asked in another', async () => {
    const page = await createPages({ tabs: 2, policy: { idleTimeout: M(2), warnBefore: S(10) } });
    const [first, second] = page.tabs as [Tab, Tab];
    await page.pass(M(2) - S(8));
    page.state.answer = (one, tab) => page.answerAfter(S(10), one, tab);
    quiet(first.latch.reauthenticate());
    await page.pass(S(1));
    page.network.state = 'silent';
    await page.pass(S(11));
    expect(second.phase()).toBe('expired');
  });

  it('what a script says of it in the name of a tab puts off nobody who asks here', async () => {
    const page = await createPages({ tabs: 1 });
    const forged = { nightlatch: 'authentication', by: 'x', sessionId: 'session 1', says: 'asking' };
    page.browser.forgeMessage('nightlatch:test', forged);
    for (const bad of [{ says: 'go' }, { by: 7 }, { sessionId: undefined }, { by: 'x'.repeat(2_000) }])
      page.browser.forgeMessage('nightlatch:test', { ...forged, by: 'y', ...bad });
    await page.pass(S(1));
    expect(askedIn(page.tabs)).toEqual(['(elsewhere)']);
    const done = quiet(page.tab.latch.reauthenticate());
    await page.pass(S(12));
    expect(await codeOf(done)).toBe('resolved');
    page.browser.forgeMessage('nightlatch:test', forged);
    await page.pass(S(26));
    expect(askedIn(page.tabs)).toEqual(['(nowhere)']);
  });
});

describe('when the server has said yes', () => {
  it('the page goes on at once where its stream tells so, without a question', async () => {
    const page = await createPages();
    const before = page.tab.latch.getView();
    page.network.replyDelay = [20, 20];
    const done = quiet(page.tab.latch.reauthenticate());
    await page.pass(S(5) + 100);
    expect([await codeOf(done), before.phase]).toEqual(['resolved', 'active']);
  });

  it('the page goes on within 300 ms also where it has to ask, right after another question', async () => {
    const page = await createPages();
    const { tab, network, state, pass } = page;
    network.streamLoss = 1; // nothing is heard by it
    network.requestDelay = [30, 30];
    network.replyDelay = [30, 30];
    let yes = 0;
    state.answer = async (one, of) => {
      await wait(page, S(5), one.signal);
      void of.latch.check(); // uses up this second's question
      await wait(page, 100);
      await of.backend!.reauthenticate(one.sessionId);
      yes = page.clock.read().monotonic;
    };
    let wentOn = 0;
    void tab.latch.reauthenticate().then(() => {
      wentOn = page.clock.read().monotonic;
    });
    await pass(S(8));
    expect(wentOn - yes).toBeLessThan(300);
    expect(yes).toBeGreaterThan(0);
  });
});
