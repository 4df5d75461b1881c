import { describe, expect, it } from 'vitest';
import type { OperationView } from '../../src/rules/freshness.js';
import { minutes, plus, seconds } from '../../src/time/instant.js';
import { createScene, type Scene, type Tab } from './support/tabs.js';

const M = minutes;
const operations = {
  pay: { allow: true, maxAge: M(10) },
  log: { allow: true, maxAge: M(60), acrValues: 'pwd' },
  delete: { allow: false },
};

/** A page with an open session that nothing ends for eight hours. */
async function signedIn(): Promise<Scene & { readonly tab: Tab }> {
  const scene = createScene({ policy: { idleTimeout: null, operations } });
  const tab = scene.open();
  await scene.pass(seconds(2));
  void tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(seconds(2));
  return { ...scene, tab };
}

/** What a listener was told of an operation, by when. */
function watching({ clock, tab }: { clock: Scene['clock']; tab: Tab }, name: string, margin = 0) {
  const told: [at: number, state: OperationView['state'], from: OperationView['state']][] = [];
  const stop = tab.latch.watchOperation(
    name,
    (next, previous) => told.push([clock.passed(), next.state, previous.state]),
    { margin },
  );
  return { told, stop };
}

describe('an operation that is watched', () => {
  it('says that it needs authentication at the moment when freshness runs out, and the view stays what it was', async () => {
    const scene = await signedIn();
    const { tab, clock } = scene;
    const began = tab.latch.getView();
    const { told } = watching(scene, 'pay');
    const views: string[] = [];
    tab.latch.subscribe((view) => views.push(view.phase));
    const open = tab.latch.operation('pay');
    if (open.state !== 'open' || !('authenticatedAt' in began)) throw new Error('not open');
    const until = plus(began.authenticatedAt, M(10));
    expect(open.until).toBe(until);
    while (told.length === 0) {
      expect(tab.latch.operation('pay').state).toBe('open');
      expect(clock.step(M(10))).toBe(true);
    }
    // By the latest that time can be, and at once.
    expect(tab.latch.read().latest - until).toBeLessThan(2);
    expect(tab.latch.read().latest).toBeGreaterThanOrEqual(until);
    expect(told[0]!.slice(1)).toEqual(['needs-authentication', 'open']);
    expect(views).toEqual([]);
  });

  it('is open anew when the person has authenticated', async () => {
    const scene = await signedIn();
    const { tab } = scene;
    const { told } = watching(scene, 'pay');
    await scene.pass(M(11));
    void tab.backend!.reauthenticate('session 1');
    await scene.pass(seconds(1));
    void tab.latch.check();
    await scene.pass(seconds(1));
    expect(told.map(([, state]) => state)).toEqual(['needs-authentication', 'open']);
  });

  it('hears of a policy that forbids it, and of the end', async () => {
    const scene = await signedIn();
    const { tab, server } = scene;
    const { told } = watching(scene, 'log');
    server.changePolicy({ operations: { ...operations, log: { allow: false } } });
    await scene.pass(seconds(1));
    server.changePolicy({ operations });
    await scene.pass(seconds(1));
    void tab.latch.signOut();
    await scene.pass(seconds(1));
    expect(told.map(([, state]) => state)).toEqual(['denied', 'open', 'denied']);
  });

  it('with a margin hears beforehand that it would run out while the person types', async () => {
    const scene = await signedIn();
    const { told } = watching(scene, 'pay', M(3));
    const { told: without } = watching(scene, 'pay');
    await scene.pass(M(8));
    expect([told.map(([, state]) => state), without]).toEqual([['needs-authentication'], []]);
    expect(scene.tab.latch.operation('pay', { margin: M(3) })).toEqual({
      state: 'needs-authentication',
      requirement: { maxAge: M(7) },
    });
    expect(scene.tab.latch.operation('pay').state).toBe('open');
  });

  it('is asked ahead by half of its age at most, so that a person who has just authenticated is not asked again', async () => {
    const { tab } = await signedIn();
    expect(tab.latch.operation('pay', { margin: M(60) }).state).toBe('open');
  });

  it('that nobody watches, or nobody any more, wakes no hidden page', async () => {
    const rung = async (how: 'never' | 'stopped' | 'watched'): Promise<number[]> => {
      const scene = await signedIn();
      scene.tab.page.hide();
      const { clock } = scene;
      if (how !== 'never') {
        const { stop } = watching(scene, 'pay');
        if (how === 'stopped') stop();
      }
      const due: number[] = [];
      while (clock.step(M(12) - clock.passed())) due.push(clock.passed());
      return due;
    };
    const never = await rung('never');
    expect(await rung('stopped')).toEqual(never);
    expect(await rung('watched')).not.toEqual(never);
  });

  it('is told to every listener, whatever another one throws', async () => {
    const scene = await signedIn();
    const problems: unknown[] = [];
    const hear = (problem: unknown): void => void problems.push(problem);
    process.on('unhandledRejection', hear);
    scene.tab.latch.watchOperation('pay', () => {
      throw new Error('the app');
    });
    const { told } = watching(scene, 'pay');
    await scene.pass(M(11));
    process.off('unhandledRejection', hear);
    expect([told.length, problems.map(String)]).toEqual([1, ['Error: the app']]);
  });
});

describe('the word on an operation', () => {
  it('is one object until it changes, whatever the person does', async () => {
    const scene = await signedIn();
    const { latch, page } = scene.tab;
    const before = { pay: latch.operation('pay'), view: latch.getView() };
    page.act();
    await scene.pass(seconds(5));
    expect(latch.getView()).not.toBe(before.view);
    expect(latch.operation('pay')).toBe(before.pay);
    await scene.pass(M(11));
    expect(latch.operation('pay')).not.toBe(before.pay);
    expect(latch.operation('pay')).toBe(latch.operation('pay'));
  });

  it('stays right when somebody makes up names', async () => {
    const { tab } = await signedIn();
    for (let i = 0; i < 3_000; i += 1) expect(tab.latch.operation(`made up ${i}`).state).toBe('open');
    expect(tab.latch.operation('delete').state).toBe('denied');
  });

  it('refuses a margin and a listener that are none', async () => {
    const { tab } = await signedIn();
    expect(() => tab.latch.operation('pay', { margin: -1 })).toThrow(RangeError);
    expect(() => tab.latch.watchOperation('pay', () => undefined, { margin: Number.NaN })).toThrow(RangeError);
    expect(() => tab.latch.watchOperation('pay', null as never)).toThrow(TypeError);
  });
});
