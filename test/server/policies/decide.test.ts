/** The policy engine: rules, session, person, operation, circumstances and time in, a decision out. */
import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../../demo/server/people/rights.js';
import { decide } from '../../../demo/server/policies/decide.js';
import { defaultRules } from '../../../demo/server/policies/default-rules.js';
import { explain } from '../../../demo/server/policies/explain.js';
import { findingsOf } from '../../../demo/server/policies/findings.js';
import { type Hints, inRole, presented, riskScoreOf, signalled, trusted } from '../../../demo/server/policies/trust.js';
import { followed } from '../../../demo/server/sessions/followed.js';
import { locked } from '../../../demo/server/sessions/locked.js';
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
