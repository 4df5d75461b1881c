/** The policy engine: rules, session, person, operation, circumstances and time in, a decision out. */
import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../../demo/server/people/rights.js';
import { decide } from '../../../demo/server/policies/decide.js';
import { defaultRules } from '../../../demo/server/policies/default-rules.js';
import { explain } from '../../../demo/server/policies/explain.js';
import { findingsOf } from '../../../demo/server/policies/findings.js';
import type { Rule } from '../../../demo/server/policies/rule.js';
import { type Hints, inRole, presented, riskScoreOf, signalled, trusted } from '../../../demo/server/policies/trust.js';
import { touched } from '../../../demo/server/sessions/activity.js';
import { followed } from '../../../demo/server/sessions/followed.js';
import { locked } from '../../../demo/server/sessions/locked.js';
import { reauthenticated } from '../../../demo/server/sessions/reauthenticated.js';
import type { Session } from '../../../demo/server/sessions/session.js';
import { settled } from '../../../demo/server/sessions/settled.js';
import { hours, minutes, seconds } from '../../../demo/server/time/durations.js';
import { around, here, noRoutes, plainSession } from '../support/plain-session.js';
import { moreRules, roleRules } from './arbitraries.js';

const start = 1_795_245_600_000;

const asked = (
  operation: string,
  at: number,
  {
    session = plainSession(start),
    role = 'teller',
    hints,
  }: { session?: Session; role?: Role | null; hints?: Hints } = {},
) =>
  decide({
    ...around(defaultRules, role),
    session,
    operation,
    now: start + at,
    ...(hints === undefined ? {} : { hints }),
  });

/** Busy, so that nothing but the authentication gets old. */
const busy = (at: number, session = plainSession(start)): Session => ({
  ...session,
  lastActivityAt: start + at,
  lastActAt: start + at,
});

describe('a decision', () => {
  test('allows what the role may, and says until when', () => {
    expect(asked('accounts:read', 0)).toEqual({ outcome: 'allow', until: null });
    expect(asked('payments:write', 0)).toEqual({ outcome: 'allow', until: start + minutes(10) });
  });

  test('asks for an authentication at the instant at which the last one is too old, and not before', () => {
    const session = busy(minutes(9));
    expect(asked('payments:write', minutes(10) - 1, { session }).outcome).toBe('allow');
    expect(asked('payments:write', minutes(10), { session })).toEqual({
      outcome: 'reauthenticate',
      requirement: { maxAge: minutes(10), acrValues: null },
    });
    expect(asked('accounts:read', minutes(10), { session }).outcome).toBe('allow');
  });

  test('denies what the role has no right to, however fresh the authentication is', () => {
    expect(asked('payments:approve', 0)).toEqual({ outcome: 'deny', reason: 'not-allowed' });
    expect(asked('logs:read', 0)).toEqual({ outcome: 'deny', reason: 'not-allowed' });
  });

  test.each(['payments:delete', 'policies:write', '', '__proto__', 'constructor', 'hasOwnProperty', 'payments:write '])(
    'denies the operation %j, which nobody has at this door',
    (operation) => {
      expect(asked(operation, 0)).toEqual({ outcome: 'deny', reason: 'unknown-operation' });
    },
  );

  test.each<[string, number, Session]>([
    ['idle', minutes(15), plainSession(start)],
    ['absolute', hours(8), busy(hours(8) - 1)],
  ])('denies everything from the %s limit on, and nothing before', (_limit, at, session) => {
    expect(asked('accounts:read', at - 1, { session }).outcome).toBe('allow');
    expect(asked('accounts:read', at, { session })).toEqual({ outcome: 'deny', reason: 'ended' });
  });

  test('denies everything while locked, and to whom is no person any more', () => {
    expect(asked('accounts:read', 0, { session: locked(plainSession(start), start) })).toEqual({
      outcome: 'deny',
      reason: 'locked',
    });
    expect(asked('accounts:read', 0, { role: null })).toEqual({ outcome: 'deny', reason: 'ended' });
  });

  test('goes by the role the person has now: what it took away is gone, what it gave comes with an authentication', () => {
    const supervisor = plainSession(start, { role: 'supervisor' });
    expect(asked('payments:approve', 0, { session: supervisor, role: 'supervisor' }).outcome).toBe('allow');
    expect(asked('payments:approve', 0, { session: supervisor, role: 'teller' })).toMatchObject({ outcome: 'deny' });
    expect(asked('payments:approve', 0, { role: 'supervisor' })).toMatchObject({ outcome: 'deny' });
  });

  test('ends a session whose person comes in by another door now', () => {
    expect(asked('accounts:read', 0, { role: 'admin' })).toEqual({ outcome: 'deny', reason: 'ended' });
  });

  test('goes by where the request comes from', () => {
    const stolen = { device: 'another browser', address: 'abroad' };
    expect(asked('payments:write', minutes(2), { hints: stolen })).toMatchObject({ outcome: 'reauthenticate' });
    expect(asked('payments:write', minutes(2), { hints: { ...here, address: 'train' } }).outcome).toBe('allow');
  });
});

describe('an operation with limits of its own', () => {
  const limited = (set: Rule['set']): readonly Rule[] => [
    ...defaultRules,
    { name: 'own', when: { operation: ['accounts:read'] }, set, source: null, justification: null },
  ];
  const decided = (rules: readonly Rule[], session: Session, at: number) =>
    decide({ ...around(rules), session, operation: 'accounts:read', now: start + at });
  const acting = (session: Session, at: number, idleFor = 0) =>
    touched(session, start + at, { idleFor, source: 'person' });
  const again = (session: Session, at: number) =>
    reauthenticated(session, start + at, { acr: 'pwd', amr: ['pwd'], secretHash: 'hash-2', hints: here });
  const idle = limited({ idleTimeout: minutes(5) });
  const demand = { outcome: 'reauthenticate', requirement: { maxAge: minutes(5), acrValues: null } };

  test('is open until nobody has acted for so long, and then asks for an authentication, while the session goes on', () => {
    const session = acting(plainSession(start, { rules: idle }), minutes(2));
    expect(decided(idle, session, minutes(7) - 1)).toEqual({ outcome: 'allow', until: start + minutes(7) });
    expect(decided(idle, session, minutes(7))).toEqual(demand);
    expect(decide({ ...around(idle), session, operation: 'profile:read', now: start + minutes(7) })).toMatchObject({
      outcome: 'allow',
    });
  });

  test.each([0, minutes(3)])('is not opened by an act, not by one that is %i ms old either', (idleFor) => {
    const session = acting(plainSession(start, { rules: idle }), minutes(6), idleFor);
    expect(decided(idle, session, minutes(6))).toEqual(demand);
    expect(decided(idle, acting(session, minutes(8)), minutes(8))).toEqual(demand);
  });

  test('is opened by an authentication, which is always newer than what it asks for', () => {
    const session = again(acting(plainSession(start, { rules: idle }), minutes(6)), minutes(7));
    expect(decided(idle, session, minutes(8))).toEqual({ outcome: 'allow', until: start + minutes(12) });
  });

  test('is denied from its absolute limit on, however fresh the authentication is', () => {
    const rules = limited({ absoluteTimeout: minutes(20) });
    const session = again(plainSession(start, { rules }), minutes(14));
    expect(decided(rules, session, minutes(20) - 1)).toEqual({ outcome: 'allow', until: start + minutes(20) });
    expect(decided(rules, session, minutes(20))).toEqual({ outcome: 'deny', reason: 'over-time' });
  });

  test('asks for an authentication at its absolute limit where that runs from the last one', () => {
    const byProof = defaultRules.map((rule) =>
      rule.name === 'teller' ? { ...rule, set: { ...rule.set, absoluteFrom: 'auth_time' as const } } : rule,
    );
    const rules = [...byProof, ...limited({ absoluteTimeout: minutes(10) }).slice(-1)];
    const session = plainSession(start, { rules });
    expect(decided(rules, session, minutes(10))).toEqual({
      outcome: 'reauthenticate',
      requirement: { maxAge: minutes(10), acrValues: null },
    });
    expect(decided(rules, again(session, minutes(10)), minutes(12)).outcome).toBe('allow');
  });

  test('has them explained, and the session has its own', () => {
    const rules = limited({ idleTimeout: minutes(5), absoluteTimeout: minutes(20) });
    const session = plainSession(start, { rules });
    const explained = explain(session, { rules, routes: noRoutes, now: start });
    const own = { name: 'own', source: null, justification: null };
    expect(explained.operations.find(({ operation }) => operation === 'accounts:read')).toMatchObject({
      idleTimeout: own,
      absoluteTimeout: own,
    });
    expect(explained.limits.find(({ limit }) => limit === 'idleTimeout')).toMatchObject({
      value: minutes(15),
      rule: { name: 'teller' },
      others: [],
    });
  });

  test('is seen by the linter', () => {
    expect(findingsOf(limited({ idleTimeout: minutes(15) }), noRoutes)).toContainEqual(
      expect.objectContaining({
        role: 'teller',
        code: 'operation-limit-without-effect',
        member: 'operations.accounts:read.idleTimeout',
      }),
    );
  });
});

describe('trust', () => {
  const trust = trusted('teller', here);
  const from = (...places: readonly Partial<Hints>[]) =>
    places.reduce((current, place) => presented(current, { ...here, ...place }), trust);

  test('is the very same where nothing new is said', () => {
    expect(presented(trust, here)).toBe(trust);
    expect(signalled(trust, { riskScore: 0, device: 'unknown' })).toBe(trust);
    expect(inRole(trust, 'teller')).toBe(trust);
  });

  test('falls with another device to a medium risk, and with other networks to none, however many', () => {
    expect(from({ device: 'phone' }).contexts.at(-1)).toMatchObject({ risk: 'MEDIUM', changed: ['device'] });
    const commuter = from({ address: 'train' }, { address: 'café' }, { address: 'home' }, { address: 'tram' });
    expect(commuter.contexts.at(-1)).toMatchObject({ risk: 'LOW', changed: ['address'] });
    expect(riskScoreOf(commuter)).toBeGreaterThan(0);
  });

  test('never falls by hints alone to where a session ends', () => {
    const everywhere = from(
      ...Array.from({ length: 50 }, (_, n) => ({ device: `browser ${n}`, address: `place ${n}` })),
    );
    expect(everywhere.contexts.at(-1)?.risk).toBe('MEDIUM');
    expect(everywhere.devices.length).toBeLessThan(20);
    expect(everywhere.contexts.length).toBeLessThan(20);
  });

  test('remembers each way things were since the authentication, and forgets them with the next', () => {
    const raised = signalled(signalled(trust, { riskScore: 50 }), { riskScore: 0 });
    expect(raised.contexts.map(({ risk }) => risk)).toEqual(['LOW', 'MEDIUM', 'LOW']);
    expect(trusted(raised.role, here, raised.signals).contexts.map(({ risk }) => risk)).toEqual(['LOW']);
  });
});

test('an explanation names the rule behind each limit and each operation, its source, and who else had a say', () => {
  const raised = { ...plainSession(start), trust: signalled(trusted('teller', here), { riskScore: 50 }) };
  const session = followed(raised, start, around(defaultRules));
  const explained = explain(session, { rules: defaultRules, routes: noRoutes, now: start });
  expect(explained.contexts.map(({ risk }) => risk)).toEqual(['LOW', 'MEDIUM']);
  expect(explained.limits.find(({ limit }) => limit === 'idleTimeout')).toEqual({
    limit: 'idleTimeout',
    value: minutes(7.5),
    rule: { name: 'teller', source: 'PCI DSS 4.0.1 8.2.8', justification: null },
    cutBy: { name: 'raised risk: half the idle time', source: null, justification: null },
    others: [],
  });
  const operation = (wanted: string) => explained.operations.find(({ operation: name }) => name === wanted);
  expect(operation('payments:write')).toMatchObject({
    decision: { outcome: 'allow', until: start + minutes(2) },
    maxAge: { name: 'raised risk: fresh authentication for payments' },
  });
  expect(operation('payments:approve')).toMatchObject({
    decision: { outcome: 'deny', reason: 'not-allowed' },
    withoutRight: 'teller',
    denied: { name: 'raised risk: no approvals' },
  });
});

test('the linter says of the rules what each role would have to live with', () => {
  expect(findingsOf(defaultRules, noRoutes).filter(({ severity }) => severity === 'warning')).toEqual([]);
  const tight = defaultRules.map((rule) =>
    rule.name === 'auditor' ? { ...rule, set: { ...rule.set, idleTimeout: seconds(30) } } : rule,
  );
  expect(findingsOf(tight, noRoutes)).toContainEqual(
    expect.objectContaining({ role: 'auditor', code: 'warning-too-short', member: 'warnBefore' }),
  );
});

test('an explanation and the decision never disagree, and a denial always has a reason', () => {
  const signals = record({
    riskScore: integer({ min: 0, max: 100 }),
    device: constantFrom('compliant', 'unknown', 'not-compliant'),
    network: constantFrom('trusted', 'unknown', 'untrusted'),
  });
  assert(
    property(moreRules, array(signals, { maxLength: 3 }), integer({ min: 0, max: 1_000 }), (more, said, elapsed) => {
      const rules = [...roleRules, ...more];
      const trust = said.reduce(signalled, trusted('teller', here));
      const session = { ...busy(0, plainSession(start, { rules })), trust };
      const now = start + seconds(elapsed);
      const current = followed(settled(session, now), now, around(rules));
      for (const { operation, decision, withoutRight, denied, acrValues } of explain(current, {
        rules,
        routes: noRoutes,
        now,
      }).operations) {
        expect(decide({ ...around(rules), session: current, operation, now })).toEqual(decision);
        const isDenied = decision.outcome === 'deny' && decision.reason === 'not-allowed';
        if (isDenied) expect(withoutRight !== null || denied !== null || acrValues.length > 1).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
