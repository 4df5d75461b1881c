/** (a) Sessions that end though they are open, or without a word. */
import type { Facts } from '../../../../src/facts/facts.js';
import type { SessionView } from '../../../../src/rules/view.js';
import { later, type ServerTime } from '../../../../src/time/instant.js';
import type { Room } from '../world.js';
import type { Inquiry } from './inquiry.js';
import { GRACE, LAST_LOOK, PROMPT, UNCERTAINTY } from './limits.js';
import type { Seen } from './seen.js';
import { untilOf } from './sight.js';

/** An act is in the mirror by then: a second for the pulse of activity, one for the spacing of writes, and the way. */
const MIRRORED = 3_000;

export interface EndsOracle {
  /** How each session ended, as the tabs said. */
  readonly ends: ReadonlyMap<string, number>;
  judgeEnd(one: Seen, view: Extract<SessionView, { phase: 'ended' }>): void;
}

export function createEndsOracle({ world, truth, faults, notes, sight, of, accuse, excuse }: Inquiry): EndsOracle {
  const ends = new Map<string, number>();
  const { mirrorOf, untoldOf, word } = sight;

  function judgeEnd(one: Seen, view: Extract<SessionView, { phase: 'ended' }>): void {
    const { id } = view.session;
    const { room } = one;
    const life = truth().life(id);
    ends.set(view.reason, (ends.get(view.reason) ?? 0) + 1);
    if (view.reason === 'replaced') {
      if (
        world().history.hasBackend &&
        truth().current()?.id === id &&
        truth().current()?.subject === view.session.subject
      ) {
        accuse('a', room, `replaced, though ${id} is the browser's session`);
      }
      return;
    }
    const mirror = mirrorOf(room);
    if (mirror?.session?.id === id && mirror.end) word(one, id, 'mirror');
    if (untoldOf(room).includes(id)) word(one, id, 'the list of untold ends');
    const isNone = truth().t() - one.noneAt <= PROMPT;
    if (one.words.has(id) || notes.buried.has(id) || isNone || one.signedOut.has(id)) return;
    if (life.state === 'dead') {
      if (!['idle', 'absolute', 'credential'].includes(view.reason)) {
        accuse('a', room, `ended (${view.reason}) without a tombstone or a word of the server`);
      }
      return;
    }
    if (view.reason !== 'idle' && view.reason !== 'absolute') {
      return accuse('a', room, `ended (${view.reason}) without a tombstone or a word of the server`);
    }
    if (world().history.hasBackend) judgeBelief(one, id);
    else judgeLocalBelief(one, id, life.state);
  }

  function judgeBelief(one: Seen, id: string): void {
    const { room } = one;
    const now = truth().t();
    const session = world().server.session(id);
    const serverNow = world().server.now();
    const document = one.documents.get(id);
    if (
      document &&
      document.issuedAt <= now &&
      now - document.issuedAt < LAST_LOOK &&
      document.until > serverNow + UNCERTAINTY
    ) {
      // A locked page was covered long before its last look; a deadline that is forged then overtakes what was said before.
      const isForgedSince =
        one.believed && faults.isForgedDeadline(one.believed.at) && document.askedAt <= one.believedAt;
      if (document.askedAt > one.coveredAt && !isForgedSince)
        return accuse('a', room, 'the server had just said, in the last look, that it is open');
    }
    const asked = [...one.requests.values()].some(
      ({ askedAt, issuedAt }) => issuedAt === undefined && now - askedAt < LAST_LOOK * 2,
    );
    const reachable = notes.reliableAt < now - LAST_LOOK && one.unreachableAt < now - LAST_LOOK && !asked;
    if (reachable && one.wokeAt < now - LAST_LOOK) {
      return accuse('a', room, `the server would have answered that ${id} is open (rev ${session?.rev})`);
    }
    // Earlier deadlines count at once (K6), for closing must not wait; and the server could not be asked.
    if (one.believed && faults.isForgedDeadline(one.believed.at))
      return excuse('ended while the server was silent, at a deadline that a script of the origin had forged');
    const mirror = mirrorOf(room);
    const isHonest = mirror?.session?.id === id && !mirror.end && !faults.isForgedLease(mirror.lease);
    const heard = one.heard.get(id);
    const knownRev = Math.max(document?.rev ?? 0, (mirror?.session?.id === id && mirror.lease?.rev) || 0);
    const isNews = heard && heard.rev >= knownRev;
    const inMirror = isHonest ? limitClaim(one, id, untilOf(mirror)) : Number.NEGATIVE_INFINITY;
    const fromTabs = isNews ? limitClaim(one, id, untilOf(unlocked(heard.facts, document))) : Number.NEGATIVE_INFINITY;
    const until = Math.max(inMirror, fromTabs);
    // By this page's own clock, of which the earliest reading counts; it is right unless somebody has set a clock.
    const isOpenHere = until > room.latch.read().earliest + UNCERTAINTY;
    const who = inMirror >= fromTabs ? 'the mirror' : 'another tab';
    if (isOpenHere)
      return accuse('a', room, `${who} said that it is open until ${Math.round(until - serverNow)} ms later`);
    // The server's clock was set back, or the device's set on, and the sample that would tell was not to be had.
    if (until > serverNow + UNCERTAINTY) return excuse('ended while the server was silent and a clock had been set');
    if (notes.rotatedAt > Number.NEGATIVE_INFINITY)
      return excuse('ended while the server told this browser only that its secret is superseded');
    excuse('ended while the server was silent, and nothing within reach said that it is open');
  }

  /** What was heard, as a page takes it that knows of the last authentication: a tab may not have heard of that yet. */
  function unlocked(facts: Facts, document: { readonly authenticatedAt: ServerTime } | undefined): Facts {
    const authenticatedAt = later(facts.authenticatedAt, document?.authenticatedAt);
    return authenticatedAt === undefined ? facts : { ...facts, authenticatedAt };
  }

  /** A claim postpones by at most one idle limit past the page's own deadline, and never past the absolute limit (K8). */
  function limitClaim(one: Seen, id: string, until: number): number {
    const own = one.documents.get(id)?.until;
    const idle = world().server.session(id)?.policy.idleTimeout ?? 0;
    const absolute = one.documents.get(id)?.absolute ?? Number.POSITIVE_INFINITY;
    return own === undefined ? until : Math.min(until, own + idle, absolute);
  }

  function judgeLocalBelief(one: Seen, id: string, state: 'open' | 'locked' | 'due' | 'uncertain'): void {
    const { room } = one;
    if (state === 'locked' || state === 'due') return;
    if (state === 'uncertain') return excuse('ended by a clock that had been set');
    const now = truth().t();
    const reading = room.latch.read();
    // Time never goes back in a page (M1): set back, the wall clock is behind it until it has caught up.
    if (reading.now > world().clock.read().wall + UNCERTAINTY)
      return excuse('ended by a tab whose time is ahead since the wall clock was set back');
    const actedAt = truth().lastAct(id) ?? now;
    const mirror = mirrorOf(room);
    if (mirror?.session?.id === id && !mirror.end && untilOf(mirror) > reading.now + UNCERTAINTY) {
      return accuse('a', room, 'the mirror said that it is open');
    }
    const heard = one.heard.get(id);
    if (heard && heard.until > reading.now + UNCERTAINTY)
      return accuse('a', room, 'another tab had said that it is open');
    const actor = notes.actors.get(id);
    if (actor && actor.stoppedAt === undefined && couldBeMirrored(actor.room, actedAt))
      return accuse('a', room, `the person had acted ${Math.round(now - actedAt)} ms before, in a tab that lives`);
    excuse('ended though open, by an act that no tab could tell of');
  }

  /** Whether storage worked when the act was to be written down, and what was written was still there, or written again. */
  function couldBeMirrored(actor: Room, actedAt: number): boolean {
    const now = truth().t();
    if (now - actedAt < MIRRORED) return false;
    if (faults.wasStorageOut(actedAt, actedAt + MIRRORED) || faults.wasStorageOut(now - LAST_LOOK, now)) return false;
    const struckAt = faults.storageStruckAt();
    if (struckAt < actedAt) return true;
    // Emptied since: the page that acted writes it back as soon as it looks, if it is there to look.
    const isAwake = actor.page.state() === 'running' && actor.page.isVisible();
    return isAwake && Math.max(struckAt, of(actor).rousedAt, of(actor).visibleAt) + GRACE < now;
  }

  return { ends, judgeEnd };
}
