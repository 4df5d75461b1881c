import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { isCovered, isOpen, nextChange, type SessionView, sameView, view } from '../../../src/rules/view.js';
import { hours, minutes, type Reading, seconds } from '../../../src/time/instant.js';
import {
  LATER_SESSION,
  LEASE,
  LOCAL,
  NOON,
  OPEN,
  POLICY,
  past,
  reading,
  SESSION,
  SHOWING,
  without,
} from '../support/facts.js';

const M = minutes;
const END = { reason: 'revoked', at: past(5), told: true } as const;
const OVER: Facts = { ...OPEN, end: END };
const LOCKS = { ...POLICY, onIdle: 'lock', lockTimeout: M(30) } as const;

/** The leads of a policy that comes after the known one. */
const NEXT = {
  version: POLICY.version + 1,
  warnBefore: POLICY.warnBefore,
  warnBeforeAbsolute: POLICY.warnBeforeAbsolute,
};

interface Case {
  readonly facts?: Facts;
  readonly standing?: Standing;
  readonly at?: Reading | undefined;
  readonly is: { readonly phase: SessionView['phase']; readonly [member: string]: unknown };
}

const cases: Record<string, Case> = {
  // Before anything is known.
  'a page that has just been loaded is pending, and not covered': {
    facts: {},
    standing: NEWCOMER,
    is: { phase: 'pending', covered: false },
  },
  'it is covered once it has waited': {
    facts: {},
    standing: { ...NEWCOMER, waited: true },
    is: { phase: 'pending', covered: true },
  },
  'nobody is signed in, if the server says so': {
    facts: {},
    standing: { ...NEWCOMER, none: true },
    is: { phase: 'absent' },
  },

  // A newcomer shows nothing on hearsay.
  'the mirror’s session is not shown before the server has confirmed it': {
    standing: NEWCOMER,
    is: { phase: 'pending', covered: false },
  },
  'a session that another tab has opened is not shown here': {
    standing: { ...NEWCOMER, opened: 's0' },
    is: { phase: 'pending' },
  },
  'without any time nothing opens': { at: undefined, is: { phase: 'pending', covered: true } },
  'without a policy nothing opens, and the server has answered': {
    facts: without(OPEN, 'policy'),
    is: { phase: 'pending', covered: true, policyRefused: true },
  },
  'without a policy that was only not heard yet, nobody has refused one': {
    facts: without(OPEN, 'policy'),
    standing: { ...NEWCOMER, waited: true },
    is: { phase: 'pending', covered: true, policyRefused: undefined },
  },
  'what the clock pair says is over is expired for a newcomer too': {
    standing: NEWCOMER,
    at: reading(M(15)),
    is: { phase: 'expired', deadline: { cause: 'idle', at: past(M(15)) } },
  },
  'a lock that is only heard of covers, and shows nothing': {
    facts: { ...OPEN, lockedAt: past(1) },
    standing: NEWCOMER,
    is: { phase: 'pending', covered: true },
  },

  // Open.
  'far from every deadline it is active, and names the first': {
    is: {
      phase: 'active',
      deadline: { cause: 'idle', at: past(M(15)) },
      session: SESSION,
      policy: POLICY,
      lastActivityAt: NOON,
      authenticatedAt: NOON,
      acr: 'pwd',
    },
  },
  'a session without limits is active, without a deadline': {
    facts: { ...OPEN, lease: { rev: 1 } },
    at: reading(hours(1_000)),
    is: { phase: 'active', deadline: undefined },
  },
  'what nobody has said counts from the start': {
    facts: without(OPEN, 'lastActivityAt', 'authenticatedAt', 'acr'),
    is: { phase: 'active', lastActivityAt: NOON, authenticatedAt: NOON, acr: undefined },
  },

  // Warnings.
  'a millisecond before the lead there is no warning': { at: reading(M(13) - 1), is: { phase: 'active' } },
  'from the lead on there is': {
    at: reading(M(13)),
    is: { phase: 'warning', deadline: { cause: 'idle', at: past(M(15)) }, extendable: true },
  },
  'the latest that it can be decides': { at: reading(0, M(13)), is: { phase: 'warning' } },
  'a policy that does not extend is not extendable': {
    facts: { ...OPEN, policy: { ...POLICY, extendable: false } },
    at: reading(M(14)),
    is: { phase: 'warning', extendable: false },
  },
  'without extensions left it is not extendable': {
    facts: { ...OPEN, lease: { ...LEASE, extensionsLeft: 0 } },
    at: reading(M(14)),
    is: { phase: 'warning', extendable: false },
  },
  'where the server has no call for it, it is not extendable': {
    standing: { ...SHOWING, withoutExtend: 's1' },
    at: reading(M(14)),
    is: { phase: 'warning', extendable: false },
  },
  'what the server said of an earlier session does not matter': {
    standing: { ...SHOWING, withoutExtend: 's0' },
    at: reading(M(14)),
    is: { phase: 'warning', extendable: true },
  },
  'with one extension left it is': {
    facts: { ...OPEN, lease: { ...LEASE, extensionsLeft: 1 } },
    at: reading(M(14)),
    is: { phase: 'warning', extendable: true },
  },
  'the absolute limit has a lead of its own, and is not extendable': {
    facts: { ...OPEN, lease: { ...LEASE, idleExpiry: past(hours(8) + M(4)) } },
    at: reading(hours(8) - M(10)),
    is: { phase: 'warning', deadline: { cause: 'absolute', at: past(hours(8)) }, extendable: false },
  },
  'a credential that runs out is warned of with the lead of the absolute limit': {
    standing: { ...SHOWING, credentialExpiry: past(M(11)) },
    at: reading(M(1)),
    is: { phase: 'warning', deadline: { cause: 'credential', at: past(M(11)) }, extendable: false },
  },
  'of two warnings the earlier deadline is shown: idle': {
    facts: { ...OPEN, lease: { rev: 1, idleExpiry: past(M(15)), absoluteExpiry: past(M(16)) } },
    at: reading(M(14)),
    is: { phase: 'warning', deadline: { cause: 'idle', at: past(M(15)) }, extendable: true },
  },
  'of two warnings the earlier deadline is shown: absolute': {
    facts: { ...OPEN, lease: { rev: 1, idleExpiry: past(M(16)), absoluteExpiry: past(M(15)) } },
    at: reading(M(14) + seconds(30)),
    is: { phase: 'warning', deadline: { cause: 'absolute', at: past(M(15)) }, extendable: false },
  },
  'a deadline that is warned of is shown though an earlier one is not near yet': {
    facts: { ...OPEN, lease: { rev: 1, idleExpiry: past(M(15)), absoluteExpiry: past(M(18)) } },
    at: reading(M(9)),
    is: { phase: 'warning', deadline: { cause: 'absolute', at: past(M(18)) } },
  },
  'on a tie the one that no activity moves is shown': {
    facts: { ...OPEN, lease: { rev: 1, idleExpiry: past(M(15)), absoluteExpiry: past(M(15)) } },
    at: reading(M(14)),
    is: { phase: 'warning', deadline: { cause: 'absolute', at: past(M(15)) } },
  },

  // Leads of a policy that is only claimed.
  'a claimed policy that warns later is warned by': {
    standing: { ...SHOWING, claimedLeads: { ...NEXT, warnBefore: M(1) } },
    at: reading(M(14) - 1),
    is: { phase: 'active' },
  },
  'and in its time': {
    standing: { ...SHOWING, claimedLeads: { ...NEXT, warnBefore: M(1) } },
    at: reading(M(14)),
    is: { phase: 'warning', deadline: { cause: 'idle', at: past(M(15)) } },
  },
  'a claimed policy that warns earlier is not': {
    standing: { ...SHOWING, claimedLeads: { ...NEXT, warnBefore: M(7) } },
    at: reading(M(13) - 1),
    is: { phase: 'active' },
  },
  'nor is one that is not newer than the known': {
    standing: { ...SHOWING, claimedLeads: { ...NEXT, version: POLICY.version, warnBefore: M(1) } },
    at: reading(M(13)),
    is: { phase: 'warning' },
  },
  'each deadline has the claimed lead of its own': {
    facts: { ...OPEN, lease: { ...LEASE, idleExpiry: past(hours(8) + M(4)) } },
    standing: { ...SHOWING, claimedLeads: { ...NEXT, warnBefore: 0, warnBeforeAbsolute: M(3) } },
    at: reading(hours(8) - M(3) - 1),
    is: { phase: 'active' },
  },

  // Expired: a belief.
  'a millisecond before the deadline it is open': { at: reading(M(15) - 1), is: { phase: 'warning' } },
  'at the deadline it is over': {
    at: reading(M(15)),
    is: { phase: 'expired', deadline: { cause: 'idle', at: past(M(15)) } },
  },
  'it is over once it may be': { at: reading(0, M(15)), is: { phase: 'expired' } },
  'it is over by the absolute limit': {
    facts: { ...OPEN, lease: { ...LEASE, idleExpiry: past(hours(9)) } },
    at: reading(hours(8)),
    is: { phase: 'expired', deadline: { cause: 'absolute', at: past(hours(8)) } },
  },
  'it is over by the credential': {
    standing: { ...SHOWING, credentialExpiry: past(M(11)) },
    at: reading(M(11)),
    is: { phase: 'expired', deadline: { cause: 'credential', at: past(M(11)) } },
  },
  'it is over by what came first': {
    at: reading(hours(9)),
    is: { phase: 'expired', deadline: { cause: 'idle', at: past(M(15)) } },
  },
  'without a server it is over by its own count': {
    facts: LOCAL,
    at: reading(M(15)),
    is: { phase: 'expired', deadline: { cause: 'idle', at: past(M(15)) } },
  },

  // Locked.
  'where the policy says lock, idleness locks, by belief': {
    facts: { ...OPEN, policy: LOCKS },
    at: reading(M(15)),
    is: { phase: 'locked', since: past(M(15)), deadline: { cause: 'idle', at: past(M(45)) } },
  },
  'such a lock lasts for its timeout': {
    facts: { ...OPEN, policy: LOCKS },
    at: reading(M(45) - 1),
    is: { phase: 'locked' },
  },
  'and is over with it': {
    facts: { ...OPEN, policy: LOCKS },
    at: reading(M(45)),
    is: { phase: 'expired', deadline: { cause: 'idle', at: past(M(45)) } },
  },
  'a lock without a timeout lasts until the absolute limit': {
    facts: { ...OPEN, policy: { ...LOCKS, lockTimeout: null } },
    at: reading(hours(8) - 1),
    is: { phase: 'locked', deadline: { cause: 'absolute', at: past(hours(8)) } },
  },
  'the absolute limit outranks the lock (L2)': {
    facts: { ...OPEN, policy: { ...LOCKS, lockTimeout: null } },
    at: reading(hours(8)),
    is: { phase: 'expired', deadline: { cause: 'absolute', at: past(hours(8)) } },
  },
  'a lock that was written down is locked, whatever the policy says of idleness': {
    facts: { ...OPEN, lockedAt: past(5) },
    is: { phase: 'locked', since: past(5), deadline: { cause: 'absolute', at: past(hours(8)) } },
  },
  'a lock that was written down needs no time': {
    facts: { ...OPEN, lockedAt: past(5) },
    at: undefined,
    is: { phase: 'locked' },
  },
  'a later authentication opens it': {
    facts: { ...OPEN, lockedAt: past(5), authenticatedAt: past(6) },
    is: { phase: 'active', authenticatedAt: past(6) },
  },
  'a lock whose end the lease names is over then': {
    facts: { ...OPEN, lockedAt: past(5), lease: { rev: 1, idleExpiry: past(M(20)), whileLocked: true } },
    at: reading(M(20)),
    is: { phase: 'expired', deadline: { cause: 'idle', at: past(M(20)) } },
  },

  // Ended.
  'a tombstone ends it, before any deadline': {
    facts: OVER,
    is: { phase: 'ended', session: SESSION, reason: 'revoked', at: past(5) },
  },
  'a tombstone ends it, whatever the time': { facts: OVER, at: undefined, is: { phase: 'ended' } },
  'a tombstone ends it though a question about another session is open': {
    facts: OVER,
    standing: { ...SHOWING, doubted: true },
    is: { phase: 'ended' },
  },
  'a tombstone keeps the server’s own word': {
    facts: { ...OPEN, end: { ...END, detail: 'risk' } },
    is: { phase: 'ended', reason: 'revoked', detail: 'risk' },
  },
  'the page that showed it stays ended, though there is none now and all is wiped (S4)': {
    facts: OVER,
    standing: { ...SHOWING, none: true, wiped: 's1' },
    is: { phase: 'ended' },
  },
  'a page loaded anew is absent then, and says why': {
    facts: OVER,
    standing: { ...NEWCOMER, none: true, wiped: 's1' },
    is: { phase: 'absent', lastEnd: { reason: 'revoked', at: past(5) } },
  },
  'but not before the server has said so': {
    facts: OVER,
    standing: { ...NEWCOMER, wiped: 's1' },
    is: { phase: 'ended' },
  },
  'nor before all is wiped': { facts: OVER, standing: { ...NEWCOMER, none: true }, is: { phase: 'ended' } },
  'nor where another session was wiped': {
    facts: OVER,
    standing: { ...NEWCOMER, none: true, wiped: 's0' },
    is: { phase: 'ended' },
  },

  // Doubt, and other people.
  'while a question about another session is open, the page is covered (K7)': {
    standing: { ...SHOWING, doubted: true },
    is: { phase: 'pending', covered: true },
  },
  'a page that came back is covered until somebody has confirmed what it shows': {
    standing: { ...SHOWING, returned: true },
    is: { phase: 'pending', covered: true },
  },
  'what it knows to be over is over all the same': {
    standing: { ...SHOWING, returned: true },
    at: reading(M(15)),
    is: { phase: 'expired' },
  },
  'once another person’s session was met, this page is over, and names its own session': {
    facts: { ...OPEN, session: LATER_SESSION },
    standing: { ...SHOWING, replacedAt: past(M(2)) },
    is: { phase: 'ended', session: SESSION, reason: 'replaced', at: past(M(2)) },
  },
  'that outranks an end, and a doubt': {
    facts: OVER,
    standing: { ...SHOWING, replacedAt: past(M(2)), doubted: true },
    is: { phase: 'ended', reason: 'replaced' },
  },
  'a page that showed one session shows nothing of the next before the door': {
    facts: { ...OPEN, session: LATER_SESSION },
    is: { phase: 'pending', covered: true },
  },
};

/** The members of a view that a case speaks of; `undefined` speaks of one that is not there. */
function shown(is: object, view: SessionView): object {
  return Object.fromEntries(Object.keys(is).map((name) => [name, (view as unknown as Record<string, unknown>)[name]]));
}

describe('the view', () => {
  it.each(Object.entries(cases))('%s', (_, { facts = OPEN, standing = SHOWING, is, ...rest }) => {
    const at = 'at' in rest ? rest.at : reading(M(1));
    expect(shown(is, view(facts, standing, at))).toEqual(is);
  });

  it('covers what is not open, and nothing else', () => {
    const seen = new Map<string, [covered: boolean, open: boolean]>();
    for (const { facts = OPEN, standing = SHOWING, ...rest } of Object.values(cases)) {
      const one = view(facts, standing, 'at' in rest ? rest.at : reading(M(1)));
      if (one.phase !== 'pending') seen.set(one.phase, [isCovered(one), isOpen(one)]);
    }
    expect(Object.fromEntries(seen)).toEqual({
      absent: [false, false],
      active: [false, true],
      warning: [false, true],
      locked: [true, false],
      expired: [true, false],
      ended: [true, false],
    });
    expect([isCovered({ phase: 'pending', covered: true }), isCovered({ phase: 'pending', covered: false })]).toEqual([
      true,
      false,
    ]);
  });

  it('is the same view while nothing changes', () => {
    const at = (duration: number) => view(OPEN, SHOWING, reading(duration));
    expect(sameView(at(M(1)), at(M(2)))).toBe(true);
    expect(sameView(at(M(1)), at(M(14)))).toBe(false);
    expect(sameView(at(M(1)), view({ ...OPEN, acr: 'phr' }, SHOWING, reading(M(1))))).toBe(false);
    expect(sameView(at(M(1)), view(without(OPEN, 'acr'), SHOWING, reading(M(1))))).toBe(false);
  });
});

/** Facts and standings of every kind, in minutes around noon, so that instants meet. */
const minute = fc.integer({ min: 0, max: 40 }).map((n) => past(M(n)));
const limit = fc.option(fc.integer({ min: 1, max: 20 }).map(M), { nil: null });
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const defined = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const someFacts: fc.Arbitrary<Facts> = fc
  .record({
    session: fc.constant(SESSION),
    lastActivityAt: maybe(minute),
    authenticatedAt: maybe(minute),
    lockedAt: maybe(minute),
    lease: maybe(
      fc
        .record({
          rev: fc.constant(1),
          idleExpiry: maybe(minute),
          absoluteExpiry: maybe(minute),
          whileLocked: maybe(fc.constant(true)),
        })
        .map(defined),
    ),
    policy: maybe(
      fc
        .record({
          idleTimeout: limit,
          absoluteTimeout: limit,
          lockTimeout: limit,
          warnBefore: fc.integer({ min: 0, max: 10 }).map(M),
          warnBeforeAbsolute: fc.integer({ min: 0, max: 10 }).map(M),
          onIdle: fc.constantFrom('end', 'lock'),
          absoluteFrom: fc.constantFrom('session_start', 'auth_time'),
        })
        .map((change) => ({ ...POLICY, ...change })),
    ),
    // Rare, for it hides everything else.
    end: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant(END) }),
  })
  .map(defined);

const someStanding: fc.Arbitrary<Standing> = fc.record({
  shown: maybe(fc.constant(SESSION)),
  opened: fc.constantFrom('s1', 's1', 's1', 's0', undefined),
  none: fc.boolean(),
  doubted: fc.constantFrom(false, false, true),
  returned: fc.constantFrom(false, false, true),
  waited: fc.boolean(),
  credentialExpiry: maybe(minute),
  claimedLeads: maybe(
    fc.record({
      version: fc.constantFrom(POLICY.version, NEXT.version),
      warnBefore: fc.integer({ min: 0, max: 10 }).map(M),
      warnBeforeAbsolute: fc.integer({ min: 0, max: 10 }).map(M),
    }),
  ),
});

describe('the next change', () => {
  it('is where the view may change, and it changes nowhere else', () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(
        someFacts,
        someStanding,
        fc.integer({ min: 0, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (facts, standing, n, part) => {
          const now = M(n);
          const here = view(facts, standing, reading(now));
          seen[here.phase] = (seen[here.phase] ?? 0) + 1;
          const next = nextChange(facts, standing, reading(now));
          const until = next === undefined ? now + hours(10_000) : next - NOON;
          expect(until).toBeGreaterThan(now);
          const between = Math.min(until - 1, now + Math.floor(part * (until - now)));
          expect(view(facts, standing, reading(between))).toEqual(here);
          expect(view(facts, standing, reading(until - (next === undefined ? 0 : 1)))).toEqual(here);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(Object.keys(seen).sort()).toEqual(['active', 'ended', 'expired', 'locked', 'pending', 'warning']);
  });

  it('followed from change to change sees every view there is', () => {
    fc.assert(
      fc.property(someFacts, someStanding, (facts, standing) => {
        let at: number | undefined = 0;
        for (let step = 0; at !== undefined && step < 20; step += 1) {
          const next = nextChange(facts, standing, reading(at));
          const until: number = next === undefined ? M(80) : next - NOON;
          for (let minute = Math.floor(at / M(1)) + 1; M(minute) < until; minute += 1) {
            expect(view(facts, standing, reading(M(minute)))).toEqual(view(facts, standing, reading(at)));
          }
          at = next === undefined ? undefined : until;
        }
        expect(at).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each<[what: string, facts: Facts, at: Reading | undefined, next: number | undefined]>([
    ['the idle warning', OPEN, reading(0), M(13)],
    ['then the idle deadline', OPEN, reading(M(13)), M(15)],
    ['judged by the latest reading', OPEN, reading(0, M(13)), M(15)],
    ['the end of a lock by belief', { ...OPEN, policy: LOCKS }, reading(M(15)), M(45)],
    ['none without a session', {}, reading(0), undefined],
    ['none once it is over', OVER, reading(0), undefined],
    ['none without any time', OPEN, undefined, undefined],
    ['none where nothing limits it', { ...OPEN, lease: { rev: 1 } }, reading(0), undefined],
  ])('is %s', (_, facts, at, next) => {
    expect(nextChange(facts, SHOWING, at)).toBe(next === undefined ? undefined : past(next));
  });

  it('is none for a page that was replaced', () => {
    expect(nextChange(OPEN, { ...SHOWING, replacedAt: NOON }, reading(0))).toBeUndefined();
  });
});
