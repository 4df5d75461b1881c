import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import type { Claim } from '../../../src/rules/admit.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { createListening } from '../../../src/tabs/hearing.js';
import { minutes } from '../../../src/time/instant.js';
import { LATER_SESSION, LEASE, LOCAL, OPEN, POLICY, past, SESSION, SHOWING } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

const END: Facts = { session: SESSION, end: { reason: 'idle', at: past(5), told: false } };
const LONGER: Facts = { session: SESSION, lease: { ...LEASE, rev: 11, idleExpiry: past(minutes(99)) } };

function createScene(facts: Facts = OPEN, standing: Standing = SHOWING, hasBackend = true) {
  const around = createSurroundings(facts, standing);
  const claims: Claim[] = [];
  /** Claims that the server has settled. */
  const settled = new Set<string>();
  const withdrawn: string[] = [];
  let learnt = 0;
  const listening = createListening({
    ledger: around.ledger,
    memory: around.memory,
    hasBackend,
    raise(claim) {
      if (settled.has(claim.key)) return false;
      if (!claims.some(({ key }) => key === claim.key)) claims.push(claim);
      return true;
    },
    together: (changes) => changes(),
    withdraw: ({ key }) => {
      withdrawn.push(key);
    },
    open: () => claims,
    learnt: () => {
      learnt += 1;
    },
  });
  return {
    ...around,
    listening,
    claims,
    withdrawn,
    learnt: () => learnt,
    settle() {
      for (const { key } of claims.splice(0)) settled.add(key);
    },
  };
}

describe('what is heard', () => {
  it('is learnt where the rules admit it', () => {
    const { listening, ledger, claims, learnt } = createScene();
    listening.hear(END);
    expect([ledger.view().phase, claims, learnt()]).toEqual(['ended', [], 1]);
  });

  it('is asked about where they do not', () => {
    const { listening, ledger, claims, learnt } = createScene();
    listening.hear(LONGER);
    expect(ledger.facts()).toEqual(OPEN);
    expect(claims).toMatchObject([{ about: 'this-session', until: past(minutes(99)) }]);
    expect(learnt()).toBe(0);
  });

  it('of a death is remembered, though the session is none that this tab knows: a late answer may still name it', () => {
    const { listening } = createScene({}, { ...NEWCOMER, none: true });
    const late: Facts = { session: LATER_SESSION, lease: LEASE };
    expect(listening.buried(late).end).toBeUndefined();
    listening.hear({ session: LATER_SESSION, end: END.end! });
    expect(listening.buried(late)).toEqual({ ...late, end: END.end });
    expect(listening.buried(OPEN).end).toBeUndefined();
  });

  it('of a death settles whether that session is this browser’s: there is nothing left to ask', () => {
    const { listening, claims, withdrawn } = createScene({}, { ...NEWCOMER, none: true });
    listening.hear({ session: LATER_SESSION });
    listening.hear({ session: LATER_SESSION, end: END.end! });
    expect(withdrawn).toEqual(claims.map(({ key }) => key));
  });

  it('of a death leaves a page that shows a session in doubt whether this browser holds it', () => {
    const { listening, claims, withdrawn } = createScene();
    listening.hear({ session: LATER_SESSION });
    listening.hear({ session: LATER_SESSION, end: END.end! });
    expect([withdrawn, claims.length]).toEqual([[], 1]);
  });

  it('is judged by the tabs alone without a server', () => {
    const { listening, ledger, claims } = createScene(LOCAL, SHOWING, false);
    listening.hear({ session: SESSION, lastActivityAt: past(5) });
    listening.hear({ session: LATER_SESSION });
    expect(ledger.facts().lastActivityAt).toBe(past(5));
    expect(claims).toMatchObject([{ about: 'other-session' }]);
  });
});

describe('the mirror', () => {
  it('is heard like any other tab', () => {
    const { listening, ledger, memory } = createScene();
    memory.write({
      session: SESSION,
      lastActivityAt: past(0),
      lease: { ...LEASE, rev: 12, idleExpiry: past(minutes(5)) },
    });
    listening.readMirror();
    expect(ledger.facts().lease?.rev).toBe(12);
  });

  it('that is empty says nothing', () => {
    const { listening, ledger, claims } = createScene();
    listening.readMirror();
    expect([ledger.facts(), claims]).toEqual([OPEN, []]);
  });

  it('raises a claim once, however often it is read', () => {
    const { listening, memory, claims } = createScene();
    memory.write(LONGER);
    for (let i = 0; i < 5; i += 1) listening.readMirror();
    expect(claims).toHaveLength(1);
    expect(memory.read()?.facts.lease?.rev).toBe(11);
  });

  it('that says what the server has refuted is written over, with what is known, and then is quiet', () => {
    const { listening, ledger, memory, claims, settle } = createScene();
    memory.write({ ...LONGER, policy: { ...POLICY, version: 9 } });
    listening.readMirror();
    settle();
    listening.readMirror();
    expect(memory.read()?.facts).toEqual(ledger.facts());
    listening.readMirror();
    expect(claims).toEqual([]);
  });

  it('that is written over keeps its tombstone (E3)', () => {
    const { listening, ledger, memory } = createScene();
    memory.write(END);
    listening.refute(LONGER);
    expect(memory.read()?.facts).toMatchObject({ lease: ledger.facts().lease, end: END.end });
  });

  it('of another session that the server has refuted is written over too', () => {
    const { listening, memory, settle } = createScene();
    memory.write({ ...OPEN, session: LATER_SESSION });
    listening.readMirror();
    settle();
    listening.readMirror();
    expect(memory.read()?.facts.session?.id).toBe('s1');
  });

  it('is not written over while anything waits for an answer', () => {
    const { listening, memory, settle } = createScene();
    memory.write(LONGER);
    listening.readMirror();
    settle();
    listening.hear({ session: LATER_SESSION });
    listening.readMirror();
    expect(memory.read()?.facts.lease?.rev).toBe(11);
  });

  it('that names a session of which the server says that there is none is written over by a page that has shown none', () => {
    const { listening, memory, settle } = createScene({}, { ...NEWCOMER, none: true });
    memory.write(OPEN);
    listening.readMirror();
    expect(memory.read()?.facts.session?.id).toBe('s1');
    settle();
    listening.readMirror();
    expect(memory.read()?.facts).toEqual({});
  });

  it('is not written over by a page that waits for the door', () => {
    const { listening, memory, settle } = createScene(OPEN, { ...SHOWING, opened: 's0' });
    memory.write({ ...OPEN, session: LATER_SESSION });
    listening.readMirror();
    settle();
    listening.readMirror();
    expect(memory.read()?.facts.session?.id).toBe('s2');
  });

  it('without a server is never written over', () => {
    const { listening, memory, settle } = createScene(LOCAL, SHOWING, false);
    memory.write({ session: LATER_SESSION });
    listening.readMirror();
    settle();
    listening.readMirror();
    expect(memory.read()?.facts.session?.id).toBe('s2');
  });
});

describe('a mirror that was changed behind our back', () => {
  it.each<[what: string, facts: Facts, left: Facts | undefined]>([
    ['is written again where it was removed', OPEN, undefined],
    ['is written again where it was set back', { ...OPEN, lastActivityAt: past(9) }, OPEN],
    ['gets its tombstone back', { ...OPEN, ...END }, OPEN],
  ])('%s (M3)', (_, facts, left) => {
    const { listening, memory } = createScene(facts);
    if (left) memory.write(left);
    listening.writeBack();
    const kept = memory.read()?.facts;
    expect(kept).toMatchObject({ lastActivityAt: facts.lastActivityAt, ...(facts.end ? { end: facts.end } : {}) });
  });

  it.each<[what: string, standing: Standing]>([
    ['by a page that has opened nothing', NEWCOMER],
    ['by a page that was replaced', { ...SHOWING, replacedAt: past(1) }],
    ['by a page that opened another session', { ...SHOWING, opened: 's0' }],
  ])('is not written again %s', (_, standing) => {
    const { listening, memory } = createScene(OPEN, standing);
    listening.writeBack();
    expect(memory.read()).toBeUndefined();
  });

  it('buries what an answer names, where it holds the tombstone', () => {
    const { listening, memory } = createScene();
    memory.write({ ...OPEN, end: END.end! });
    expect(listening.buried(OPEN).end).toEqual(END.end);
  });

  it('is written again where an earlier session was put in its place, while the begun key still names ours', () => {
    const { listening, memory } = createScene();
    memory.setBegun({ id: SESSION.id, order: SESSION.order });
    memory.write({ session: { ...SESSION, id: 's0', order: 1 } }, true);
    listening.writeBack();
    expect(memory.read()?.facts.session?.id).toBe('s1');
  });

  it('is left alone where it names a later session', () => {
    const { listening, memory } = createScene();
    memory.setBegun({ id: SESSION.id, order: SESSION.order });
    memory.write({ session: LATER_SESSION }, true);
    listening.writeBack();
    expect(memory.read()?.facts.session?.id).toBe('s2');
  });

  it('is left alone where it names another session', () => {
    const { listening, memory } = createScene();
    memory.write({ session: { ...SESSION, id: 's0', order: 1 } }, true);
    listening.writeBack();
    expect(memory.read()?.facts.session?.id).toBe('s0');
  });
});
