/** The laws of admission: nothing that this tab observes or another one says reopens, uncovers, or grants more than may be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Facts, isLocked } from '../../src/facts/facts.js';
import { join } from '../../src/facts/join.js';
import { hearing, observation } from '../../src/rules/admit.js';
import { absoluteDeadline, idleDeadline } from '../../src/rules/deadlines.js';
import type { Standing } from '../../src/rules/standing.js';
import { isCovered, isOpen, view } from '../../src/rules/view.js';
import { overruling, type Word } from '../../src/rules/word.js';
import type { Reading } from '../../src/time/instant.js';
import { facts, factsOf, instant, lease, policy, reading, session, standingTo, THOROUGH } from './arbitraries.js';

const runs = THOROUGH as { numRuns: number; seed: number };

interface Tab {
  readonly known: Facts;
  readonly standing: Standing;
  readonly now: Reading;
}

/** A tab in any state, mostly one that has an open session or had one. */
const tab: fc.Arbitrary<Tab> = factsOf(session).chain((known) =>
  fc.record({ known: fc.constant(known), standing: standingTo(known), now: reading }),
);

const say = (seen: Facts, { standing, now }: Tab) => view(seen, standing, now);

/** What the same tab makes of something it heard. */
function hear(one: Tab, heard: Facts): Facts {
  const { learn } = hearing(heard, {
    facts: one.known,
    standing: one.standing,
    view: say(one.known, one),
    reading: one.now,
  });
  return learn.session ? join(one.known, learn) : one.known;
}

describe('the person’s own acts', () => {
  it('never reopen an expired, locked or ended session, whenever they are said to have happened', () =>
    fc.assert(
      fc.property(tab, instant, fc.boolean(), (one, at, answers) => {
        const before = say(one.known, one);
        if (isOpen(before)) return;
        const fact = observation(one.known, before, at, answers);
        const after = fact ? join(one.known, fact) : one.known;
        expect(isOpen(say(after, one))).toBe(false);
      }),
      runs,
    ));

  it('count for nothing during an idle warning, unless they answer it', () =>
    fc.assert(
      fc.property(tab, instant, (one, at) => {
        const now = say(one.known, one);
        if (now.phase !== 'warning' || now.deadline.cause !== 'idle') return;
        expect(observation(one.known, now, at, false)).toBeUndefined();
      }),
      runs,
    ));

  it('say nothing but that the person acted: no lease, policy, lock or end', () =>
    fc.assert(
      fc.property(tab, instant, fc.boolean(), (one, at, answers) => {
        const fact = observation(one.known, say(one.known, one), at, answers);
        if (fact) expect(Object.keys(fact).sort()).toEqual(['lastActivityAt', 'session']);
      }),
      runs,
    ));
});

describe('what a tab or the mirror says', () => {
  it('takes no cover down', () =>
    fc.assert(
      fc.property(tab, facts, (one, heard) => {
        const before = say(one.known, one);
        if (isCovered(before)) expect(isCovered(say(hear(one, heard), one))).toBe(true);
      }),
      runs,
    ));

  it('opens nothing', () =>
    fc.assert(
      fc.property(tab, facts, (one, heard) => {
        if (!isOpen(say(one.known, one))) expect(isOpen(say(hear(one, heard), one))).toBe(false);
      }),
      runs,
    ));

  it('removes no tombstone and no lock of its own session', () =>
    fc.assert(
      fc.property(tab, facts, (one, heard) => {
        const after = hear(one, heard);
        if (after.session?.id !== one.known.session?.id) return;
        if (one.known.end) expect(after.end).toBeDefined();
        if (one.known.lockedAt !== undefined) expect(after.lockedAt).toBeGreaterThanOrEqual(one.known.lockedAt);
      }),
      runs,
    ));

  it('moves no deadline of an open session past what its policy makes possible', () =>
    fc.assert(
      fc.property(tab, facts, (one, heard) => {
        if (!isOpen(say(one.known, one)) || !one.known.policy || !one.known.lease || !heard.lease) return;
        const after = hear(one, heard);
        if (!isOpen(say(after, one))) return;
        const { idleTimeout, absoluteTimeout, absoluteFrom } = one.known.policy;
        const idle = idleDeadline(after);
        const absolute = absoluteDeadline(after);
        const farthest = (known: number | undefined, possible: number) =>
          Math.max(known ?? Number.POSITIVE_INFINITY, possible);
        if (idleTimeout !== null) {
          expect(idle ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
            farthest(idleDeadline(one.known), one.now.latest + idleTimeout),
          );
        }
        if (absoluteTimeout !== null) {
          const start = absoluteFrom === 'auth_time' ? one.now.latest : one.known.session!.startedAt;
          expect(absolute ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
            farthest(absoluteDeadline(one.known), start + absoluteTimeout),
          );
        }
      }),
      runs,
    ));

  it('changes no policy and no session of a page that shows one', () =>
    fc.assert(
      fc.property(tab, facts, (one, heard) => {
        if (!isOpen(say(one.known, one))) return;
        const after = hear(one, heard);
        expect(after.session?.id).toBe(one.known.session?.id);
        expect(after.policy).toEqual(one.known.policy);
      }),
      runs,
    ));

  it('counts at once where it ends the session that is shown', () =>
    fc.assert(
      fc.property(tab, factsOf(session), (one, heard) => {
        const own = one.known.session!;
        if (!isOpen(say(one.known, one)) || !heard.end) return;
        const after = hear(one, { session: own, end: heard.end });
        expect(say(after, one).phase).toBe('ended');
      }),
      runs,
    ));
});

describe('the server’s first-hand word', () => {
  const word: fc.Arbitrary<Word> = fc
    .record({
      serverTime: instant,
      session,
      authenticatedAt: instant,
      lastActivityAt: instant,
      lease,
      policy,
      lockedAt: fc.option(instant, { nil: undefined }),
    })
    .map(({ lease: { rev, idleExpiry, absoluteExpiry }, lockedAt, ...rest }) => ({
      ...rest,
      rev,
      ...(idleExpiry === undefined ? {} : { idleExpiry }),
      ...(absoluteExpiry === undefined ? {} : { absoluteExpiry }),
      ...(lockedAt === undefined ? {} : { lockedAt }),
    }));

  it('replaces session, lease, policy and authentication, whatever order, rev and version say', () =>
    fc.assert(
      fc.property(facts, word, (known, said) => {
        const { facts: after } = overruling(known, said);
        expect(after.session).toEqual(said.session);
        expect(after.lease?.rev).toBe(said.rev);
        expect(after.policy).toEqual(said.policy);
        expect(after.authenticatedAt).toBe(said.authenticatedAt);
      }),
      runs,
    ));

  it('leaves a tombstone of the same session where it is, and brings none of another', () =>
    fc.assert(
      fc.property(facts, word, (known, said) => {
        const { facts: after } = overruling(known, said);
        if (known.session?.id === said.session.id) expect(after.end).toEqual(known.end);
        else expect(after.end).toBeUndefined();
      }),
      runs,
    ));

  it('keeps activity and a lock that it may not know yet, but none from after it spoke', () =>
    fc.assert(
      fc.property(facts, word, (known, said) => {
        const { facts: after } = overruling(known, said);
        const mine = known.session?.id === said.session.id;
        for (const key of ['lastActivityAt', 'lockedAt'] as const) {
          const own = known[key];
          const kept = mine && own !== undefined && own <= said.serverTime ? own : undefined;
          // A lock that the server states is later than the authentication that it states with it.
          const least = key === 'lockedAt' && said.lockedAt !== undefined ? said.authenticatedAt + 1 : 0;
          const expected = Math.max(kept ?? 0, said[key] ?? 0, least);
          expect(after[key] ?? 0).toBe(expected);
        }
      }),
      runs,
    ));

  it('locks what it says is locked, whatever its clock has been through', () =>
    fc.assert(
      fc.property(facts, word, (known, said) => {
        if (said.lockedAt !== undefined) expect(isLocked(overruling(known, said).facts)).toBe(true);
      }),
      runs,
    ));
});
