import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import { type OperationView, operationView, satisfies } from '../../../src/rules/freshness.js';
import { NEWCOMER } from '../../../src/rules/standing.js';
import { type SessionView, view } from '../../../src/rules/view.js';
import { minutes } from '../../../src/time/instant.js';
import { NOON, OPEN, POLICY, past, reading, SHOWING } from '../support/facts.js';

const M = minutes;
const operations = {
  pay: { allow: true, maxAge: M(10) },
  sign: { allow: true, maxAge: M(10), acrValues: 'phr phrh' },
  log: { allow: true, acrValues: 'pwd otp' },
  delete: { allow: false },
  read: { allow: true },
};
const facts: Facts = { ...OPEN, policy: { ...POLICY, operations } };
const at = (duration: number, more: Facts = {}): SessionView => view({ ...facts, ...more }, SHOWING, reading(duration));

describe('an operation', () => {
  it.each<[what: string, name: string, now: number, more: Facts, is: OperationView]>([
    [
      'is open while the authentication is fresh, and says until when',
      'pay',
      M(1),
      {},
      { state: 'open', until: past(M(10)) },
    ],
    ['is open to the last millisecond', 'pay', M(10) - 1, {}, { state: 'open', until: past(M(10)) }],
    [
      'needs authentication from then on',
      'pay',
      M(10),
      {},
      { state: 'needs-authentication', requirement: { maxAge: M(10) } },
    ],
    [
      'is open after a new authentication',
      'pay',
      M(11),
      { authenticatedAt: past(M(9)) },
      { state: 'open', until: past(M(19)) },
    ],
    [
      'needs the kind of authentication it asks for',
      'sign',
      M(1),
      {},
      { state: 'needs-authentication', requirement: { maxAge: M(10), acrValues: 'phr phrh' } },
    ],
    ['is open with one of several kinds', 'sign', M(1), { acr: 'phrh' }, { state: 'open', until: past(M(10)) }],
    ['asks for no age where the policy names none', 'log', M(14), {}, { state: 'open' }],
    ['that is not allowed is denied', 'delete', M(1), {}, { state: 'denied' }],
    ['without a rule is open', 'dance', M(1), {}, { state: 'open' }],
    ['named like a member of every object has no rule', 'constructor', M(1), {}, { state: 'open' }],
    ['is open during a warning', 'read', M(14), {}, { state: 'open' }],
    ['is denied once the session has expired', 'read', M(15), {}, { state: 'denied' }],
    ['is denied while it is locked', 'read', M(1), { lockedAt: past(5) }, { state: 'denied' }],
    [
      'is denied once it has ended',
      'read',
      M(1),
      { end: { reason: 'idle', at: NOON, told: true } },
      { state: 'denied' },
    ],
  ])('%s', (_, name, now, more, is) => {
    expect(operationView(at(now, more), name, past(now))).toEqual(is);
  });

  it('is denied where nobody is signed in, and unknown while too little is known', () => {
    expect(operationView({ phase: 'absent' }, 'read', NOON)).toEqual({ state: 'denied' });
    expect(operationView(view(facts, NEWCOMER, reading(0)), 'read', NOON)).toEqual({ state: 'unknown' });
  });

  it.each<[rule: string | null, is: string]>([
    ['delete', 'denied'],
    ['nowhere', 'open'],
    [null, 'open'],
  ])('without a rule follows the default %s', (defaultOperation, is) => {
    const then = view({ ...OPEN, policy: { ...POLICY, operations, defaultOperation } }, SHOWING, reading(0));
    expect(operationView(then, 'dance', NOON).state).toBe(is);
    expect(operationView(then, 'read', NOON).state).toBe('open');
  });
});

describe('an authentication', () => {
  it.each<[is: boolean, acr: string | undefined, requirement: object]>([
    [true, undefined, {}],
    [false, undefined, { acrValues: 'pwd' }],
    [true, 'pwd', { acrValues: 'pwd' }],
    [false, 'pw', { acrValues: 'pwd' }],
    [true, 'pwd', { maxAge: 6 }],
    [false, 'pwd', { maxAge: 5 }],
    [false, 'pwd', { maxAge: 0 }],
    [false, 'pwd', { claims: '{}' }],
    [false, 'pwd', { maxAge: 6, scope: 'pay' }],
    [false, 'pwd', { acrValues: 'pwd', factors: 'first' }],
  ])('is enough: %s, with acr %s, five milliseconds ago, for %j', (is, acr, requirement) => {
    expect(satisfies({ authenticatedAt: NOON, ...(acr === undefined ? {} : { acr }) }, requirement, past(5))).toBe(is);
  });
});
