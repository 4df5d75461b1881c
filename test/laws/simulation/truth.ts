/** What is really so: whether a session lives, by the simulated server, or without one by true acts and true time. */
import type { Policy } from '../../../src/facts/policy.js';
import { DEFAULT_POLICY } from '../../../src/testing/fake-server.js';
import type { SimWorld } from './world.js';

/** Whether the session is open; `since` is when it died, in true time; `why` how. */
export type Life =
  | { readonly state: 'open' }
  /** `since` is when it came to be locked, in true time; a lock may be dated earlier than it was made. */
  | { readonly state: 'locked'; readonly since: number }
  | { readonly state: 'dead'; readonly since: number; readonly why: 'deadline' | 'word' }
  /** It ends about now. */
  | { readonly state: 'due' }
  /** The clocks of this device leave it open. */
  | { readonly state: 'uncertain' };

/** An instant of the device. */
export interface Instant {
  readonly t: number;
  readonly monotonic: number;
  readonly wall: number;
  /** How far the wall clock had jumped ahead by then, sleep included. */
  readonly forward: number;
}

export interface Truth {
  /** True time: milliseconds since the history began, sleep included. */
  t(): number;
  instant(): Instant;
  life(sessionId: string): Life;
  /** The person acted, or answered, where the session was open to them; weak evidence may count for nothing. */
  acted(sessionId: string, isStrong: boolean): void;
  /** A session was opened for the first time, and began so long ago; from here on its life is followed. */
  began(sessionId: string, ago: number): void;
  /** Somebody ended it: a tombstone of the person's own, or the server's word. */
  ended(sessionId: string): void;
  /** When the person last acted in a session without a server. */
  lastAct(sessionId: string): number | undefined;
  /** Looks what has died, so that the instant is exact. */
  look(): void;
  /** The session that the browser's cookie opens, if it lives. */
  current(): { readonly id: string; readonly subject: string } | undefined;
}

/** A session without a server, as the person's acts and the device's clocks have it. */
interface Local {
  readonly startedAt: Instant;
  /** The last act that may have counted: by it the session is surely dead. */
  lastAct: Instant;
  /** The last act that must have counted: by it the session is surely open. */
  lastCertainAct: Instant;
  endedAt: number | undefined;
}

/** A door is passed in this time: waiting for the turn, and for a wiper that hangs. */
const LONGEST_OPENING = 30_000;

/** Clocks of one device are read at slightly different instants, and act stamps are dated early. */
const TOLERANCE = 300;

export function createTruth(world: SimWorld): Truth {
  const { clock, server, jar, history } = world;
  const deaths = new Map<string, { since: number; why: 'deadline' | 'word' }>();
  const locks = new Map<string, number>();
  const locals = new Map<string, Local>();
  const policy: Policy = { ...DEFAULT_POLICY, ...history.policy };
  /** All that the clocks jumped forward, and slept: the most that any tab can have counted beyond the monotonic clock. */
  let jumps = { wall: clock.read().wall - clock.read().monotonic, forward: 0 };

  const instant = (): Instant => ({ t: clock.passed(), ...clock.read(), forward: jumps.forward });

  function look(): void {
    const { wall, monotonic } = clock.read();
    const offset = wall - monotonic;
    if (offset > jumps.wall) jumps = { wall: offset, forward: jumps.forward + offset - jumps.wall };
    else if (offset < jumps.wall - 1) {
      jumps = { wall: offset, forward: jumps.forward };
    }
    if (!history.hasBackend) return;
    for (const session of server.sessions()) {
      if (session.lockedAt === undefined) locks.delete(session.id);
      else if (!locks.has(session.id)) locks.set(session.id, clock.passed());
      if (!session.end || deaths.has(session.id)) continue;
      const isDeadline = session.end.reason === 'idle' || session.end.reason === 'absolute';
      deaths.set(session.id, { since: clock.passed(), why: isDeadline ? 'deadline' : 'word' });
    }
  }

  function remote(sessionId: string): Life {
    const session = server.session(sessionId);
    if (!session) return dead(sessionId, 'word');
    if (session.end)
      return dead(sessionId, session.end.reason === 'idle' || session.end.reason === 'absolute' ? 'deadline' : 'word');
    if (session.lockedAt === undefined) return { state: 'open' };
    return { state: 'locked', since: locks.get(sessionId) ?? clock.passed() };
  }

  function dead(sessionId: string, why: 'deadline' | 'word'): Life {
    const death = deaths.get(sessionId) ?? { since: clock.passed(), why };
    deaths.set(sessionId, death);
    return { state: 'dead', ...death };
  }

  /** The least and the most that can have passed since an instant, by any honest reading of this device's clocks. */
  function passedSince(from: Instant): { least: number; most: number } {
    const now = clock.read();
    const monotonic = now.monotonic - from.monotonic;
    return { least: Math.max(monotonic, now.wall - from.wall), most: monotonic + jumps.forward - from.forward };
  }

  function local(sessionId: string): Life {
    const one = locals.get(sessionId);
    if (!one) return { state: 'uncertain' };
    if (one.endedAt !== undefined) return { state: 'dead', since: one.endedAt, why: 'word' };
    const idle = policy.idleTimeout ?? Number.POSITIVE_INFINITY;
    const absolute = policy.absoluteTimeout ?? Number.POSITIVE_INFINITY;
    const sinceAct = passedSince(one.lastAct);
    const sinceCertain = passedSince(one.lastCertainAct);
    const sinceStart = passedSince(one.startedAt);
    const over = Math.min(idle + TOLERANCE - sinceAct.least, absolute + TOLERANCE - sinceStart.least);
    if (over <= 0) {
      if (policy.onIdle === 'lock' && sinceStart.least < absolute) return { state: 'locked', since: 0 };
      return dead(sessionId, 'deadline');
    }
    if (over <= 2 * TOLERANCE) return { state: 'due' };
    const isCertain = sinceCertain.most < idle - TOLERANCE && sinceStart.most < absolute - TOLERANCE;
    return isCertain ? { state: 'open' } : { state: 'uncertain' };
  }

  return {
    t: clock.passed,
    instant,
    life: (sessionId) => (history.hasBackend ? remote(sessionId) : local(sessionId)),
    acted(sessionId, isStrong) {
      const one = locals.get(sessionId);
      if (!one || local(sessionId).state === 'dead') return;
      one.lastAct = instant();
      const idle = policy.idleTimeout ?? Number.POSITIVE_INFINITY;
      if (isStrong && passedSince(one.lastCertainAct).most < idle - policy.warnBefore - TOLERANCE)
        one.lastCertainAct = instant();
    },
    began(sessionId, ago) {
      if (locals.has(sessionId)) return;
      // Its door takes a while; what takes longer than any wiper is a clock that was set.
      const since = ago >= 0 && ago < LONGEST_OPENING ? ago : 0;
      const here = instant();
      const now = { ...here, t: here.t - since, monotonic: here.monotonic - since, wall: here.wall - since };
      locals.set(sessionId, { startedAt: now, lastAct: now, lastCertainAct: now, endedAt: undefined });
    },
    ended(sessionId) {
      const one = locals.get(sessionId);
      if (one && one.endedAt === undefined) one.endedAt = clock.passed();
    },
    lastAct: (sessionId) => locals.get(sessionId)?.lastCertainAct.t,
    look,
    current() {
      if (!history.hasBackend) return undefined;
      const session = server.sessionOf(jar.secret);
      return session && !session.end && server.session(session.id) ? session : undefined;
    },
  };
}
