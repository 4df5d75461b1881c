import { describe, expect, it } from 'vitest';
import type { NightlatchOptions } from '../../../src/options.js';
import type { CredentialSource } from '../../../src/ports.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { createProvider } from '../support/provider.js';
import { createScene, type Tab } from '../support/tabs.js';

const M = minutes;
const S = seconds;

/** Tabs of one browser with an open session, and an auth SDK whose credential lives for five minutes. */
async function createPages(
  how: {
    tabs?: number;
    policy?: object;
    local?: boolean;
    source?: Partial<CredentialSource>;
    options?: Partial<NightlatchOptions>;
    lifetime?: number;
  } = {},
) {
  const sent: string[] = [];
  const scene = createScene({
    local: how.local ?? true,
    policy: { idleTimeout: M(30), absoluteTimeout: hours(8), ...how.policy },
    fetch: async (input) => {
      sent.push(`${String(input)} with ${provider.kept?.refresh}`);
      return new Response('{}');
    },
  });
  const provider = createProvider(scene.clock);
  if (how.lifetime !== undefined) provider.lifetime = how.lifetime;
  const open = (by: number): Tab =>
    scene.open({ credential: provider.source(`tab ${by}`, how.source), wipe: [provider.wiper()], ...how.options });
  const tabs = Array.from({ length: how.tabs ?? 1 }, (_, by) => open(by + 1));
  const [tab] = tabs as [Tab];
  await scene.pass(S(3));
  if (how.local === false) {
    void tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(S(3));
  }
  provider.signIn('ana');
  await scene.pass(S(1));
  for (const one of tabs) expect(one.phase()).toBe('active');

  /** The person works in a tab: an act every 20 s. */
  async function work(duration: number, at = tab): Promise<void> {
    for (let passed = 0; passed < duration; passed += S(20)) {
      at.page.act();
      await scene.pass(Math.min(S(20), duration - passed));
    }
  }
  return { ...scene, provider, tabs, tab, sent, work, open };
}

const told = (tab: Tab): string[] =>
  tab.events.map(({ type }) => type).filter((type) => type.startsWith('credential') || type === 'use-after-end');
const cause = (tab: Tab): unknown => {
  const view = tab.latch.getView();
  return 'deadline' in view ? view.deadline?.cause : undefined;
};

describe('a credential', () => {
  it('is renewed a minute before it runs out, each time, while the person works', async () => {
    const { provider, tab, work } = await createPages();
    await work(M(20));
    expect(provider.asked.map(({ refresh }) => refresh)).toEqual([1, 2, 3, 4].map((one) => `refresh ${one}`));
    expect(provider.asked[0]!.at).toBeGreaterThanOrEqual(M(4));
    expect(provider.asked[0]!.at).toBeLessThanOrEqual(M(4) + S(25));
    expect(told(tab)).toEqual(Array(4).fill('credential-renewed'));
  });

  it('is left alone while nobody is there, however soon it runs out, and the session goes on', async () => {
    const { provider, tab, work, pass } = await createPages();
    await work(M(1));
    await pass(M(20));
    expect(provider.asked).toEqual([]);
    expect(tab.phase()).toBe('active');
    tab.page.act();
    await pass(S(2));
    expect(provider.asked).toHaveLength(1);
    expect(provider.kept!.refresh).toBe('refresh 2');
  });

  it('is no activity: the idle limit runs from the last act, whatever is renewed', async () => {
    const { tab, work, pass, provider } = await createPages({ policy: { idleTimeout: M(6), warnBefore: M(1) } });
    await work(M(4));
    await pass(S(50));
    expect(provider.asked).toHaveLength(1);
    await pass(M(4) + S(20));
    expect(tab.phase()).toBe('warning');
    await pass(M(1));
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'idle' });
  });

  it('is renewed for somebody who only watches, as long as that keeps the session', async () => {
    const { provider, tab, work, pass } = await createPages();
    await work(S(20));
    tab.latch.hold('upload', { limit: M(8) });
    await pass(M(9));
    expect(provider.asked).toHaveLength(2);
    await pass(M(10));
    expect(provider.asked).toHaveLength(2);
  });

  it('is renewed by nobody in a hidden page, nor in a locked one', async () => {
    const { provider, tab, work, pass } = await createPages();
    await work(M(3) + S(40));
    tab.page.hide();
    await pass(M(1));
    expect(provider.asked).toEqual([]);
    tab.latch.lock();
    tab.page.show();
    tab.page.act();
    await pass(M(5));
    expect(tab.phase()).toBe('locked');
    expect(provider.asked).toEqual([]);
  });

  it('is left alone while the person is asked to authenticate, in this tab or another, and renewed when they have said no', async () => {
    let cancel = (): void => {};
    const { provider, tab, tabs, work } = await createPages({
      tabs: 2,
      options: {
        reauthenticate: () =>
          new Promise((_, reject) => {
            cancel = () => reject(new DOMException('no', 'AbortError'));
          }),
      },
    });
    await work(M(3));
    tabs[1]!.latch.reauthenticate().catch(() => undefined);
    await work(M(3));
    expect(provider.asked).toEqual([]);
    cancel();
    await work(S(20));
    expect(provider.asked).toHaveLength(1);
    expect(tab.phase()).toBe('active');
  });

  it('that lives for seconds is renewed in its last third', async () => {
    const { provider, work } = await createPages({ lifetime: S(60) });
    await work(M(2));
    const [first, second, third] = provider.asked.map(({ at }) => at);
    // Of the first one nobody knows how long it lives.
    expect(first).toBeLessThan(S(10));
    expect(second! - first!).toBeGreaterThanOrEqual(S(40));
    expect(third! - second!).toBeGreaterThanOrEqual(S(40));
  });

  it('that lives for 40 days is not renewed before, and no timer rings at once for it', async () => {
    const { provider, work } = await createPages({ lifetime: hours(40 * 24) });
    await work(hours(2));
    expect(provider.asked).toEqual([]);
  });

  it.each([M(10), -M(10)])('is not renewed again and again under a clock that is set by %i ms', async (step) => {
    const { provider, work, clock } = await createPages({ local: false });
    clock.stepWall(step);
    await work(M(10));
    expect(provider.asked.length).toBeGreaterThan(0);
    expect(provider.asked.length).toBeLessThanOrEqual(4);
    expect(provider.reused).toBe(0);
  });

  it('that is over as it comes is asked for less and less often', async () => {
    const { provider, work } = await createPages();
    provider.lifetime = -hours(1);
    await work(M(14));
    expect(provider.asked.length).toBeLessThanOrEqual(16);
  });
});

describe('of several tabs', () => {
  it('one renews for all, also where several are in sight', async () => {
    const { provider, tabs, work } = await createPages({ tabs: 4 });
    await work(M(20));
    expect(provider.reused).toBe(0);
    expect(provider.asked).toHaveLength(4);
    expect(tabs.flatMap(told)).toHaveLength(4);
  });

  it('none takes the turn from one that may still run', async () => {
    const { provider, tabs, work, pass } = await createPages({ tabs: 2 });
    provider.delay = S(25);
    await work(M(5));
    await pass(S(30));
    expect(provider.asked).toHaveLength(1);
    expect(provider.reused).toBe(0);
    expect(tabs.map(({ latch }) => latch.getView().phase)).toEqual(['active', 'active']);
  });

  it.each(['freeze', 'crash'] as const)(
    'another one goes on ten seconds after one has met its end by %s',
    async (end) => {
      const { provider, tabs, tab, pass } = await createPages({ tabs: 2 });
      const other = tabs[1]!;
      provider.says = 'never';
      while (provider.asked.length === 0) {
        tab.page.act();
        other.page.act();
        await pass(S(5));
      }
      const { by, at } = provider.asked[0]!;
      const [holder, waiting] = by === 'tab 1' ? [tab, other] : [other, tab];
      holder.page[end]();
      provider.says = 'yes';
      const began = at;
      for (let i = 0; i < 8; i += 1) {
        waiting.page.act();
        await pass(S(5));
      }
      expect(provider.asked).toHaveLength(2);
      expect(provider.asked[1]!.by).not.toBe(by);
      expect(provider.asked[1]!.at - began).toBeGreaterThanOrEqual(S(10));
      expect(provider.asked[1]!.at - began).toBeLessThanOrEqual(S(25));
    },
  );
});

describe('what comes late', () => {
  it.each([
    ['signed out here', (tabs: readonly Tab[]) => tabs[0]!.latch.signOut()],
    ['signed out in another tab', (tabs: readonly Tab[]) => tabs[1]!.latch.signOut()],
  ])('is thrown away once somebody has %s', async (_, end) => {
    const { provider, tabs, work, pass } = await createPages({ tabs: 2 });
    provider.delay = S(10);
    await work(M(4));
    expect(provider.asked).toHaveLength(1);
    void end(tabs);
    await pass(S(1));
    expect(provider.kept).toBeUndefined();
    await pass(S(30));
    expect(provider.kept).toBeUndefined();
    expect(tabs.flatMap(told)).toContain('use-after-end');
    expect(tabs.flatMap(told)).not.toContain('credential-renewed');
  });

  it('is wiped again where the session ended while it was written', async () => {
    const { provider, tab, tabs, work, pass } = await createPages({ tabs: 2 });
    provider.writing = S(5);
    await work(M(4) + S(2));
    expect(provider.asked).toHaveLength(1);
    void tabs[1]!.latch.signOut();
    await pass(S(1));
    expect(provider.kept).toBeUndefined();
    await pass(S(20));
    expect(provider.kept).toBeUndefined();
    expect(told(tab)).toContain('use-after-end');
  });

  it('is not written over what somebody has signed in to meanwhile', async () => {
    const { provider, work, pass } = await createPages();
    provider.delay = S(10);
    await work(M(4));
    expect(provider.asked).toHaveLength(1);
    provider.signIn('bob');
    await pass(S(30));
    expect(provider.kept!.of).toBe('bob');
  });

  it('is kept by a page that was locked meanwhile: its refresh token is used up', async () => {
    const { provider, tab, work, pass } = await createPages();
    provider.delay = S(10);
    await work(M(4));
    expect(provider.asked).toHaveLength(1);
    tab.latch.lock();
    await pass(S(30));
    expect(tab.phase()).toBe('locked');
    expect(provider.kept!.refresh).toBe('refresh 2');
  });

  it('later than anybody waits for it is kept all the same', async () => {
    const { provider, tab, work } = await createPages();
    provider.delay = S(90);
    await work(M(7));
    expect(told(tab)).toEqual(['credential-renewal-failed', 'credential-renewed']);
    expect(provider.reused).toBe(0);
  });
});

describe('a renewal that fails', () => {
  it('ends nothing, and is tried again, less and less often, while the person is there', async () => {
    const { provider, tab, work } = await createPages();
    provider.says = 'nothing';
    await work(M(14));
    expect(tab.phase()).toBe('active');
    expect(provider.asked.length).toBeGreaterThan(5);
    expect(provider.asked.length).toBeLessThanOrEqual(18);
    expect(tab.events).toContainEqual(
      expect.objectContaining({ type: 'credential-renewal-failed', refused: false, problem: 'no connection' }),
    );
    provider.says = 'yes';
    tab.page.online();
    tab.page.act();
    await work(S(20));
    expect(provider.kept!.refresh).toBe('refresh 2');
  });

  it.each([true, false])('for good is a deadline: a warning, and the end (without a server: %s)', async (local) => {
    const { provider, tab, work } = await createPages({ local });
    provider.says = 'no';
    await work(M(4) + S(20));
    expect([tab.phase(), cause(tab)]).toEqual(['warning', 'credential']);
    await work(M(1));
    expect(tab.phase()).toBe('ended');
    expect(tab.events).toContainEqual(expect.objectContaining({ type: 'session-ended', reason: 'credential' }));
    expect(provider.asked).toHaveLength(1);
    expect(provider.kept).toBeUndefined();
  });

  it('for good is lifted by whatever the SDK holds next', async () => {
    const { provider, tab, work } = await createPages();
    provider.says = 'no';
    await work(M(4) + S(20));
    expect(tab.phase()).toBe('warning');
    provider.signIn('ana');
    provider.says = 'yes';
    await work(M(6));
    expect(tab.phase()).toBe('active');
    expect(provider.kept!.refresh).toBe('refresh 3');
  });
});

describe('one that cannot be renewed', () => {
  it('is a deadline, which another tab’s new one moves, though nobody has said so', async () => {
    const scene = createScene({ local: true, policy: { idleTimeout: M(30), absoluteTimeout: hours(8) } });
    let expiresAt = scene.clock.read().wall + M(10);
    const source: CredentialSource = {
      name: 'sdk',
      read: () => ({ expiresAt, renewable: false }),
      renew: () => Promise.reject(new Error('never asked')),
    };
    const tab = scene.open({ credential: source });
    await scene.pass(M(9));
    expect([tab.phase(), cause(tab)]).toEqual(['warning', 'credential']);
    expiresAt += M(15);
    await scene.pass(M(2));
    expect(tab.phase()).toBe('active');
    await scene.pass(M(15));
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'credential' });
  });
});

describe('one that is nearly over as a session opens', () => {
  it('is known in time, though nobody knew the time before', async () => {
    const scene = createScene({ policy: { idleTimeout: M(30), absoluteTimeout: hours(8) } });
    const expiresAt = scene.clock.read().wall + S(25);
    const source: CredentialSource = {
      name: 'sdk',
      read: () => ({ expiresAt, renewable: false }),
      renew: () => Promise.reject(new Error('never asked')),
    };
    const tab = scene.open({ credential: source });
    await scene.pass(S(3));
    void tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(S(3));
    expect([tab.phase(), cause(tab)]).toEqual(['warning', 'credential']);
    await scene.pass(S(20));
    expect(tab.phase()).not.toBe('warning');
    await scene.pass(S(10));
    expect(tab.events).toContainEqual(expect.objectContaining({ type: 'session-ended', reason: 'credential' }));
  });
});

describe('a request', () => {
  it('waits for the credential that it is sent with, where that ran out while nobody was there', async () => {
    const { tab, sent, pass, work } = await createPages();
    await work(S(20));
    await pass(M(10));
    tab.page.act();
    void tab.latch.fetch('/api/accounts');
    await pass(0);
    expect(sent).toEqual([]);
    await pass(S(3));
    expect(sent).toEqual(['/api/accounts with refresh 2']);
  });

  it('of a page that nobody works in does not wait, and renews nothing', async () => {
    const { tab, sent, pass, provider } = await createPages();
    await pass(M(10));
    void tab.latch.fetch('/api/accounts');
    await pass(0);
    expect(sent).toEqual(['/api/accounts with refresh 1']);
    expect(provider.asked).toEqual([]);
  });

  it('waits no longer than 15 s, nor than its own signal, and is sent then', async () => {
    const { tab, sent, pass, provider } = await createPages();
    await pass(M(10));
    provider.says = 'never';
    tab.page.act();
    const stop = new AbortController();
    const aborted = tab.latch.fetch('/api/one', { signal: stop.signal });
    aborted.catch(() => undefined);
    void tab.latch.fetch('/api/two');
    await pass(S(5));
    stop.abort(new Error('no longer wanted'));
    await expect(aborted).rejects.toThrow('no longer wanted');
    await pass(S(9));
    expect(sent).toEqual([]);
    await pass(S(2));
    expect(sent).toEqual(['/api/two with refresh 1']);
  });
});

describe('what a source says wrong', () => {
  it.each<[what: string, read: () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no storage');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no storage'))],
    ['is no credential', () => 'token'],
    ['has no instant', () => ({ expiresAt: 'soon', renewable: true })],
    ['has an instant that is none', () => ({ expiresAt: Number.NaN, renewable: true })],
    ['does not say whether it can be renewed', () => ({ expiresAt: 1 })],
  ])('is told once, and ends nothing: it %s', async (_, read) => {
    const { tab, work } = await createPages({ source: { read: read as CredentialSource['read'] } });
    await work(M(10));
    tab.page.hide();
    tab.page.show();
    await work(M(1));
    expect(tab.phase()).toBe('active');
    expect(tab.events.filter(({ type }) => type === 'source-failed')).toHaveLength(1);
  });

  it('by never answering keeps no session from its end', async () => {
    const scene = createScene({ local: true, policy: { idleTimeout: M(5), absoluteTimeout: hours(8) } });
    const source: CredentialSource = {
      name: 'sdk',
      read: () => new Promise(() => undefined),
      renew: () => Promise.reject(new Error('never asked')),
    };
    const tab = scene.open({ credential: source });
    await scene.pass(M(5) + S(10));
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'idle' });
  });

  it('as it is attached keeps nobody from renewing', async () => {
    const { provider, work } = await createPages({
      source: {
        attach() {
          throw new Error('no events');
        },
      },
    });
    await work(M(1));
    expect(provider.asked).toEqual([]);
    await work(M(9));
    expect(provider.kept!.refresh).not.toBe('refresh 1');
  });

  it('is a clear error, where it is an option', () => {
    const { open } = createScene({ local: true });
    const given = (credential: unknown) => () => open({ credential: credential as CredentialSource });
    expect(given('oidc')).toThrow('credential');
    expect(given({ read() {}, renew() {} })).toThrow('credential.name');
    expect(given({ name: 'sdk', renew() {} })).toThrow('credential.read');
    expect(given({ name: 'sdk', read() {} })).toThrow('credential.renew');
    expect(given({ name: 'sdk', read() {}, renew() {}, attach: 1 })).toThrow('credential.attach');
    expect(given({ name: 'sdk', read() {}, renew() {}, renewBefore: -1 })).toThrow('credential.renewBefore');
  });
});

describe('a stopped latch', () => {
  it('renews nothing, and lets the SDK renew again', async () => {
    let attached = 0;
    const { provider, tab, work } = await createPages({
      source: {
        attach() {
          attached += 1;
          return () => {
            attached -= 1;
          };
        },
      },
    });
    expect(attached).toBe(1);
    tab.latch.stop();
    expect(attached).toBe(0);
    await work(M(10));
    expect(provider.asked).toEqual([]);
    tab.latch.start();
    expect(attached).toBe(1);
  });
});
