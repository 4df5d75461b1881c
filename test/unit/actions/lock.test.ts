import { describe, expect, it } from 'vitest';
import { createLock } from '../../../src/actions/lock.js';
import { type Facts, isLocked } from '../../../src/facts/facts.js';
import type { Reply } from '../../../src/ports.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { documentAt, LEASE, LOCAL, OPEN, past, SESSION } from '../support/facts.js';
import { createSurroundings, SILENCE } from '../support/surroundings.js';

const LOCKED: Facts = { ...OPEN, lockedAt: past(5) };

function createScene(
  facts: Facts = OPEN,
  how: { local?: boolean; random?: () => number; isAsking?: () => boolean } = {},
) {
  const around = createSurroundings(facts);
  const { clock, ledger } = around;
  const sent: number[] = [];
  const state: { reply: Reply | 'lock' } = { reply: 'lock' };
  const lock = createLock({
    clock,
    random: how.random ?? (() => 0),
    ledger,
    isAsking: () => how.isAsking?.() ?? false,
    send: how.local
      ? undefined
      : async (sessionId) => {
          expect(sessionId).toBe('s1');
          sent.push(clock.passed());
          if (state.reply !== 'lock') return state.reply;
          ledger.learn({ session: SESSION, lockedAt: past(6), lease: { ...LEASE, rev: 11, whileLocked: true } });
          return { type: 'document', document: documentAt(0) };
        },
  });
  around.onChange = () => lock.consider();
  return { ...around, lock, sent, state };
}

describe('"lock now"', () => {
  it('locks at once, and tells the server', async () => {
    const { lock, ledger, sent, pass } = createScene();
    await pass(seconds(5));
    lock.lock();
    expect(ledger.view()).toMatchObject({ phase: 'locked', since: past(seconds(5)) });
    await pass(0);
    expect(sent).toEqual([seconds(5)]);
  });

  it.each<[what: string, earliest: number]>([
    ['in the instant of the authentication', 0],
    ['where the earliest possible now lies before it', -seconds(9)],
  ])('locks %s', (_, earliest) => {
    const { lock, ledger, doubt } = createScene();
    doubt.earliest = earliest;
    lock.lock();
    expect(isLocked(ledger.facts())).toBe(true);
  });

  it('is opened by a later authentication, though that came quickly', () => {
    const { lock, ledger, clock } = createScene();
    clock.advance(100);
    lock.lock();
    ledger.learn({ session: SESSION, authenticatedAt: past(101) });
    expect(ledger.view().phase).toBe('active');
  });

  it.each<[phase: string, facts: Facts]>([
    ['absent', {}],
    ['ended', { ...OPEN, end: { reason: 'idle', at: past(5), told: true } }],
    ['locked', LOCKED],
  ])('does nothing where the session is %s', async (_, facts) => {
    const { lock, ledger } = createScene(facts);
    lock.lock();
    expect(ledger.facts()).toEqual(facts);
  });

  it('locks without a server too', async () => {
    const { lock, ledger, pass } = createScene(LOCAL, { local: true });
    await pass(5);
    lock.lock();
    expect(ledger.view().phase).toBe('locked');
  });
});

describe('a lock that the server does not know (L1)', () => {
  it('is told, whoever wrote it down', async () => {
    const { lock, sent, pass } = createScene(LOCKED);
    lock.consider();
    await pass(minutes(10));
    expect(sent).toEqual([0]);
  });

  it.each<[chance: number, part: number]>([
    [0, 0.5],
    [0.999_999, 1],
  ])('is told again after half to all of 1, 2, 4 … 60 s', async (chance, part) => {
    const { lock, sent, state, ledger, pass } = createScene(LOCKED, { random: () => chance });
    state.reply = SILENCE;
    lock.consider();
    await pass(minutes(5));
    const waits = sent.slice(1).map((at, index) => at - sent[index]!);
    for (const [index, wait] of [1, 2, 4, 8, 16, 32, 60].entries()) {
      if (waits[index] !== undefined) expect(waits[index]).toBeCloseTo(wait * 1_000 * part, -1);
    }
    expect(waits.length).toBeGreaterThan(5);
    expect(ledger.view().phase).toBe('locked');
  });

  it('stays this browser’s own where the server has no call for it, and is told once', async () => {
    const { lock, sent, state, ledger, pass } = createScene(LOCKED);
    state.reply = { type: 'absent' };
    lock.consider();
    await pass(minutes(5));
    lock.consider();
    await pass(minutes(5));
    expect([sent, ledger.view().phase]).toEqual([[0], 'locked']);
  });

  it('is not told while the server is asked whether somebody has opened it', async () => {
    let isAsking = true;
    const { lock, sent, ledger, pass } = createScene(LOCKED, { isAsking: () => isAsking });
    lock.consider();
    await pass(seconds(3));
    expect(sent).toEqual([]);
    isAsking = false;
    await pass(seconds(1));
    expect([sent.length, ledger.view().phase]).toEqual([1, 'locked']);
  });

  it('is told one at a time, however often one looks', async () => {
    const { lock, sent, state, pass } = createScene(LOCKED);
    state.reply = SILENCE;
    for (let i = 0; i < 20; i += 1) {
      lock.consider();
      await pass(10);
    }
    expect(sent).toHaveLength(1);
  });

  it.each<[what: string, facts: Facts]>([
    ['was opened since', { ...LOCKED, authenticatedAt: past(6) }],
    ['has ended since', { ...LOCKED, end: { reason: 'idle', at: past(9), told: true } }],
    ['is known, by the lease', { ...LOCKED, lease: { ...LEASE, whileLocked: true } }],
    ['has no server’s lease', { ...LOCAL, lockedAt: past(5) }],
  ])('is not told of a session that %s', async (_, facts) => {
    const { lock, sent, pass } = createScene(facts);
    lock.consider();
    await pass(minutes(5));
    expect(sent).toEqual([]);
  });

  it('is told no more once stopped', async () => {
    const { lock, sent, state, pass } = createScene(LOCKED);
    state.reply = SILENCE;
    lock.consider();
    await pass(100);
    lock.stop();
    await pass(minutes(5));
    expect(sent).toHaveLength(1);
  });
});
