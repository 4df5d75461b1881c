import { describe, expect, it } from 'vitest';
import { createDoor } from '../../../src/actions/door.js';
import { type Facts, NOTHING, type Session } from '../../../src/facts/facts.js';
import type { Begun } from '../../../src/ports.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { hours, seconds, serverTime } from '../../../src/time/instant.js';
import { OPEN, past, SESSION, SHOWING } from '../support/facts.js';
import { createSurroundings, outcome } from '../support/surroundings.js';

const END = { reason: 'signed-out', at: past(5), told: false } as const;
const begunOf = ({ id, order }: Session): Begun => ({ id, order });
const NEXT: Session = { id: 's2', order: 2_000, startedAt: past(9), subject: 'ana' };
const BENS: Session = { ...NEXT, subject: 'ben' };
/** What one tab stores all others have seen by then. */
const KNOWN_TO_ALL = 200;
const of = (session: Session): Facts => ({ ...OPEN, session });

interface How {
  readonly facts?: Facts;
  readonly standing?: Standing;
  readonly hasBackend?: boolean;
  readonly begun?: Begun;
}

function createScene({ facts = NOTHING, standing = NEWCOMER, hasBackend = true, begun }: How = {}) {
  const around = createSurroundings(facts, standing);
  const log: string[] = [];
  const state = { sweep: async () => undefined as unknown };
  const door = createDoor({
    clock: around.clock,
    signIns: around.signIns,
    ledger: around.ledger,
    memory: around.memory,
    takeTurn: around.takeTurn,
    hasBackend,
    wipeTab: async (id) => log.push(`wipe tab ${id}`),
    sweep: async (id) => {
      log.push(`sweep ${id}`);
      await state.sweep();
    },
    sweepTab: async () => undefined,
    askAgain: () => log.push('ask again'),
    tell: () => log.push('tell'),
    report: around.report,
  });
  if (begun) around.memory.setBegun(begun);
  // Facts are mirrored as soon as they are learnt.
  around.onChange = () => around.memory.write(around.ledger.facts());
  return { ...around, door, log, state, phase: () => around.ledger.view().phase };
}

describe('a session that this browser meets first (S3)', () => {
  it('is adopted without wiping where nothing was there before, and marked as begun', async () => {
    const { door, memory, ledger, log, phase, pass } = createScene();
    door.meet(OPEN, undefined);
    await pass(0);
    expect([phase(), log, memory.begun()]).toEqual(['active', [], begunOf(SESSION)]);
    expect(ledger.standing()).toMatchObject({ shown: SESSION, opened: 's1', none: false, waited: false });
  });

  it('sweeps what the one before has left, and only then is marked and opened', async () => {
    const { door, memory, log, state, phase, pass } = createScene({ begun: begunOf(SESSION) });
    let finish: () => void = () => undefined;
    state.sweep = () =>
      new Promise((resolve) => {
        finish = () => resolve(undefined);
      });
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(seconds(5));
    expect([phase(), log, memory.begun()?.id]).toEqual(['pending', ['sweep s1'], 's1']);
    finish();
    await pass(0);
    expect([phase(), memory.begun()]).toEqual(['active', begunOf(NEXT)]);
  });

  it('sweeps what the mirror’s session left, though the begun key is gone', async () => {
    const { door, memory, log, phase, pass } = createScene();
    memory.write(OPEN);
    door.meet(of(NEXT), undefined);
    await pass(0);
    expect([phase(), log]).toEqual(['active', ['sweep s1']]);
  });

  it('that another tab has begun is opened at once', async () => {
    const { door, log, phase, pass } = createScene({ begun: begunOf(SESSION) });
    door.meet(OPEN, undefined);
    await pass(0);
    expect([phase(), log]).toEqual(['active', []]);
  });

  it('is not opened on an answer asked before the begun key last changed', async () => {
    const { door, log, phase, pass } = createScene({ begun: { id: 's0', order: 1 } });
    door.meet(OPEN, { id: 'earlier', order: 0 });
    await pass(0);
    expect([phase(), log]).toEqual(['pending', ['ask again']]);
  });

  it('is not opened where another door was passed while it waited for its turn', async () => {
    const { door, neighbour, log, phase, pass } = createScene({ begun: begunOf(SESSION) });
    const other = neighbour();
    void other.takeTurn('wipe', hours(1), async () => {
      other.memory.setBegun({ id: 's3', order: 3_000 });
    });
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(seconds(1));
    expect([phase(), log]).toEqual(['pending', ['ask again']]);
  });

  it('is not opened where another door was passed while it swept', async () => {
    const { door, neighbour, log, state, phase, memory, pass } = createScene({ begun: begunOf(SESSION) });
    const other = neighbour();
    state.sweep = async () => other.memory.setBegun({ id: 's3', order: 3_000 });
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(seconds(1));
    expect([phase(), log, memory.begun()?.id]).toEqual(['pending', ['sweep s1', 'ask again'], 's3']);
  });

  it('is opened after its turn where another tab has begun it meanwhile, and not swept twice', async () => {
    const { door, neighbour, log, phase, pass } = createScene({ begun: begunOf(SESSION) });
    const other = neighbour();
    void other.takeTurn('wipe', hours(1), async () => other.memory.setBegun(begunOf(NEXT)));
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(seconds(1));
    expect([phase(), log]).toEqual(['active', []]);
  });

  it('waits for the wipe turn, though not longer than ten seconds (T1)', async () => {
    const { door, neighbour, log, phase, pass } = createScene({ begun: begunOf(SESSION) });
    void neighbour().takeTurn('wipe', hours(1), () => new Promise(() => undefined));
    await pass(0);
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(seconds(10) - 1);
    expect([phase(), log]).toEqual(['pending', []]);
    await pass(1);
    expect(phase()).toBe('active');
  });

  it('goes through the door once, however often it is met', async () => {
    const { door, log, pass } = createScene({ begun: begunOf(SESSION) });
    for (let i = 0; i < 5; i += 1) door.meet(of(NEXT), begunOf(SESSION));
    await pass(0);
    expect(log).toEqual(['sweep s1']);
  });

  it('is not opened if it has ended on its way', async () => {
    const { door, ledger, memory, state, phase, pass } = createScene({ begun: begunOf(SESSION) });
    state.sweep = async () => ledger.learn({ session: NEXT, end: END });
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(0);
    expect([phase(), memory.begun()?.id]).toEqual(['ended', 's1']);
  });

  it('voids a receipt of its own: it had an open view after it (W2)', async () => {
    const { door, memory, ledger, pass } = createScene({ begun: begunOf(SESSION) });
    memory.setReceipt({ sessionId: 's1', done: ['tokens'], complete: true });
    ledger.stand({ wiped: 's1' });
    door.meet(OPEN, begunOf(SESSION));
    await pass(0);
    expect(memory.receipt()).toEqual({ sessionId: 's1', done: [], complete: false, opened: true });
    expect(ledger.standing().wiped).toBeUndefined();
  });

  it('leaves the receipt of another session alone', async () => {
    const { door, memory, pass } = createScene({ begun: begunOf(SESSION) });
    memory.setReceipt({ sessionId: 's0', done: ['tokens'], complete: true });
    door.meet(OPEN, begunOf(SESSION));
    await pass(0);
    expect(memory.receipt()?.complete).toBe(true);
  });

  it('can be waited for', async () => {
    const { door, phase, pass } = createScene({ begun: begunOf(SESSION) });
    door.meet(of(NEXT), begunOf(SESSION));
    const settled = door.settled();
    await pass(0);
    await settled;
    expect(phase()).toBe('active');
    expect(await outcome(door.settled())).toBeUndefined();
  });
});

describe('another session than the one this page has shown (S2)', () => {
  const shows = { facts: OPEN, standing: SHOWING, begun: begunOf(SESSION) };

  it('of the same person: the tab’s own is wiped, and the new one opens through the door', async () => {
    const { door, happened, log, phase, ledger, pass } = createScene(shows);
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(0);
    expect([phase(), log]).toEqual(['active', ['wipe tab s1', 'sweep s1']]);
    expect(ledger.standing().shown).toEqual(NEXT);
    expect(happened).toContainEqual({ type: 'session-replaced', from: 's1', to: 's2' });
  });

  it('of the same person opens also from an end: they signed in again elsewhere', async () => {
    const { door, phase, pass } = createScene({ ...shows, facts: { ...OPEN, end: END } });
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(0);
    expect(phase()).toBe('active');
  });

  it.each<[whose: string, session: Session]>([
    ['another person', BENS],
    ['an unknown person', { id: 's2', order: 2_000, startedAt: past(9) }],
  ])('of %s: this page is over, its own is wiped, and what all share is left alone', async (_, session) => {
    const { door, happened, log, memory, ledger, pass } = createScene(shows);
    door.meet(of(session), begunOf(SESSION));
    await pass(0);
    expect(ledger.view()).toMatchObject({ phase: 'ended', reason: 'replaced', session: SESSION });
    expect([log, memory.begun()?.id]).toEqual([['wipe tab s1'], 's1']);
    expect(happened).toContainEqual({ type: 'session-replaced', from: 's1', to: 's2' });
  });

  it('once replaced, this page stays so until it is loaded anew', async () => {
    const { door, phase, ledger, pass } = createScene(shows);
    door.meet(of(BENS), begunOf(SESSION));
    door.meet(of({ ...NEXT, id: 's3', order: 3_000 }), begunOf(SESSION));
    door.meet(OPEN, begunOf(SESSION));
    await pass(seconds(30));
    expect([phase(), ledger.standing().opened]).toEqual(['ended', 's1']);
  });

  it('on a page that has shown none, another person’s opens like any', async () => {
    const { door, phase, pass } = createScene({ facts: OPEN, begun: begunOf(SESSION) });
    door.meet(of(BENS), begunOf(SESSION));
    await pass(0);
    expect(phase()).toBe('active');
  });

  it('without a server a missing subject counts as the same person (M2)', async () => {
    const nobodys = { id: 's2', order: 2_000, startedAt: past(9) };
    const { door, phase, pass } = createScene({ ...shows, hasBackend: false });
    door.meet(of(nobodys), begunOf(SESSION));
    await pass(0);
    expect(phase()).toBe('active');
  });

  it('without a server another subject is another person', async () => {
    const { door, phase, pass } = createScene({ ...shows, hasBackend: false });
    door.meet(of(BENS), begunOf(SESSION));
    await pass(0);
    expect(phase()).toBe('ended');
  });

  it('of two local ones that started of their own accord the loser is bound anew without wiping (M2)', async () => {
    const [one, two] = [
      { ...SESSION, id: 'alone-1' },
      { ...NEXT, id: 'alone-2' },
    ];
    const { door, log, phase, pass } = createScene({
      facts: of(one),
      standing: { ...SHOWING, shown: one, opened: one.id },
      hasBackend: false,
      begun: begunOf(two),
    });
    door.meet(of(two), begunOf(two));
    await pass(0);
    expect([phase(), log]).toEqual(['active', []]);
  });
});

describe('while this tab signs in', () => {
  it('whoever is met is bound anew, also from replaced', async () => {
    const { door, phase, ledger, pass } = createScene({
      facts: OPEN,
      standing: { ...SHOWING, replacedAt: past(3) },
      begun: begunOf(SESSION),
    });
    void door.binding(async () => {
      door.meet(of(BENS), begunOf(SESSION));
      await door.settled();
    });
    await pass(0);
    expect(phase()).toBe('active');
    expect(ledger.standing()).toMatchObject({ shown: BENS, replacedAt: undefined });
  });

  it('what was there before is swept first, and not again at the door', async () => {
    const scene = createScene({ facts: OPEN, standing: SHOWING, begun: begunOf(SESSION) });
    const { door, log, memory, clock, phase, pass } = scene;
    void door.binding(async () => {
      await door.clear();
      log.push('sign in');
      const session = { ...NEXT, startedAt: serverTime(clock.read().wall) };
      door.signedIn();
      door.meet(of(session), begunOf(SESSION));
      await door.settled();
    });
    await pass(KNOWN_TO_ALL);
    expect(log).toEqual(['sweep s1', 'sign in', 'wipe tab s1']);
    expect([phase(), memory.begun()?.id]).toEqual(['active', 's2']);
  });

  it('what was written here is swept where the session began later, so that another sign-in has led to it', async () => {
    const { door, log, memory, clock, phase, pass } = createScene({ begun: begunOf(SESSION) });
    void door.binding(async () => {
      await door.clear();
      log.push('sign in');
      door.signedIn();
      await new Promise<void>((resolve) => void clock.wait(50, resolve));
      door.meet(of({ ...BENS, startedAt: serverTime(clock.read().wall) }), begunOf(SESSION));
      await door.settled();
    });
    await pass(KNOWN_TO_ALL + 100);
    expect(log).toEqual(['sweep s1', 'sign in', 'sweep s1']);
    expect([phase(), memory.begun()?.id]).toEqual(['active', 's2']);
  });

  it('what another tab has begun since the sweep is swept at the door', async () => {
    const { door, neighbour, log, phase, pass } = createScene({ begun: begunOf(SESSION) });
    const other = neighbour();
    void door.binding(async () => {
      await door.clear();
      other.memory.setBegun({ id: 's3', order: 3_000 });
      door.signedIn();
      door.meet(of({ ...NEXT, id: 's4', order: 4_000 }), { id: 's3', order: 3_000 });
      await door.settled();
    });
    await pass(seconds(1));
    expect([phase(), log]).toEqual(['active', ['sweep s1', 'sweep s3']]);
  });

  const overAndUnnamed: Facts = { session: { id: 's1', order: SESSION.order, startedAt: SESSION.startedAt }, end: END };

  it('what a page that was not told whose session is over has known of it, it still knows when it meets the next one', async () => {
    const { door, memory, log, phase, pass } = createScene({ facts: OPEN, begun: begunOf(SESSION) });
    memory.write(overAndUnnamed, true);
    memory.setReceipt({ sessionId: 's1', done: ['tokens'], complete: true, opened: true });
    const next = { ...NEXT, startedAt: serverTime(1_500) };
    memory.setSignIn({ by: 'another', at: 0, over: 's1', from: serverTime(1_000), until: serverTime(2_000) });
    door.meet(of(next), begunOf(SESSION));
    await pass(0);
    expect([phase(), log]).toEqual(['active', []]);
  });

  it.each([
    ['the same person’s', NEXT, of(NEXT), ['sweep s1']],
    ['the same person’s, whom the tombstone that another tab wrote does not name', NEXT, overAndUnnamed, ['sweep s1']],
    ['another person’s', BENS, of(BENS), ['sweep s1', 'sweep s1']],
  ])(
    'what was shown open since the sweep is swept anew, unless it is the same person’s: %s',
    async (_, session, mirrored, swept) => {
      const { door, memory, log, phase, pass } = createScene({
        facts: OPEN,
        standing: NEWCOMER,
        begun: begunOf(SESSION),
      });
      memory.write(OPEN);
      void door.binding(async () => {
        await door.clear();
        door.signedIn();
        memory.setReceipt({ sessionId: 's1', done: ['tokens'], complete: true, opened: true });
        // Another tab has met the next session first, or has heard of the end of the one before.
        memory.write(mirrored, true);
        door.meet(of({ ...session, startedAt: serverTime(0) }), begunOf(SESSION));
        await door.settled();
      });
      await pass(KNOWN_TO_ALL);
      expect([phase(), log]).toEqual(['active', swept]);
    },
  );

  it.each([
    ['lives', OPEN, false, KNOWN_TO_ALL],
    ['is over, but not wiped', overAndUnnamed, false, KNOWN_TO_ALL],
    ['is over and wiped', overAndUnnamed, true, 0],
  ])('where a session %s, all tabs hear of the sign-in before it sweeps', async (_, facts, complete, wait) => {
    const { door, memory, neighbour, log, pass } = createScene({ begun: begunOf(SESSION) });
    const other = neighbour();
    memory.write(facts);
    memory.setReceipt({ sessionId: 's1', done: [], complete });
    void door.binding(async () => {
      await door.clear();
      log.push('sign in');
      await new Promise(() => undefined);
    });
    await pass(Math.max(0, wait - 1));
    expect(other.signIns.isElsewhere()).toBe(true);
    if (wait > 0) expect(log).toEqual([]);
    await pass(1);
    expect(log).toEqual(['sweep s1', 'sign in']);
  });

  it('a page that another person’s session has replaced is not bound to one that was on its way through the door', async () => {
    const { door, ledger, neighbour, state, pass } = createScene({
      facts: OPEN,
      standing: SHOWING,
      begun: begunOf(SESSION),
    });
    let finish: () => void = () => undefined;
    state.sweep = () =>
      new Promise((resolve) => {
        finish = () => resolve(undefined);
      });
    let fail: () => void = () => undefined;
    const signIn = () =>
      new Promise<void>((resolve) => {
        fail = resolve;
      });
    void door.binding(signIn);
    door.meet(of(BENS), begunOf(SESSION));
    await pass(0);
    fail();
    await pass(0);
    door.meet(of(BENS), begunOf(SESSION));
    expect(ledger.view()).toMatchObject({ phase: 'ended', reason: 'replaced', session: { subject: 'ana' } });
    neighbour().memory.setBegun(begunOf(BENS));
    finish();
    await pass(0);
    expect(ledger.view()).toMatchObject({ phase: 'ended', reason: 'replaced', session: { subject: 'ana' } });
  });

  it('a session whose tombstone came to stand in the mirror on its way through the door is not opened', async () => {
    const { door, memory, neighbour, state, phase, pass } = createScene({ begun: begunOf(SESSION) });
    state.sweep = async () => neighbour().memory.write({ session: NEXT, end: END });
    door.meet(of(NEXT), begunOf(SESSION));
    await pass(0);
    expect([phase(), memory.begun()?.id]).toEqual(['ended', 's1']);
  });

  it('nothing is swept where nothing was before', async () => {
    const { door, log, phase, pass } = createScene();
    void door.binding(async () => {
      await door.clear();
      door.signedIn();
      door.meet(OPEN, undefined);
      await door.settled();
    });
    await pass(0);
    expect([phase(), log]).toEqual(['active', []]);
  });

  it('that fails leaves the rules as they were', async () => {
    const { door, phase, pass } = createScene({ facts: OPEN, standing: SHOWING, begun: begunOf(SESSION) });
    await expect(door.binding(() => Promise.reject(new Error('wrong password')))).rejects.toThrow('wrong password');
    door.meet(of(BENS), begunOf(SESSION));
    await pass(0);
    expect(phase()).toBe('ended');
  });
});

describe('without a server, where a later session has begun', () => {
  const alone = { hasBackend: false, begun: begunOf(NEXT) };

  it('that one opens, though its facts come a moment later than its key', async () => {
    const { door, memory, ledger, log, phase, pass } = createScene(alone);
    door.meet(OPEN, begunOf(NEXT));
    await pass(500);
    expect([phase(), log]).toEqual(['pending', []]);
    memory.write(of(NEXT));
    await pass(200);
    expect([phase(), ledger.facts().session?.id, log]).toEqual(['active', 's2', []]);
  });

  it('and nobody knows of it, the earlier one opens after a second', async () => {
    const { door, ledger, log, phase, pass } = createScene(alone);
    door.meet(OPEN, begunOf(NEXT));
    await pass(seconds(1) - 1);
    expect(phase()).toBe('pending');
    await pass(200);
    expect([phase(), ledger.facts().session?.id, log]).toEqual(['active', 's1', ['sweep s2']]);
  });
});

describe('while another page signs in', () => {
  const S0: Begun = { id: 's0', order: 1 };

  it('nothing opens newly, not even what has begun, until that page is done', async () => {
    const { door, neighbour, phase, log, memory, pass } = createScene({ begun: begunOf(SESSION) });
    const other = neighbour();
    other.signIns.announce();
    await pass(100);
    door.meet(OPEN, begunOf(SESSION));
    await pass(seconds(3));
    expect(phase()).toBe('pending');
    other.memory.setBegun(begunOf(NEXT));
    other.signIns.met();
    await pass(300);
    expect([phase(), log, memory.begun()?.id]).toEqual(['pending', ['ask again'], 's2']);
  });

  it('ten seconds are enough: it may be a dialog that nobody answers', async () => {
    const { door, neighbour, phase, log, pass } = createScene({ begun: S0 });
    neighbour().signIns.announce();
    await pass(100);
    door.meet(OPEN, S0);
    await pass(seconds(10) - 1);
    expect([phase(), log]).toEqual(['pending', []]);
    await pass(200);
    expect([phase(), log]).toEqual(['pending', ['ask again']]);
    door.meet(OPEN, S0);
    await pass(200);
    expect([phase(), log]).toEqual(['active', ['ask again', 'sweep s0']]);
  });

  it('the session that it has led to opens at once, and without a sweep: that was done for it', async () => {
    const { door, neighbour, phase, log, clock, pass } = createScene({ begun: S0 });
    const { signIns } = neighbour();
    signIns.announce();
    signIns.signingIn(S0);
    const session = { ...SESSION, startedAt: serverTime(clock.read().wall) };
    signIns.signedIn();
    await pass(100);
    door.meet({ ...OPEN, session }, S0);
    await pass(0);
    expect([phase(), log]).toEqual(['active', []]);
  });

  it.each([
    ['another person’s', 'ben', ['sweep s0']],
    ['the same person’s', 'ana', []],
  ])('though what it was swept of was shown open since: %s', async (_, subject, swept) => {
    const before: Facts = { ...OPEN, session: { ...SESSION, id: 's0', order: 1, subject } };
    const { door, neighbour, phase, log, clock, memory, pass } = createScene({ begun: S0 });
    const { signIns } = neighbour();
    signIns.announce();
    signIns.signingIn(S0);
    const session = { ...SESSION, startedAt: serverTime(clock.read().wall) };
    signIns.signedIn();
    memory.write(before);
    memory.setReceipt({ sessionId: 's0', done: ['tokens'], complete: true });
    door.opened('s0');
    await pass(100);
    door.meet({ ...OPEN, session }, S0);
    await pass(100);
    expect([phase(), log]).toEqual(['active', swept]);
  });

  it('what it left when it came to nothing is swept, also where no session was before', async () => {
    const { door, neighbour, phase, log, pass } = createScene();
    const { signIns } = neighbour();
    signIns.announce();
    signIns.close();
    await pass(100);
    door.meet(OPEN, undefined);
    await pass(100);
    expect([phase(), log]).toEqual(['active', ['sweep s1']]);
    expect(signIns.hasLeft()).toBe(false);
  });
});

describe('a session that ended here, and that the server still names (E3, E5)', () => {
  it.each([false, true])('stays ended, and the server is told; while signing in: %s', async (isBinding) => {
    const { door, ledger, memory, log, pass } = createScene({ begun: begunOf(SESSION) });
    memory.setUntold([{ id: 's1', reason: 'signed-out' }]);
    const meet = async () => door.meet(OPEN, begunOf(SESSION));
    void (isBinding ? door.binding(meet) : meet());
    await pass(0);
    expect(ledger.facts().end).toMatchObject({ reason: 'signed-out', told: false });
    expect([ledger.view().phase, log]).toEqual(['ended', ['tell']]);
  });
});
