import { describe, expect, it } from 'vitest';
import { createWipe } from '../../../src/actions/wipe.js';
import type { Facts } from '../../../src/facts/facts.js';
import type { WipeCall, Wiper, WipeScope } from '../../../src/ports.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { LATER_SESSION, LOCAL, OPEN, past } from '../support/facts.js';
import { createSurroundings, outcome, type Surroundings } from '../support/surroundings.js';
import { createScene as createTabs, type Scene, type Tab } from '../support/tabs.js';

const END = { reason: 'signed-out', at: past(5), told: false } as const;
const OVER: Facts = { ...OPEN, end: END };

/** A wiper that does what the test says, and remembers its calls. */
function createWiper(name: string, scope: WipeScope, work: (call: WipeCall) => void | Promise<void> = () => undefined) {
  const calls: WipeCall[] = [];
  const wiper: Wiper = {
    name,
    scope,
    wipe(call) {
      calls.push(call);
      return work(call);
    },
  };
  return { wiper, calls };
}

const hang = () => new Promise<void>(() => undefined);
const fail = () => {
  throw new Error('no access');
};

/** A session that is over, begun and mirrored as sessions are. */
function createScene(wipers: readonly Wiper[], how: { facts?: Facts; hasBackend?: boolean } = {}) {
  const { facts = OVER, hasBackend = true } = how;
  const around = createSurroundings(facts);
  let asked = 0;
  const state = { answers: true };
  const create = ({ memory, takeTurn, signIns }: Pick<Surroundings, 'memory' | 'takeTurn' | 'signIns'>, own = wipers) =>
    createWipe({
      clock: around.clock,
      ledger: around.ledger,
      memory,
      takeTurn,
      signIns,
      wipers: own,
      ask: async () => {
        asked += 1;
        return state.answers;
      },
      hasBackend,
      report: around.report,
    });
  around.memory.write(facts);
  around.memory.setBegun({ id: 's1', order: 1_000 });
  return { ...around, wipe: create(around), create, asked: () => asked, state };
}

describe('the wipe of a tab', () => {
  it('runs the tab’s wipers once for a session, and says what it did', async () => {
    const memory = createWiper('memory', 'tab');
    const tokens = createWiper('tokens', 'shared');
    const { wipe, happened } = createScene([memory.wiper, tokens.wiper]);
    await wipe.tab('s1');
    await wipe.tab('s1');
    expect(memory.calls).toMatchObject([{ sessionId: 's1' }]);
    expect(tokens.calls).toEqual([]);
    expect(happened).toEqual([{ type: 'tokens-wiped', sessionId: 's1', wipers: ['memory'], because: 'session-ended' }]);
    await wipe.tab('s2');
    expect(memory.calls).toHaveLength(2);
  });
});

describe('a wiper', () => {
  it.each<[what: string, work: () => void | Promise<void>, is: string, problem: string | undefined]>([
    ['that throws', fail, 'failed', 'no access'],
    ['that rejects', () => Promise.reject('refused'), 'failed', 'refused'],
    ['that hangs', hang, 'timed-out', undefined],
  ])('%s does not keep the others from running, and is told of', async (_, work, is, problem) => {
    const bad = createWiper('bad', 'shared', work);
    const good = createWiper('good', 'shared');
    const { wipe, happened, pass } = createScene([bad.wiper, good.wiper]);
    const results = wipe.shared('s1');
    await pass(seconds(10));
    expect(await outcome(results)).toMatchObject([
      { name: 'bad', outcome: is, ...(problem === undefined ? {} : { problem }) },
      { name: 'good', outcome: 'wiped' },
    ]);
    expect(happened).toContainEqual({
      type: 'tokens-wiped',
      sessionId: 's1',
      wipers: ['good'],
      because: 'session-ended',
    });
    expect(happened).toContainEqual({
      type: 'wipe-incomplete',
      sessionId: 's1',
      wipers: ['bad'],
      because: 'session-ended',
    });
  });

  it('has ten seconds, then its signal aborts', async () => {
    const slow = createWiper('slow', 'shared', hang);
    const { wipe, pass } = createScene([slow.wiper]);
    void wipe.shared('s1');
    await pass(seconds(10) - 1);
    expect(slow.calls[0]!.signal.aborted).toBe(false);
    await pass(1);
    expect(slow.calls[0]!.signal.aborted).toBe(true);
  });

  it('tells how long it took', async () => {
    const { wipe, pass, clock } = createScene([
      createWiper('slow', 'shared', () => new Promise((resolve) => void clock.wait(700, resolve))).wiper,
    ]);
    const results = wipe.shared('s1');
    await pass(seconds(1));
    expect(await outcome(results)).toMatchObject([{ took: 700, outcome: 'wiped' }]);
  });

  it('hears at once that a later session has begun (W3)', async () => {
    const slow = createWiper('slow', 'shared', hang);
    const { wipe, neighbour, happened, pass } = createScene([slow.wiper]);
    const other = neighbour();
    const results = wipe.shared('s1');
    await pass(100);
    other.memory.setBegun({ id: 's2', order: 2_000 });
    await pass(1);
    expect(slow.calls[0]!.signal.aborted).toBe(true);
    expect(await outcome(results)).toMatchObject([{ outcome: 'overtaken' }]);
    expect(happened).toMatchObject([{ type: 'wipe-incomplete', wipers: ['slow'] }]);
  });
});

describe('a receipt', () => {
  it('says what was wiped; what failed is tried again, and nothing else', async () => {
    let isBroken = true;
    const flaky = createWiper('flaky', 'shared', () => (isBroken ? fail() : undefined));
    const good = createWiper('good', 'shared');
    const { wipe, memory, ledger, pass } = createScene([flaky.wiper, good.wiper]);
    void wipe.shared('s1');
    await pass(0);
    expect(memory.receipt()).toMatchObject({ sessionId: 's1', done: ['good'], complete: false });
    expect(ledger.standing().wiped).toBeUndefined();
    isBroken = false;
    void wipe.shared('s1');
    await pass(0);
    expect([flaky.calls.length, good.calls.length]).toEqual([2, 1]);
    expect(memory.receipt()).toMatchObject({ complete: true });
    expect(ledger.standing().wiped).toBe('s1');
  });

  it('that is complete spares other tabs the work', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, create, neighbour, ledger, pass } = createScene([tokens.wiper]);
    const other = create(neighbour());
    void wipe.shared('s1');
    void other.shared('s1');
    void wipe.shared('s1');
    await pass(seconds(1));
    expect(tokens.calls).toHaveLength(1);
    expect(ledger.standing().wiped).toBe('s1');
  });

  it('of another session counts for nothing', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, memory, pass } = createScene([tokens.wiper]);
    memory.setReceipt({ sessionId: 's0', done: ['tokens'], complete: true });
    void wipe.shared('s1');
    await pass(0);
    expect(tokens.calls).toHaveLength(1);
  });

  it('of a wiper that the app has added since is not complete', async () => {
    const added = createWiper('added', 'shared');
    const { wipe, memory, pass } = createScene([createWiper('old', 'shared').wiper, added.wiper]);
    memory.setReceipt({ sessionId: 's1', done: ['old'], complete: true });
    void wipe.shared('s1');
    await pass(0);
    expect(added.calls).toHaveLength(1);
  });
});

describe('what all tabs share is wiped', () => {
  it('at once where mirror and begun key name the session', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, asked, pass } = createScene([tokens.wiper]);
    void wipe.shared('s1');
    await pass(0);
    expect([tokens.calls.length, asked()]).toEqual([1, 0]);
  });

  it.each<[what: string, change: (scene: ReturnType<typeof createScene>) => void]>([
    ['the mirror names another', ({ memory }) => memory.write({ ...OPEN, session: LATER_SESSION })],
    ['the mirror is empty', ({ browser }) => browser.storage.put('nightlatch:test:facts', null)],
    ['the begun key is gone', ({ browser }) => browser.storage.put('nightlatch:test:begun', null)],
    ['a question about another is open', ({ ledger }) => ledger.stand({ doubted: true })],
  ])('only after the server was asked where %s; silence means later (W1)', async (_, change) => {
    const tokens = createWiper('tokens', 'shared');
    const scene = createScene([tokens.wiper]);
    change(scene);
    scene.state.answers = false;
    expect(await scene.wipe.shared('s1')).toEqual([]);
    expect([tokens.calls.length, scene.asked()]).toEqual([0, 1]);
    scene.state.answers = true;
    void scene.wipe.shared('s1');
    await scene.pass(0);
    expect([tokens.calls.length, scene.asked()]).toEqual([1, 2]);
  });

  it.each([true, false])('never once a later session has begun (W1; with a server: %s)', async (hasBackend) => {
    const tokens = createWiper('tokens', 'shared');
    const facts = hasBackend ? OVER : { ...LOCAL, end: END };
    const { wipe, memory, happened, ledger, pass } = createScene([tokens.wiper], { facts, hasBackend });
    memory.setBegun({ id: 's2', order: 2_000 });
    const results = wipe.shared('s1');
    await pass(0);
    expect(await outcome(results)).toMatchObject([{ outcome: 'overtaken' }]);
    expect([tokens.calls, memory.receipt(), ledger.standing().wiped]).toEqual([[], undefined, undefined]);
    expect(happened).toMatchObject([{ type: 'wipe-incomplete', wipers: ['tokens'] }]);
  });

  it('not where the answer says that this page’s session is another, or open', async () => {
    const tokens = createWiper('tokens', 'shared');
    const scene = createScene([tokens.wiper]);
    scene.browser.storage.put('nightlatch:test:facts', null);
    const wiped = scene.wipe.shared('s1');
    scene.ledger.overrule({ ...OPEN, session: LATER_SESSION });
    await scene.pass(0);
    expect([await outcome(wiped), tokens.calls]).toEqual([[], []]);
  });

  it('not by a page that was replaced: the stores are another person’s', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, ledger, pass } = createScene([tokens.wiper]);
    ledger.stand({ replacedAt: past(9) });
    void wipe.shared('s1');
    await pass(0);
    expect(tokens.calls).toEqual([]);
  });

  it('in turn; without the turn not before twelve seconds (T1)', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, neighbour, pass } = createScene([tokens.wiper]);
    void neighbour().takeTurn('wipe', hours(1), hang);
    await pass(0);
    void wipe.shared('s1');
    await pass(seconds(12) - 1);
    expect(tokens.calls).toEqual([]);
    await pass(1);
    expect(tokens.calls).toHaveLength(1);
  });
});

describe('the sweep before a later session', () => {
  it('runs all shared wipers that no receipt names, and writes the receipt', async () => {
    const [a, b] = [createWiper('a', 'shared'), createWiper('b', 'shared')];
    const { wipe, memory, happened } = createScene([a.wiper, b.wiper, createWiper('c', 'tab').wiper]);
    memory.setReceipt({ sessionId: 's1', done: ['a'], complete: false });
    await wipe.sweep('s1');
    expect([a.calls.length, b.calls.length]).toEqual([0, 1]);
    expect(memory.receipt()).toMatchObject({ sessionId: 's1', done: ['a', 'b'], complete: true });
    expect(happened).toEqual([{ type: 'tokens-wiped', sessionId: 's1', wipers: ['b'], because: 'swept-at-sign-in' }]);
    await wipe.sweep('s1');
    expect(b.calls).toHaveLength(1);
  });

  it('stops once another door was passed meanwhile', async () => {
    const slow = createWiper('slow', 'shared', hang);
    const { wipe, neighbour, memory, pass } = createScene([slow.wiper]);
    const other = neighbour();
    const swept = wipe.sweep('s1');
    await pass(100);
    other.memory.setBegun({ id: 's3', order: 3_000 });
    await pass(1);
    expect(await outcome(swept)).toMatchObject([{ outcome: 'overtaken' }]);
    expect(memory.receipt()).toMatchObject({ done: [], complete: false });
  });
});

describe('the receipt that signOut hands back', () => {
  it.each<[what: string, work: () => void, complete: boolean]>([
    ['is complete where all was wiped', () => undefined, true],
    ['is not where one failed', fail, false],
  ])('%s', async (_, work, complete) => {
    const { wipe, pass } = createScene([
      createWiper('memory', 'tab').wiper,
      createWiper('tokens', 'shared', work).wiper,
    ]);
    const receipt = wipe.all('s1');
    await pass(0);
    expect(await outcome(receipt)).toMatchObject({
      sessionId: 's1',
      complete,
      results: [
        { name: 'memory', scope: 'tab', outcome: 'wiped' },
        { name: 'tokens', scope: 'shared' },
      ],
    });
  });

  it('is not complete where the tab’s own wiper failed', async () => {
    const { wipe, pass } = createScene([createWiper('memory', 'tab', fail).wiper]);
    const receipt = wipe.all('s1');
    await pass(0);
    expect(await outcome(receipt)).toMatchObject({ complete: false });
  });

  it('is complete where there is nothing to wipe', async () => {
    const { wipe, pass } = createScene([]);
    const receipt = wipe.all('s1');
    await pass(0);
    expect(await outcome(receipt)).toEqual({ sessionId: 's1', complete: true, results: [] });
  });

  it('is complete where other tabs have wiped', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, memory, pass } = createScene([tokens.wiper]);
    memory.setReceipt({ sessionId: 's1', done: ['tokens'], complete: true });
    const receipt = wipe.all('s1');
    await pass(0);
    expect(await outcome(receipt)).toEqual({ sessionId: 's1', complete: true, results: [] });
  });
});

describe('in tabs that sign in and out', () => {
  function createRecorder() {
    const wiped: string[] = [];
    const wipe: Wiper[] = [
      { name: 'memory', scope: 'tab', wipe: ({ sessionId }) => void wiped.push(`tab ${sessionId}`) },
      { name: 'tokens', scope: 'shared', wipe: ({ sessionId }) => void wiped.push(`shared ${sessionId}`) },
    ];
    return { wiped, wipe };
  }

  async function begin(scene: Scene, tab: Tab, subject?: string): Promise<void> {
    const signIn = async () => void (await tab.backend?.signIn(subject ?? ''));
    const begun = tab.latch.begin(subject === undefined ? {} : { signIn });
    await scene.pass(seconds(3));
    await begun;
  }

  async function createOpen() {
    const scene = createTabs();
    const { wiped, wipe } = createRecorder();
    const tab = scene.open({ wipe });
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    return { scene, tab, wiped, wipe };
  }

  it('a session for which begin() is called once more is not swept while it is open', async () => {
    const { scene, tab, wiped } = await createOpen();
    wiped.length = 0;
    await begin(scene, tab);
    expect([tab.phase(), wiped]).toEqual(['active', []]);
  });

  it.each(['revoked', 'signed out'])(
    'a session for which begin() was called once more is wiped when it is %s',
    async (how) => {
      const { scene, tab, wiped } = await createOpen();
      await begin(scene, tab);
      wiped.length = 0;
      if (how === 'revoked') scene.server.revoke('session 1');
      else void tab.latch.signOut();
      await scene.pass(minutes(2));
      expect(tab.phase()).toBe('ended');
      expect(wiped.sort()).toEqual(['shared session 1', 'tab session 1']);
    },
  );

  it('the door sweeps what an earlier session left, though the begun key is gone (S3)', async () => {
    const { scene, tab, wiped, wipe } = await createOpen();
    tab.tab.close();
    await scene.pass(seconds(2));
    wiped.length = 0;
    scene.browser.storage.put('nightlatch:test:begun', null);
    const other = scene.open({ wipe });
    void other.backend!.signIn('ben');
    await scene.pass(seconds(5));
    expect(other.phase()).toBe('active');
    expect(wiped.filter((one) => one.startsWith('shared'))).toHaveLength(1);
  });

  it('what an earlier session left is swept before signIn writes tokens (S6)', async () => {
    const { scene, tab, wiped } = await createOpen();
    scene.network.state = 'down';
    tab.tab.load();
    await scene.pass(seconds(1));
    scene.network.state = 'up';
    const again = scene.open({
      wipe: createRecorder().wipe.map((one) => ({ ...one, wipe: () => void wiped.push('swept') })),
    });
    await scene.pass(seconds(2));
    wiped.length = 0;
    const begun = again.latch.begin({
      signIn: async () => {
        wiped.push('signIn');
        await again.backend!.signIn('ana');
      },
    });
    await scene.pass(seconds(3));
    await begun;
    expect(wiped[0]).toBe('swept');
    expect(wiped.slice(wiped.indexOf('signIn'))).not.toContain('shared session 2');
    expect(again.phase()).toBe('active');
  });
});

describe('while somebody signs in', () => {
  it('no shared wiper of an earlier session starts, in no page', async () => {
    const tokens = createWiper('tokens', 'shared');
    const { wipe, signIns, neighbour, create, pass } = createScene([tokens.wiper]);
    signIns.announce();
    void wipe.shared('s1');
    void create(neighbour()).shared('s1');
    await pass(seconds(30));
    expect(tokens.calls).toEqual([]);
    signIns.met();
    void wipe.shared('s1');
    await pass(10);
    expect(tokens.calls).toHaveLength(1);
  });

  it.each([
    ['of its own page', true],
    ['of another page', false],
  ])('one that is at it is called off, by the announcement %s', async (_, isOwn) => {
    const tokens = createWiper('tokens', 'shared', hang);
    const scene = createScene([tokens.wiper]);
    const done = scene.wipe.shared('s1');
    await scene.pass(0);
    expect(tokens.calls[0]?.signal.aborted).toBe(false);
    (isOwn ? scene : scene.neighbour()).signIns.announce();
    await scene.pass(10);
    expect(tokens.calls[0]?.signal.aborted).toBe(true);
    expect(await outcome(done)).toMatchObject([{ outcome: 'overtaken' }]);
    expect(scene.memory.receipt()).toMatchObject({ done: [], complete: false });
  });

  it('their own sweep runs all the same, and the sweep of a door stops where they come further', async () => {
    const tokens = createWiper('tokens', 'shared', hang);
    const scene = createScene([tokens.wiper]);
    scene.signIns.announce();
    void scene.wipe.sweep('s1');
    const other = scene.neighbour();
    await scene.pass(100);
    const swept = scene.create(other).sweep('s1');
    await scene.pass(100);
    expect(tokens.calls.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    scene.signIns.signingIn({ id: 's1', order: 1_000 });
    await scene.pass(100);
    expect(tokens.calls.map(({ signal }) => signal.aborted)).toEqual([false, true]);
    expect(await outcome(swept)).toMatchObject([{ outcome: 'overtaken' }]);
  });
});

describe('what shows open what is being wiped', () => {
  it('makes the receipt void, and the wipe is not complete', async () => {
    const tokens = createWiper('tokens', 'shared');
    let finish = () => {};
    const slow = createWiper(
      'slow',
      'shared',
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const { wipe, memory, ledger, pass } = createScene([tokens.wiper, slow.wiper]);
    void wipe.shared('s1');
    await pass(0);
    memory.setReceipt({ sessionId: 's1', done: [], complete: false, opened: true });
    finish();
    await pass(1);
    expect(memory.receipt()).toMatchObject({ done: [], complete: false, opened: true });
    expect(ledger.standing().wiped).toBeUndefined();
  });
});

describe('what is left where the server says that nobody is signed in', () => {
  const none = (scene: ReturnType<typeof createScene>) => scene.ledger.stand({ none: true });
  const clear = async (scene: ReturnType<typeof createScene>) => {
    const isClear = scene.wipe.leavings();
    await scene.pass(100);
    return outcome(isClear);
  };

  it('of a session that has begun is cleared once, after the server was asked', async () => {
    const tokens = createWiper('tokens', 'shared');
    const scene = createScene([tokens.wiper], { facts: {} });
    none(scene);
    scene.state.answers = false;
    expect(await clear(scene)).toBe(false);
    expect(tokens.calls).toEqual([]);
    scene.state.answers = true;
    expect(await clear(scene)).toBe(true);
    expect(await clear(scene)).toBe(true);
    expect(tokens.calls).toMatchObject([{ sessionId: 's1' }]);
    expect(scene.asked()).toBe(2);
  });

  it('of a sign-in that came to no session is cleared when that is over', async () => {
    const tokens = createWiper('tokens', 'shared');
    const scene = createScene([tokens.wiper], { facts: {} });
    await clear(scene);
    none(scene);
    const other = scene.neighbour();
    other.signIns.announce();
    await scene.pass(100);
    expect(await clear(scene)).toBe(false);
    other.signIns.close();
    await scene.pass(100);
    const before = tokens.calls.length;
    expect(await clear(scene)).toBe(true);
    expect(tokens.calls).toHaveLength(before + 1);
    expect(scene.signIns.hasLeft()).toBe(false);
  });

  it('is left alone once somebody is', async () => {
    const tokens = createWiper('tokens', 'shared');
    const scene = createScene([tokens.wiper], { facts: {} });
    expect(await clear(scene)).toBe(false);
    expect(tokens.calls).toEqual([]);
  });
});
