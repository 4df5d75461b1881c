import { describe, expect, it } from 'vitest';
import type { Begun, Reply } from '../../../src/ports.js';
import { type Asked, createCalls } from '../../../src/server/calls.js';
import { hours, seconds } from '../../../src/time/instant.js';
import type { Measured, Sample } from '../../../src/time/offset.js';
import { documentAt, past, SESSION } from '../support/facts.js';
import { createSurroundings, outcome, SILENCE } from '../support/surroundings.js';

const DOCUMENT: Reply = { type: 'document', document: documentAt(0) };
const ROTATED: Reply = { type: 'refused', refusal: { type: 'session-rotated', sessionId: 's1' } };
const LIMIT = seconds(10);

function createScene() {
  const around = createSurroundings();
  const taken: [reply: Reply, asked: Asked][] = [];
  const late: [reply: Reply, asked: Asked][] = [];
  const samples: Sample[] = [];
  let sleeps = 0;
  let begun: Begun | undefined;
  let measured: Measured = 'kept';
  const calls = createCalls({
    together: (changes) => changes(),
    clock: around.clock,
    ledger: around.ledger,
    begun: () => begun,
    measure(sample) {
      samples.push(sample);
      return measured;
    },
    take: (reply, asked) => taken.push([reply, asked]),
    late: (reply, asked) => void late.push([reply, asked]),
    slept: () => {
      sleeps += 1;
    },
    report: around.report,
  });
  return {
    ...around,
    calls,
    taken,
    late,
    samples,
    sleeps: () => sleeps,
    setBegun: (to: Begun) => {
      begun = to;
    },
    setMeasured: (to: Measured) => {
      measured = to;
    },
  };
}

/** A server that answers when it is told to. */
function createPending() {
  const waiting: ((reply: Reply) => void)[] = [];
  const signals: AbortSignal[] = [];
  return {
    signals,
    run: (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<Reply>((resolve) => waiting.push(resolve));
    },
    answer: (reply: Reply) => waiting.shift()?.(reply),
    asked: () => signals.length,
  };
}

describe('a call', () => {
  it('hands its reply on, after it was taken in', async () => {
    const { calls, taken, happened } = createScene();
    const reply = calls.call('peek', LIMIT, async () => DOCUMENT);
    expect(await reply).toBe(DOCUMENT);
    expect(taken).toMatchObject([[DOCUMENT, { number: 1 }]]);
    expect(happened).toEqual([]);
  });

  it('notes what was known when it was sent, and is numbered', async () => {
    const { clock, ledger, calls, taken, setBegun } = createScene();
    setBegun({ id: 's1', order: 5 });
    const before = { learnt: ledger.learnt(), sessionId: 's1', begun: { id: 's1', order: 5 }, sentAt: clock.read() };
    const server = createPending();
    const reply = calls.call('peek', LIMIT, server.run);
    clock.advance(50);
    ledger.learn({ session: SESSION, lockedAt: past(5) });
    setBegun({ id: 's2', order: 6 });
    server.answer(DOCUMENT);
    await reply;
    expect(taken[0]?.[1]).toEqual({ number: 1, ...before });
    expect(calls.ask()).toMatchObject({ number: 2, learnt: before.learnt + 1, begun: { id: 's2', order: 6 } });
  });

  it('that is not answered in time is unknown, aborted, and told of', async () => {
    const { calls, taken, happened, pass } = createScene();
    const server = createPending();
    const reply = calls.call('peek', LIMIT, server.run);
    await pass(LIMIT - 1);
    expect(await outcome(reply)).toBe('pending');
    await pass(1);
    expect(await outcome(reply)).toMatchObject({ type: 'unknown' });
    expect(server.signals[0]?.aborted).toBe(true);
    expect(happened).toMatchObject([{ type: 'backend-unreachable', call: 'peek' }]);
    server.answer(DOCUMENT);
    await pass(1);
    expect(taken).toEqual([]);
  });

  it.each<[what: string, run: () => Promise<Reply>]>([
    ['rejects', () => Promise.reject(new Error('a mistake'))],
    [
      'throws',
      () => {
        throw new Error('a mistake');
      },
    ],
  ])('whose backend %s is unknown: it never rejects', async (_, run) => {
    const { calls, happened } = createScene();
    expect(await calls.call('peek', LIMIT, run)).toMatchObject({ type: 'unknown' });
    expect(happened).toMatchObject([{ type: 'backend-unreachable', problem: 'Error: a mistake' }]);
  });

  it('that is answered with nothing known is not taken in, and told of', async () => {
    const { calls, taken, happened } = createScene();
    expect(await calls.call('touch', LIMIT, async () => SILENCE)).toBe(SILENCE);
    expect(taken).toEqual([]);
    expect(happened).toEqual([{ type: 'backend-unreachable', call: 'touch', problem: 'silence' }]);
  });

  it.each(['extend', 'lock'])(
    'that the server need not offer and does not, %s, is absent, and nobody is told',
    async (name) => {
      const { calls, taken, happened } = createScene();
      expect(await calls.call(name, LIMIT, async () => ({ type: 'absent' }))).toEqual({ type: 'absent' });
      expect([taken, happened, calls.answeredAt()]).toEqual([[], [], Number.NEGATIVE_INFINITY]);
    },
  );

  it('that the server must offer is not absent but unknown', async () => {
    const { calls, taken, happened } = createScene();
    const problem = 'the server has no call touch';
    expect(await calls.call('touch', LIMIT, async () => ({ type: 'absent' }))).toEqual({ type: 'unknown', problem });
    expect([taken, happened]).toEqual([[], [{ type: 'backend-unreachable', call: 'touch', problem }]]);
  });

  it('that its caller gives up is unknown, and nobody is told', async () => {
    const { calls, taken, happened } = createScene();
    const server = createPending();
    const caller = new AbortController();
    const reply = calls.call('extend', LIMIT, server.run, caller.signal);
    caller.abort();
    expect(await outcome(reply)).toMatchObject({ type: 'unknown' });
    expect(server.signals[0]?.aborted).toBe(true);
    expect([taken, happened]).toEqual([[], []]);
    expect(await outcome(calls.call('extend', LIMIT, server.run, caller.signal))).toMatchObject({ type: 'unknown' });
  });
});

describe('after a sleep (K1)', () => {
  it('replies to what was asked before are unknown, and that says nothing of the server', async () => {
    const { calls, taken, happened } = createScene();
    const servers = [createPending(), createPending()];
    const replies = servers.map((server) => calls.call('peek', LIMIT, server.run));
    calls.drop();
    for (const server of servers) server.answer(DOCUMENT);
    for (const reply of replies) expect(await outcome(reply)).toMatchObject({ type: 'unknown' });
    expect([taken, happened]).toEqual([[], []]);
  });

  it('but for a death: that counts however late it comes, as from a request that outlives the freeze of its page', async () => {
    const { calls, late, taken } = createScene();
    const DEATH: Reply = {
      type: 'refused',
      refusal: { type: 'session-ended', sessionId: 's1', reason: 'revoked', endedAt: past(0) },
    };
    const servers = [createPending(), createPending()];
    const replies = servers.map((server) => calls.call('touch', LIMIT, server.run));
    calls.drop();
    servers[0]?.answer(DEATH);
    servers[1]?.answer(DOCUMENT);
    for (const reply of replies) expect(await outcome(reply)).toMatchObject({ type: 'unknown' });
    expect([taken, late]).toMatchObject([[], [[DEATH, { number: 1 }]]]);
  });

  it('that holds though nobody has noticed the sleep yet', async () => {
    const { clock, calls, taken, sleeps } = createScene();
    const server = createPending();
    const reply = calls.call('peek', LIMIT, server.run);
    clock.sleep(hours(1));
    server.answer(DOCUMENT);
    expect(await outcome(reply)).toMatchObject({ type: 'unknown' });
    expect([taken, sleeps()]).toEqual([[], 1]);
  });

  it('new calls count', async () => {
    const { calls, taken } = createScene();
    calls.drop();
    await calls.call('peek', LIMIT, async () => DOCUMENT);
    expect(taken).toHaveLength(1);
  });
});

it('at the end of a session calls for it are dropped, but questions and tellings go on', async () => {
  const { calls } = createScene();
  const names = ['peek', 'touch', 'extend', 'lock', 'end'];
  const replies = names.map((name) => calls.call(name, LIMIT, createPending().run));
  calls.dropForEnd();
  const is = await Promise.all(replies.map(outcome));
  expect(is.map((one) => one === 'pending')).toEqual([true, false, false, false, true]);
});

describe('a rotated secret', () => {
  it('is asked again once: the new cookie may have been on its way', async () => {
    const { calls, happened } = createScene();
    const replies = [ROTATED, DOCUMENT];
    expect(await calls.call('touch', LIMIT, async () => replies.shift()!)).toBe(DOCUMENT);
    expect([replies, happened]).toEqual([[], []]);
  });

  it('that is answered again is unknown', async () => {
    const { calls, happened } = createScene();
    let asked = 0;
    const reply = await calls.call('touch', LIMIT, async () => {
      asked += 1;
      return ROTATED;
    });
    expect([reply.type, asked]).toEqual(['unknown', 2]);
    expect(happened).toMatchObject([{ type: 'backend-unreachable', call: 'touch' }]);
  });
});

describe('the clock', () => {
  it('is measured by the times of the request', async () => {
    const { clock, calls, samples } = createScene();
    const sentAt = clock.read();
    const server = createPending();
    const reply = calls.call('peek', LIMIT, server.run);
    clock.advance(80);
    server.answer(DOCUMENT);
    await reply;
    expect(samples).toEqual([{ serverTime: past(0), sentAt, receivedAt: clock.read() }]);
  });

  it('is measured by a refusal that says the time, and by nothing else', async () => {
    const { calls, samples } = createScene();
    const refusal = { type: 'no-session' } as const;
    await calls.call('peek', LIMIT, async () => ({ type: 'refused', refusal, serverTime: past(7) }));
    await calls.call('peek', LIMIT, async () => ({ type: 'refused', refusal }));
    await calls.call('end', LIMIT, async () => ({ type: 'done' }));
    await calls.call('peek', LIMIT, async () => SILENCE);
    expect(samples.map(({ serverTime }) => serverTime)).toEqual([past(7)]);
  });

  it.each<[Measured, string[]]>([
    ['kept', []],
    ['replaced', ['clock-measured']],
    ['stepped', ['clock-stepped']],
  ])('that was %s is told as %j', async (measured, told) => {
    const { calls, happened, setMeasured } = createScene();
    setMeasured(measured);
    await calls.call('peek', LIMIT, async () => DOCUMENT);
    expect(happened.map(({ type }) => type)).toEqual(told);
  });
});

it('it is known when the server last answered anything', async () => {
  const { clock, calls } = createScene();
  expect(calls.answeredAt()).toBe(Number.NEGATIVE_INFINITY);
  clock.advance(5);
  await calls.call('peek', LIMIT, async () => DOCUMENT);
  clock.advance(5);
  await calls.call('peek', LIMIT, async () => SILENCE);
  expect(calls.answeredAt()).toBe(5);
});

describe('an answer that was given before', () => {
  const grant = () => Promise.resolve(DOCUMENT);

  it('is unknown: the time that it says has passed, so something on the way has kept it', async () => {
    const { calls, pass, taken, samples, clock } = createScene();
    await calls.call('peek', LIMIT, grant);
    await pass(seconds(3));
    const before = clock.passed();
    expect(await calls.call('peek', LIMIT, grant)).toMatchObject({ type: 'unknown' });
    expect(taken).toHaveLength(1);
    expect(samples).toHaveLength(1);
    expect(calls.answeredAt()).toBeLessThan(before);
  });

  it('counts within the second of a server that tells whole seconds', async () => {
    const { calls, pass, taken } = createScene();
    await calls.call('peek', LIMIT, grant);
    await pass(seconds(1));
    expect(await calls.call('peek', LIMIT, grant)).toEqual(DOCUMENT);
    expect(taken).toHaveLength(2);
  });

  it('counts where it is a death: that names its session, and stays true', async () => {
    const death: Reply = {
      type: 'refused',
      refusal: { type: 'session-ended', sessionId: 's1', reason: 'revoked', endedAt: past(0) },
      serverTime: past(0),
    };
    const { calls, pass, taken } = createScene();
    await calls.call('peek', LIMIT, () => Promise.resolve(death));
    await pass(seconds(3));
    expect(await calls.call('peek', LIMIT, () => Promise.resolve(death))).toEqual(death);
    expect(taken).toHaveLength(2);
  });
});
