import { describe, expect, it } from 'vitest';
import { createLedger } from '../../src/ledger.js';
import { NEWCOMER } from '../../src/rules/standing.js';
import { minutes, type Reading } from '../../src/time/instant.js';
import { LATER_SESSION, LEASE, OPEN, POLICY, past, reading, SESSION, SHOWING } from './support/facts.js';

const M = minutes;

function createScene() {
  let now: Reading | undefined = reading(0);
  let changes = 0;
  const ledger = createLedger(
    () => now,
    () => {
      changes += 1;
    },
  );
  return {
    ledger,
    changes: () => changes,
    setTime: (to: Reading | undefined) => {
      now = to;
    },
  };
}

describe('the ledger', () => {
  it('knows nothing at first, and stands as a newcomer', () => {
    const { ledger, changes } = createScene();
    expect(ledger.facts()).toEqual({});
    expect(ledger.standing()).toEqual(NEWCOMER);
    expect(ledger.view()).toEqual({ phase: 'pending', covered: false });
    expect([ledger.learnt(), changes()]).toEqual([0, 0]);
  });

  it('joins what it learns, and tells of each change once', () => {
    const { ledger, changes } = createScene();
    ledger.learn(OPEN);
    ledger.learn({ session: SESSION, lastActivityAt: past(5) });
    expect(ledger.facts()).toEqual({ ...OPEN, lastActivityAt: past(5) });
    expect(changes()).toBe(2);
    ledger.learn(OPEN);
    ledger.learn({});
    ledger.learn({ session: SESSION });
    expect(changes()).toBe(2);
  });

  it('is overruled: what was known is replaced, even by less', () => {
    const { ledger, changes } = createScene();
    ledger.learn({ ...OPEN, session: LATER_SESSION });
    ledger.overrule({ session: SESSION, lease: { rev: 0 } });
    expect(ledger.facts()).toEqual({ session: SESSION, lease: { rev: 0 } });
    ledger.overrule({ session: { ...SESSION }, lease: { rev: 0 } });
    expect(changes()).toBe(2);
  });

  it('counts what was learnt, activity aside, so that a request can be known to have been sent after it', () => {
    const { ledger } = createScene();
    ledger.learn(OPEN);
    expect(ledger.learnt()).toBe(1);
    ledger.learn({ session: SESSION, lastActivityAt: past(5) });
    ledger.learn(OPEN);
    ledger.stand({ none: true });
    expect(ledger.learnt()).toBe(1);
    ledger.learn({ session: SESSION, lockedAt: past(5) });
    expect(ledger.learnt()).toBe(2);
    ledger.overrule(OPEN);
    expect(ledger.learnt()).toBe(3);
  });

  it('stands elsewhere when told, and tells of it only if that is new', () => {
    const { ledger, changes } = createScene();
    ledger.stand({ none: true });
    ledger.stand({ none: true });
    ledger.stand({});
    expect(changes()).toBe(1);
    expect(ledger.standing()).toEqual({ ...NEWCOMER, none: true });
    ledger.stand({ none: false });
    expect([ledger.standing(), changes()]).toEqual([NEWCOMER, 2]);
  });

  it('returns one view until something changes', () => {
    const { ledger, setTime } = createScene();
    ledger.learn(OPEN);
    ledger.stand(SHOWING);
    const first = ledger.view();
    setTime(reading(M(5)));
    expect(ledger.view()).toBe(first);
    setTime(reading(M(13)));
    const second = ledger.view();
    expect(second.phase).toBe('warning');
    setTime(reading(M(14)));
    expect(ledger.view()).toBe(second);
  });

  it('returns the same view where what was learnt does not show in it, and another where it does', () => {
    const { ledger } = createScene();
    ledger.learn(OPEN);
    ledger.stand(SHOWING);
    const first = ledger.view();
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 11 } });
    expect(ledger.view()).toBe(first);
    ledger.stand({ waited: true });
    expect(ledger.view()).toBe(first);
    ledger.learn({ session: SESSION, lastActivityAt: past(5) });
    expect(ledger.view()).toMatchObject({ phase: 'active', lastActivityAt: past(5) });
    ledger.stand({ doubted: true });
    expect(ledger.view().phase).toBe('pending');
  });

  it('knows the view of an instant in the past, with what is known now', () => {
    const { ledger, setTime } = createScene();
    ledger.learn(OPEN);
    ledger.stand(SHOWING);
    setTime(reading(M(16)));
    expect(ledger.view().phase).toBe('expired');
    expect(ledger.viewAt(past(M(14))).phase).toBe('warning');
    expect(ledger.view().phase).toBe('expired');
  });

  it('knows when the view changes by itself', () => {
    const { ledger, setTime } = createScene();
    ledger.learn(OPEN);
    expect(ledger.nextChange()).toBe(past(M(13)));
    ledger.learn({ session: SESSION, lease: { ...LEASE, rev: 11, idleExpiry: past(M(20)) }, policy: POLICY });
    expect(ledger.nextChange()).toBe(past(M(18)));
    setTime(undefined);
    expect(ledger.nextChange()).toBeUndefined();
  });
});
