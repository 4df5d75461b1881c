import { describe, expect, it } from 'vitest';
import { type Facts, NOTHING } from '../../../src/facts/facts.js';
import type { Refusal, Reply, SessionDocument } from '../../../src/ports.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { factsOf } from '../../../src/rules/word.js';
import { createAnswers } from '../../../src/server/answers.js';
import type { Asked } from '../../../src/server/calls.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { documentAt, LATER_SESSION, LEASE, OPEN, POLICY, past, SESSION, SHOWING } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

const M = minutes;
const END = { reason: 'signed-out', at: past(M(1)), told: false } as const;
const document = (change: Partial<SessionDocument> = {}): Reply => ({
  type: 'document',
  document: documentAt(seconds(1), change),
});
const refused = (refusal: Refusal): Reply => ({ type: 'refused', refusal, serverTime: past(seconds(1)) });
const NONE = refused({ type: 'no-session' });
const ended = (sessionId: string): Reply =>
  refused({ type: 'session-ended', sessionId, reason: 'revoked', detail: 'risk', endedAt: past(M(2)) });

function createScene(facts: Facts = OPEN, standing: Standing = SHOWING) {
  const around = createSurroundings(facts, standing);
  const { ledger } = around;
  let number = 0;
  const log: string[] = [];
  const met: Facts[] = [];
  let grave: Facts['end'];
  const answers = createAnswers({
    ledger,
    meet(facts) {
      met.push(facts);
      log.push(`meet ${facts.session?.id}`);
    },
    buried: (facts) => (facts.session?.id === 's1' && grave ? { ...facts, end: grave } : facts),
    askAgain: () => log.push('ask again'),
    raise: ({ about }) => void log.push(`a claim about ${about}`),
    tellAgain: (id) => log.push(`tell again of ${id}`),
    toldOf: (id) => log.push(`told of ${id}`),
    refuted: (known) => log.push(`refuted rev ${known.lease?.rev}`),
    report: around.report,
  });
  return {
    ...around,
    answers,
    log,
    met,
    /** Another tab has written the tombstone, and this one has not looked yet. */
    bury: (end: Facts['end']) => {
      grave = end;
    },
    /** Notes what is known, as a call does when it is sent. */
    ask(): Asked {
      number += 1;
      return {
        number,
        learnt: ledger.learnt(),
        sessionId: ledger.facts().session?.id,
        begun: undefined,
        sentAt: around.clock.read(),
      };
    },
  };
}

describe('a document of the session that is shown', () => {
  it('asked after all that is known, overrules it (K2), and tells what it lowered', () => {
    const { answers, ask, ledger, happened, log } = createScene({ ...OPEN, lease: { ...LEASE, rev: 99 } });
    answers.take(document(), ask());
    expect(ledger.facts().lease?.rev).toBe(11);
    expect(happened).toContainEqual({ type: 'facts-overruled', sessionId: 's1', lowered: ['rev'] });
    expect(log).toEqual(['refuted rev 99']);
  });

  it('asked before something was learnt, joins by rev: a higher one counts', () => {
    const { answers, ask, ledger } = createScene();
    const asked = ask();
    ledger.learn({ session: SESSION, lockedAt: past(5), authenticatedAt: past(6) });
    answers.take(document({ rev: 12, idleExpiry: past(M(16)) }), asked);
    expect(ledger.facts()).toMatchObject({ authenticatedAt: past(6), lease: { rev: 12, idleExpiry: past(M(16)) } });
  });

  it('asked before something was learnt, joins by rev: a lower one lowers nothing', () => {
    const { answers, ask, ledger, happened } = createScene();
    const asked = ask();
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 20 } });
    answers.take(document({ rev: 12 }), asked);
    expect(ledger.facts().lease?.rev).toBe(20);
    expect(happened.map(({ type }) => type)).not.toContain('facts-overruled');
  });

  it('asked before a newer reply that was used, lowers nothing (K1)', () => {
    const { answers, ask, ledger } = createScene();
    const [older, newer] = [ask(), ask()];
    answers.take(document({ rev: 12 }), newer);
    answers.take(document({ rev: 11 }), older);
    expect(ledger.facts().lease?.rev).toBe(12);
  });

  it('asked before a newer reply that said nothing new, lowers nothing (K1)', () => {
    const { answers, ask, ledger } = createScene();
    const [older, newer] = [ask(), ask()];
    answers.take(document({ rev: 10 }), newer);
    answers.take(document({ rev: 9, idleExpiry: past(M(99)) }), older);
    expect(ledger.facts().lease).toEqual(LEASE);
  });

  it('is not outdated by activity that was seen meanwhile', () => {
    const { answers, ask, ledger } = createScene({ ...OPEN, lease: { ...LEASE, rev: 99 } });
    const asked = ask();
    ledger.learn({ session: SESSION, lastActivityAt: past(seconds(1)) });
    answers.take(document(), asked);
    expect(ledger.facts().lease?.rev).toBe(11);
  });

  it('does not undo a tombstone of ours: the server is told (E3)', () => {
    const { answers, ask, ledger, log } = createScene({ ...OPEN, end: END });
    answers.take(document(), ask());
    expect(ledger.facts().end).toEqual(END);
    expect(log).toEqual(['tell again of s1']);
  });

  it('that was not opened here yet goes through the door', () => {
    const { answers, ask, log } = createScene(OPEN, NEWCOMER);
    answers.take(document(), ask());
    expect(log).toEqual(['meet s1']);
  });

  it('that was not opened here yet, and was asked too early, opens nothing', () => {
    const { answers, ask, ledger, log } = createScene(OPEN, NEWCOMER);
    const asked = ask();
    ledger.learn({ session: SESSION, authenticatedAt: past(6) });
    answers.take(document(), asked);
    expect(log).toEqual(['a claim about this-session', 'ask again']);
  });

  it('that was not opened here yet goes through the door where other tabs have meanwhile said no more than it says', () => {
    const { answers, ask, ledger, log } = createScene(OPEN, NEWCOMER);
    const asked = ask();
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 11, idleExpiry: past(M(15)) } });
    expect(ledger.learnt()).not.toBe(asked.learnt);
    answers.take(document({ rev: 11, idleExpiry: past(M(15)) }), asked);
    expect(log).toEqual(['meet s1']);
  });

  it('that was not opened here yet opens nothing where other tabs have meanwhile said more than it says', () => {
    const { answers, ask, ledger, log } = createScene(OPEN, NEWCOMER);
    const asked = ask();
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 12 } });
    answers.take(document({ rev: 11 }), asked);
    expect(log).toEqual(['a claim about this-session', 'ask again']);
  });

  it('opens nothing where the tombstone stands in the mirror: the server is told (E3)', () => {
    const { answers, ask, bury, ledger, log } = createScene({ ...OPEN, lockedAt: past(M(1)) });
    bury(END);
    answers.take(document({ rev: 12, authenticatedAt: past(M(2)) }), ask());
    expect([ledger.view().phase, log]).toEqual(['ended', ['tell again of s1']]);
  });

  it('that says less than was learnt since it was asked for raises a question about what is known (K2)', () => {
    const { answers, ask, ledger, log } = createScene();
    const asked = ask();
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 99, idleExpiry: past(M(10)) } });
    answers.take(document(), asked);
    expect([ledger.facts().lease?.rev, log]).toEqual([99, ['a claim about this-session']]);
    answers.take(document(), ask());
    expect([ledger.facts().lease?.rev, log.at(-1)]).toEqual([11, 'refuted rev 99']);
  });

  it('that says as much as was learnt since it was asked for raises none', () => {
    const { answers, ask, ledger, log } = createScene();
    const asked = ask();
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 11 } });
    answers.take(document({ rev: 12 }), asked);
    expect(log).toEqual([]);
  });

  it('takes back that there is none', () => {
    const { answers, ask, ledger } = createScene(OPEN, { ...SHOWING, none: true });
    answers.take(document(), ask());
    expect(ledger.standing().none).toBe(false);
  });

  it('does not settle a question about another session: only what was asked after the claim does (K7)', () => {
    const { answers, ask, ledger } = createScene();
    const asked = ask();
    ledger.stand({ doubted: true });
    answers.take(document(), asked);
    expect(ledger.view()).toEqual({ phase: 'pending', covered: true });
  });
});

describe('the session that the server last said this browser holds', () => {
  it.each<[what: string, reply: Reply, held: string | undefined]>([
    ['the one of a document', document(), 's1'],
    ['that of a document of another', document({ session: LATER_SESSION }), 's2'],
    ['the one that it says is over', ended('s1'), 's1'],
    ['none, where it says that there is none', NONE, undefined],
  ])('is %s', (_, reply, held) => {
    const { answers, ask, ledger } = createScene(OPEN, { ...SHOWING, held: 's1' });
    answers.take(reply, ask());
    expect(ledger.standing().held).toBe(held);
  });
});

describe('a document of another session (K5)', () => {
  const other = document({ session: LATER_SESSION });

  it('asked after the shown one was learnt, goes to the door', () => {
    const { answers, ask, ledger, met } = createScene();
    answers.take(other, ask());
    expect(met).toEqual([factsOf(documentAt(seconds(1), { session: LATER_SESSION }))]);
    expect(ledger.facts().session?.id).toBe('s1');
  });

  it('takes back that there is none, whatever comes of it at the door', () => {
    const { answers, ask, ledger } = createScene(OPEN, { ...SHOWING, none: true });
    answers.take(other, ask());
    expect(ledger.standing().none).toBe(false);
  });

  it('is met by a page that knows nothing', () => {
    const { answers, ask, log } = createScene(NOTHING, NEWCOMER);
    answers.take(document(), ask());
    expect(log).toEqual(['meet s1']);
  });

  it('asked before something was learnt, is asked about again', () => {
    const { answers, ask, ledger, log } = createScene();
    const asked = ask();
    ledger.learn({ session: SESSION, lockedAt: past(5) });
    answers.take(other, asked);
    expect(log).toEqual(['ask again']);
  });

  it('asked before a newer reply that was used, decides nothing, and is asked about', () => {
    const { answers, ask, ledger, log } = createScene();
    const [older, newer] = [ask(), ask()];
    answers.take(document(), newer);
    answers.take(other, older);
    expect([ledger.facts().session?.id, log]).toEqual(['s1', ['ask again']]);
  });
});

describe('"no-session" (K4)', () => {
  it('ends the session it was asked after, with the deadline that has passed as the reason', () => {
    const { answers, ask, clock, ledger, log } = createScene();
    clock.advance(M(16));
    answers.take(NONE, ask());
    expect(ledger.facts().end).toEqual({ reason: 'idle', at: past(M(16)), told: true });
    expect(ledger.standing().none).toBe(true);
    expect(log).toEqual(['told of s1']);
  });

  it('ends it for reasons unknown before any deadline', () => {
    const { answers, ask, ledger } = createScene();
    answers.take(NONE, ask());
    expect(ledger.facts().end).toMatchObject({ reason: 'unknown', told: true });
  });

  it('leaves a tombstone as it is, but told', () => {
    const { answers, ask, ledger } = createScene({ ...OPEN, end: { ...END, detail: 'x' } });
    answers.take(NONE, ask());
    expect(ledger.facts().end).toEqual({ ...END, detail: 'x', told: true });
  });

  it('says that nobody is signed in where nothing was known', () => {
    const { answers, ask, ledger, log } = createScene(NOTHING, NEWCOMER);
    answers.take(NONE, ask());
    expect(ledger.view()).toEqual({ phase: 'absent' });
    expect(log).toEqual([]);
  });

  it('asked before the session was learnt ends nothing, and is asked again', () => {
    const { answers, ask, ledger, log } = createScene(NOTHING, NEWCOMER);
    const asked = ask();
    ledger.learn(OPEN);
    answers.take(NONE, asked);
    expect([ledger.facts().end, ledger.standing().none, log]).toEqual([undefined, false, ['ask again']]);
  });

  it('asked before a newer reply that was used is asked again', () => {
    const { answers, ask, log } = createScene();
    const [older, newer] = [ask(), ask()];
    answers.take(document(), newer);
    answers.take(NONE, older);
    expect(log).toEqual(['ask again']);
  });

  it.each<[what: string, meanwhile: Facts]>([
    ['first-hand', {}],
    ['by its rev', { session: SESSION, lease: { ...LEASE, rev: 11 } }],
  ])('asked before a newer document that was used %s ends nothing (K1)', (_, meanwhile) => {
    const { answers, ask, ledger } = createScene();
    const [older, newer] = [ask(), ask()];
    ledger.learn(meanwhile);
    answers.take(document({ rev: 12 }), newer);
    answers.take(NONE, older);
    expect(ledger.facts().end).toBeUndefined();
  });

  it('ends nothing on a page that was replaced: its session is not ours to end', () => {
    const { answers, ask, ledger } = createScene(OPEN, { ...SHOWING, replacedAt: past(1) });
    answers.take(NONE, ask());
    expect(ledger.facts().end).toBeUndefined();
  });
});

describe('"session-ended"', () => {
  it('ends the session it names, with the server’s own word', () => {
    const { answers, ask, ledger, log } = createScene();
    answers.take(ended('s1'), ask());
    expect(ledger.facts().end).toEqual({ reason: 'revoked', detail: 'risk', at: past(M(2)), told: true });
    expect([ledger.standing().none, log]).toEqual([true, ['told of s1']]);
  });

  it('ends it however old the question (K1)', () => {
    const { answers, ask, ledger } = createScene();
    const [older, newer] = [ask(), ask()];
    answers.take(document(), newer);
    answers.take(ended('s1'), older);
    expect(ledger.facts().end?.reason).toBe('revoked');
  });

  it('asked before something was learnt, does not say that there is none now', () => {
    const { answers, ask, ledger } = createScene();
    const asked = ask();
    ledger.learn({ session: SESSION, authenticatedAt: past(6) });
    answers.take(ended('s1'), asked);
    expect([ledger.facts().end?.reason, ledger.standing().none]).toEqual(['revoked', false]);
  });

  it('of another session means that this browser holds none (K5)', () => {
    const { answers, ask, ledger, log } = createScene();
    answers.take(ended('s0'), ask());
    expect(ledger.facts().end).toMatchObject({ reason: 'unknown', told: true });
    expect(log).toEqual(['told of s0', 'told of s1']);
  });

  it('of another session, asked before this one was learnt, ends nothing', () => {
    const { answers, ask, ledger, log } = createScene({ ...OPEN, session: { ...SESSION, id: 's0', order: 1 } });
    const asked = ask();
    ledger.learn(OPEN);
    answers.take(ended('s0'), asked);
    expect([ledger.facts().end, log]).toEqual([undefined, ['told of s0', 'ask again']]);
  });
});

describe('other refusals', () => {
  const lock = (sessionId: string, lockedAt: number) =>
    refused({ type: 'session-locked', sessionId, lockedAt: past(lockedAt) });

  it('"session-locked" locks the session it names, and asks for the rest', () => {
    const { answers, ask, ledger, log } = createScene();
    answers.take(lock('s1', 500), ask());
    expect([ledger.view().phase, log]).toEqual(['locked', ['ask again']]);
  });

  it.each<[what: string, reply: Reply]>([
    ['of another session', lock('s0', 500)],
    ['later than the reply itself (K2)', lock('s1', M(60))],
  ])('"session-locked" %s locks nothing', (_, reply) => {
    const { answers, ask, ledger } = createScene();
    answers.take(reply, ask());
    expect(ledger.facts().lockedAt).toBeUndefined();
  });

  it('"session-locked" asked before a newer reply that was used locks nothing (K1)', () => {
    const { answers, ask, ledger } = createScene();
    const [older, newer] = [ask(), ask()];
    answers.take(document(), newer);
    answers.take(lock('s1', 500), older);
    expect(ledger.facts().lockedAt).toBeUndefined();
  });

  it('"session-mismatch" is told, and asked about', () => {
    const { answers, ask, ledger, happened, log } = createScene();
    answers.take(refused({ type: 'session-mismatch', sessionId: 's2' }), ask());
    expect([ledger.facts(), log]).toEqual([OPEN, ['ask again']]);
    expect(happened).toEqual([{ type: 'session-mismatched', sessionId: 's2' }]);
  });

  it.each<Refusal>([
    { type: 'session-rotated', sessionId: 's1' },
    { type: 'extension-refused', reason: 'policy' },
  ])('$type changes nothing', (refusal) => {
    const { answers, ask, ledger, log } = createScene();
    answers.take(refused(refusal), ask());
    expect([ledger.facts(), ledger.standing(), log]).toEqual([OPEN, SHOWING, []]);
  });

  it.each<Reply>([{ type: 'unknown', problem: 'status 401' }, { type: 'done' }])('$type changes nothing', (reply) => {
    const { answers, ask, ledger, log } = createScene();
    answers.take(reply, ask());
    expect([ledger.facts(), ledger.standing(), log]).toEqual([OPEN, SHOWING, []]);
  });
});

describe('the stream (K3)', () => {
  it('says as its first word what a reply to its opening would say', () => {
    const { answers, ask, ledger } = createScene({ ...OPEN, lease: { ...LEASE, rev: 99 } });
    answers.takeEvent({ type: 'document', document: documentAt(0) }, ask(), true);
    expect(ledger.facts().lease?.rev).toBe(11);
  });

  it('counts by rev later', () => {
    const { answers, ask, ledger } = createScene({ ...OPEN, lease: { ...LEASE, rev: 50 } });
    const asked = ask();
    answers.takeEvent({ type: 'document', document: documentAt(0, { rev: 49 }) }, asked, false);
    expect(ledger.facts().lease?.rev).toBe(50);
    answers.takeEvent({ type: 'document', document: documentAt(0, { rev: 51 }) }, asked, false);
    expect(ledger.facts().lease?.rev).toBe(51);
  });

  it('that speaks of another session later is asked about', () => {
    const { answers, ask, ledger, log } = createScene();
    answers.takeEvent({ type: 'document', document: documentAt(0, { session: LATER_SESSION }) }, ask(), false);
    expect([ledger.facts().session?.id, log]).toEqual(['s1', ['ask again']]);
  });

  it('ends the session that it says was revoked, and no other', () => {
    const { answers, ask, ledger, log } = createScene();
    const asked = ask();
    const revoked = { type: 'revoked', reason: 'revoked', endedAt: past(5) } as const;
    answers.takeEvent({ ...revoked, sessionId: 's0' }, asked, false);
    expect(ledger.facts().end).toBeUndefined();
    answers.takeEvent({ ...revoked, sessionId: 's1' }, asked, false);
    expect(ledger.facts().end).toEqual({ reason: 'revoked', at: past(5), told: true });
    expect(log).toEqual(['told of s0', 'told of s1']);
  });

  it.each(['alive', 'superseded'] as const)('says nothing of the session by "%s"', (type) => {
    const { answers, ask, ledger, log } = createScene();
    answers.takeEvent({ type }, ask(), false);
    expect([ledger.facts(), log]).toEqual([OPEN, []]);
  });
});

describe('a policy', () => {
  it('that is new is told of once, with what was clamped', () => {
    const { answers, ask, happened } = createScene();
    for (let i = 0; i < 3; i += 1) answers.take(document({ clamped: ['warn_before'] }), ask());
    answers.take(document({ policy: { ...POLICY, version: 2 } }), ask());
    expect(happened).toEqual([
      { type: 'policy-updated', version: 1, clamped: ['warn_before'] },
      { type: 'policy-updated', version: 2, clamped: [] },
    ]);
  });

  it('that does not validate is told of, and the rest of the document still counts', () => {
    const { answers, ask, ledger, happened } = createScene();
    const { policy: _, ...rest } = documentAt(0);
    answers.take({ type: 'document', document: { ...rest, policyProblem: 'idle_timeout is 0' } }, ask());
    expect(happened).toEqual([{ type: 'policy-rejected', problem: 'idle_timeout is 0' }]);
    expect(ledger.facts()).toMatchObject({ policy: POLICY, lease: { rev: 11 } });
  });
});
