import { describe, expect, it } from 'vitest';
import { createExtend } from '../../../src/actions/extend.js';
import type { Facts } from '../../../src/facts/facts.js';
import type { Backend, Refusal, Reply } from '../../../src/ports.js';
import { minutes, type ServerTime, seconds } from '../../../src/time/instant.js';
import { documentAt, LEASE, LOCAL, OPEN, POLICY, past, SESSION } from '../support/facts.js';
import { createSurroundings, outcome, SILENCE } from '../support/surroundings.js';
import { createScene as createTabs } from '../support/tabs.js';

const M = minutes;
const MORE: Facts = { session: SESSION, lease: { ...LEASE, rev: 11, idleExpiry: past(M(29)) } };
const refused = (refusal: Refusal): Reply => ({ type: 'refused', refusal });
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (problem: { code?: string }) => problem.code,
  );

function createScene(how: { facts?: Facts; local?: boolean; count?: number } = {}) {
  const { facts = OPEN, local = false, count = 1 } = how;
  const around = createSurroundings(facts);
  const { clock, ledger } = around;
  const sent: { by: number; from: ServerTime | undefined }[] = [];
  const state: { reply: () => Reply; delay: number; ask: () => Promise<boolean> } = {
    reply: () => {
      ledger.learn(MORE);
      return { type: 'document', document: documentAt(M(14), { idleExpiry: past(M(29)) }) };
    },
    delay: 100,
    ask: async () => false,
  };
  let answers = 0;
  const tabs = Array.from({ length: count }, (_, by) =>
    createExtend({
      ledger,
      takeTurn: by === 0 ? around.takeTurn : around.neighbour().takeTurn,
      send: local
        ? undefined
        : async ({ from }, limit) => {
            sent.push({ by, from });
            await new Promise<void>((resolve) => void clock.wait(Math.min(limit, state.delay), resolve));
            return state.delay < limit ? state.reply() : SILENCE;
          },
      answer: () => {
        answers += 1;
        ledger.learn({ session: SESSION, lastActivityAt: past(clock.passed()) });
      },
      ask: () => state.ask(),
      report: around.report,
    }),
  );
  return { ...around, tabs, extend: tabs[0]!, sent, state, answers: () => answers };
}

describe('extending', () => {
  it('asks the server, and resolves with the view once it has granted', async () => {
    const { extend, sent, ledger, happened, pass } = createScene();
    await pass(M(14));
    const extended = extend();
    await pass(99);
    expect([await outcome(extended), ledger.view().phase]).toEqual(['pending', 'warning']);
    await pass(1);
    expect(await outcome(extended)).toMatchObject({ phase: 'active', deadline: { at: past(M(29)) } });
    expect(sent).toEqual([{ by: 0, from: past(M(15)) }]);
    expect(happened).toEqual([{ type: 'session-extended', sessionId: 's1', deadline: past(M(29)) }]);
  });

  it('serves all who ask with one request', async () => {
    const { extend, sent, pass } = createScene();
    await pass(M(14));
    const all = [extend(), extend(), extend()];
    await pass(seconds(1));
    for (const one of all) expect(await outcome(one)).toMatchObject({ phase: 'active' });
    expect(sent).toHaveLength(1);
    void extend();
    await pass(seconds(1));
    expect(sent).toHaveLength(2);
  });

  it('that is refused is refused to all who ask, by one request', async () => {
    const { extend, sent, state, pass } = createScene();
    state.reply = () => refused({ type: 'extension-refused', reason: 'policy' });
    const all = [extend(), extend()].map(codeOf);
    await pass(seconds(1));
    expect(await Promise.all(all)).toEqual(['ERR_EXTENSION_REFUSED', 'ERR_EXTENSION_REFUSED']);
    expect(sent).toHaveLength(1);
  });

  it('asks once for all tabs', async () => {
    const { tabs, sent, pass } = createScene({ count: 5 });
    await pass(M(14));
    const all = tabs.map((extend) => extend());
    await pass(seconds(1));
    for (const one of all) expect(await outcome(one)).toMatchObject({ phase: 'active' });
    expect(sent).toHaveLength(1);
  });

  it('goes on without a tab that hangs in its turn while there is time left, however little', async () => {
    const { tabs, state, sent, ledger, pass } = createScene({ count: 2 });
    await pass(M(15) - seconds(2));
    state.delay = Number.POSITIVE_INFINITY;
    void outcome(tabs[1]!());
    await pass(0);
    state.delay = 100;
    const extended = tabs[0]!();
    await pass(seconds(1) + 100);
    expect(await outcome(extended)).toMatchObject({ phase: 'active' });
    expect(sent.map(({ by }) => by)).toEqual([1, 0]);
    expect(ledger.view().phase).toBe('active');
  });

  it('goes on without a tab that hangs in its turn', async () => {
    const { extend, neighbour, sent, pass } = createScene();
    void neighbour().takeTurn('extend', M(5), () => new Promise(() => undefined));
    await pass(M(13));
    const extended = extend();
    await pass(seconds(3) + 100);
    expect(await outcome(extended)).toMatchObject({ phase: 'active' });
    expect(sent).toHaveLength(1);
  });
});

describe('is told apart:', () => {
  it.each<[what: string, reply: Reply, code: string]>([
    ['refused', refused({ type: 'extension-refused', reason: 'no extensions left' }), 'ERR_EXTENSION_REFUSED'],
    ['unreachable', SILENCE, 'ERR_BACKEND_UNREACHABLE'],
    ['another session’s', refused({ type: 'session-mismatch', sessionId: 's2' }), 'ERR_SESSION_MISMATCH'],
    ['locked', refused({ type: 'session-locked', sessionId: 's1', lockedAt: past(5) }), 'ERR_SESSION_LOCKED'],
  ])('%s', async (_, reply, code) => {
    const { extend, state, ledger, pass } = createScene();
    state.reply = () => reply;
    await pass(M(14));
    const is = codeOf(extend());
    await pass(seconds(1));
    expect(await is).toBe(code);
    expect(ledger.facts().lease).toEqual(LEASE);
  });

  it('refused, with the reason told', async () => {
    const { extend, state, happened, pass } = createScene();
    state.reply = () => refused({ type: 'extension-refused', reason: 'policy' });
    const is = codeOf(extend());
    await pass(seconds(1));
    await is;
    expect(happened).toEqual([{ type: 'extension-refused', sessionId: 's1', reason: 'policy' }]);
  });

  it.each<[what: string, reply: Reply]>([
    ['by the answer', refused({ type: 'session-ended', sessionId: 's1', reason: 'idle', endedAt: past(0) })],
    ['meanwhile, with no answer at all', SILENCE],
  ])('ended %s', async (_, reply) => {
    const { extend, state, ledger, pass } = createScene();
    state.reply = () => {
      ledger.learn({ session: SESSION, end: { reason: 'revoked', at: past(5), told: true } });
      return reply;
    };
    const is = codeOf(extend());
    await pass(seconds(1));
    expect(await is).toBe('ERR_SESSION_ENDED');
  });

  it.each<[phase: string, facts: Facts, code: string]>([
    ['ended', { ...OPEN, end: { reason: 'idle', at: past(5), told: true } }, 'ERR_SESSION_ENDED'],
    ['locked', { ...OPEN, lockedAt: past(5) }, 'ERR_SESSION_LOCKED'],
  ])('%s before it was asked, so that nothing is sent', async (_, facts, code) => {
    const { extend, sent } = createScene({ facts });
    expect([await codeOf(extend()), sent]).toEqual([code, []]);
  });

  it('ended, where nobody is signed in', async () => {
    expect(await codeOf(createScene({ facts: {} }).extend())).toBe('ERR_SESSION_ENDED');
  });

  it('not offered, and nobody asks again in this session', async () => {
    const { extend, state, sent, happened, ledger, pass } = createScene();
    state.reply = () => ({ type: 'absent' });
    await pass(M(14));
    expect(ledger.view()).toMatchObject({ phase: 'warning', extendable: true });
    const first = codeOf(extend());
    await pass(seconds(1));
    expect(await first).toBe('ERR_EXTENSION_REFUSED');
    expect(ledger.view()).toMatchObject({ phase: 'warning', extendable: false });
    expect(await codeOf(extend())).toBe('ERR_EXTENSION_REFUSED');
    expect(sent).toHaveLength(1);
    const told = { type: 'extension-refused', sessionId: 's1', reason: 'the server offers no extension' };
    expect(happened).toEqual([told, told]);
  });

  it('a failure, after which one may ask again', async () => {
    const { extend, state, sent, pass } = createScene();
    const granting = state.reply;
    state.reply = () => SILENCE;
    await pass(M(14));
    const first = codeOf(extend());
    await pass(seconds(1));
    expect(await first).toBe('ERR_BACKEND_UNREACHABLE');
    state.reply = granting;
    const second = codeOf(extend());
    await pass(seconds(1));
    expect([await second, sent.length]).toEqual(['resolved', 2]);
  });
});

describe('in a session that is believed over, extending waits for the last look', () => {
  it('and goes on where the server says that it is open', async () => {
    const { extend, state, ledger, sent, pass } = createScene();
    await pass(M(16));
    expect(ledger.view().phase).toBe('expired');
    state.ask = async () => {
      ledger.learn(MORE);
      return true;
    };
    const is = codeOf(extend());
    await pass(seconds(1));
    expect([await is, sent.length]).toEqual(['resolved', 1]);
  });

  it('and fails where the server is silent: no button revives it', async () => {
    const { extend, ledger, sent, pass } = createScene();
    await pass(M(16));
    expect(await codeOf(extend())).toBe('ERR_BACKEND_UNREACHABLE');
    expect([sent, ledger.view().phase]).toEqual([[], 'expired']);
  });

  it('and fails where the answer leaves it expired', async () => {
    const { extend, state, sent, pass } = createScene();
    await pass(M(16));
    state.ask = async () => true;
    expect([await codeOf(extend()), sent]).toEqual(['ERR_SESSION_ENDED', []]);
  });
});

describe('without a server', () => {
  it('it is the person’s act that extends', async () => {
    const { extend, answers, happened, pass } = createScene({ facts: LOCAL, local: true });
    await pass(M(14));
    expect(await outcome(extend())).toMatchObject({ phase: 'active', deadline: { at: past(M(29)) } });
    expect(answers()).toBe(1);
    expect(happened).toEqual([{ type: 'session-extended', sessionId: 's1', deadline: past(M(29)) }]);
  });

  it.each<[what: string, policy: object, at: number]>([
    ['the policy does not extend', { extendable: false }, M(14)],
    ['it is the absolute limit that is near', { absoluteTimeout: M(14) }, M(13)],
  ])('it is refused where %s', async (_, policy, at) => {
    const { extend, answers, pass } = createScene({
      facts: { ...LOCAL, policy: { ...POLICY, ...policy } },
      local: true,
    });
    await pass(at);
    expect([await codeOf(extend()), answers()]).toEqual(['ERR_EXTENSION_REFUSED', 0]);
  });
});

it('a server without extensions is asked for one once in a session, and again in the next', async () => {
  const scene = createTabs();
  const asked: string[] = [];
  const tab = scene.open();
  await scene.pass(seconds(2));
  const backend: Backend = {
    ...tab.backend!,
    extend: async ({ sessionId }) => {
      asked.push(sessionId);
      return { type: 'absent' };
    },
  };
  const bare = scene.open({ backend });
  for (const id of ['session 1', 'session 2']) {
    const begun = bare.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(seconds(3));
    await begun;
    await scene.pass(M(13));
    expect(bare.latch.getView()).toMatchObject({ phase: 'warning', extendable: true, session: { id } });
    for (let i = 0; i < 3; i += 1) {
      const code = codeOf(bare.latch.extend());
      await scene.pass(seconds(1));
      expect(await code).toBe('ERR_EXTENSION_REFUSED');
    }
    expect(bare.latch.getView()).toMatchObject({ phase: 'warning', extendable: false });
  }
  expect(asked).toEqual(['session 1', 'session 2']);
});

it('an extension under way when the session is revoked says that it ended', async () => {
  const scene = createTabs();
  const tab = scene.open();
  await scene.pass(seconds(2));
  const begun = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(seconds(3));
  await begun;
  scene.network.requestDelay = [2_000, 2_000];
  const code = codeOf(tab.latch.extend());
  await scene.pass(seconds(1));
  scene.server.revoke('session 1');
  await scene.pass(seconds(5));
  expect(await code).toBe('ERR_SESSION_ENDED');
});
