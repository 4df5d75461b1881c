/** The laws of the join: whoever hears the same knows the same, in whatever order and however often. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/facts/facts.js';
import { compareSessions, includes, join, sameFacts } from '../../src/facts/join.js';
import type { Policy } from '../../src/facts/policy.js';
import { canonicalPolicy, decodePolicy, encodePolicy } from '../../src/facts/policy-wire.js';
import { samePolicy } from '../../src/facts/same-policy.js';
import { DEFAULT_POLICY } from '../../src/testing/fake-server.js';
import { facts, factsOf, policy, session, THOROUGH } from './arbitraries.js';

function law(property: (a: Facts, b: Facts, c: Facts) => void, of = fc.tuple(facts, facts, facts)): void {
  const holds = fc.property(of, ([a, b, c]) => {
    property(a, b, c);
  });
  fc.assert(holds, THOROUGH as fc.Parameters<[[Facts, Facts, Facts]]>);
}

/** Three sets of facts about one session, so that every field is merged. */
const ofOneSession = session.chain(({ id, order }) => {
  const same = session.map((other) => ({ ...other, id, order }));
  return fc.tuple(factsOf(same), factsOf(same), factsOf(same));
});

for (const [about, of] of [
  ['any sessions', undefined],
  ['one session', ofOneSession],
] as const) {
  describe(`the join of facts about ${about}`, () => {
    it('does not depend on who spoke first', () => law((a, b) => expect(join(a, b)).toEqual(join(b, a)), of));

    it('does not depend on how messages were grouped on the way', () =>
      law((a, b, c) => expect(join(join(a, b), c)).toEqual(join(a, join(b, c))), of));

    it('learns nothing from hearing the same twice', () =>
      law((a, b) => {
        expect(join(a, a)).toEqual(a);
        expect(join(join(a, b), b)).toEqual(join(a, b));
      }, of));

    it('knows at least as much as either side, ties included', () =>
      law((a, b) => {
        const both = join(a, b);
        expect(includes(both, a)).toBe(true);
        expect(includes(both, b)).toBe(true);
      }, of));

    it('is the least that includes both: whoever includes both includes it', () =>
      law((a, b, c) => {
        const all = join(join(a, b), c);
        if (includes(all, a) && includes(all, b)) expect(includes(all, join(a, b))).toBe(true);
      }, of));

    it('includes itself, and of two that include each other neither says more', () =>
      law((a, b) => {
        expect(includes(a, a)).toBe(true);
        if (includes(a, b) && includes(b, a)) expect(sameFacts(a, b)).toBe(true);
      }, of));
  });
}

describe('sessions in a join', () => {
  it('lets the later session win whole: not one fact of the earlier one remains', () =>
    law((a, b) => {
      if (!a.session || !b.session || compareSessions(a.session, b.session) === 0) return;
      const later = compareSessions(a.session, b.session) > 0 ? a : b;
      expect(join(a, b)).toBe(later);
    }));

  it('never lets a tombstone of an earlier session reach the later one', () =>
    law((a, b) => {
      if (!a.session || !b.session || compareSessions(a.session, b.session) <= 0) return;
      expect(join(a, b).end).toEqual(a.end);
    }));

  it('keeps a tombstone within its session, whatever is heard and however often the person authenticates anew', () =>
    fc.assert(
      fc.property(
        ofOneSession,
        fc.array(
          ofOneSession.map(([one]) => one),
          { maxLength: 8 },
        ),
        ([dead, ...more], others) => {
          if (!dead.end) return;
          const same = [...more, ...others.map((one) => ({ ...one, session: dead.session! }))];
          const all = same.reduce(join, dead);
          expect(all.end).toBeDefined();
          expect(all.end!.at).toBeLessThanOrEqual(dead.end.at);
        },
      ),
      { ...THOROUGH, numRuns: 1_000 } as fc.Parameters<[[Facts, Facts, Facts], Facts[]]>,
    ));

  it('keeps `told` once it is true', () =>
    law((a, b) => {
      const { end } = join(a, b);
      if (a.session && b.session && compareSessions(a.session, b.session) === 0 && (a.end?.told || b.end?.told)) {
        expect(end?.told).toBe(true);
      }
    }, ofOneSession));
});

describe('whether two policies say the same', () => {
  const twoPolicies = fc
    .tuple(policy, policy, fc.boolean())
    .map(
      ([a, b, isCopy]) => [a, isCopy ? decodePolicy(encodePolicy(a)).policy : { ...b, version: a.version }] as const,
    );

  it('is found member by member as it is by what is written down', () => {
    fc.assert(
      fc.property(twoPolicies, ([a, b]) => {
        expect(samePolicy(a, b)).toBe(canonicalPolicy(a) === canonicalPolicy(b));
      }),
      THOROUGH as fc.Parameters<[readonly [Policy, Policy]]>,
    );
  });

  it('differs with each member', () => {
    const routes = [{ method: 'GET', path: '/a', operation: 'read' }];
    const whole: Policy = { ...DEFAULT_POLICY, routes, operations: { pay: { allow: true, maxAge: 1_000 } } };
    const changes: { readonly [K in keyof Policy]: Policy[K] } = {
      version: 2,
      idleTimeout: 1,
      absoluteTimeout: 1,
      absoluteFrom: 'auth_time',
      warnBefore: 1,
      warnBeforeAbsolute: 1,
      touchEvery: 1,
      pollEvery: 1,
      holdMax: 1,
      onIdle: 'lock',
      lockTimeout: 1,
      extendable: false,
      operations: { pay: { allow: true, maxAge: 1_000, acrValues: 'phr' } },
      routes: [...routes, ...routes],
      defaultOperation: 'read',
      source: 'a standard',
      justification: 'a reason',
    };
    expect(samePolicy(whole, { ...whole, routes: structuredClone(routes) })).toBe(true);
    for (const [name, value] of Object.entries(changes))
      expect(samePolicy(whole, { ...whole, [name]: value }), name).toBe(false);
  });
});
