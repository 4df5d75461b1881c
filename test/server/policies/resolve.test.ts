/** What rules make of a session: the strictest of what matches, limit by limit. */
import { assert, infiniteStream, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../../demo/server/policies/context.js';
import { defaultRules } from '../../../demo/server/policies/default-rules.js';
import { isStricter, type Limits, limitNames } from '../../../demo/server/policies/limits.js';
import { resolve } from '../../../demo/server/policies/resolve.js';
import type { Outcome, Rule } from '../../../demo/server/policies/rule.js';
import { minutes, seconds } from '../../../demo/server/time/durations.js';
import { noRoutes } from '../support/plain-session.js';
import { contexts, moreRules, roleRules, rule } from './arbitraries.js';

const plain: Context = { role: 'teller', risk: 'LOW', device: 'unknown', network: 'unknown', changed: [] };

const setting = (name: string, set: Outcome, when: Rule['when'] = {}): Rule => ({
  name,
  when,
  set,
  source: null,
  justification: null,
});

const policyOf = (rules: readonly Rule[], ...held: readonly Context[]) =>
  resolve(rules, [held[0] ?? plain, ...held.slice(1)], noRoutes).policy;

describe('the strictest rule wins', () => {
  test.each<[keyof Limits, unknown, unknown]>([
    ['idleTimeout', minutes(5), minutes(6)],
    ['idleTimeout', minutes(5), null],
    ['absoluteTimeout', minutes(5), null],
    ['absoluteFrom', 'session_start', 'auth_time'],
    ['warnBefore', minutes(3), minutes(2)],
    ['warnBeforeAbsolute', minutes(3), minutes(2)],
    ['touchEvery', seconds(1), seconds(2)],
    ['pollEvery', seconds(1), seconds(2)],
    ['holdMax', 0, seconds(2)],
    ['onIdle', 'end', 'lock'],
    ['lockTimeout', seconds(1), null],
    ['extendable', false, true],
    ['maxExtensions', 3, null],
    ['maxRenewals', 3, 4],
  ])('of %s: %j, and not %j, whichever comes first', (limit, strict, lax) => {
    const [one, other] = [setting('one', { [limit]: strict }), setting('other', { [limit]: lax })];
    for (const rules of [
      [one, other],
      [other, one],
    ]) {
      const { policy, limits } = resolve(rules, [plain], noRoutes);
      expect(policy[limit]).toBe(strict);
      expect(limits[limit]).toBe(one);
    }
  });

  test('only where it matches: all that it names, and one of each list', () => {
    const rules = [
      setting('general', { idleTimeout: minutes(15) }),
      setting('special', { idleTimeout: minutes(1) }, { role: ['teller', 'auditor'], network: ['untrusted'] }),
    ];
    expect(policyOf(rules, plain).idleTimeout).toBe(minutes(15));
    expect(policyOf(rules, { ...plain, network: 'untrusted' }).idleTimeout).toBe(minutes(1));
    expect(policyOf(rules, { ...plain, role: 'supervisor', network: 'untrusted' }).idleTimeout).toBe(minutes(15));
  });

  test('a factor cuts the idle limit that is left, whatever it is, and no limit stays none', () => {
    const half = setting('half', { idleFactor: 0.5 });
    expect(policyOf([setting('limit', { idleTimeout: minutes(15) }), half]).idleTimeout).toBe(minutes(7.5));
    expect(policyOf([half]).idleTimeout).toBeNull();
  });

  test('of the contexts since the authentication, the strictest counts too', () => {
    const raised: Context = { ...plain, risk: 'MEDIUM' };
    expect(policyOf(defaultRules, plain, raised, plain).idleTimeout).toBe(minutes(7.5));
    expect(policyOf(defaultRules, plain, raised, plain).operations['payments:write']?.maxAge).toBe(minutes(2));
  });
});

describe('operations', () => {
  test('have the age of the strictest rule, by name or by resource', () => {
    const { operations } = policyOf([
      setting('all payments', { maxAge: minutes(30) }, { resource: ['payments'] }),
      setting('writing', { maxAge: minutes(10) }, { operation: ['payments:write'] }),
      setting('everything', { maxAge: minutes(60) }),
    ]);
    expect(operations).toMatchObject({
      'payments:read': { allow: true, maxAge: minutes(30) },
      'payments:write': { allow: true, maxAge: minutes(10) },
      'accounts:read': { allow: true, maxAge: minutes(60) },
    });
  });

  test('are those behind the door of the role, and the right to them is the role’s', () => {
    const { operations } = policyOf(defaultRules, { ...plain, role: 'auditor' });
    expect(Object.keys(operations)).not.toContain('policies:write');
    expect(operations['payments:write']).toMatchObject({ allow: false, maxAge: null, acrValues: null });
    expect(operations['logs:read']).toMatchObject({ allow: true });
  });

  test('need a right of every role that the person has had since they authenticated', () => {
    const { operations } = policyOf(defaultRules, { ...plain, role: 'teller' }, { ...plain, role: 'auditor' });
    expect(Object.keys(operations).filter((name) => operations[name]?.allow)).toEqual([
      'profile:read',
      'accounts:read',
      'payments:read',
      'passkeys:write',
    ]);
  });

  test('ask for what all rules accept, and are denied where that is nothing', () => {
    const acr = (name: string, acrValues: string) => setting(name, { acrValues }, { operation: ['payments:write'] });
    expect(policyOf([acr('a', 'pwd phr mfa'), acr('b', 'mfa phr')]).operations['payments:write']).toMatchObject({
      allow: true,
      acrValues: 'phr mfa',
    });
    expect(policyOf([acr('a', 'pwd'), acr('b', 'phr')]).operations['payments:write']).toMatchObject({ allow: false });
  });
});

describe('at once', () => {
  const lock = setting('elsewhere', { atOnce: 'lock' }, { network: ['untrusted'] });
  const untrusted: Context = { ...plain, network: 'untrusted' };

  test('a rule ends the session wherever it matches', () => {
    const end = setting('over', { atOnce: 'end' }, { risk: ['HIGH'] });
    expect(resolve([end], [plain, { ...plain, risk: 'HIGH' }], noRoutes).ends).toBe(end);
    expect(resolve([end], [plain], noRoutes).ends).toBeNull();
  });

  test('a rule locks what comes to match it, and not what a person has authenticated under', () => {
    expect(resolve([lock], [plain, untrusted], noRoutes).locks).toBe(lock);
    expect(resolve([lock], [untrusted], noRoutes).locks).toBeNull();
  });
});

const numRuns = 500;

test('one more rule never leaves anybody more', () => {
  assert(
    property(moreRules, rule, contexts, (rules, one, held) => {
      const before = resolve([...roleRules, ...rules], held, noRoutes);
      const after = resolve([...roleRules, ...rules, one], held, noRoutes);
      for (const limit of limitNames) {
        // A rule that sets what none has set before replaces a default, which nobody has asked for.
        if (before.limits[limit] === undefined) continue;
        expect(isStricter(limit, before.policy[limit] as never, after.policy[limit] as never), limit).toBe(false);
      }
      for (const [name, { allow, maxAge }] of Object.entries(after.policy.operations)) {
        const was = before.policy.operations[name];
        if (allow) expect(was?.allow, name).toBe(true);
        if (allow)
          expect(maxAge ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(was?.maxAge ?? Number.POSITIVE_INFINITY);
      }
      if (before.ends !== null) expect(after.ends).not.toBeNull();
      if (before.locks !== null) expect(after.locks).not.toBeNull();
    }),
    { numRuns },
  );
});

test('one more context never leaves anybody more', () => {
  assert(
    property(moreRules, contexts, contexts, (more, held, [added]) => {
      const rules = [...roleRules, ...more];
      const before = resolve(rules, held, noRoutes).policy;
      const after = resolve(rules, [...held, added] as never, noRoutes).policy;
      for (const limit of limitNames) {
        expect(isStricter(limit, before[limit] as never, after[limit] as never), limit).toBe(false);
      }
      for (const [name, { allow }] of Object.entries(after.operations)) {
        if (allow) expect(before.operations[name]?.allow).toBe(true);
      }
    }),
    { numRuns },
  );
});

test('the order of rules changes no limit and no right', () => {
  const places = infiniteStream(integer({ min: 0, max: 1_000 }));
  assert(
    property(moreRules, contexts, places, (more, held, stream) => {
      const rules = [...roleRules, ...more];
      const other = rules
        .map((one) => ({ one, place: stream.next().value }))
        .sort((a, b) => a.place - b.place)
        .map(({ one }) => one);
      const [one, two] = [resolve(rules, held, noRoutes), resolve(other, held, noRoutes)];
      for (const limit of limitNames) expect(two.policy[limit]).toEqual(one.policy[limit]);
      for (const [name, { acrValues, ...rest }] of Object.entries(one.policy.operations)) {
        const { acrValues: otherValues, ...otherRest } = two.policy.operations[name]!;
        expect(otherRest).toEqual(rest);
        expect(otherValues?.split(' ').sort()).toEqual(acrValues?.split(' ').sort());
      }
    }),
    { numRuns },
  );
});
