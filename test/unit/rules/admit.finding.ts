import { expect, it } from 'vitest';
import { join } from '../../../src/facts/join.js';
import { hearing } from '../../../src/rules/admit.js';
import { deadlines } from '../../../src/rules/deadlines.js';
import { view } from '../../../src/rules/view.js';
import { minutes } from '../../../src/time/instant.js';
import { LEASE, OPEN, past, reading, SESSION, SHOWING } from '../support/facts.js';

it('a lease "issued while locked" that is heard without the lock does not take the idle deadline away (K6)', () => {
  const now = reading(minutes(1));
  const listener = { facts: OPEN, standing: SHOWING, view: view(OPEN, SHOWING, now), reading: now };
  const heard = {
    session: SESSION,
    lease: { ...LEASE, rev: 11, idleExpiry: past(minutes(5)), whileLocked: true as const },
  };
  const { learn } = hearing(heard, listener);
  const known = join(OPEN, learn);
  expect(deadlines(known).idle ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(past(minutes(15)));
});

it('another session is a claim though its order is lower: order is the server’s to judge (K6, K2)', () => {
  const now = reading(minutes(1));
  const listener = { facts: OPEN, standing: SHOWING, view: view(OPEN, SHOWING, now), reading: now };
  const earlier = { session: { ...SESSION, id: 's0', order: 1 } };
  expect(hearing(earlier, listener).claims).toEqual([{ about: 'other-session', key: 'session s0 1' }]);
});
