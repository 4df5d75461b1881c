/**
 * The part of the oracle that judges what an app keeps: whether it is wiped (e), by whom (f), and who meets it (g).
 *
 * What no client can decide is excused for the one thing it explains: a belonging, from the sign-in that it came with until
 * now. A fault before that or after, or in another session, excuses nothing.
 */
import type { NightlatchEvent } from '../../../../src/events.js';
import type { Session } from '../../../../src/facts/facts.js';
import type { WipeCall } from '../../../../src/ports.js';
import { isOpen, type SessionView } from '../../../../src/rules/view.js';
import type { Belonging } from '../app.js';
import type { Faults } from '../faults.js';
import type { Deed } from '../history.js';
import type { Truth } from '../truth.js';
import { NAME, type Room, type SimWorld } from '../world.js';

type Accuse = (kind: 'e' | 'f' | 'g', room: Room | undefined, what: string) => void;

export interface StoresParts {
  readonly world: () => SimWorld;
  readonly truth: () => Truth;
  readonly accuse: Accuse;
  readonly excuse: (cause: string) => void;
  readonly faults: Pick<Faults, 'hasHiddenSleep'>;
  /** How uncertain server time is. */
  readonly uncertainty: number;
}

export interface StoresOracle {
  deed(deed: Deed): void;
  /** A page is loaded, and finds a session in the mirror. */
  loaded(room: Room, found: Session | undefined): void;
  viewed(room: Room, view: SessionView): void;
  /** A page has had an answer of the server. */
  answered(room: Room): void;
  stored(room: Room, key: string, value: string | null): void;
  reported(room: Room, event: NightlatchEvent): void;
  signingIn(room: Room, signIn: number, isUnderWay: boolean): void;
  signedIn(sessionId: string | undefined): void;
  /** A page is about to be filled with a session's things. */
  opened(room: Room, view: SessionView): void;
  wiped(room: Room, call: WipeCall, gone: readonly Belonging[]): void;
  /** `isRotated`: the browser is left with a superseded secret. */
  finish(rooms: readonly Room[], isRotated: boolean): void;
}

/** Two sign-ins within this time are one race: storage and replies of the first are still on their way. */
const AT_ONCE = 1_000;

const REOPENED = 'swept again, with what another person’s session left that was shown open since the first time';

/** Spans of time in which something was wrong. */
function createSpans() {
  const spans: { readonly from: number; to: number }[] = [];
  return {
    begin(now: number): void {
      if (spans.at(-1)?.to !== Number.POSITIVE_INFINITY) spans.push({ from: now, to: Number.POSITIVE_INFINITY });
    },
    end(now: number): void {
      const last = spans.at(-1);
      if (last?.to === Number.POSITIVE_INFINITY) last.to = now;
    },
    at(now: number): void {
      spans.push({ from: now, to: now });
    },
    /** Whether something was wrong at any time from `start` on. */
    since: (start: number): boolean => spans.some(({ to }) => to >= start),
  };
}

/** One sign-in, from the button to its failure, or to its session being open: however late that is. */
interface SignIn {
  readonly room: Room;
  readonly from: number;
  to: number;
}

export function createStoresOracle({ world, truth, accuse, excuse, faults, uncertainty }: StoresParts): StoresOracle {
  /** Storage was blocked, full, emptied or forged. */
  const badStorage = createSpans();
  /** A wiper of the app was slow, hung, or threw. */
  const badWipers = createSpans();
  const incompletes: { readonly wiper: string; readonly at: number }[] = [];
  /** When each session was last shown open anew. */
  const openedAt = new Map<string, number>();
  /** Wipes that are excused if it was the door that swept; it says so when all its wipers have run. */
  const swept: { readonly room: Room; readonly sessionId: string; readonly what: string }[] = [];
  const signIns = new Map<number, SignIn>();
  const signedInAt = new Map<string, number>();
  /** When each page first had an answer. */
  const heardServer = new Map<Room, number>();
  /** When it last had one, and the sessions whose sign-in its page has dated too early: it had slept since then, unnoticed. */
  const heardLast = new Map<Room, number>();
  const datedEarly = new Set<string>();
  /** When the server's clock was last set back, or the device's on: either makes what was before seem to be longer ago. */
  let misdatedAt = Number.NEGATIVE_INFINITY;
  const openers = new Map<string, string>();
  const firstOpenedAt = new Map<number, number>();
  /** The sessions of which each page has known whose they are. */
  const persons = new Map<Room, Set<string>>();
  /** What has been written to the keys by which pages know of a sign-in, and may not have reached every page. */
  const written = new Map<string, string | null>();
  /** What the begun key said, as a page saw it when it wrote the belonging. */
  const begunWhenWritten = new Map<string, string | undefined>();

  const now = () => truth().t();

  function notePerson(room: Room, session: Session | undefined): void {
    if (session?.subject === undefined) return;
    persons.set(room, new Set(persons.get(room)).add(session.id));
  }

  function begunOf(room: Room): string | undefined {
    const text = room.sees(`nightlatch:${NAME}:begun`);
    return text === null ? undefined : idOf(text);
  }

  /** When the sign-in began that a belonging came with; for what nobody signed in for, when it was stored. */
  function since(one: Belonging): number {
    return Math.min(one.at, signIns.get(one.signIn)?.from ?? one.at);
  }

  function isRaced(signIn: number): boolean {
    const mine = signIns.get(signIn);
    if (!mine) return false;
    return [...signIns].some(
      ([other, { from, to }]) => other !== signIn && from - AT_ONCE < mine.to && mine.from < to + AT_ONCE,
    );
  }

  /** Whether a wipe of what the belonging is in was reported incomplete since it was stored, the app's wiper being at fault. */
  function wasHeldUp(one: Belonging): boolean {
    const wiper = one.what.startsWith('tokens') ? 'tokens' : 'cache';
    return badWipers.since(one.at) && incompletes.some((report) => report.wiper === wiper && report.at >= one.at);
  }

  // --- (f) -----------------------------------------------------------------------------------------------------------

  /** The last sign-in of a page, while it lasts. */
  function underWay(room: Room): number {
    return Math.max(
      0,
      ...[...signIns].filter(([, one]) => one.room === room && one.to >= now()).map(([count]) => count),
    );
  }

  function isLater(room: Room, one: Belonging, call: WipeCall): boolean {
    if (one.sessionId === call.sessionId || one.signIn <= world().signInOf(call.sessionId)) return false;
    // Whoever signs in sweeps what every earlier sign-in left.
    if (one.signIn < underWay(room)) return false;
    // What is left of a session that is dead may go, whoever clears it; without a server one is over that no page shows.
    if (one.sessionId === undefined) return true;
    if (world().history.hasBackend) return truth().life(one.sessionId).state !== 'dead';
    return world()
      .living()
      .some(({ shown }) => 'session' in shown && shown.session.id === one.sessionId);
  }

  /** Whether a page could know of the session that a belonging is of, or of the sign-in that it is written for. */
  function couldKnow(room: Room, one: Belonging): boolean {
    if (one.sessionId !== undefined) {
      if (begunOf(room) === one.sessionId || openers.get(one.sessionId) === room.page.name) return true;
    }
    return signIns.get(one.signIn)?.room === room;
  }

  /**
   * Whether the page heard the server's time for the first time after it had signed in, or had slept unnoticed before, so that
   * it dated the sign-in too early; and that time was set back meanwhile, or the device's was set on, so that what it hears now
   * puts nothing right: by it the sign-in was before its session started, which another must have led to.
   */
  function isMisdated(room: Room, one: Belonging): boolean {
    const signIn = signIns.get(one.signIn);
    if (signIn?.room !== room || one.sessionId === undefined || openers.has(one.sessionId)) return false;
    const at = signedInAt.get(one.sessionId) ?? Number.POSITIVE_INFINITY;
    const isFirst = (heardServer.get(room) ?? 0) > at;
    return (isFirst || datedEarly.has(one.sessionId)) && misdatedAt >= signIn.from;
  }

  /** A reply to a call of the session before, which comes after the sign-in's, sets that session's cookie again. */
  function hasLostCookie({ sessionId }: Belonging): boolean {
    const { history, server, jar } = world();
    return history.hasBackend && sessionId !== undefined && server.sessionOf(jar.secret)?.id !== sessionId;
  }

  /**
   * Whether the session before was shown open while somebody else signed in over it, after it had been swept for them. A page
   * that has met that session only when it was over cannot tell who it was of: a tombstone names nobody.
   */
  function isReopened(room: Room, { sessionId }: WipeCall, one: Belonging): boolean {
    const signIn = signIns.get(one.signIn);
    const subject = world().server.session(sessionId)?.subject;
    const isAnothers = subject !== one.subject || !persons.get(room)?.has(sessionId);
    return signIn !== undefined && (openedAt.get(sessionId) ?? 0) >= signIn.from && isAnothers;
  }

  /** Whether something that would have told the page is still on its way through storage. */
  function isOnItsWay(room: Room): boolean {
    return [...written].some(([key, value]) => room.sees(key) !== value);
  }

  function judgeWipe(room: Room, call: WipeCall, one: Belonging): void {
    const signIn = signIns.get(one.signIn);
    const isJustBeginning = one.sessionId === undefined || !openers.has(one.sessionId);
    const what = `a wipe for ${call.sessionId} cleared the ${one.what}`;
    if (badStorage.since(since(one))) return excuse('a later session wiped with storage blocked, emptied or forged');
    if (hasLostCookie(one)) return excuse('wiped of a session whose cookie a late reply has put out of the browser');
    if (isRaced(one.signIn)) return excuse('two sign-ins at the same time on one cookie jar');
    if (isReopened(room, call, one)) return void swept.push({ room, sessionId: call.sessionId, what });
    if (isMisdated(room, one))
      return excuse(
        'tokens swept of a sign-in that seemed to be older than its session, for a clock was set meanwhile',
      );
    if (couldKnow(room, one))
      return accuse(
        'f',
        room,
        `${what}${isJustBeginning ? ', whose session was just beginning' : ` of ${one.sessionId}`}`,
      );
    if (isOnItsWay(room)) return excuse('a later session wiped by a page whose storage did not show it yet');
    if (isJustBeginning && signIn && world().history.hasBackend && !heardServer.has(signIn.room))
      return excuse('tokens swept of a sign-in whose page had never heard the server’s time');
    if (isJustBeginning && signIn?.room.page.state() === 'gone')
      return excuse('tokens swept of a sign-in whose page was gone before its session opened');
    accuse('f', room, `${what}, whose session was just beginning`);
  }

  // --- (g) -----------------------------------------------------------------------------------------------------------

  /** What an earlier session left must be gone before the next one opens. */
  function judgeStores(room: Room, id: string, subject: string | undefined): void {
    const { tokens, cache } = world().belongings;
    const mine = world().signInOf(id);
    for (const one of [...tokens.values(), ...cache.values()]) {
      if (one.sessionId === id || one.sessionId === undefined || one.signIn >= mine) continue;
      // Without a backend a missing subject counts as the same person (M2).
      if (one.subject === subject || one.subject === '') continue;
      if (world().server.session(id) === undefined && world().history.hasBackend) continue;
      if (badStorage.since(since(one))) excuse('stores met with storage blocked, emptied or forged');
      else if (wasHeldUp(one)) excuse('stores met because a wiper hung or failed');
      else if (isRaced(mine) || isRaced(one.signIn)) excuse('two sign-ins at the same time on one cookie jar');
      else if (one.at > (signedInAt.get(id) ?? Number.POSITIVE_INFINITY) && begunWhenWritten.get(one.what) !== id)
        excuse('stores met of a page that could not know of the next sign-in yet');
      else return accuse('g', room, `${id} of ${subject} opens with the ${one.what} of ${one.subject}`);
    }
  }

  /** Without a server, two sessions that tabs began of their own accord become one, of one person (M2). */
  function isOneAlone(a: string, b: string): boolean {
    return !world().history.hasBackend && world().signInOf(a) === 0 && world().signInOf(b) === 0;
  }

  function judgeContents(room: Room, view: SessionView): void {
    if (!isOpen(view)) return;
    const { session } = view;
    const held = room.memory.of;
    if (held && held.sessionId !== session.id && !isOneAlone(held.sessionId, session.id)) {
      const kind = held.subject === session.subject ? 'e' : 'g';
      accuse(kind, room, `opens ${session.id} with the memory of ${held.sessionId}`);
    }
    const subject = world().history.hasBackend ? world().server.session(session.id)?.subject : undefined;
    if (subject !== undefined && session.subject !== subject)
      accuse('g', room, `${session.id} is ${subject}'s and shown as ${session.subject}'s`);
    if (view.lastActivityAt < session.startedAt - uncertainty) accuse('g', room, 'facts of an earlier session');
    judgeStores(room, session.id, session.subject);
  }

  // --- (e) -----------------------------------------------------------------------------------------------------------

  /**
   * Whether it was written while the person of a later session signed in, and so shortly before that session opened that the
   * receipt, which tells that the stores were filled again, was still on its way to the page that opened it.
   */
  function wasJustOvertaken(one: Belonging): boolean {
    const { history, browser } = world();
    const way = 2 * Math.max(history.conditions.storageDelay?.[1] ?? 0, browser.conditions.storageDelay[1]);
    return [...signIns].some(([count, { from }]) => {
      const next = firstOpenedAt.get(count) ?? Number.POSITIVE_INFINITY;
      return count > one.signIn && from <= one.at && one.at <= next && next - one.at <= way;
    });
  }

  function judgeLeftovers(rooms: readonly Room[]): void {
    const { tokens, cache } = world().belongings;
    const openIds = new Set(
      rooms.flatMap((room) => (isOpen(room.shown) || room.shown.phase === 'locked' ? [room.shown.session.id] : [])),
    );
    for (const one of [...tokens.values(), ...cache.values()]) {
      if (one.sessionId === undefined || openIds.has(one.sessionId)) continue;
      if (truth().life(one.sessionId).state !== 'dead') continue;
      if (badStorage.since(since(one))) excuse('left where storage was blocked, emptied or forged');
      else if (wasHeldUp(one))
        excuse('left by a wiper that hung or failed, overtaken by the next session, and reported');
      else if (!openers.has(one.sessionId)) excuse('left by a sign-in whose session never opened');
      else if (isRaced(one.signIn)) excuse('two sign-ins at the same time on one cookie jar');
      else if (wasJustOvertaken(one))
        excuse('left of a session that an older reply showed open as the next one was just passing the door');
      else return accuse('e', undefined, `the ${one.what} of ${one.sessionId} is still there`);
    }
  }

  function judgeMemories(rooms: readonly Room[], isRotated: boolean): void {
    for (const room of rooms) {
      const held = room.memory.of;
      if (!held || (isOpen(room.shown) && room.shown.session.id === held.sessionId)) continue;
      if (room.shown.phase === 'locked') {
        const { id } = room.shown.session;
        if (id === held.sessionId || isOneAlone(id, held.sessionId)) continue;
      }
      // The server says neither that it is open nor that it is over; the page waits, covered.
      if (room.shown.phase === 'pending' && isRotated) {
        excuse('the browser is left with a superseded secret (T3)');
        continue;
      }
      accuse('e', room, `the page still holds ${held.sessionId} while it shows ${room.shown.phase}`);
    }
  }

  return {
    deed(deed) {
      switch (deed.type) {
        case 'conditions':
          if (deed.change.storage && deed.change.storage !== 'ok') badStorage.begin(now());
          if (deed.change.storage === 'ok') badStorage.end(now());
          break;
        case 'clear storage':
        case 'forge begun':
        case 'forge mirror':
          badStorage.at(now());
          break;
        case 'server clock':
          if (deed.by < 0) misdatedAt = now();
          break;
        case 'step wall clock':
          if (deed.by > 0) misdatedAt = now();
          break;
        case 'wiper':
          if (deed.mood === 'quick') badWipers.end(now());
          else badWipers.begin(now());
          break;
        default:
          break;
      }
    },
    loaded: notePerson,
    viewed(room, view) {
      if ('session' in view) notePerson(room, view.session);
      if (!isOpen(view) || openers.has(view.session.id)) return;
      openers.set(view.session.id, room.page.name);
      firstOpenedAt.set(world().signInOf(view.session.id), now());
      const signIn = signIns.get(world().signInOf(view.session.id));
      if (signIn && signIn.to < now()) signIn.to = now();
    },
    answered(room) {
      if (!heardServer.has(room)) heardServer.set(room, now());
      heardLast.set(room, now());
    },
    stored(_room, key, value) {
      if (key === `nightlatch:${NAME}:begun` || key === `nightlatch:${NAME}:sign-in`) written.set(key, value);
    },
    reported(room, event) {
      if (event.type === 'wipe-incomplete') {
        for (const wiper of event.wipers) incompletes.push({ wiper, at: now() });
      }
      if (event.type !== 'tokens-wiped' && event.type !== 'wipe-incomplete') return;
      const mine = swept.filter((one) => one.room === room && one.sessionId === event.sessionId);
      for (const one of mine) {
        swept.splice(swept.indexOf(one), 1);
        if (event.because === 'swept-at-sign-in') excuse(REOPENED);
        else accuse('f', room, one.what);
      }
    },
    signingIn(room, signIn, isUnderWay) {
      if (isUnderWay) signIns.set(signIn, { room, from: now(), to: Number.POSITIVE_INFINITY });
      const known = signIns.get(signIn);
      if (known && !isUnderWay) known.to = now();
    },
    signedIn(sessionId) {
      if (sessionId === undefined) return;
      signedInAt.set(sessionId, now());
      const room = signIns.get(world().signInOf(sessionId))?.room;
      const heardAt = room && heardLast.get(room);
      if (heardAt !== undefined && faults.hasHiddenSleep(heardAt)) datedEarly.add(sessionId);
    },
    opened(room, view) {
      if ('session' in view) openedAt.set(view.session.id, now());
      const what = `cache of ${room.page.name}`;
      begunWhenWritten.set(what, begunOf(room));
      judgeContents(room, view);
    },
    wiped(room, call, gone) {
      const one = gone.find((belonging) => isLater(room, belonging, call));
      if (one) judgeWipe(room, call, one);
    },
    finish(rooms, isRotated) {
      for (const { room, what } of swept) accuse('f', room, what);
      judgeLeftovers(rooms);
      judgeMemories(rooms, isRotated);
    },
  };
}

function idOf(begun: string): string | undefined {
  try {
    return (JSON.parse(begun) as { id?: string }).id;
  } catch {
    return undefined;
  }
}
