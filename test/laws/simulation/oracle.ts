/** The oracle: it knows the truth, watches every tab, and counts what must never happen. */
import { decodeKept, decodeMessage } from '../../../src/facts/codec.js';
import type { Facts, Lease } from '../../../src/facts/facts.js';
import type { Reply, SessionDocument } from '../../../src/ports.js';
import { deadlines, firstDeadline } from '../../../src/rules/deadlines.js';
import { isOpen, type SessionView } from '../../../src/rules/view.js';
import type { Carried } from '../../../src/testing.js';
import { later, type ServerTime } from '../../../src/time/instant.js';
import { createFaults } from './faults.js';
import { forge } from './forge.js';
import type { Deed, Forgery } from './history.js';
import { createStoresOracle } from './oracle-stores.js';
import { createTruth, type Truth } from './truth.js';
import { NAME, type Room, type SimWorld, type Watcher } from './world.js';

/** The kinds of issue 3, section 2. */
export type Kind = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i';

export const KINDS: Readonly<Record<Kind, string>> = {
  a: 'a session ended though something within reach said that it is open, or without a word',
  b: 'a dead session is shown open',
  c: 'a revival',
  d: 'tabs disagree after the network has settled',
  e: 'a wipe never ran',
  f: 'a wipe or a call hit a later session',
  g: 'one person met what is another person’s',
  h: 'too much talk, or too many writes',
  i: 'too many questions',
};

export interface Violation {
  readonly kind: Kind;
  /** True time in the history. */
  readonly t: number;
  readonly room: string;
  readonly what: string;
}

export interface Oracle {
  readonly watcher: Watcher;
  readonly violations: readonly Violation[];
  /** What happened that no client can prevent, by cause. */
  readonly excused: ReadonlyMap<string, number>;
  /** How each session ended, as the tabs said. */
  readonly ends: ReadonlyMap<string, number>;
  /** Adds a violation that somebody else has seen. */
  accuse(kind: Kind, room: Room | undefined, what: string): void;
  /**
   * Whether a locked session has died less than `within` ago of which pages were told only that their secret is superseded:
   * they wait for their back-off to ask again, and no deadline of theirs tells them.
   */
  isYetToBeHeard(within: number): boolean;
  /** Whether a session has ended less than `within` ago. */
  hasJustEnded(within: number): boolean;
  /** The reply with the new secret was lost: until somebody signs in, no page has an answer that decides. */
  isSuperseded(): boolean;
  /** Judges what must hold when all has settled. */
  finish(): void;
}

/** A page that is awake and visible looks at least this often (`docs/architecture.md`, Time), and a little for the work itself. */
const GRACE = 31_000;
/** The longest back-off of the SDK, with the poll before it. */
const NEWS_GRACE = 60_000 + 60_000 + GRACE;
/** How long a page that comes back waits for the server. */
const RETURN_LIMIT = 3_000;
/** Timers ring, and promises settle. */
const PROMPT = 250;
/** How long a last look takes at most: waiting for the turn, asking, and the pauses around. */
const LAST_LOOK = 5_000;
/** Forgeries by which a page may come to end a session, and to date an act. */
const FORGED_ENDS: readonly Forgery[] = ['tombstone', 'other format'];
const FORGED_ACTS: readonly Forgery[] = ['future activity', 'past activity'];
/** The uncertainty of server time that is stated: half a second of travel each way, and the drift of quartz. */
const UNCERTAINTY = 1_500;

/** What one tab has written or said the others see after this. */
const SEEN = 1_000;
/** An act is in the mirror by then: a second for the pulse of activity, one for the spacing of writes, and the way. */
const MIRRORED = 3_000;

/** A page dates an act this much apart from the reading at which it was done. */
const DATED = 300;

const MIRROR = `nightlatch:${NAME}:facts`;

/** What the oracle knows of one page. */
interface Seen {
  readonly room: Room;
  open: string | undefined;
  /** What is shown open is dead, and has been since. */
  deadAt: number | undefined;
  readonly ended: Set<string>;
  /** Who said to this page that a session is over, and when it could know. */
  readonly words: Map<string, { readonly by: string; readonly at: number }>;
  /** When the server last said that this browser holds no session, or an ended one: that counts at once, or not at all. */
  noneAt: number;
  /** Sessions that the person signed out of on this page. */
  readonly signedOut: Set<string>;
  /** The sessions that the mirror has spoken of, as the page saw it when it was loaded and while it has had nothing to show. */
  readonly found: Set<string>;
  /** The session that this page showed open last: what it is bound to. */
  bound: string | undefined;
  /** The deadline by which it last believed a session to be over. */
  believed: { readonly at: number } | undefined;
  /** Since when it has believed so: the last look follows. */
  believedAt: number;
  /** The server's newest document of each session that this page was given. */
  readonly documents: Map<
    string,
    {
      readonly askedAt: number;
      readonly issuedAt: number;
      readonly rev: number;
      readonly authenticatedAt: ServerTime;
      readonly until: number;
      readonly absolute: number;
    }
  >;
  /** The latest deadline of each session that it heard of, in server time. */
  readonly heard: Map<string, { readonly rev: number; readonly until: number; readonly facts: Facts }>;
  coveredAt: number;
  /** When the server last answered this page. */
  answeredAt: number;
  /** When the device or the page was last disturbed: after that its clocks may have to be looked at first. */
  wokeAt: number;
  rousedAt: number;
  visibleAt: number;
  /** When another person's session first stood in the storage as this page sees it. */
  strangerAt: number | undefined;
  readonly requests: Map<number, { readonly askedAt: number; readonly type: string; issuedAt?: number }>;
  /** When a request was last lost, late, or answered with nothing. */
  unreachableAt: number;
  readonly tabWiped: Set<string>;
  readonly shownOpen: Set<string>;
  readonly peeks: number[];
  /** The last answer was that the secret is superseded: the same question is asked once more, at once (T3). */
  isRepeating: boolean;
}

export function createOracle(getWorld: () => SimWorld): Oracle {
  const violations: Violation[] = [];
  const excused = new Map<string, number>();
  const ends = new Map<string, number>();
  const seen = new Map<Room, Seen>();
  let madeTruth: Truth | undefined;
  const truth = (): Truth => {
    madeTruth ??= createTruth(getWorld());
    return madeTruth;
  };
  const world = getWorld;

  /** Since when the way to the server has been good for every request. */
  let reliableAt = 0;
  /** When storage last failed, was emptied or forged: what it says since is no measure of the SDK. */
  let storageTouchedAt = Number.NEGATIVE_INFINITY;
  /** When the browser last came with a superseded secret, and with no other since: the reply with the new one was lost. */
  let rotatedAt = Number.NEGATIVE_INFINITY;
  /** What was forged about each session. */
  const forged = new Map<string, Set<Forgery>>();
  let clocksAt = Number.NEGATIVE_INFINITY;
  const faults = createFaults(getWorld);
  /** Acts may be dated wrongly up to here. */
  let misdatedUntil = Number.NEGATIVE_INFINITY;
  const signedOut = new Set<string>();
  const everEnded = new Map<string, number>();
  const endSent = new Set<string>();
  /** Sessions whose tombstone has stood in the mirror, by whomever and however shortly. */
  const buried = new Set<string>();
  /** The last activity that the server knows of each session, in true time, before the next call reaches it. */
  const lastKnown = new Map<string, number>();
  const acts: { readonly t: number; readonly sessionId: string }[] = [];
  /**
   * Without a server: when, by its page's clock, something was done in a dead session, where that page could not know its
   * deadline. Who hears of the act takes it for one that was done before.
   */
  const misplaced = new Map<string, number[]>();
  let messages = 0;
  let hellos = 0;
  let writes = 0;

  function accuse(kind: Kind, room: Room | undefined, what: string): void {
    violations.push({ kind, t: truth().t(), room: room?.page.name ?? 'browser', what });
  }

  function excuse(cause: string): void {
    excused.set(cause, (excused.get(cause) ?? 0) + 1);
  }

  function of(room: Room): Seen {
    const known = seen.get(room);
    if (known) return known;
    const now = truth().t();
    const one: Seen = {
      room,
      open: undefined,
      deadAt: undefined,
      ended: new Set(),
      words: new Map(),
      noneAt: Number.NEGATIVE_INFINITY,
      signedOut: new Set(),
      found: new Set(),
      bound: undefined,
      believed: undefined,
      believedAt: Number.NEGATIVE_INFINITY,
      documents: new Map(),
      heard: new Map(),
      coveredAt: now,
      answeredAt: now,
      wokeAt: Number.NEGATIVE_INFINITY,
      rousedAt: now,
      visibleAt: now,
      strangerAt: undefined,
      requests: new Map(),
      unreachableAt: Number.NEGATIVE_INFINITY,
      tabWiped: new Set(),
      shownOpen: new Set(),
      peeks: [],
      isRepeating: false,
    };
    seen.set(room, one);
    return one;
  }

  const stores = createStoresOracle({ world, truth, accuse, excuse, faults, uncertainty: UNCERTAINTY });

  // --- what a page was told ----------------------------------------------------------------------------------------

  function word(one: Seen, sessionId: string, by: string): void {
    if (!one.words.has(sessionId)) one.words.set(sessionId, { by, at: truth().t() });
  }

  /** The deadline that facts speak of, in server time. */
  function untilOf(facts: Facts): number {
    return firstDeadline(deadlines(facts))?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Every page that hears a message hears the same one. */
  const decoded = new WeakMap<object, Facts>();

  function factsIn(message: object): Facts {
    const facts = decoded.get(message) ?? decodeMessage(message).facts;
    decoded.set(message, facts);
    return facts;
  }

  /** What a message says, read lightly: it is heard often, and a forged one proves nothing here anyway. */
  function hear(one: Seen, message: unknown): void {
    const { session, end, lease } = message as { session?: { id?: unknown }; end?: unknown; lease?: Partial<Lease> };
    const id = session?.id;
    if (typeof id !== 'string') return;
    if (typeof end === 'object') return word(one, id, 'another tab');
    const known = one.heard.get(id);
    const rev = lease?.rev ?? 0;
    // What a script of the origin says is no word of another tab.
    if (lease && faults.isForgedLease({ rev, ...lease })) return;
    const facts = factsIn(message as object);
    const until = untilOf(facts);
    const isNews = !known || rev > known.rev || (rev === known.rev && until > known.until);
    if (isNews) one.heard.set(id, { rev, until, facts });
  }

  /** The mirror as it was read last: most pages see the same, for a while. */
  let mirrorText: string | undefined;
  let mirrored: Facts | undefined;

  function mirrorOf(room: Room): Facts | undefined {
    const text = room.sees(MIRROR);
    if (text === null) return undefined;
    if (text !== mirrorText) {
      mirrorText = text;
      mirrored = readable(text);
    }
    return mirrored;
  }

  /** Storage may fail later, and then the page still knows what it has read. */
  function noteFound(one: Seen): void {
    const id = mirrorOf(one.room)?.session?.id;
    if (id !== undefined) one.found.add(id);
  }

  function untoldOf(room: Room): readonly string[] {
    try {
      const all = JSON.parse(room.sees(`nightlatch:${NAME}:untold`) ?? '[]') as readonly { id: string }[];
      return all.map(({ id }) => id);
    } catch {
      return [];
    }
  }

  function begunOf(room: Room): string | undefined {
    const text = room.sees(`nightlatch:${NAME}:begun`);
    if (text === null) return undefined;
    try {
      return (JSON.parse(text) as { id?: string }).id;
    } catch {
      return undefined;
    }
  }

  // --- (a) ends ----------------------------------------------------------------------------------------------------

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
    if (one.words.has(id) || buried.has(id) || isNone || one.signedOut.has(id)) return;
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
    const reachable = reliableAt < now - LAST_LOOK && one.unreachableAt < now - LAST_LOOK && !asked;
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
    if (rotatedAt > Number.NEGATIVE_INFINITY)
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
    const actor = actors.get(id);
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

  /** The tab in which the person last acted, and whether it was stopped before it could tell. */
  const actors = new Map<string, { readonly room: Room; readonly t: number; stoppedAt: number | undefined }>();

  function noteStopped(room: Room): void {
    const now = truth().t();
    for (const actor of actors.values()) {
      if (actor.room === room && now - actor.t < 2_500) actor.stoppedAt = now;
    }
  }

  // --- (b) dead sessions shown open --------------------------------------------------------------------------------

  function judgeOpen(one: Seen): void {
    const { room, open } = one;
    if (open === undefined || room.page.state() !== 'running') return;
    const life = truth().life(open);
    if (life.state !== 'dead') {
      one.deadAt = undefined;
      judgeStranger(one);
      return;
    }
    const now = truth().t();
    one.deadAt ??= life.since;
    const said = one.words.get(open);
    if (said) {
      if (now - Math.max(said.at, one.rousedAt) > PROMPT) return guilty(one, `it was told by ${said.by}`);
      return;
    }
    if (life.why === 'deadline' && knowsDeadline(one)) {
      const late = room.page.isVisible() ? 0 : world().browser.conditions.hiddenTimers[1] + 1_000;
      const free = Math.max(life.since + late, one.rousedAt, one.wokeAt + GRACE);
      if (now - free > PROMPT) return guilty(one, 'its deadline has passed');
    }
    const inMirror = mirrorOf(room);
    if (inMirror?.session?.id === open && inMirror.end && room.page.isVisible()) {
      if (
        now -
          Math.max(one.rousedAt, one.wokeAt, life.since, one.visibleAt, everEnded.get(open) ?? 0, storageTouchedAt) >
        GRACE
      ) {
        return guilty(one, 'the mirror says so');
      }
    }
    if (world().history.hasBackend && room.page.isVisible()) {
      const since = Math.max(life.since, one.rousedAt, one.wokeAt, one.visibleAt, reliableAt, one.unreachableAt);
      if (now - since > NEWS_GRACE) return guilty(one, 'the server would have said so');
    }
  }

  /** Whether this page knows the deadline that has passed, and can know the time. */
  function knowsDeadline(one: Seen): boolean {
    const { shown } = one.room;
    if (!isOpen(shown)) return false;
    const { id } = shown.session;
    if (world().history.hasBackend) {
      const diedAt = world().server.session(id)?.end?.at;
      // A later one was believed: the policy was shortened since, or a script of the origin has forged it. News must tell.
      if (diedAt === undefined || (shown.deadline?.at ?? Number.POSITIVE_INFINITY) > diedAt) return false;
      return !faults.hasHiddenSleep(one.answeredAt);
    }
    if (isLedOn(one)) return false;
    const actedAt = truth().lastAct(id) ?? 0;
    // A page that was loaded after the wall clock was set back counts from the latest instant that is written down.
    if (one.room.loadedAt >= actedAt && faults.setBackAt() >= 0 && faults.setBackAt() <= one.room.loadedAt)
      return false;
    return !faults.hasHiddenSleep(actedAt);
  }

  /** Whether the act by which a page shows its session open was done in a page that could not know that it was over. */
  function isLedOn({ room: { shown } }: Seen): boolean {
    if (!isOpen(shown)) return false;
    const acted = misplaced.get(shown.session.id) ?? [];
    return acted.some((at) => Math.abs(at - shown.lastActivityAt) <= DATED);
  }

  const convicted = new Set<string>();

  /** Each page is guilty once of each session. */
  function guilty(one: Seen, why: string): void {
    const key = `${one.room.page.name} ${one.open}`;
    if (convicted.has(key)) return;
    convicted.add(key);
    accuse('b', one.room, `${one.open} is dead and shown ${one.room.shown.phase}: ${why}`);
  }

  // --- (c) revivals ------------------------------------------------------------------------------------------------

  function judgeOpening(
    one: Seen,
    view: SessionView & { readonly session: { readonly id: string } },
    previous: SessionView,
  ): void {
    const { room } = one;
    const { id } = view.session;
    if (one.ended.has(id)) return accuse('c', room, `${id} was shown ended here before`);
    const mirror = mirrorOf(room);
    if (mirror?.session?.id === id && mirror.end) return accuse('c', room, `the mirror holds the tombstone of ${id}`);
    const life = truth().life(id);
    if (life.state !== 'dead' && life.state !== 'locked') return;
    if (world().history.hasBackend) {
      const document = one.documents.get(id);
      const from = life.since;
      const isFirstTime = !one.shownOpen.has(id);
      // By the deadline that it states it is open, or it was asked for since the cover went up.
      const says = document && (document.until > world().server.now() || document.askedAt >= one.coveredAt - PROMPT);
      if (document && document.issuedAt <= from && (isFirstTime || says)) {
        return excuse('opened on a reply that was overtaken on its way');
      }
    }
    if (wentOnWithoutAnswer(one, id, previous)) {
      return excuse('went on, come back, by what it knew of a session that only a silent server knew to be over');
    }
    if (!world().history.hasBackend && life.state === 'dead' && life.why === 'word' && !one.words.has(id)) {
      // Storage and messages take their time; after that the tombstone must be found, where storage could take it.
      const now = truth().t();
      const isFresh = now - life.since < SEEN;
      const isLost = faults.wasStorageOut(life.since, now) || faults.storageStruckAt() >= life.since;
      if (isFresh || isLost) return excuse('opened before the tombstone could be seen');
    }
    if (!world().history.hasBackend && isLedOn(one))
      return excuse('opened by an act in a page that came after a clock was set back');
    if (!world().history.hasBackend && !knowsDeadline(one))
      return excuse('opened by a page that came after a clock was set back');
    accuse('c', room, `${id} is ${life.state} and was opened from ${previous.phase}`);
  }

  /**
   * A page that comes back is covered while it asks, and goes on by what it knows where the server says nothing for three
   * seconds. No client can know more: its deadline lies ahead, and nobody within its reach has said a word.
   */
  function wentOnWithoutAnswer(one: Seen, id: string, previous: SessionView): boolean {
    if (!world().history.hasBackend || previous.phase !== 'pending' || !one.shownOpen.has(id)) return false;
    const since = one.coveredAt - PROMPT;
    const waited = truth().t() - one.coveredAt;
    const isReturn = one.rousedAt >= since && waited <= RETURN_LIMIT + PROMPT;
    // No request has an answer yet, or none that decides; whether it or its reply was lost the page cannot know.
    const isUnanswered = [...one.requests.values()].some(({ askedAt }) => askedAt >= since);
    const isSilent = one.unreachableAt >= since || (isUnanswered && waited >= RETURN_LIMIT - PROMPT);
    return isReturn && isSilent && !one.words.has(id) && !knowsDeadline(one);
  }

  // --- (g) strangers -----------------------------------------------------------------------------------------------

  /** The browser's session is another person's, and this page could have known. */
  function judgeStranger(one: Seen): void {
    const { room, open } = one;
    if (!world().history.hasBackend || open === undefined || !isOpen(room.shown)) return;
    const current = truth().current();
    const subject = room.shown.session.subject;
    if (!current || current.id === open || current.subject === subject) {
      one.strangerAt = undefined;
      return;
    }
    const names = begunOf(room) === current.id || mirrorOf(room)?.session?.id === current.id;
    if (!names) return;
    const now = truth().t();
    one.strangerAt ??= now;
    if (!room.page.isVisible()) return;
    const since = Math.max(one.strangerAt, one.rousedAt, one.wokeAt, one.visibleAt);
    if (now - since > GRACE) accuse('g', room, `shows ${subject}'s ${open} while the browser is ${current.subject}'s`);
  }

  /** Whether somebody has forged one of these about a session. */
  function isForged(sessionId: string, what: readonly Forgery[]): boolean {
    return what.some((one) => forged.get(sessionId)?.has(one));
  }

  function noteClock(by: number): void {
    clocksAt = truth().t();
    misdatedUntil = Math.max(misdatedUntil, clocksAt + Math.abs(by) + NEWS_GRACE);
  }

  function noteForgery(what: Forgery): void {
    const shown = world().living()[0]?.shown;
    const current = world().server.sessionOf(world().jar.secret)?.id;
    const id = current ?? (shown && 'session' in shown ? shown.session.id : undefined);
    if (id !== undefined) forged.set(id, new Set(forged.get(id)).add(what));
  }

  function judgeCall(one: Seen, carried: Extract<Carried, { type: 'arrived' }>): void {
    const { call } = carried;
    const { room } = one;
    const request = one.requests.get(carried.number);
    if (call.type === 'end') {
      const session = world().server.session(call.sessionId);
      const isOwed =
        everEnded.has(call.sessionId) || signedOut.has(call.sessionId) || isForged(call.sessionId, FORGED_ENDS);
      if (carried.answer.reply.type === 'done' && !isOwed) {
        if (session?.end?.reason === 'signed-out')
          accuse('f', room, `ended ${call.sessionId} on the server, which nobody had ended`);
      }
    }
    if (call.type === 'touch' && carried.answer.reply.type === 'document' && call.source !== 'hold' && request) {
      const now = truth().t();
      const at = now - call.idleFor;
      const travel = now - request.askedAt;
      const slack = travel + UNCERTAINTY + 1_000;
      // Dated too early, as after a sleep, it grants less than the person is due; only later than any act would be wrong.
      const is = acts.some(({ t, sessionId }) => sessionId === call.sessionId && t >= at - slack);
      // What the server knows anyway it may be told again.
      if (at <= (lastKnown.get(call.sessionId) ?? Number.NEGATIVE_INFINITY) + UNCERTAINTY) return;
      // An act is dated by a clock. Where one was set, pages date by the old one until they hear, so much too early or late.
      if (!is && !isForged(call.sessionId, FORGED_ACTS) && at > misdatedUntil) {
        accuse('f', room, `touched ${call.sessionId} for an act ${Math.round(call.idleFor)} ms ago that nobody did`);
      }
    }
  }

  // --- (i) questions -----------------------------------------------------------------------------------------------

  function judgePeek(one: Seen): void {
    const now = truth().t();
    const isRepetition = one.isRepeating;
    one.isRepeating = false;
    if (isRepetition) return;
    one.peeks.push(now);
    const { peeks } = one;
    while (peeks[0] !== undefined && now - peeks[0] > 10_000) peeks.shift();
    // One a second, whoever asks; clocks of pages run a little fast.
    if (peeks.length > 11) accuse('i', one.room, `${peeks.length} questions in 10 s`);
  }

  // --- watching ----------------------------------------------------------------------------------------------------

  function noteDeed(deed: Deed, room: Room | undefined): void {
    const now = truth().t();
    const one = room && of(room);
    faults.note(deed);
    switch (deed.type) {
      case 'act':
      case 'note':
      case 'extend':
      case 'hold':
        if (room && isOpen(room.shown)) {
          const { id } = room.shown.session;
          if (deed.type === 'hold') break;
          acts.push({ t: now, sessionId: id });
          if (!world().history.hasBackend && truth().life(id).state === 'dead' && !knowsDeadline(of(room)))
            misplaced.set(id, [...(misplaced.get(id) ?? []), room.latch.read().now]);
          if (deed.type === 'act' && deed.kind === 'weak' && world().history.hasBackend) break;
          if (room.shown.phase === 'active' || deed.type !== 'act' || room.shown.deadline.cause !== 'idle') {
            truth().acted(id, deed.type !== 'act' || deed.kind === 'strong');
          }
          // The tab of the last act that must have counted.
          if (truth().lastAct(id) === now) actors.set(id, { room, t: now, stoppedAt: undefined });
        }
        if (deed.type === 'act' && one)
          one.rousedAt = Math.max(one.rousedAt, one.wokeAt > now - GRACE ? now - GRACE + 1_500 : one.rousedAt);
        break;
      case 'sign out':
        if (!room) break;
        // What the page shows; where it shows nothing, what it has shown, or may have learnt.
        for (const id of 'session' in room.shown
          ? [room.shown.session.id]
          : [
              one?.bound,
              ...(one?.found ?? []),
              mirrorOf(room)?.session?.id,
              truth().current()?.id,
              ...(one?.heard.keys() ?? []),
              ...(one?.documents.keys() ?? []),
            ]) {
          if (id === undefined) continue;
          signedOut.add(id);
          one?.signedOut.add(id);
        }
        break;
      case 'sleep':
      case 'step wall clock':
        for (const other of seen.values()) other.wokeAt = now + (deed.type === 'sleep' ? deed.for : 0);
        if (deed.type === 'step wall clock') noteClock(deed.by);
        break;
      case 'server clock':
        noteClock(deed.by);
        break;
      case 'server restarts empty':
        break;
      // A page that is frozen, put away or left writes down what it knows as it goes.
      case 'crash':
      case 'discard':
        if (room) noteStopped(room);
        break;
      case 'conditions':
        if (deed.change.storage && deed.change.storage !== 'ok') storageTouchedAt = Number.POSITIVE_INFINITY;
        if (deed.change.storage === 'ok' && world().browser.conditions.storage !== 'ok') storageTouchedAt = now;
        break;
      case 'clear storage':
      case 'forge begun':
        storageTouchedAt = Math.max(storageTouchedAt, now);
        break;
      case 'forge mirror':
        noteTombstone(JSON.stringify(forge(world(), deed)) ?? null);
        noteForgery(deed.what);
        storageTouchedAt = Math.max(storageTouchedAt, now);
        break;
      case 'forge message':
        noteForgery(deed.what);
        break;
      default:
        break;
    }
  }

  function noteTombstone(stored: string | null): void {
    if (!stored?.includes('"end":{')) return;
    const { session } = JSON.parse(stored) as { session?: { id?: string } };
    if (session?.id !== undefined) buried.add(session.id);
  }

  function noteNetwork(): void {
    const { network } = world();
    const isGood =
      network.state === 'up' && network.requestLoss === 0 && network.replyLoss === 0 && network.streamLoss === 0;
    if (!isGood || network.requestDelay[1] + network.replyDelay[1] > 2_500) reliableAt = truth().t();
  }

  function takeReply(one: Seen, reply: Reply): void {
    if (reply.type !== 'refused') return;
    const { refusal } = reply;
    if (refusal.type === 'session-ended') word(one, refusal.sessionId, 'the server');
    if (refusal.type === 'session-ended' || refusal.type === 'no-session') one.noneAt = truth().t();
  }

  const watcher: Watcher = {
    deed(deed, room) {
      noteDeed(deed, room);
      stores.deed(deed);
      if ((deed.type === 'show' || deed.type === 'hide') && room) of(room).visibleAt = truth().t();
    },
    loaded(room) {
      noteFound(of(room));
      stores.loaded(room, mirrorOf(room)?.session);
    },
    viewed(room, view, previous) {
      const one = of(room);
      const now = truth().t();
      truth().look();
      stores.viewed(room, view);
      one.open = isOpen(view) ? view.session.id : undefined;
      if (isOpen(previous) && !isOpen(view)) one.coveredAt = now;
      if (isOpen(view)) {
        if (!world().history.hasBackend) truth().began(view.session.id, room.latch.read().now - view.session.startedAt);
        if (!isOpen(previous) || previous.session.id !== view.session.id) judgeOpening(one, view, previous);
        one.bound = view.session.id;
        one.shownOpen.add(view.session.id);
      }
      if (view.phase === 'expired') {
        one.believed = view.deadline;
        if (previous.phase !== 'expired') one.believedAt = now;
      }
      if (view.phase === 'ended' && !one.ended.has(view.session.id)) {
        judgeEnd(one, view);
        if (view.reason !== 'replaced') {
          one.ended.add(view.session.id);
          if (!everEnded.has(view.session.id)) everEnded.set(view.session.id, now);
          if (!world().history.hasBackend) truth().ended(view.session.id);
        }
      }
    },
    reported: stores.reported,
    carried(room, carried) {
      const one = of(room);
      const now = truth().t();
      switch (carried.type) {
        case 'sent':
          one.requests.set(carried.number, { askedAt: now, type: carried.call.type });
          if (carried.call.type === 'peek') judgePeek(one);
          if (carried.call.type === 'end') endSent.add(carried.call.sessionId);
          return;
        case 'arrived': {
          const request = one.requests.get(carried.number);
          if (request && request.issuedAt === undefined) request.issuedAt = now;
          judgeCall(one, carried);
          return;
        }
        case 'answered': {
          const request = one.requests.get(carried.number);
          one.requests.delete(carried.number);
          const { reply } = carried;
          if (reply.type === 'unknown') {
            if (reply.problem !== 'aborted') one.unreachableAt = now;
            else if (request && now - request.askedAt > 2_000) one.unreachableAt = now;
          }
          if (request && now - request.askedAt > 2_900) one.unreachableAt = now;
          // A superseded secret opens no answer: the server says neither open nor over.
          if (reply.type === 'refused' && reply.refusal.type === 'session-rotated') {
            one.unreachableAt = now;
            rotatedAt = now;
            one.isRepeating = carried.call.type === 'peek';
          } else if (reply.type === 'document') rotatedAt = Number.NEGATIVE_INFINITY;
          if (reply.type !== 'unknown') one.answeredAt = now;
          // What the app asks for itself the SDK does not hear.
          const isOurs = carried.call.type !== 'sign-in' && carried.call.type !== 'reauthenticate';
          if (reply.type === 'document' && request && isOurs) {
            const { document } = reply;
            one.documents.set(document.session.id, {
              askedAt: request.askedAt,
              issuedAt: request.issuedAt ?? now,
              rev: document.rev,
              authenticatedAt: document.authenticatedAt,
              ...limitsOf(document),
            });
          }
          if (isOurs) {
            if (reply.type === 'document' || reply.type === 'refused') stores.answered(room);
            takeReply(one, reply);
          }
          return;
        }
        case 'heard':
          if (carried.event.type === 'revoked') word(one, carried.event.sessionId, 'the stream');
          if (carried.event.type === 'document') {
            const { document } = carried.event;
            const known = one.documents.get(document.session.id);
            if (!known || known.rev <= document.rev) {
              one.documents.set(document.session.id, {
                // News on the stream counts by its rev, whatever was asked before (K3).
                askedAt: now,
                issuedAt: Math.min(now, now - (world().server.now() - document.serverTime)),
                rev: document.rev,
                authenticatedAt: document.authenticatedAt,
                ...limitsOf(document),
              });
            }
          }
          return;
        case 'closed':
          if (carried.end.type === 'refused') takeReply(one, carried.end.reply);
          return;
        case 'opened':
          return;
      }
    },
    posted(_room, message) {
      messages += 1;
      if ((message as { nightlatch?: unknown }).nightlatch === 'hello') hellos += 1;
    },
    fated(room, fate) {
      if (fate.fate !== 'delivered') return;
      try {
        hear(of(room), fate.message);
      } catch {
        // Not readable: nothing was said.
      }
    },
    stored(room, key, value) {
      stores.stored(room, key, value);
      if (key !== MIRROR) return;
      writes += 1;
      noteTombstone(value);
    },
    opened: stores.opened,
    wiped: stores.wiped,
    tabWiped: (room, call) => void of(room).tabWiped.add(call.sessionId),
    roused(room) {
      const one = of(room);
      one.rousedAt = truth().t();
      one.visibleAt = truth().t();
    },
    signingIn: stores.signingIn,
    signedIn: (_subject, sessionId) => stores.signedIn(sessionId),
    settled() {
      truth().look();
      const ahead = world().server.now() - truth().t();
      for (const { id, lastActivityAt } of world().server.sessions()) lastKnown.set(id, lastActivityAt - ahead);
      noteNetwork();
      for (const one of seen.values()) {
        judgeOpen(one);
        if (one.room.page.state() === 'running' && !('session' in one.room.shown)) noteFound(one);
      }
    },
  };

  // --- at the end --------------------------------------------------------------------------------------------------

  function finish(): void {
    const rooms = world().living();
    judgeAgreement(rooms);
    stores.finish(rooms, rotatedAt > Number.NEGATIVE_INFINITY);
    const seconds = truth().t() / 1_000;
    const tabs = world().browser.tabs.length;
    if (messages - hellos > seconds + 2 * hellos + 5 * tabs)
      accuse('h', undefined, `${messages - hellos} messages and ${hellos} hellos in ${Math.round(seconds)} s`);
    if (writes > seconds + 10 * tabs) accuse('h', undefined, `${writes} mirror writes in ${Math.round(seconds)} s`);
  }

  function isYetToBeHeard(within: number): boolean {
    if (rotatedAt === Number.NEGATIVE_INFINITY) return false;
    return world()
      .living()
      .some(({ shown }) => {
        if (shown.phase !== 'locked') return false;
        const life = truth().life(shown.session.id);
        return life.state === 'dead' && truth().t() - life.since < within;
      });
  }

  function hasJustEnded(within: number): boolean {
    const since = truth().t() - within;
    const isSo = [...everEnded.values()].some((at) => at > since);
    const lives = world()
      .server.sessions()
      .map(({ id }) => truth().life(id));
    return isSo || lives.some((life) => life.state === 'dead' && life.since > since);
  }

  function judgeAgreement(rooms: readonly Room[]): void {
    if (isSuperseded()) return excuse('the browser is left with a superseded secret (T3)');
    const current = world().history.hasBackend ? truth().current() : undefined;
    const open = rooms.filter((room) => isOpen(room.shown) || room.shown.phase === 'locked');
    const openIds = new Set(open.map((room) => ('session' in room.shown ? room.shown.session.id : '')));
    if (openIds.size > 1) accuse('d', undefined, `open at once: ${[...openIds].join(', ')}`);
    for (const room of rooms) {
      const { shown } = room;
      if (shown.phase === 'pending' || shown.phase === 'expired') accuse('d', room, `still ${shown.phase}`);
      if (world().history.hasBackend) {
        if (!current && (isOpen(shown) || shown.phase === 'locked'))
          accuse('d', room, `shows ${shown.phase} where the server knows no session`);
        if (current && shown.phase === 'absent') accuse('d', room, `shows absent where the server has ${current.id}`);
        if (current && shown.phase === 'ended' && shown.reason !== 'replaced' && shown.session.id === current.id) {
          accuse('d', room, `shows ${current.id} ended where the server has it open`);
        }
        const isElsewhere = shown.phase === 'ended' && shown.reason !== 'replaced' && shown.session.id !== current?.id;
        if (current && isElsewhere && shown.session.subject === current.subject) {
          accuse('d', room, `shows ${shown.session.id} ended where ${current.id} of the same person is open`);
        }
      } else if (openIds.size === 1 && shown.phase === 'ended' && openIds.has(shown.session.id)) {
        accuse('d', room, `shows ended what another tab shows open`);
      }
    }
    const phases = new Set(open.map((room) => (room.shown.phase === 'locked' ? 'locked' : 'open')));
    if (phases.size > 1) accuse('d', undefined, 'locked in one tab, open in another');
  }

  function isSuperseded(): boolean {
    if (!world().history.hasBackend) return false;
    const { reply } = world().server.answer({ type: 'peek' }, world().jar.secret);
    return reply.type === 'refused' && reply.refusal.type === 'session-rotated';
  }

  return {
    watcher,
    violations,
    excused,
    ends,
    accuse,
    isYetToBeHeard,
    hasJustEnded,
    isSuperseded,
    finish,
  };
}

function readable(kept: string): Facts | undefined {
  try {
    return decodeKept(kept).facts;
  } catch {
    return undefined;
  }
}

/** When a document says that the session ends. */
function limitsOf({ idleExpiry, absoluteExpiry }: SessionDocument): { until: number; absolute: number } {
  const absolute = absoluteExpiry ?? Number.POSITIVE_INFINITY;
  return { until: Math.min(idleExpiry ?? Number.POSITIVE_INFINITY, absolute), absolute };
}
