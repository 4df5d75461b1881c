/** The parts of one tab, wired to each other. What to decide is decided in them; when to look is decided in `tab.ts`. */
import { createAftermath } from './actions/aftermath.js';
import { type Alone, createAlone } from './actions/alone.js';
import { type Begin, createBegin } from './actions/begin.js';
import { createDoor, type Door } from './actions/door.js';
import { createEnd, type End } from './actions/end.js';
import { createExtend } from './actions/extend.js';
import { createHolds, type Holds } from './actions/hold.js';
import { createLock, type Lock } from './actions/lock.js';
import { createSignIns, type SignIns } from './actions/sign-ins.js';
import { createTabLeavings, type TabLeavings } from './actions/tab-leavings.js';
import { createTell, type Tell } from './actions/tell.js';
import { createTouch, type Touch } from './actions/touch.js';
import { createWipe, type Wipe } from './actions/wipe.js';
import { type Credentials, createCredentials } from './credentials.js';
import type { Report } from './events.js';
import type { Facts, Session, Tombstone } from './facts/facts.js';
import { createLedger, type Ledger } from './ledger.js';
import { createOperations, type Operations } from './operations.js';
import type { Settings } from './options.js';
import type { Memory, StreamEvent, World } from './ports.js';
import { createRequests, type Requests } from './requests.js';
import { newestLeads } from './rules/leads.js';
import { isOpen, type SessionView } from './rules/view.js';
import { createAnswers } from './server/answers.js';
import { type Calls, createCalls } from './server/calls.js';
import { createInitial } from './server/initial.js';
import { createPolicyCheck } from './server/policy-check.js';
import { createQuestions, type Questions } from './server/questions.js';
import { createRotationWatch, isVain } from './server/rotation.js';
import { createStream, type Stream } from './server/stream.js';
import { createGossip, type Gossip } from './tabs/gossip.js';
import { createListening, type Listening } from './tabs/hearing.js';
import { createMirror } from './tabs/mirror.js';
import { createTakeTurn } from './tabs/take-turn.js';
import { type Duration, later, plus, type Reading, type ServerTime, serverTime } from './time/instant.js';
import { createLocalTime } from './time/local.js';
import { createOffset } from './time/offset.js';
import { type Acts, createActs } from './user/acts.js';

/** Parts of the rules that a test may switch off, to see that they matter. Not an option of the product. */
export type Rule =
  | 'admission-door'
  | 'mirror-look'
  | 'last-look'
  | 'session-order'
  | 'first-hand'
  | 'wiper-scope'
  | 'one-door';

/** What the parts call when something has happened. */
export interface Hooks {
  /** The ledger has changed. */
  readonly changed: () => void;
  /** Makes several changes one. */
  readonly together: (changes: () => void) => void;
  /** Something was said: look before it is taken in. */
  readonly look: () => void;
  readonly subscribe: (listener: (view: SessionView) => void) => () => void;
  readonly endSignal: () => AbortSignal;
  readonly isRunning: () => boolean;
  /** How long ago a sleep was last noticed. */
  readonly awakeFor: () => Duration;
  /** This tab has come to hold the stream, or does so no longer. */
  readonly streamHeld: () => void;
}

export interface Parts {
  readonly report: Report;
  readonly memory: Memory;
  readonly ledger: Ledger;
  readonly operations: Operations;
  readonly calls: Calls;
  readonly questions: Questions;
  /** Takes in the answer that came with the page, if one did; whether it counted. */
  readonly initial: () => boolean;
  readonly stream: Stream;
  readonly gossip: Gossip;
  readonly listening: Listening;
  readonly acts: Acts;
  readonly wipe: Wipe;
  readonly tabLeavings: TabLeavings;
  readonly door: Door;
  readonly signIns: SignIns;
  readonly tell: Tell;
  readonly aftermath: () => void;
  readonly end: End;
  readonly touch: Touch;
  readonly holds: Holds;
  readonly lock: Lock;
  readonly extend: () => Promise<SessionView>;
  readonly requests: Requests;
  /** Absent where the app has attached no auth SDK. */
  readonly credentials: Credentials | undefined;
  readonly begin: Begin;
  readonly alone: Alone;
  /** Writes a tombstone of this tab's own. */
  readonly endSession: (session: Session, end: Tombstone) => void;
}

/** Makes the parts of one tab. Nothing happens until they are started. */
export function createParts(settings: Settings, world: World, off: ReadonlySet<Rule>, hooks: Hooks): Parts {
  const { backend, name } = settings;
  const { clock, random, presence } = world;
  const hasBackend = backend !== undefined;

  const report: Report = (happening) => {
    const at = ledger.reading()?.now ?? serverTime(clock.read().wall);
    runGuarded(() => settings.onEvent?.({ ...happening, at }));
  };

  // What is known, and the time.

  const memory = createMirror({
    name,
    store: world.shared,
    clock,
    now: () => ledger.reading()?.now,
    report,
    isSigningIn: () => signIns.isElsewhere(),
  });
  const takeTurn = createTakeTurn(world.turns, clock, `nightlatch:${name}`, presence.frozen);
  const offset = createOffset(clock);
  const localTime = createLocalTime(clock, () => latestInstant(ledger.facts()));
  const ledger = createLedger(
    hasBackend ? () => offset.read() ?? keptReading(memory, clock.read().wall) : localTime,
    hooks.changed,
  );
  const operations = createOperations(ledger, runGuarded);

  // The server.

  const check =
    settings.verifyPolicy && createPolicyCheck({ verify: settings.verifyPolicy, clock, reading: offset.read });

  const calls = createCalls({
    clock,
    ledger,
    begun: memory.begun,
    check,
    measure: (sample) => {
      const measured = offset.measure(sample);
      // A sharper clock can move what is so, though no fact has changed.
      if (measured !== 'kept') hooks.changed();
      return measured;
    },
    take: (reply, asked) => answers.take(reply, asked),
    late: (reply, asked) => {
      if (hooks.isRunning()) answers.take(reply, asked);
    },
    together: hooks.together,
    slept: hooks.look,
    report,
  });

  const answers = createAnswers({
    ledger,
    meet: (facts, asked) => {
      door.meet(withPolicy(facts, settings), asked.begun, asked.sentAt);
      // The server has it open, or its word was overtaken on the way: its next one decides.
      if (ledger.facts().end) questions.wish();
    },
    buried: (facts) => listening.buried(facts),
    askAgain: () => questions.undecided(),
    raise: (claim) => void questions.raise(claim),
    tellAgain: (id) => {
      tell.note({ id, reason: ledger.facts().end?.reason ?? 'unknown' });
      void tell.run();
    },
    toldOf: (id) => tell.told(id),
    refuted: (known) => listening.refute(known),
    report,
    firstHand: !off.has('first-hand'),
  });

  const initial = createInitial({
    given: settings.initial,
    isChecked: check !== undefined,
    arrival: () => world.arrival(),
    clock,
    memory,
    take: calls.arrive,
    report,
  });

  const watchRotation = createRotationWatch(ledger);

  const questions = createQuestions({
    clock,
    random,
    peek: backend
      ? async (limit) => {
          const reply = await calls.call('peek', limit, (signal) => backend.peek(signal));
          watchRotation(reply);
          return reply;
        }
      : () => alone.findOther(),
    isVain: (reply) => isVain(ledger, reply),
    isVisible: presence.isVisible,
    mayAsk: () => !backend?.sliding || ledger.standing().opened === undefined,
    isWanted: () => hooks.isRunning() && hasBackend && isUnanswered(ledger),
    waiting: (claims) =>
      ledger.stand({
        doubted: claims.some(({ about }) => about === 'other-session'),
        claimedLeads: newestLeads(claims),
      }),
    settled: () => listening.readMirror(),
  });

  const stream = createStream({
    backend: backend ?? {},
    clock,
    random,
    turns: world.turns,
    turnName: `nightlatch:${name}:stream`,
    ask: calls.ask,
    heard: (event, asked, isFirst) => {
      const receivedAt = clock.read();
      const take = (word: StreamEvent): void =>
        hooks.together(() => {
          if (word.type === 'document' && isFirst) calls.measure(word.document.serverTime, asked, receivedAt);
          answers.takeEvent(word, asked, isFirst);
        });
      if (!check || event.type !== 'document') return take(event);
      void check(event.document).then((document) => hooks.isRunning() && take({ ...event, document }));
    },
    refused: (reply, asked) => answers.take(reply, asked),
    isVisible: presence.isVisible,
    held: (held) => {
      report({ type: 'stream-held', held });
      hooks.streamHeld();
    },
  });

  // The other tabs.

  const listening = createListening({
    ledger,
    memory,
    hasBackend,
    raise: questions.raise,
    together: hooks.together,
    withdraw: ({ key }) => questions.withdraw(key),
    open: questions.open,
    learnt: () => alone.meet(),
    isOrdered: !off.has('session-order'),
    readsMirror: !off.has('mirror-look'),
  });

  const gossip = createGossip({
    name,
    openChannel: world.openChannel,
    memory,
    clock,
    random,
    facts: ledger.facts,
    isOpen: () => isOpen(ledger.view()),
    isReplaced: () => ledger.standing().replacedAt !== undefined,
    look: hooks.look,
    heard: listening.hear,
    overheard: (message) => {
      requests.askers.hear(message);
      credentials?.hear(message);
    },
    report,
  });

  // Sessions that begin and end.

  /** The sessions that this tab has ended itself: it is for this tab to tell the server. */
  const ownEnds = new Set<string>();

  function endSession(session: Session, end: Tombstone): void {
    ownEnds.add(session.id);
    ledger.learn({ session, end });
  }

  // What the mirror says of time is of no use here: a clock may have been set since.
  const signIns = createSignIns({
    clock,
    random,
    memory,
    reading: hasBackend ? offset.read : localTime,
    awakeFor: hooks.awakeFor,
  });

  const wipe = createWipe({
    clock,
    ledger,
    memory,
    takeTurn,
    signIns,
    wipers: settings.wipers,
    ask: () => questions.ask(),
    hasBackend,
    report,
    scopes: !off.has('wiper-scope'),
  });

  const tabLeavings = createTabLeavings({ ledger, own: world.own, name, hasBackend, wipeTab: wipe.tab });

  const tell = createTell({
    clock,
    random,
    ledger,
    memory,
    takeTurn,
    end: async ({ id, reason }, limit) =>
      backend ? calls.call('end', limit, (signal) => backend.end({ sessionId: id, reason }, signal)) : { type: 'done' },
  });

  const door = createDoor({
    clock,
    ledger,
    memory,
    takeTurn,
    hasBackend,
    wipeTab: wipe.tab,
    sweep: wipe.sweep,
    sweepTab: tabLeavings.sweep,
    signIns,
    askAgain: () => questions.wish(),
    tell: () => void tell.run(),
    report,
    oneDoor: !off.has('one-door'),
  });

  const begin = createBegin({
    clock,
    ledger,
    door,
    hasBackend,
    tell: tell.run,
    // Somebody has just signed in, and waits for their page; the sign-in page's own question may be less than a second old.
    ask: questions.askEarly,
    isUndecided: questions.isDue,
    isRunning: hooks.isRunning,
    start: (how) => alone.begin(how),
  });

  const alone = createAlone({ clock, random, ledger, memory, door, takeTurn, policy: settings.policy, hasBackend });

  const end = createEnd({
    clock,
    ledger,
    takeTurn,
    readMirror: listening.readMirror,
    ask: (limit) => (hasBackend && !backend.sliding ? questions.ask(limit) : Promise.resolve(false)),
    hasBackend,
    isVisible: presence.isVisible,
    awakeFor: hooks.awakeFor,
    claims: questions.open,
    end: endSession,
    settled: async () => void (await Promise.all([door.settled(), requests.reauthentication.settled()])),
    readCredential: async () => credentials?.reread(),
    lastLook: !off.has('last-look'),
  });

  const aftermath = createAftermath({
    clock,
    ledger,
    memory,
    hasBackend,
    isMine: (sessionId) => ownEnds.has(sessionId),
    wipe,
    tell,
  });

  // What the person does.

  const touch = createTouch({
    clock,
    random,
    ledger,
    takeTurn,
    isVisible: presence.isVisible,
    touch: async (call, limit) =>
      backend ? calls.call('touch', limit, (signal) => backend.touch(call, signal)) : { type: 'done' },
  });

  const acts = createActs({
    clock,
    ledger,
    activity: world.activity,
    own: world.own,
    name,
    anyActAnswers: settings.anyActAnswers,
    acted: () => touch.acted(),
    isGuarded: !off.has('admission-door'),
  });

  const holds = createHolds({
    clock,
    ledger,
    lastReal: acts.lastReal,
    touch:
      backend &&
      ((sessionId, limit) =>
        calls.call('touch', limit, (signal) => backend.touch({ sessionId, idleFor: 0, source: 'hold' }, signal))),
    observe: acts.observe,
    report,
  });

  const lock = createLock({
    clock,
    random,
    ledger,
    isAsking: () => questions.open().some(({ about }) => about === 'this-session'),
    send: backend && ((sessionId, limit) => calls.call('lock', limit, (signal) => backend.lock({ sessionId }, signal))),
  });

  const extend = createExtend({
    ledger,
    takeTurn,
    send: backend && ((call, limit) => calls.call('extend', limit, (signal) => backend.extend(call, signal))),
    answer: () => acts.note(true),
    ask: () => (hasBackend ? questions.ask() : Promise.resolve(true)),
    report,
  });

  const requests = createRequests({
    settings,
    clock,
    ledger,
    operations,
    memory,
    world,
    speak: gossip.speak,
    run: runGuarded,
    prerendering: presence.prerendering,
    ask: async () => {
      const answered = await questions.askEarly();
      await door.settled();
      return answered;
    },
    readMirror: listening.readMirror,
    look: hooks.look,
    subscribe: hooks.subscribe,
    endSignal: hooks.endSignal,
    place: () => world.network?.place(),
    credential: (signal) => credentials?.ready(signal),
    report,
  });

  const credentials =
    settings.credential &&
    createCredentials({
      name,
      source: settings.credential,
      ledger,
      world,
      speak: gossip.speak,
      asking: {
        isUnderWay: () => requests.reauthentication.progress() !== undefined || requests.askers.isElsewhere(),
        settled: requests.reauthentication.settled,
      },
      look: hooks.look,
      subscribe: hooks.subscribe,
      endSignal: hooks.endSignal,
      wipeAgain: wipe.again,
      report,
    });

  return {
    report,
    memory,
    ledger,
    operations,
    calls,
    questions,
    initial,
    stream,
    gossip,
    listening,
    acts,
    wipe,
    tabLeavings,
    door,
    signIns,
    tell,
    aftermath,
    end,
    touch,
    holds,
    lock,
    extend,
    requests,
    credentials,
    begin,
    alone,
    endSession,
  };
}

/** Runs the app's code: what it throws is the app's, and goes to where uncaught errors go. */
export function runGuarded(run: () => void): void {
  try {
    run();
  } catch (problem) {
    void Promise.reject(problem);
  }
}

/** Before the first word of the server, what the mirror says of clocks may close a session, never open one. */
function keptReading(memory: Memory, wall: number): Reading | undefined {
  const written = memory.read()?.written;
  if (!written) return undefined;
  const now = plus(written.serverTime, Math.max(0, wall - written.wall));
  return { now, earliest: now, latest: now };
}

/** The local policy rules until a server has sent one that can be read. */
function withPolicy(facts: Facts, { policy }: Settings): Facts {
  return facts.policy || !policy ? facts : { ...facts, policy };
}

/** Whether this tab still lacks the server's word: the first one, or, covered by a belief, the one that decides. */
function isUnanswered(ledger: Ledger): boolean {
  const { shown, none } = ledger.standing();
  const { phase } = ledger.view();
  return phase === 'pending' || phase === 'expired' || (phase === 'ended' && shown === undefined && !none);
}

function latestInstant({ session, lastActivityAt, authenticatedAt, lockedAt, end }: Facts): ServerTime | undefined {
  const instants = [session?.startedAt, lastActivityAt, authenticatedAt, lockedAt, end?.at];
  return instants.reduce<ServerTime | undefined>(later, undefined);
}
