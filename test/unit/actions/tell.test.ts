import { describe, expect, it } from 'vitest';
import { createTell } from '../../../src/actions/tell.js';
import type { Refusal, Reply, Untold } from '../../../src/ports.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { OPEN, past } from '../support/facts.js';
import { createSurroundings, outcome, SILENCE } from '../support/surroundings.js';
import { createScene as createTabs, type Scene, type Tab } from '../support/tabs.js';

const END = { reason: 'signed-out', at: past(5), told: false } as const;
const S1: Untold = { id: 's1', reason: 'signed-out' };
const S0: Untold = { id: 's0', reason: 'idle' };
const refused = (refusal: Refusal): Reply => ({ type: 'refused', refusal });

function createScene(random: () => number = () => 0) {
  const around = createSurroundings({ ...OPEN, end: END });
  const told: [id: string, at: number][] = [];
  const replies = new Map<string, Reply>();
  const create = ({ memory, takeTurn }: Pick<typeof around, 'memory' | 'takeTurn'>) =>
    createTell({
      clock: around.clock,
      random,
      ledger: around.ledger,
      memory,
      takeTurn,
      async end({ id }) {
        told.push([id, around.clock.passed()]);
        return replies.get(id) ?? { type: 'done' };
      },
    });
  return { ...around, tell: create(around), create, told, replies };
}

describe('an end that the server does not know', () => {
  it('is kept for any page to tell, once', () => {
    const { tell, memory, neighbour } = createScene();
    tell.note(S1);
    tell.note({ ...S1, reason: 'unknown' });
    expect(memory.untold()).toEqual([S1]);
    expect(neighbour().memory.untold()).toEqual([S1]);
  });

  it('is told, forgotten, and known to be told', async () => {
    const { tell, told, memory, ledger, pass } = createScene();
    tell.note(S1);
    void tell.run();
    await pass(0);
    expect(told).toEqual([['s1', 0]]);
    expect([memory.untold(), ledger.facts().end]).toEqual([[], { ...END, told: true }]);
    await pass(minutes(10));
    expect(told).toHaveLength(1);
  });

  it.each<[type: string, reply: Reply, isHeard: boolean]>([
    ['done', { type: 'done' }, true],
    ['session-ended', refused({ type: 'session-ended', sessionId: 's1', reason: 'idle', endedAt: past(0) }), true],
    ['no-session', refused({ type: 'no-session' }), true],
    ['session-mismatch', refused({ type: 'session-mismatch', sessionId: 's2' }), true],
    ['session-rotated', refused({ type: 'session-rotated', sessionId: 's1' }), false],
    ['unknown', SILENCE, false],
  ])('answered by %s counts as the answer says', async (_, reply, isHeard) => {
    const { tell, memory, replies, pass } = createScene();
    replies.set('s1', reply);
    tell.note(S1);
    void tell.run();
    await pass(0);
    expect(memory.untold()).toEqual(isHeard ? [] : [S1]);
  });

  it.each<[chance: number, part: number]>([
    [0, 0.5],
    [0.999_999, 1],
  ])('is told again after half to all of 1, 2, 4 … 60 s', async (chance, part) => {
    const { tell, told, replies, pass } = createScene(() => chance);
    replies.set('s1', SILENCE);
    tell.note(S1);
    void tell.run();
    await pass(minutes(5));
    const waits = told.slice(1).map(([, at], index) => at - told[index]![1]);
    for (const [index, wait] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      if (waits[index] !== undefined) expect(waits[index]).toBeCloseTo(wait * 1_000 * part, -1);
    }
    expect(waits.length).toBeGreaterThan(6);
  });

  it('is told at once when the network is back', async () => {
    const { tell, told, memory, replies, pass } = createScene();
    replies.set('s1', SILENCE);
    tell.note(S1);
    void tell.run();
    await pass(minutes(2));
    replies.clear();
    const before = told.length;
    tell.hurry();
    await pass(0);
    expect([told.length, memory.untold()]).toEqual([before + 1, []]);
    tell.hurry();
    await pass(minutes(2));
    expect(told).toHaveLength(before + 1);
  });

  it('of an earlier session does not keep a later one from being told', async () => {
    const { tell, told, memory, ledger, replies, pass } = createScene();
    replies.set('s0', SILENCE);
    tell.note(S0);
    tell.note(S1);
    const ran = tell.run();
    await pass(0);
    expect(await outcome(ran)).toBeUndefined();
    expect([told.map(([id]) => id), memory.untold()]).toEqual([['s0', 's1'], [S0]]);
    expect(ledger.facts().end?.told).toBe(true);
  });

  it('of another session leaves the one that is known alone', () => {
    const { tell, memory, ledger } = createScene();
    tell.note(S0);
    tell.told('s0');
    expect([memory.untold(), ledger.facts().end]).toEqual([[], END]);
  });

  it('is told by one page at a time, and not again by the next', async () => {
    const { tell, create, neighbour, told, pass } = createScene();
    const other = create(neighbour());
    tell.note(S1);
    void tell.run();
    void other.run();
    void tell.run();
    await pass(seconds(30));
    expect(told).toHaveLength(1);
  });

  it('is told though another page holds the turn and hangs', async () => {
    const { tell, neighbour, told, pass } = createScene();
    const frozen = neighbour();
    void frozen.takeTurn('tell', minutes(1), () => new Promise(() => undefined));
    await pass(0);
    tell.note(S1);
    void tell.run();
    await pass(seconds(12));
    expect(told).toHaveLength(1);
  });

  it('is told no more once stopped, and again once started', async () => {
    const { tell, told, replies, pass } = createScene();
    replies.set('s1', SILENCE);
    tell.note(S1);
    void tell.run();
    await pass(100);
    tell.stop();
    await pass(minutes(5));
    expect(told).toHaveLength(1);
    void tell.run();
    await pass(minutes(5));
    expect(told.length).toBeGreaterThan(5);
  });
});

it('whichever page lives tells the server of an end that another page noted (E4)', async () => {
  const scene = createTabs();
  const [one, two] = [scene.open(), scene.open()];
  await scene.pass(seconds(2));
  await signIn(scene, one);
  expect(two.phase()).toBe('active');
  scene.network.state = 'broken';
  void one.latch.signOut();
  await scene.pass(seconds(5));
  expect(two.phase()).toBe('ended');
  one.page.crash();
  scene.network.state = 'up';
  await scene.pass(minutes(5));
  expect(scene.server.session('session 1')!.end?.reason).toBe('signed-out');
});

it('a sign-out resolves when the server knows: the page may be left then', async () => {
  const scene = createTabs();
  const tab = scene.open();
  await scene.pass(seconds(2));
  await signIn(scene, tab);
  const ends: unknown[] = [];
  void tab.latch.signOut().then(() => ends.push(scene.server.session('session 1')!.end?.reason));
  await scene.pass(seconds(1));
  expect(ends).toEqual(['signed-out']);
});

it('a sign-out waits for a silent server no longer than a second', async () => {
  const scene = createTabs();
  const tab = scene.open();
  await scene.pass(seconds(2));
  await signIn(scene, tab);
  scene.network.state = 'silent';
  let isDone = false;
  void tab.latch.signOut().then(() => {
    isDone = true;
  });
  await scene.pass(900);
  expect([tab.phase(), isDone]).toEqual(['ended', false]);
  await scene.pass(200);
  expect(isDone).toBe(true);
});

async function signIn(scene: Scene, tab: Tab): Promise<void> {
  const begun = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(seconds(3));
  await begun;
}
