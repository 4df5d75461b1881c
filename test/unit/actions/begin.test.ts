import { describe, expect, it } from 'vitest';
import { createBegin } from '../../../src/actions/begin.js';
import type { Door } from '../../../src/actions/door.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { LOCAL, OPEN, POLICY, SHOWING } from '../support/facts.js';
import { createSurroundings, outcome } from '../support/surroundings.js';
import { createScene as createTabs } from '../support/tabs.js';

function createScene(hasBackend = true) {
  const around = createSurroundings({});
  const { ledger } = around;
  const log: string[] = [];
  const state = { tell: async () => undefined as void, ask: async () => true, undecided: 0, isRunning: true };
  const door: Door = {
    meet: () => log.push('meet'),
    async binding(work) {
      log.push('bind');
      try {
        return await work();
      } finally {
        log.push('bound');
      }
    },
    clear: async () => void log.push('clear'),
    settled: async () => void log.push('settled'),
    signedIn: () => log.push('signed in'),
    opened: () => undefined,
  };
  const begin = createBegin({
    clock: around.clock,
    ledger,
    door,
    hasBackend,
    tell: () => {
      log.push('tell');
      return state.tell();
    },
    ask: () => {
      log.push('ask');
      ledger.stand(SHOWING);
      ledger.learn(OPEN);
      return state.ask();
    },
    isUndecided: () => {
      state.undecided -= 1;
      return state.undecided >= 0;
    },
    isRunning: () => state.isRunning,
    start: (how) => {
      log.push(`start ${JSON.stringify(how)}`);
      ledger.stand(SHOWING);
      ledger.learn(LOCAL);
    },
  });
  return { ...around, begin, log, state, signIn: async () => void log.push('sign in') };
}

describe('beginning (S6)', () => {
  it('tells, sweeps, signs in, asks, and opens, in this order', async () => {
    const { begin, log, signIn } = createScene();
    expect(await begin({ signIn })).toMatchObject({ phase: 'active', session: { id: 's1' } });
    expect(log).toEqual(['bind', 'tell', 'clear', 'sign in', 'signed in', 'ask', 'settled', 'bound']);
  });

  it('of a session that the app has begun by itself sweeps nothing beforehand', async () => {
    const { begin, log } = createScene();
    await begin({});
    expect(log).toEqual(['bind', 'tell', 'ask', 'settled', 'bound']);
  });

  it('waits three seconds for a server that is not to be told, and no longer', async () => {
    const { begin, log, state, signIn, pass } = createScene();
    state.tell = () => new Promise(() => undefined);
    const begun = begin({ signIn });
    await pass(seconds(3) - 1);
    expect(log).toEqual(['bind', 'tell']);
    await pass(1);
    expect(await outcome(begun)).toMatchObject({ phase: 'active' });
  });

  it('rejects with what signIn throws, and asks nothing', async () => {
    const { begin, log } = createScene();
    await expect(begin({ signIn: () => Promise.reject(new Error('wrong password')) })).rejects.toThrow(
      'wrong password',
    );
    expect(log).toEqual(['bind', 'tell', 'clear', 'bound']);
  });

  it('rejects where the server is silent', async () => {
    const { begin, log, state, signIn } = createScene();
    state.ask = async () => false;
    await expect(begin({ signIn })).rejects.toMatchObject({ code: 'ERR_BACKEND_UNREACHABLE' });
    expect(log.slice(-2)).toEqual(['bind', 'bound']);
  });

  it('goes on asking as the sign-in of this page until the server has answered, and no longer than the page runs', async () => {
    const { begin, log, state, signIn, pass } = createScene();
    state.ask = async () => false;
    await expect(begin({ signIn })).rejects.toMatchObject({ code: 'ERR_BACKEND_UNREACHABLE' });
    expect(log.filter((one) => one === 'bind').length - log.filter((one) => one === 'bound').length).toBe(1);
    await pass(seconds(6));
    expect(log.filter((one) => one === 'ask')).toHaveLength(3);
    state.ask = async () => true;
    await pass(seconds(4));
    expect(log.slice(-3)).toEqual(['ask', 'settled', 'bound']);
    await pass(minutes(10));
    expect(log.filter((one) => one === 'ask')).toHaveLength(4);
    state.ask = async () => false;
    await expect(begin({ signIn })).rejects.toMatchObject({ code: 'ERR_BACKEND_UNREACHABLE' });
    state.isRunning = false;
    await pass(minutes(10));
    expect(log.filter((one) => one === 'bind').length).toBe(log.filter((one) => one === 'bound').length);
  });

  it('asks again while the answer does not decide, four times at most', async () => {
    const { begin, log, state } = createScene();
    state.undecided = 2;
    await begin({});
    expect(log.filter((one) => one === 'ask')).toHaveLength(3);
    state.undecided = 99;
    await begin({});
    expect(log.filter((one) => one === 'ask')).toHaveLength(3 + 4);
  });

  it('without a server starts a session of its own, with subject and policy', async () => {
    const { begin, log, signIn } = createScene(false);
    await begin({ signIn, subject: 'ana', policy: POLICY });
    expect(log).toEqual([
      'bind',
      'tell',
      'clear',
      'sign in',
      'signed in',
      `start ${JSON.stringify({ subject: 'ana', policy: POLICY })}`,
      'settled',
      'bound',
    ]);
  });
});

describe('in a tab', () => {
  it('a silent server rejects it, open wipes have run by then, and check() goes on from there', async () => {
    const scene = createTabs();
    const wiped: string[] = [];
    const tab = scene.open({ wipe: [{ name: 'tokens', scope: 'shared', wipe: () => void wiped.push('tokens') }] });
    await scene.pass(seconds(2));
    const first = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(seconds(2));
    await first;
    const begun = tab.latch.begin({
      signIn: async () => {
        await tab.backend!.signIn('ana');
        scene.network.state = 'silent';
      },
    });
    const code = begun.then(
      () => 'begun',
      (problem: { code: string }) => problem.code,
    );
    await scene.pass(seconds(30));
    expect([await code, wiped]).toEqual(['ERR_BACKEND_UNREACHABLE', ['tokens']]);
    scene.network.state = 'up';
    const checked = tab.latch.check();
    await scene.pass(seconds(30));
    expect(await checked).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
  });

  it('opens as soon as the server has answered, however lately the sign-in page itself has asked (K7)', async () => {
    const scene = createTabs();
    const tab = scene.open();
    await scene.pass(300);
    expect(tab.phase()).toBe('absent');
    let signedInAt = 0;
    const begun = tab.latch.begin({
      signIn: async () => {
        await tab.backend!.signIn('ana');
        signedInAt = scene.clock.read().monotonic;
      },
    });
    const opened = begun.then(() => scene.clock.read().monotonic);
    await scene.pass(seconds(3));
    const took = (await opened) - signedInAt;
    expect((await begun).phase).toBe('active');
    // The network of this scene takes no time.
    expect(took).toBeLessThan(20);
  });

  it('a dead session that the server still names is no way in (E5)', async () => {
    const scene = createTabs();
    const tab = scene.open();
    await scene.pass(seconds(2));
    const first = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(seconds(2));
    await first;
    scene.network.state = 'silent';
    void tab.latch.signOut();
    await scene.pass(seconds(30));
    scene.network.state = 'up';
    scene.network.requestLoss = 0;
    const begun = tab.latch.begin();
    await scene.pass(minutes(1));
    expect((await begun).phase).not.toBe('active');
    expect(scene.server.session('session 1')?.end?.reason).toBe('signed-out');
  });
});
