/** The assembly: where the parts of one tab meet. It wires and orders; what to decide is decided in the parts. */
import { type Begin, createBegin } from './actions/begin.js';
import { createDoor, type Door } from './actions/door.js';
import { createEnd } from './actions/end.js';
import { createExtend } from './actions/extend.js';
import { createHolds, type Holds } from './actions/hold.js';
import { createLock, type Lock } from './actions/lock.js';
import { createTell } from './actions/tell.js';
import { createTouch } from './actions/touch.js';
import { createWipe, type Wipe } from './actions/wipe.js';
import type { Happening, Report } from './events.js';
import type { Facts } from './facts/facts.js';
import { happenings } from './happenings.js';
import { createLedger, type Ledger } from './ledger.js';
import type { Settings } from './options.js';
import type { LookReason, Reply, World } from './ports.js';
import { type Claim, hearing, hearingAlone, observation } from './rules/admit.js';
import { isOpen, type SessionView } from './rules/view.js';
import { createAnswers } from './server/answers.js';
import { createCalls } from './server/calls.js';
import { createQuestions, type Questions } from './server/questions.js';
import { createStream } from './server/stream.js';
import { createGossip } from './tabs/gossip.js';
import { createMirror } from './tabs/mirror.js';
import { createTakeTurn } from './tabs/take-turn.js';
import { createAlarm } from './time/alarm.js';
import { type DeviceTime, type Duration, gap, later, plus, type Reading, type ServerTime, serverTime } from './time/instant.js';
import { createLocalTime } from './time/local.js';
import { createOffset } from './time/offset.js';

/** Parts of the rules that a test may switch off, to see that they matter. Not an option of the product. */
export type Rule =
  | 'admission-door'
  | 'mirror-look'
  | 'last-look'
  | 'session-order'
  | 'first-hand'
  | 'wiper-scope'
  | 'one-door';

/** While a page is visible and open, something looks at the clock at least this often: it finds a sleep nobody ended. */
const LOOK_EVERY: Duration = 30_000;
/** The device clocks moved apart by this much: a sleep, or a clock was set. */
const GAP: Duration = 2_000;
/** A page that waits for the server's first word is covered after this. */
const UNCOVERED_WAIT: Duration = 1_000;
/** Without a backend, a newcomer listens this long for other tabs, then begins in turn. */
const HELLO_WAIT: Duration = 500;
const BEGIN_PATIENCE: Duration = 1_000;
/** Without a backend, another session that was heard of is looked for in the mirror after this. */
const OTHER_SESSION_WAIT: Duration = 200;
const NOBODY: ReadonlySet<Rule> = new Set();

/** The assembled parts, as the public object uses them. */
export interface Assembly {
  readonly ledger: Ledger;
  readonly questions: Questions;
  readonly begin: Begin;
  readonly extend: () => Promise<SessionView>;
  readonly holds: Holds;
  readonly lock: Lock;
  readonly wipe: Wipe;
  readonly door: Door;
  readonly report: Report;
  readonly listeners: Set<(view: SessionView, previous: SessionView) => void>;
  start(): void;
  stop(): void;
  /** The view for now. Whoever subscribed hears of a change soon, not while somebody reads. */
  view(): SessionView;
  /** Looks again, and returns the view for now. */
  look(): SessionView;
  /** Notes that the person acted just now; `answers` where it answers a warning. */
  admitNow(answers: boolean): void;
  endSignal(): AbortSignal;
}

/** Builds the parts of one tab around its world. */
export function assemble(settings: Settings, world: World, off: ReadonlySet<Rule> = NOBODY): Assembly {
  const { backend } = settings;
  const { clock, random, presence, activity } = world;
  const hasBackend = backend !== undefined;
  const listeners = new Set<(view: SessionView, previous: SessionView) => void>();
  const offset = createOffset(clock);
  const localTime = createLocalTime(clock, () => latestInstant(ledger.facts()));

  let running: AbortController | undefined;
  let settling = false;
  let current: SessionView = { phase: 'pending', covered: false };
  let lastLook: DeviceTime = clock.read();
  let lastReal: ServerTime | undefined;
  let lastStrong: ServerTime | undefined;
  let endSignal = new AbortController();
  let callOffLook: (() => void) | undefined;
  let callOffPoll: (() => void) | undefined;
  let startedAlone: string | undefined;
  let isOnlyListening = false;

  // --- what is told to the app -------------------------------------------------------------------------------------

  const report: Report = (happening: Happening) => {
    const at = ledger.reading()?.now ?? serverTime(clock.read().wall);
    guard(() => settings.onEvent?.({ ...happening, at }));
  };

  /** Runs the app's code: what it throws is the app's, and is passed to where uncaught errors go. */
  function guard(run: () => void): void {
    try {
      run();
    } catch (problem) {
      void Promise.reject(problem);
    }
  }

  // --- time and knowledge ------------------------------------------------------------------------------------------

  const memory = createMirror({ name: settings.name, store: world.shared, clock, now: () => ledger.reading()?.now, report });
  const takeTurn = createTakeTurn(world.turns, clock, `nightlatch:${settings.name}`);

  /** Before the first word of the server, what the mirror says of clocks may close a session, never open one. */
  function keptReading(): Reading | undefined {
    const written = memory.read()?.written;
    if (!written) return undefined;
    const passed = Math.max(0, clock.read().wall - written.wall);
    const now = plus(written.serverTime, passed);
    return { now, earliest: written.serverTime, latest: now };
  }

  const ledger = createLedger(() => (hasBackend ? (offset.read() ?? keptReading()) : localTime()), () => settle());
  const alarm = createAlarm(clock, () => ledger.reading()?.latest, () => look());

  // --- the server --------------------------------------------------------------------------------------------------

  const calls = createCalls({
    clock,
    ledger,
    begun: memory.begun,
    measure: offset.measure,
    take: (reply, asked) => answers.take(reply, asked),
    report,
  });

  const answers = createAnswers({
    ledger,
    meet: (facts, asked) => door.meet(withPolicy(facts), asked.begun),
    askAgain: () => questions.wish(),
    tellAgain: (id) => tell.add({ id, reason: ledger.facts().end?.reason ?? 'unknown' }),
    toldOf: (id) => tell.told(id),
    report,
    firstHand: !off.has('first-hand'),
  });

  const questions = createQuestions({
    clock,
    random,
    peek: hasBackend ? (limit) => calls.call('peek', limit, (signal) => backend.peek(signal)) : findOtherSession,
    isWanted: () => running !== undefined && hasBackend && isUnanswered(),
    doubted: (doubted) => ledger.stand({ doubted }),
    settled: healMirror,
  });

  const stream = createStream({
    backend: backend ?? {},
    clock,
    random,
    turns: world.turns,
    turnName: `nightlatch:${settings.name}:stream`,
    ask: calls.ask,
    heard: (event, asked, isFirst) => {
      if (event.type === 'document' && isFirst) calls.measure(event.document.serverTime, asked);
      answers.takeEvent(event, asked, isFirst);
    },
    refused: (reply, asked) => answers.take(reply, asked),
    isVisible: presence.isVisible,
    held: (held) => {
      report({ type: 'stream-held', held });
      arrangePoll();
    },
  });

  function isUnanswered(): boolean {
    const { shown, none } = ledger.standing();
    const { phase } = ledger.view();
    return phase === 'pending' || (phase === 'ended' && shown === undefined && !none);
  }

  /** The local policy rules until a server has sent one that can be read. */
  function withPolicy(facts: Facts): Facts {
    return facts.policy || !settings.policy ? facts : { ...facts, policy: settings.policy };
  }

  /** Without a backend, the mirror and the begun key together say which session is the later one. */
  async function findOtherSession(): Promise<Reply> {
    await new Promise<void>((resolve) => void clock.wait(OTHER_SESSION_WAIT, resolve));
    const facts = memory.read()?.facts;
    const begun = memory.begun();
    if (facts?.session && facts.session.id === begun?.id && facts.session.id !== ledger.facts().session?.id) {
      door.meet(facts, begun);
    }
    return { type: 'done' };
  }

  // --- the other tabs ----------------------------------------------------------------------------------------------

  const gossip = createGossip({
    name: settings.name,
    openChannel: world.openChannel,
    memory,
    clock,
    random,
    facts: ledger.facts,
    isOpen: () => isOpen(ledger.view()),
    heard: (facts) => {
      look();
      hear(facts);
    },
    report,
  });

  function hear(heard: Facts): boolean {
    const facts = ledger.facts();
    if (off.has('session-order') && heard.session) {
      ledger.overrule(heard);
      return false;
    }
    const { learn, claims } = hasBackend
      ? hearing(heard, { facts, standing: ledger.standing(), view: ledger.view(), reading: ledger.reading() })
      : hearingAlone(heard, facts);
    if (learn.session) ledger.learn(learn);
    if (!hasBackend && learn.session && ledger.standing().opened !== learn.session.id && !isOnlyListening) meetAlone();
    return claims.map((claim) => questions.raise(claim)).includes(true);
  }

  function readMirror(): void {
    if (off.has('mirror-look')) return;
    const kept = memory.read();
    if (!kept) return;
    const isNews = hear(kept.facts);
    // What the server has refuted is written over once; what waits for its answer stays.
    if (hasBackend && !isNews && refutes(kept.facts)) memory.write(ledger.facts(), true);
  }

  /** Whether the mirror says something that this tab has asked about and knows to be wrong. */
  function refutes(kept: Facts): boolean {
    const facts = ledger.facts();
    const { claims } = hearing(kept, { facts, standing: ledger.standing(), view: ledger.view(), reading: ledger.reading() });
    return claims.length > 0 && ledger.standing().opened === facts.session?.id && questions.open().length === 0;
  }

  function healMirror(claims: readonly Claim[]): void {
    if (hasBackend && claims.length > 0) readMirror();
  }

  // --- what is done ------------------------------------------------------------------------------------------------

  const wipe = createWipe({
    clock,
    ledger,
    memory,
    takeTurn,
    wipers: settings.wipers,
    ask: () => questions.ask(),
    hasBackend,
    report,
    scopes: !off.has('wiper-scope'),
  });

  const door = createDoor({
    ledger,
    memory,
    takeTurn,
    hasBackend,
    wipeTab: (id) => (id === startedAlone ? Promise.resolve([]) : wipe.tab(id)),
    sweep: wipe.sweep,
    askAgain: () => questions.wish(),
    report,
    oneDoor: !off.has('one-door'),
  });

  const tell = createTell({
    clock,
    random,
    ledger,
    memory,
    takeTurn,
    end: async ({ id, reason }, limit) =>
      backend ? calls.call('end', limit, (signal) => backend.end({ sessionId: id, reason }, signal)) : { type: 'done' },
  });

  const end = createEnd({
    clock,
    ledger,
    takeTurn,
    readMirror,
    ask: (limit) => (hasBackend ? questions.ask(limit) : Promise.resolve(false)),
    hasBackend,
    claims: questions.open,
    settled: door.settled,
    lastLook: !off.has('last-look'),
  });

  const touch = createTouch({
    clock,
    ledger,
    takeTurn,
    isVisible: presence.isVisible,
    touch: async (call, limit) =>
      backend ? calls.call('touch', limit, (signal) => backend.touch(call, signal)) : { type: 'done' },
  });

  const holds = createHolds({
    clock,
    ledger,
    lastReal: () => lastReal,
    touch: backend
      ? (sessionId, limit) =>
          calls.call('touch', limit, (signal) => backend.touch({ sessionId, idleFor: 0, source: 'hold' }, signal))
      : undefined,
    observe: (upTo) => admit(upTo, false),
    report,
  });

  const lock = createLock({
    clock,
    random,
    ledger,
    send: backend ? (sessionId, limit) => calls.call('lock', limit, (signal) => backend.lock({ sessionId }, signal)) : undefined,
  });

  const extend = createExtend({
    ledger,
    takeTurn,
    send: backend
      ? (call, limit) => calls.call('extend', limit, (signal) => backend.extend(call, signal))
      : undefined,
    answer: () => admitNow(true),
    lastLook: async () => {
      await questions.ask();
    },
    report,
  });

  const begin = createBegin({
    ledger,
    memory,
    door,
    hasBackend,
    policy: settings.policy,
    newId: () => `local-${clock.read().wall.toString(36)}-${random().toString(36).slice(2, 12)}`,
    tell: () => tell.run(),
    ask: () => questions.ask(),
  });

  // --- who acted ---------------------------------------------------------------------------------------------------

  /** The door of admission for one instant. */
  function admit(at: ServerTime, answers: boolean): void {
    const then = off.has('admission-door') ? openAnyway() : ledger.viewAt(at);
    const fact = observation(ledger.facts(), then, at, answers);
    if (fact) ledger.learn(fact);
  }

  /** Test seam: a view in which the session is open, whatever the clock says. */
  function openAnyway(): SessionView {
    return ledger.viewAt(ledger.facts().session?.startedAt ?? serverTime(0));
  }

  function admitNow(answers: boolean): void {
    const reading = ledger.reading();
    if (!reading || !isOpen(ledger.view())) return;
    lastReal = reading.earliest;
    setStrong(reading.earliest);
    touch.acted();
    admit(reading.earliest, answers);
  }

  /** Takes the listener's latest stamps in, each as it was: before what has happened since is looked at. */
  function fold(slept: Duration): void {
    const { strong, weak } = activity.take();
    const reading = ledger.reading();
    if (!reading || (strong === undefined && weak === undefined)) return;
    const now = clock.read().monotonic;
    // A stamp from before a sleep is as much older as the sleep was long.
    const at = (stamp: number) => plus(reading.earliest, -(Math.max(0, now - stamp) + slept));
    if (strong !== undefined) setStrong(at(strong));
    const instant = later(strong === undefined ? undefined : at(strong), weak === undefined ? undefined : reachOfWeak(at(weak)));
    if (instant === undefined) return;
    const before = ledger.facts().lastActivityAt;
    admit(instant, settings.anyActAnswers);
    if (ledger.facts().lastActivityAt === before) return;
    lastReal = instant;
    touch.acted();
    touch.consider();
  }

  /** Weak evidence reaches at most one idle limit beyond the last strong evidence; without any it counts for nothing. */
  function reachOfWeak(at: ServerTime): ServerTime | undefined {
    const idleTimeout = ledger.facts().policy?.idleTimeout ?? null;
    if (lastStrong === undefined) return undefined;
    if (idleTimeout === null) return at;
    const reach = plus(lastStrong, idleTimeout);
    return at <= reach ? at : reach;
  }

  const strongKey = `nightlatch:${settings.name}:strong`;

  function setStrong(at: ServerTime): void {
    if (lastStrong !== undefined && at <= lastStrong) return;
    lastStrong = at;
    try {
      world.own.set(strongKey, String(at));
    } catch {
      // Blocked storage: after a reload weak evidence counts for nothing, which closes rather than opens.
    }
  }

  function recallStrong(): void {
    try {
      const stored = Number(world.own.get(strongKey) ?? Number.NaN);
      if (Number.isFinite(stored) && stored > 0) lastStrong = serverTime(stored);
    } catch {
      lastStrong = undefined;
    }
  }

  // --- looking -----------------------------------------------------------------------------------------------------

  /** Looks again: what time it is, who acted, what the mirror says, and so what is so now. */
  function look(): void {
    if (!running) return;
    const device = clock.read();
    const slept = gap(lastLook, device);
    lastLook = device;
    fold(slept > GAP ? slept : 0);
    if (slept > GAP) wake();
    readMirror();
    settle();
  }

  /** After a sleep, replies to what was asked before it are worth nothing, and the server is asked anew. */
  function wake(): void {
    calls.drop();
    questions.hurry();
    tell.hurry();
    wishToKnow();
  }

  function wishToKnow(): void {
    if (backend && !backend.sliding && needsServer()) questions.wish();
  }

  function needsServer(): boolean {
    const { phase } = ledger.view();
    return phase !== 'absent' && phase !== 'ended';
  }

  /** Computes the view, tells whoever listens, and sets off what follows from it; again, if that changed it. */
  function settle(): void {
    if (settling) return;
    settling = true;
    try {
      for (let next = ledger.view(); ; next = ledger.view()) {
        const previous = current;
        if (next === previous) break;
        current = next;
        publish(next, previous);
      }
    } finally {
      settling = false;
    }
    if (running) follow();
  }

  let toldFacts: Facts = {};

  function publish(next: SessionView, previous: SessionView): void {
    if (next.phase === 'ended' || next.phase === 'expired' || next.phase === 'absent') renewEndSignal(next);
    for (const listener of [...listeners]) guard(() => listener(next, previous));
    for (const happening of happenings(previous, next)) report(happening);
    if (next.phase === 'ended' && previous.phase !== 'ended') calls.drop();
    if (!isOpen(next) && next.phase !== 'expired' && next.phase !== 'pending') holds.releaseAll();
  }

  function renewEndSignal(next: SessionView): void {
    if (next.phase === 'ended' && !endSignal.signal.aborted) endSignal.abort();
  }

  /** What follows from what is so: each part looks for itself whether there is something to do. */
  function follow(): void {
    const facts = ledger.facts();
    const view = ledger.view();
    const standing = ledger.standing();
    if (isOpen(view) && endSignal.signal.aborted) endSignal = new AbortController();
    alarm.set(ledger.nextChange());
    if (facts !== toldFacts) {
      const urgent = isUrgent(toldFacts, facts, view);
      if (facts.policy && facts.policy.version !== toldFacts.policy?.version && standing.opened === facts.session?.id) {
        report({ type: 'policy-updated', version: facts.policy.version, clamped: [] });
      }
      toldFacts = facts;
      if (standing.replacedAt === undefined) gossip.tell(urgent);
    }
    end.consider();
    lock.consider();
    touch.consider();
    followEnd(facts, view);
    stream.follow(isOpen(view) || view.phase === 'locked' || view.phase === 'expired' ? standing.opened : undefined);
    arrangeLook(view);
    arrangePoll();
  }

  function followEnd(facts: Facts, view: SessionView): void {
    const { session, end: tombstone } = facts;
    if (!session || !tombstone || view.phase === 'absent') return;
    if (!tombstone.told && hasBackend && !memory.untold().some(({ id }) => id === session.id)) {
      tell.add({ id: session.id, reason: tombstone.reason });
    }
    const { shown, replacedAt, wiped, doubted } = ledger.standing();
    if (replacedAt !== undefined || doubted) return;
    if (shown?.id === session.id) void wipe.tab(session.id);
    if (wiped !== session.id && !wiping.has(session.id)) {
      wiping.add(session.id);
      void wipe.shared(session.id).finally(() => {
        if (ledger.standing().wiped !== session.id) clock.wait(WIPE_RETRY, () => wiping.delete(session.id));
        else wiping.delete(session.id);
      });
    }
  }

  const wiping = new Set<string>();

  function arrangeLook(view: SessionView): void {
    const wanted = running !== undefined && presence.isVisible() && isOpen(view);
    if (!wanted) {
      callOffLook?.();
      callOffLook = undefined;
    } else {
      callOffLook ??= clock.wait(LOOK_EVERY, () => {
        callOffLook = undefined;
        look();
      });
    }
  }

  /** Where no stream is held, a visible page asks as often as the policy says. */
  function arrangePoll(): void {
    callOffPoll?.();
    callOffPoll = undefined;
    const { policy } = ledger.facts();
    if (!running || !backend || backend.sliding || stream.isHeld() || !presence.isVisible() || !policy) return;
    const view = ledger.view();
    if (!isOpen(view) && view.phase !== 'locked') return;
    const due = Math.max(1_000, calls.answeredAt() + Math.max(policy.pollEvery, 1_000) - clock.read().monotonic);
    callOffPoll = clock.wait(due, () => {
      questions.wish();
      arrangePoll();
    });
  }

  function present(reason: LookReason): void {
    switch (reason) {
      case 'parting':
        look();
        touch.flush();
        stream.parted();
        return;
      case 'hidden':
        look();
        stream.vanished();
        return;
      case 'visible':
      case 'focus':
        look();
        if (reason === 'visible') stream.appeared();
        wishToKnow();
        return;
      case 'restored':
      case 'resumed':
        look();
        wake();
        if (presence.isVisible()) stream.appeared();
        return;
      case 'online':
        look();
        wake();
        return;
    }
  }

  // --- start and stop ----------------------------------------------------------------------------------------------

  function start(): void {
    if (running) return;
    const mine = new AbortController();
    running = mine;
    lastLook = clock.read();
    recallStrong();
    isOnlyListening = !hasBackend;
    const kept = memory.read();
    if (kept?.facts.session) ledger.learn(kept.facts);
    const stops = [
      presence.start((reason) => present(reason)),
      activity.start(() => look()),
      memory.watch(() => {
        look();
        writeBack();
      }),
    ];
    mine.signal.addEventListener('abort', () => {
      for (const stop of stops) stop();
    });
    gossip.start();
    if (memory.untold().length > 0) void tell.run();
    if (hasBackend) {
      if (ranBackwards()) ledger.stand({ waited: true });
      questions.wish();
      clock.wait(UNCOVERED_WAIT, () => {
        if (running === mine && ledger.standing().opened === undefined) ledger.stand({ waited: true });
      });
    } else startAlone(mine);
    settle();
  }

  /** The wall clock is behind the mirror's: what the mirror says of time cannot be used, and nothing is shown on it. */
  function ranBackwards(): boolean {
    const written = memory.read()?.written;
    return written !== undefined && clock.read().wall < written.wall;
  }

  function startAlone(mine: AbortController): void {
    if (ledger.facts().session) {
      isOnlyListening = false;
      meetAlone();
      return;
    }
    clock.wait(HELLO_WAIT, () => {
      if (running !== mine) return;
      isOnlyListening = false;
      if (ledger.facts().session) return meetAlone();
      void takeTurn('begin', BEGIN_PATIENCE, async () => {
        const kept = memory.read();
        if (running !== mine) return;
        if (kept?.facts.session) ledger.learn(kept.facts);
        if (ledger.facts().session) return meetAlone();
        begin.startAlone({});
        startedAlone = ledger.facts().session?.id;
        await door.settled();
      });
    });
  }

  function meetAlone(): void {
    const facts = ledger.facts();
    if (facts.session && !facts.end && ledger.standing().opened !== facts.session.id) door.meet(facts, memory.begun());
  }

  /** The mirror was removed or set back: it is written again. */
  function writeBack(): void {
    const facts = ledger.facts();
    const { opened, replacedAt } = ledger.standing();
    if (!facts.session || opened !== facts.session.id || replacedAt !== undefined) return;
    const kept = memory.read();
    if (!kept?.facts.session) memory.write(facts);
  }

  function stop(): void {
    running?.abort();
    running = undefined;
    gossip.stop();
    questions.stop();
    end.stop();
    touch.stop();
    tell.stop();
    lock.stop();
    holds.releaseAll();
    stream.follow(undefined);
    alarm.set(undefined);
    calls.drop();
    callOffLook?.();
    callOffLook = undefined;
    callOffPoll?.();
    callOffPoll = undefined;
  }

  return {
    ledger,
    questions,
    begin,
    extend,
    holds,
    lock,
    wipe,
    door,
    report,
    listeners,
    start,
    stop,
    view() {
      if (!running) return current;
      const view = ledger.view();
      if (view !== current) void Promise.resolve().then(settle);
      return view;
    },
    look() {
      look();
      return current;
    },
    admitNow,
    endSignal: () => endSignal.signal,
  };
}

/** A wipe that was left for later is tried again after this, while a page lives. */
const WIPE_RETRY: Duration = 30_000;

/** News that others must hear at once: an end, a lock, another session, an earlier deadline, a policy, a warning answered. */
function isUrgent(before: Facts, after: Facts, view: SessionView): boolean {
  if (before.session?.id !== after.session?.id || after.end !== before.end) return true;
  if (before.lockedAt !== after.lockedAt || before.authenticatedAt !== after.authenticatedAt) return true;
  if (before.policy?.version !== after.policy?.version) return true;
  const shorter = (a: ServerTime | undefined, b: ServerTime | undefined) => b !== undefined && (a === undefined || b < a);
  if (shorter(before.lease?.idleExpiry, after.lease?.idleExpiry)) return true;
  if (shorter(before.lease?.absoluteExpiry, after.lease?.absoluteExpiry)) return true;
  return view.phase === 'warning' || wasWarned(before, after);
}

/** Whether more time was granted late in the old lease, when other tabs may be warning. */
function wasWarned(before: Facts, after: Facts): boolean {
  const [old, now] = [before.lease?.idleExpiry, after.lease?.idleExpiry];
  if (old === undefined || now === undefined || !after.policy) return false;
  return now - old > (after.policy.idleTimeout ?? 0) - 2 * after.policy.warnBefore;
}

function latestInstant(facts: Facts): ServerTime | undefined {
  const { session, lastActivityAt, authenticatedAt, lockedAt, end } = facts;
  return [session?.startedAt, lastActivityAt, authenticatedAt, lockedAt, end?.at].reduce<ServerTime | undefined>(later, undefined);
}
