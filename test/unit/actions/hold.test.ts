import { describe, expect, it } from 'vitest';
import { createHolds } from '../../../src/actions/hold.js';
import type { Facts } from '../../../src/facts/facts.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { createActs } from '../../../src/user/acts.js';
import { LEASE, LOCAL, OPEN, POLICY, past, SESSION } from '../support/facts.js';
import { createSurroundings, SILENCE } from '../support/surroundings.js';

const M = minutes;
const policy = { ...POLICY, holdMax: M(30) };

function createScene(facts: Facts = { ...OPEN, policy }, local = false) {
  const around = createSurroundings(facts);
  const { clock, ledger } = around;
  const beats: number[] = [];
  const acts = createActs({
    clock,
    ledger,
    activity: { take: () => ({}) },
    own: around.page.world.own,
    name: 'test',
    anyActAnswers: false,
    acted: () => undefined,
  });
  const holds = createHolds({
    clock,
    ledger,
    lastReal: acts.lastReal,
    touch: local
      ? undefined
      : async (sessionId) => {
          beats.push(clock.passed());
          ledger.learn({
            session: SESSION,
            lease: { ...LEASE, rev: LEASE.rev + beats.length, idleExpiry: past(clock.passed() + M(15)) },
          });
          expect(sessionId).toBe('s1');
          return SILENCE;
        },
    observe: acts.observe,
    report: around.report,
  });
  return { ...around, acts, holds, beats };
}

describe('a hold', () => {
  it('tells the server as often as the policy asks for touches, until it is released', async () => {
    const { holds, beats, pass } = createScene();
    const hold = holds.hold('upload', hours(1));
    await pass(M(5));
    expect(beats).toEqual([0, 1, 2, 3, 4, 5].map(M));
    hold.release();
    await pass(M(5));
    expect(beats).toHaveLength(6);
  });

  it('says when it begins, when it ends, and why', async () => {
    const { holds, happened, pass } = createScene();
    const hold = holds.hold('upload', hours(1));
    hold.release();
    hold.release();
    holds.hold('film', seconds(90));
    await pass(M(2));
    holds.hold('call', hours(1));
    holds.releaseAll();
    expect(happened).toEqual([
      { type: 'hold-started', reason: 'upload', limit: hours(1) },
      { type: 'hold-ended', reason: 'upload', because: 'released' },
      { type: 'hold-started', reason: 'film', limit: seconds(90) },
      { type: 'hold-ended', reason: 'film', because: 'limit' },
      { type: 'hold-started', reason: 'call', limit: hours(1) },
      { type: 'hold-ended', reason: 'call', because: 'session' },
    ]);
  });

  it('is in the view while it is on, with what it is for and when its limit ends it', async () => {
    const { holds, ledger, pass } = createScene();
    const shown = () => (ledger.view() as { holds?: unknown }).holds;
    const upload = holds.hold('upload', M(10));
    await pass(seconds(1));
    const film = holds.hold('film', M(10));
    expect(shown()).toEqual([
      { reason: 'upload', until: past(M(10)) },
      { reason: 'film', until: past(M(10) + seconds(1)) },
    ]);
    upload.release();
    expect(shown()).toEqual([{ reason: 'film', until: past(M(10) + seconds(1)) }]);
    film.release();
    expect(shown()).toBeUndefined();
  });

  it('is released by its signal: the upload has failed, the player is gone', async () => {
    const { holds, happened, beats, pass } = createScene();
    const upload = new AbortController();
    holds.hold('upload', hours(1), upload.signal);
    await pass(M(1));
    upload.abort();
    await pass(M(5));
    expect(beats).toHaveLength(2);
    expect(happened.at(-1)).toEqual({ type: 'hold-ended', reason: 'upload', because: 'released' });
    holds.hold('late', hours(1), upload.signal);
    expect(happened.at(-1)).toMatchObject({ type: 'hold-ended' });
  });

  it('ends at its limit, a sleep counted', async () => {
    const { clock, holds, beats, happened, pass } = createScene();
    holds.hold('film', M(10));
    await pass(M(1));
    clock.sleep(hours(1));
    await pass(M(2));
    expect(beats).toHaveLength(2);
    expect(happened.at(-1)).toMatchObject({ type: 'hold-ended', because: 'limit' });
  });

  it('does nothing where the policy has no cap for it', async () => {
    const { holds, beats, pass } = createScene({ ...OPEN, policy: { ...policy, holdMax: 0 } });
    holds.hold('film', hours(1));
    await pass(M(10));
    expect(beats).toEqual([]);
  });

  it('does nothing while the session is not open, and goes on after a moment of doubt', async () => {
    const { holds, beats, ledger, pass } = createScene();
    holds.hold('film', hours(6));
    await pass(M(1) - 1);
    ledger.stand({ doubted: true });
    await pass(seconds(3));
    expect(beats).toHaveLength(1);
    ledger.stand({ doubted: false });
    await pass(M(5));
    expect(beats.length).toBeGreaterThan(4);
  });

  it('does not beat more than once a second, whatever the policy says', async () => {
    const { holds, beats, pass } = createScene({ ...OPEN, policy: { ...policy, touchEvery: 0 } });
    holds.hold('film', hours(1));
    await pass(seconds(10));
    expect(beats).toHaveLength(11);
  });
});

describe('without a server a hold keeps the session', () => {
  const local: Facts = { ...LOCAL, policy };

  it('up to the cap after the last real activity, and no further', async () => {
    const { acts, holds, ledger, pass } = createScene(local, true);
    await pass(M(2));
    acts.note(true);
    holds.hold('film', hours(6));
    await pass(M(30));
    expect(ledger.view().phase).toBe('active');
    expect(ledger.facts().lastActivityAt).toBe(past(M(32)));
    await pass(hours(1));
    expect(ledger.facts().lastActivityAt).toBe(past(M(32)));
    expect(ledger.view().phase).toBe('expired');
  });

  it('up to the cap in a tab where the person has not acted: what it adds itself is no activity to count from', async () => {
    const { holds, ledger, pass } = createScene(local, true);
    holds.hold('film', hours(6));
    await pass(hours(2));
    expect(ledger.facts().lastActivityAt).toBeLessThanOrEqual(past(M(30)));
  });

  it('anew from each real activity', async () => {
    const { acts, holds, ledger, pass } = createScene(local, true);
    holds.hold('film', hours(6));
    await pass(M(29));
    acts.note(true);
    await pass(M(40));
    expect(ledger.facts().lastActivityAt).toBe(past(M(59)));
  });
});
