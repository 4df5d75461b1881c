import { describe, expect, it } from 'vitest';
import type { Facts, Lease } from '../../../src/facts/facts.js';
import { join } from '../../../src/facts/join.js';
import {
  type Claim,
  type Hearing,
  hearing,
  hearingAlone,
  observation,
  postponement,
} from '../../../src/rules/admit.js';
import { deadlines } from '../../../src/rules/deadlines.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { isCovered, view } from '../../../src/rules/view.js';
import { hours, minutes, type Reading } from '../../../src/time/instant.js';
import {
  LATER_SESSION,
  LEASE,
  LOCAL,
  OPEN,
  POLICY,
  past,
  reading,
  SESSION,
  SHOWING,
  without,
} from '../support/facts.js';

const M = minutes;
const END = { reason: 'signed-out', at: past(M(1)), told: false } as const;

describe('the door of admission', () => {
  const at = (duration: number) => view(OPEN, SHOWING, reading(duration));
  const act = (duration: number, answers = false) => observation(OPEN, at(duration), past(duration), answers);

  it('lets an act in while the session is open', () => {
    expect(act(M(1))).toEqual({ session: SESSION, lastActivityAt: past(M(1)) });
  });

  it.each<[when: string, facts: Facts, standing: Standing, then: number]>([
    ['once the session has expired', OPEN, SHOWING, M(15)],
    ['once it is locked', { ...OPEN, lockedAt: past(1) }, SHOWING, M(1)],
    ['once it has ended', { ...OPEN, end: END }, SHOWING, M(1)],
    ['before it was opened here', OPEN, NEWCOMER, M(1)],
    ['while a question about another session is open', OPEN, { ...SHOWING, doubted: true }, M(1)],
    ['on a page that was replaced', OPEN, { ...SHOWING, replacedAt: past(0) }, M(1)],
    ['where nothing is known', {}, SHOWING, M(1)],
  ])('lets none in %s', (_, facts, standing, then) => {
    expect(observation(facts, view(facts, standing, reading(then)), past(then), true)).toBeUndefined();
  });

  it('lets no act in that belongs to another session than the one known', () => {
    expect(observation({ session: LATER_SESSION }, at(M(1)), past(M(1)), true)).toBeUndefined();
  });

  it('lets only an answer in while an idle warning is shown', () => {
    expect(act(M(14))).toBeUndefined();
    expect(act(M(14), true)).toEqual({ session: SESSION, lastActivityAt: past(M(14)) });
  });

  it('lets acts in as usual during a warning of the absolute limit', () => {
    const facts: Facts = { ...OPEN, lease: { ...LEASE, absoluteExpiry: past(M(12)) } };
    const then = view(facts, SHOWING, reading(M(5)));
    expect(then).toMatchObject({ phase: 'warning', deadline: { cause: 'absolute' } });
    expect(observation(facts, then, past(M(5)), false)).toBeDefined();
  });

  it('lets nothing in that is no news', () => {
    expect(observation(OPEN, at(M(1)), OPEN.lastActivityAt!, true)).toBeUndefined();
    expect(observation(OPEN, at(M(1)), past(-1), true)).toBeUndefined();
  });
});

/** What a tab makes of what it hears, one minute after noon unless told otherwise. */
function hear(heard: Facts, how: { facts?: Facts; standing?: Standing; at?: Reading | undefined } = {}): Hearing {
  const { facts = OPEN, standing = SHOWING } = how;
  const now = 'at' in how ? how.at : reading(M(1));
  return hearing(heard, { facts, standing, view: view(facts, standing, now), reading: now });
}

const of = (facts: Facts): Facts => ({ session: SESSION, ...facts });
const lease = (change: Partial<Lease>): Facts => of({ lease: { ...LEASE, rev: 11, ...change } });
const nothing: Hearing = { learn: {}, claims: [] };
const EXPIRED = { at: reading(M(16)) };

describe('of the session it shows a tab takes as known (K6)', () => {
  it.each<[what: string, heard: Facts, how?: Parameters<typeof hear>[1]]>([
    ['a tombstone', of({ end: END })],
    ['a tombstone, though covered', of({ end: END }), EXPIRED],
    ['an earlier idle deadline', lease({ idleExpiry: past(M(5)) })],
    ['an earlier idle deadline of the same rev', lease({ rev: 10, idleExpiry: past(M(5)) })],
    ['an earlier absolute deadline', lease({ absoluteExpiry: past(M(30)) })],
    ['a lease of a higher rev that gives the same', lease({})],
    ['an earlier deadline, though it has no time of its own', lease({ idleExpiry: past(M(5)) }), { at: undefined }],
    ['more time, up to an idle limit from now', lease({ idleExpiry: past(M(16)) })],
    [
      'more time in all, up to the absolute limit from the start',
      lease({ absoluteExpiry: past(hours(8)), idleExpiry: past(M(16)) }),
    ],
    ['a session’s activity', of({ lastActivityAt: past(M(1)) })],
    ['an authentication', of({ authenticatedAt: past(M(1)), acr: 'phr' })],
  ])('%s', (_, heard, how) => {
    const { learn, claims } = hear(heard, how);
    expect(claims).toEqual([]);
    expect(join(learn, heard)).toEqual(learn);
  });

  it('a lock, at once, and asks about it', () => {
    const { learn, claims } = hear(of({ lockedAt: past(M(1)) }));
    expect(learn).toEqual(of({ lockedAt: past(M(1)) }));
    expect(claims).toEqual([{ about: 'this-session', key: `locked ${past(M(1))}` }]);
  });

  it('a lock, and until when it says that the session lasts', () => {
    const policy = { ...POLICY, lockTimeout: M(20) };
    const { claims } = hear({ ...of({ lockedAt: past(M(1)) }), policy });
    expect(claims).toEqual([{ about: 'this-session', key: `locked ${past(M(1))}`, until: past(M(21)) }]);
  });

  it('more time in all from now, where that runs from the authentication', () => {
    const facts: Facts = { ...OPEN, policy: { ...POLICY, absoluteFrom: 'auth_time' } };
    const heard = lease({ absoluteExpiry: past(hours(8) + M(1)) });
    expect(hear(heard, { facts }).learn.lease).toEqual(heard.lease);
    expect(hear(heard).claims).toHaveLength(1);
  });

  it('any deadline, where the policy knows no limit', () => {
    const facts: Facts = { ...OPEN, policy: { ...POLICY, idleTimeout: null, absoluteTimeout: null } };
    expect(hear(lease({ idleExpiry: past(hours(99)) }), { facts }).learn.lease).toBeDefined();
  });
});

describe('of the session it shows a tab only asks about (K6)', () => {
  it.each<[what: string, heard: Facts, key: string, until?: number | undefined, how?: Parameters<typeof hear>[1]]>([
    ['more idle time than there can be', lease({ idleExpiry: past(M(16) + 1) }), 'lease', M(16) + 1],
    ['more time in all than there can be', lease({ absoluteExpiry: past(hours(8) + 1) }), 'lease', M(15)],
    ['a lease without an idle limit', of({ lease: { rev: 11, absoluteExpiry: past(hours(8)) } }), 'lease', hours(8)],
    [
      'a longer lease that was issued while locked',
      lease({ idleExpiry: past(M(16)), whileLocked: true }),
      'lease',
      M(16),
    ],
    ['more time, while covered', lease({ idleExpiry: past(M(20)) }), 'lease', M(20), EXPIRED],
    [
      'more time, where there is no policy to judge by',
      lease({ idleExpiry: past(M(16)) }),
      'lease',
      M(16),
      { facts: without(OPEN, 'policy') },
    ],
    [
      'more time, where there is no time to judge by',
      lease({ idleExpiry: past(M(16)) }),
      'lease',
      M(16),
      { at: undefined },
    ],
    ['a higher policy version', of({ policy: { ...POLICY, version: 2, idleTimeout: 5 } }), 'policy s1 2'],
    ['an authentication in the future', of({ authenticatedAt: past(M(1) + 1) }), 'authenticated'],
    [
      'an authentication that would take a cover down',
      of({ authenticatedAt: past(M(16)) }),
      'authenticated',
      undefined,
      { facts: { ...OPEN, lockedAt: past(M(15)) }, ...EXPIRED },
    ],
    ['another order', { session: { ...SESSION, order: 2 ** 52 } }, 'order 4503599627370496'],
  ])('%s', (_, heard, key, until, how) => {
    const { learn, claims } = hear(heard, how);
    expect(learn).toEqual({});
    expect(claims).toHaveLength(1);
    expect(claims[0]?.about).toBe('this-session');
    expect(claims[0]?.key).toMatch(new RegExp(`^${key}`));
    expect(claims[0]?.until).toBe(until === undefined ? undefined : past(until));
  });

  it('one claim for each thing that was said, each known by its exact value', () => {
    const heard = of({ lockedAt: past(M(9)), authenticatedAt: past(M(9)), policy: { ...POLICY, version: 9 } });
    expect(hear(heard).claims.map(({ key }) => key)).toEqual([
      `locked ${past(M(9))}`,
      `authenticated ${past(M(9))}`,
      'policy s1 9',
    ]);
  });
});

it('a claim of a policy says by how much it warns', () => {
  const policy = { ...POLICY, version: 2, warnBefore: 5, warnBeforeAbsolute: 7 };
  const { claims } = hear(of({ policy, lease: { ...LEASE, rev: 11, idleExpiry: past(M(2)) } }));
  expect(claims).toEqual([
    { about: 'this-session', key: 'policy s1 2', leads: { version: 2, warnBefore: 5, warnBeforeAbsolute: 7 } },
  ]);
});

describe('of the session it shows a tab ignores', () => {
  it.each<[what: string, heard: Facts]>([
    ['nothing', {}],
    ['what it knows', OPEN],
    ['a lease of a lower rev, though it is longer', of({ lease: { rev: 9, idleExpiry: past(hours(9)) } })],
    ['a lease of a lower rev, though it is shorter', of({ lease: { rev: 9, idleExpiry: past(1) } })],
    ['another policy of the version it knows', of({ policy: { ...POLICY, idleTimeout: null } })],
    ['earlier activity', of({ lastActivityAt: past(-5) })],
    ['activity that cannot be yet: it moves no deadline', of({ lastActivityAt: past(M(1) + 1) })],
    ['another subject', { session: { ...SESSION, subject: 'zoe' } }],
  ])('%s', (_, heard) => {
    expect(hear(heard)).toEqual(nothing);
  });

  it('everything but an end, once it is over', () => {
    const facts: Facts = { ...OPEN, end: END };
    const earlier = { ...END, at: past(0), told: true };
    expect(hear(lease({ idleExpiry: past(hours(9)) }), { facts })).toEqual(nothing);
    expect(hear(of({ end: earlier, acr: 'x' }), { facts })).toEqual({ learn: of({ end: earlier }), claims: [] });
  });
});

it('a lease "issued while locked" that is heard without the lock does not take the idle deadline away', () => {
  for (const idleExpiry of [past(M(5)), past(M(15)), past(M(16))]) {
    const known = join(OPEN, hear(lease({ idleExpiry, whileLocked: true })).learn);
    expect(deadlines(known).idle).toBeLessThanOrEqual(past(M(15)));
  }
});

it('the lease that goes with the opening of a lock is no news without it', () => {
  const facts: Facts = { ...OPEN, lockedAt: past(M(2)), lease: { rev: 10, whileLocked: true } };
  const heard = of({ authenticatedAt: past(M(3)), lockedAt: past(M(2)), lease: { rev: 11, idleExpiry: past(M(18)) } });
  const { learn, claims } = hear(heard, { facts });
  expect(learn).toEqual({});
  expect(claims.map(({ key }) => key.split(' ')[0])).toEqual(['lease', 'authenticated']);
});

it('nothing that is heard moves a deadline past what the policy makes possible, or takes a cover down', () => {
  const instants = [1, M(5), M(15), M(16), M(16) + 1, hours(8), hours(9)].map(past);
  for (const now of [reading(M(1)), reading(M(14)), reading(M(16)), reading(M(1), M(20))]) {
    for (const idleExpiry of [undefined, ...instants]) {
      for (const absoluteExpiry of [undefined, ...instants]) {
        for (const rev of [9, 10, 11]) {
          const said = {
            rev,
            ...(idleExpiry === undefined ? {} : { idleExpiry }),
            ...(absoluteExpiry === undefined ? {} : { absoluteExpiry }),
          };
          const before = view(OPEN, SHOWING, now);
          const known = join(OPEN, hear(of({ lease: said, authenticatedAt: past(M(1)) }), { at: now }).learn);
          expect(known.lease!.idleExpiry).toBeLessThanOrEqual(Math.max(LEASE.idleExpiry!, now.latest + M(15)));
          expect(known.lease!.absoluteExpiry).toBeLessThanOrEqual(past(hours(8)));
          if (isCovered(before)) expect(isCovered(view(known, SHOWING, now))).toBe(true);
        }
      }
    }
  }
});

describe('of another session', () => {
  const other: Facts = { session: LATER_SESSION, lastActivityAt: past(M(1)) };
  const claim: Claim = { about: 'other-session', key: 'session s2 2000' };

  it('a tab that shows one asks', () => {
    expect(hear(other)).toEqual({ learn: {}, claims: [claim] });
  });

  it('it asks though the other is the earlier one: order is the server’s to judge', () => {
    const earlier: Facts = { session: { ...SESSION, id: 's0', order: 1 } };
    expect(hear(earlier).claims).toEqual([{ about: 'other-session', key: 'session s0 1' }]);
  });

  it('an end of an earlier one is no news, that of a later one is', () => {
    expect(hear({ session: { ...SESSION, id: 's0', order: 1 }, end: END })).toEqual(nothing);
    expect(hear({ ...other, end: END }).claims).toEqual([claim]);
  });

  it('a page that has shown nothing learns it, for it opens nothing on it', () => {
    expect(hear(other, { standing: NEWCOMER })).toEqual({ learn: other, claims: [] });
  });

  it('a page that has shown nothing, and knows nothing, learns it too', () => {
    expect(hear(OPEN, { facts: {}, standing: NEWCOMER })).toEqual({ learn: OPEN, claims: [] });
  });

  it('a page that the server has told that there is none asks', () => {
    const standing: Standing = { ...NEWCOMER, none: true };
    expect(hear(other, { facts: {}, standing })).toEqual({ learn: {}, claims: [claim] });
    expect(hear(other, { facts: { ...OPEN, end: END }, standing })).toEqual({ learn: {}, claims: [claim] });
  });

  it('a page that was told that in vain asks about each authentication: the next one brings a new secret', () => {
    const standing: Standing = { ...NEWCOMER, none: true, superseded: true };
    const about = (authenticatedAt: number) =>
      hear({ ...other, authenticatedAt: past(authenticatedAt) }, { facts: {}, standing });
    const key = `session s2 2000 ${past(3)}`;
    expect(about(3)).toEqual({ learn: {}, claims: [{ about: 'other-session', key }] });
    expect(about(5).claims).not.toEqual(about(3).claims);
    expect(hear({ ...other, end: END }, { facts: {}, standing })).toEqual(nothing);
  });

  it('such a page does not ask about one that is over', () => {
    expect(hear({ ...other, end: END }, { facts: {}, standing: { ...NEWCOMER, none: true } })).toEqual(nothing);
  });

  it('a page that has ended asks: the person may have signed in again elsewhere', () => {
    expect(hear(other, { facts: { ...OPEN, end: END } }).claims).toEqual([claim]);
  });
});

it('a page that waits for the first answer learns whatever is said of the session it has heard of', () => {
  const heard = { ...OPEN, lease: { rev: 99, idleExpiry: past(hours(99)) } };
  expect(hear(heard, { standing: NEWCOMER })).toEqual({ learn: heard, claims: [] });
});

describe('without a server', () => {
  it.each<[what: string, heard: Facts, facts: Facts, is: Hearing]>([
    [
      'the same session joins whole',
      of({ lastActivityAt: past(hours(9)) }),
      LOCAL,
      { learn: of({ lastActivityAt: past(hours(9)) }), claims: [] },
    ],
    ['the first session heard joins whole', LOCAL, {}, { learn: LOCAL, claims: [] }],
    [
      'a later session is a claim',
      { session: LATER_SESSION },
      LOCAL,
      { learn: {}, claims: [{ about: 'other-session', key: 'session s2 2000' }] },
    ],
    ['an earlier session is old news', LOCAL, { session: LATER_SESSION }, nothing],
    ['what is known is no news', LOCAL, LOCAL, nothing],
    ['nothing is no news', {}, LOCAL, nothing],
  ])('%s', (_, heard, facts, is) => {
    expect(hearingAlone(heard, facts)).toEqual(is);
  });
});

describe('claims postpone the end (K8)', () => {
  const until = (...durations: number[]): Claim[] =>
    durations.map((one) => ({ about: 'this-session', key: String(one), until: past(one) }));

  it.each<[what: string, claims: readonly Claim[], facts: Facts, at: number | undefined]>([
    ['none is none', [], OPEN, undefined],
    ['one without a deadline is none', [{ about: 'this-session', key: 'policy 9' }], OPEN, undefined],
    ['until the deadline that was heard has passed', until(M(20)), OPEN, M(20)],
    ['until the latest of them', until(M(20), M(25), M(18)), OPEN, M(25)],
    ['at most one idle limit past our own deadline', until(hours(5)), OPEN, M(30)],
    [
      'never past the absolute limit',
      until(M(25)),
      { ...OPEN, lease: { ...LEASE, absoluteExpiry: past(M(22)) } },
      M(22),
    ],
    [
      'not where there is no idle limit',
      until(M(25)),
      { ...OPEN, policy: { ...POLICY, idleTimeout: null } },
      undefined,
    ],
    ['not where there is no idle deadline', until(M(25)), { ...OPEN, lease: { rev: 1 } }, undefined],
  ])('%s', (_, claims, facts, at) => {
    expect(postponement(claims, facts)).toBe(at === undefined ? undefined : past(at));
  });
});
