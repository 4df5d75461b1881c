import { describe, expect, it } from 'vitest';
import type { Facts, Lease } from '../../../src/facts/facts.js';
import { type OperationView, operationChange, operationView, satisfies } from '../../../src/rules/freshness.js';
import { NEWCOMER } from '../../../src/rules/standing.js';
import { type SessionView, view } from '../../../src/rules/view.js';
import { minutes } from '../../../src/time/instant.js';
import { LEASE, LOCAL, NOON, OPEN, POLICY, past, reading, SHOWING } from '../support/facts.js';

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
const asked = (operation: string, now = 0, lease: Lease | undefined = LEASE) => ({ operation, now: past(now), lease });

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
    expect(operationView(at(now, more), asked(name, now, more.lease))).toEqual(is);
  });

  it('is denied where nobody is signed in, and unknown while too little is known', () => {
    expect(operationView({ phase: 'absent' }, asked('read'))).toEqual({ state: 'denied' });
    expect(operationView(view(facts, NEWCOMER, reading(0)), asked('read'))).toEqual({ state: 'unknown' });
  });

  it.each<[rule: string | null, is: string]>([
    ['delete', 'denied'],
    ['nowhere', 'open'],
    [null, 'open'],
  ])('without a rule follows the default %s', (defaultOperation, is) => {
    const then = view({ ...OPEN, policy: { ...POLICY, operations, defaultOperation } }, SHOWING, reading(0));
    expect(operationView(then, asked('dance')).state).toBe(is);
    expect(operationView(then, asked('read')).state).toBe('open');
  });
});

describe('an operation with limits of its own', () => {
  const limited = {
    idle: { allow: true, idleTimeout: M(5) },
    both: { allow: true, idleTimeout: M(5), maxAge: M(30), acrValues: 'pwd' },
    short: { allow: true, absoluteTimeout: M(60) },
  };
  const busy: Lease = { rev: 11, idleExpiry: past(M(120)), lastActivityAt: past(M(40)) };
  const rested: Lease = { ...busy, longestPause: M(5) };
  const nothingHeard: Lease = { rev: 11, idleExpiry: past(M(120)) };
  const policy = { ...POLICY, idleTimeout: M(120), operations: limited };
  const needs = (maxAge: number): OperationView => ({ state: 'needs-authentication', requirement: { maxAge } });

  it.each<[what: string, name: string, now: number, lease: Lease | undefined, more: Facts, is: OperationView]>([
    [
      'is open by the last activity that the server has accepted',
      'idle',
      M(44),
      busy,
      {},
      { state: 'open', until: past(M(45)) },
    ],
    ['needs authentication once nobody has acted for so long', 'idle', M(45), busy, {}, needs(M(5))],
    [
      'is not opened by an act that the server has not heard of',
      'idle',
      M(45),
      busy,
      { lastActivityAt: past(M(45)) },
      needs(M(5)),
    ],
    ['is not opened by an act after such a pause', 'idle', M(41), rested, {}, needs(M(5))],
    [
      'is open again by an authentication, which is an activity',
      'idle',
      M(46),
      busy,
      { authenticatedAt: past(M(46)) },
      { state: 'open', until: past(M(51)) },
    ],
    [
      'is open again by an authentication that is newer than what is known of the pause',
      'idle',
      M(46),
      rested,
      { authenticatedAt: past(M(46)) },
      { state: 'open', until: past(M(51)) },
    ],
    [
      'counts from the authentication where the server tells of no activity',
      'idle',
      M(5),
      nothingHeard,
      {},
      needs(M(5)),
    ],
    [
      'counts what this browser has seen where there is no server',
      'idle',
      M(44),
      undefined,
      { lastActivityAt: past(M(40)) },
      { state: 'open', until: past(M(45)) },
    ],
    [
      'asks for one since the pause, of the kind that it asks for',
      'both',
      M(41),
      rested,
      {},
      { state: 'needs-authentication', requirement: { maxAge: M(5), acrValues: 'pwd' } },
    ],
    [
      'asks for the age alone where nobody has paused',
      'both',
      M(42),
      busy,
      {},
      { state: 'needs-authentication', requirement: { maxAge: M(30), acrValues: 'pwd' } },
    ],
    ['is denied at its absolute limit', 'short', M(60), busy, { authenticatedAt: past(M(59)) }, { state: 'denied' }],
    ['is open before it', 'short', M(60) - 1, busy, {}, { state: 'open', until: past(M(60)) }],
    [
      'needs authentication where the absolute limit runs from that',
      'short',
      M(60),
      busy,
      { policy: { ...policy, absoluteFrom: 'auth_time' } },
      needs(M(60)),
    ],
  ])('%s', (_, name, now, lease, more, is) => {
    const known: Facts = { ...(lease ? { ...OPEN, lease } : LOCAL), policy, ...more };
    const shown = view(known, SHOWING, reading(now));
    expect(operationView(shown, { operation: name, now: past(now), lease })).toEqual(is);
  });

  it('changes next at the first of what is still to come', () => {
    const shown = view({ ...OPEN, lease: busy, policy }, SHOWING, reading(M(41)));
    const change = (operation: string, now: number) =>
      operationChange(shown, { operation, now: past(now), lease: busy });
    expect([change('both', M(20)), change('both', M(41)), change('both', M(45))]).toEqual([
      past(M(30)),
      past(M(45)),
      undefined,
    ]);
    expect([change('short', M(41)), change('short', M(60))]).toEqual([past(M(60)), undefined]);
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
