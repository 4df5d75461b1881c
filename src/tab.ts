/** One tab: when it looks, what it makes of it, and who is told. The order of things; what they mean is in the parts. */
import type { Facts } from './facts/facts.js';
import { happenings } from './happenings.js';
import type { OperationListener } from './operations.js';
import type { Settings } from './options.js';
import { createParts, type Parts, type Rule, runGuarded } from './parts.js';
import type { LookReason, World } from './ports.js';
import { createRounds } from './rounds.js';
import { isUrgent } from './rules/news.js';
import { isCovered, isOpen, type SessionView } from './rules/view.js';
import { createAlarm } from './time/alarm.js';
import { type DeviceTime, type Duration, earlier, jump } from './time/instant.js';

/** The device clocks moved apart by this much: a sleep, or a clock was set. */
const GAP: Duration = 2_000;
/** A page that waits for the server's first word is covered after this. */
const UNCOVERED_WAIT: Duration = 1_000;
/** A page that comes back waits this long for the server's word; if it is silent, what is known counts on. */
const RETURN_LIMIT: Duration = 3_000;
/** What a browser says of one return, it says within this time. */
const ONE_RETURN: Duration = 100;

type Listener = (view: SessionView, previous: SessionView) => void;

export interface Tab {
  readonly parts: Parts;
  start(): void;
  stop(): void;
  /** The view for now. Whoever subscribed hears of a change soon, not while somebody reads. */
  view(): SessionView;
  /** Looks again, and returns the view for now. */
  look(): SessionView;
  subscribe(listener: Listener): () => void;
  /** Calls back on each change of the word on an operation; meanwhile its freshness is waited for. */
  watchOperation(name: string, margin: Duration, listener: OperationListener): () => void;
  /** Aborts when the session ends; a new session has a new one. */
  endSignal(): AbortSignal;
}

/** Makes a tab out of its parts. It does nothing until it is started. */
export function createTab(settings: Settings, world: World, off: ReadonlySet<Rule>): Tab {
  const { backend } = settings;
  const { clock, presence } = world;
  const listeners = new Set<Listener>();
  const parts = createParts(settings, world, off, {
    changed: settle,
    together,
    look,
    subscribe,
    endSignal: () => ending.signal,
    isRunning: () => running !== undefined,
    awakeFor: () => clock.read().monotonic - wokeAt,
    // Often the first that is heard after a sleep: what has passed meanwhile is seen before the rounds go by it.
    streamHeld: look,
  });
  const { ledger, operations, memory, calls, questions, stream, gossip, tell, touch } = parts;
  const alarm = createAlarm(clock, () => ledger.reading()?.latest, look);
  const rounds = createRounds({
    clock,
    presence,
    ledger,
    poll:
      backend && !backend.sliding
        ? { answeredAt: calls.answeredAt, isStreamed: stream.isHeld, ask: questions.wish }
        : undefined,
    look() {
      look();
      // Storage that was blocked tells nobody that it can be written again.
      parts.listening.writeBack();
    },
  });

  let running: AbortController | undefined;
  /** Started, in a page that nobody has opened yet. */
  let waiting: object | undefined;
  let isSettling = false;
  let current: SessionView = { phase: 'pending', covered: false };
  let toldFacts: Facts = {};
  let lastLook: DeviceTime | undefined;
  let ending = new AbortController();
  /** The session that the signal is of. */
  let endingOf: string | undefined;
  /** The session last told of as opened. */
  let openedId: string | undefined;
  let wokeAt = Number.NEGATIVE_INFINITY;
  let cameBackAt = Number.NEGATIVE_INFINITY;

  /** Looks again: what time it is, who acted, what the mirror says, and so what is so now. */
  function look(): void {
    if (!running) return;
    const device = clock.read();
    const slept = lastLook ? jump(lastLook, device) : 0;
    lastLook = device;
    // A clock that was set back is no sleep: what was done just now was done just now.
    parts.acts.fold(slept > GAP ? slept : 0);
    if (Math.abs(slept) > GAP) {
      wokeAt = device.monotonic;
      wake();
    }
    gossip.quietly(parts.listening.readMirror);
    parts.alone.keep();
    settle();
  }

  /** After a sleep, replies to what was asked before it are worth nothing, and the server is asked anew. */
  function wake(): void {
    calls.drop();
    questions.hurry();
    tell.hurry();
    wishToKnow();
  }

  /**
   * The page comes back from a freeze or the back/forward cache. It heard nothing meanwhile, so it stays covered until
   * the server has been asked; where that is silent, what is known counts on.
   */
  function comeBack(): void {
    const at = clock.read().monotonic;
    // From the back/forward cache a page is both resumed and restored.
    if (at - cameBackAt < ONE_RETURN) return;
    cameBackAt = at;
    wake();
    // One that leaves and comes back before it has been confirmed waits anew: its first wait is over with this.
    const isToConfirm = isOpen(ledger.view()) || ledger.standing().returned;
    if (backend && !backend.sliding && isToConfirm) void confirm(at);
    if (presence.isVisible()) stream.appeared();
  }

  async function confirm(at: number): Promise<void> {
    ledger.stand({ returned: true });
    await questions.ask(RETURN_LIMIT);
    if (cameBackAt !== at) return;
    // Where the server was silent, another tab may have written down meanwhile what no message has told this one.
    look();
    ledger.stand({ returned: false });
  }

  function wishToKnow(): void {
    const { phase } = ledger.view();
    if (backend && !backend.sliding && phase !== 'absent' && phase !== 'ended') questions.wish();
  }

  /** Computes the view, tells whoever listens, and sets off what follows; again, if that has changed it. */
  function settle(): void {
    if (isSettling) return;
    isSettling = true;
    try {
      if (running) parts.tabLeavings.look();
      for (let next = ledger.view(); next !== current; next = ledger.view()) {
        const previous = current;
        current = next;
        // In the same task, and before the dialogs of this page: the others wait for it.
        if (running && next.phase === 'ended') tellOthers(next);
        publish(next, previous);
      }
    } finally {
      isSettling = false;
    }
    if (running) follow();
  }

  function together(changes: () => void): void {
    if (isSettling) return changes();
    isSettling = true;
    try {
      changes();
    } finally {
      isSettling = false;
    }
    settle();
  }

  function publish(next: SessionView, previous: SessionView): void {
    if (isOpen(next)) followEnd(next.session.id);
    // Before the listeners, which open and close dialogs, and take covers down.
    if (next.phase !== previous.phase) parts.acts.settle();
    for (const listener of [...listeners]) runGuarded(() => listener(next, previous));
    // What was done to a page that was not open counts for nothing; nor does the focus that comes back to it.
    if (isOpen(next) && !isOpen(previous)) {
      parts.acts.discard();
      parts.door.opened(next.session.id);
      parts.wipe.opened(next.session.id);
    }
    const shownId = ledger.standing().shown?.id;
    for (const happening of happenings(previous, next, { shownId, openedId })) parts.report(happening);
    if (isOpen(next)) openedId = next.session.id;
    if (next.phase === 'ended' && previous.phase !== 'ended') {
      ending.abort();
      calls.dropForEnd();
    }
    if (next.phase === 'ended' || next.phase === 'absent' || next.phase === 'locked') parts.holds.releaseAll();
  }

  /** The next session has a signal of its own; where it took the place of one that nobody ended here, that one is over, too. */
  function followEnd(sessionId: string): void {
    if (endingOf !== undefined && endingOf !== sessionId) ending.abort();
    endingOf = sessionId;
    if (ending.signal.aborted) ending = new AbortController();
  }

  function tellOthers({ phase }: SessionView): void {
    const facts = ledger.facts();
    if (facts === toldFacts) return;
    const urgent = isUrgent(toldFacts, facts) || phase === 'warning';
    toldFacts = facts;
    if (ledger.standing().replacedAt === undefined) gossip.tell(urgent);
  }

  /** What follows from what is so: each part looks for itself whether there is something to do. */
  function follow(): void {
    const view = ledger.view();
    const { opened } = ledger.standing();
    arm();
    tellOthers(view);
    // A page that was covered on hearsay is uncovered by the server's word alone.
    if (backend && isCovered(view) && opened === undefined) ledger.stand({ waited: true });
    parts.end.consider();
    parts.lock.consider();
    parts.requests.reauthentication.consider();
    touch.consider();
    parts.credentials?.consider();
    parts.tabLeavings.follow();
    parts.aftermath();
    stream.follow(isOpen(view) || view.phase === 'locked' || view.phase === 'expired' ? opened : undefined);
    rounds.arrange();
    // Some of the above may have changed it.
    operations.tell(ledger.view());
  }

  function subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Wakes this tab when the view changes by itself, or the word on an operation that somebody watches. */
  function arm(): void {
    alarm.set(earlier(ledger.nextChange(), operations.nextChange(ledger.view())));
  }

  function present(reason: LookReason): void {
    look();
    switch (reason) {
      case 'parting':
        gossip.flush();
        parts.signIns.part();
        parts.requests.askers.part();
        touch.flush();
        stream.parted();
        return;
      case 'hidden':
        stream.vanished();
        return;
      case 'visible':
        parts.listening.writeBack();
        stream.appeared();
        wishToKnow();
        // Storage that is this tab's own tells nobody, and what all share may have been written while nobody looked.
        void parts.credentials?.reread();
        return;
      case 'focus':
        wishToKnow();
        return;
      case 'restored':
      case 'resumed':
        parts.requests.askers.comeBack();
        comeBack();
        return;
      case 'online':
        wake();
        parts.credentials?.hurry();
        return;
    }
  }

  function view(): SessionView {
    if (!running) return current;
    const now = ledger.view();
    if (now !== current) void Promise.resolve().then(settle);
    return now;
  }

  /**
   * A page that is made ready beforehand may never be seen. It asks nothing, opens nothing and clears nothing: it begins
   * when somebody opens it, as one that is loaded then.
   */
  function start(): void {
    if (running || waiting) return;
    const prerendering = presence.prerendering();
    if (!prerendering) return begin();
    const mine = {};
    waiting = mine;
    void prerendering.then(() => {
      if (waiting !== mine) return;
      waiting = undefined;
      begin();
    });
  }

  function begin(): void {
    const mine = new AbortController();
    running = mine;
    lastLook = clock.read();
    ledger.stand({ returned: false });
    parts.acts.recall();
    parts.tabLeavings.recall();
    const kept = memory.read();
    // In this order, and as one: the answer that came with the page was asked before the mirror was read.
    let isAnswered = false;
    together(() => {
      isAnswered = parts.initial();
      if (isAnswered) gossip.quietly(parts.listening.readMirror);
      else if (kept?.facts.session) ledger.learn(kept.facts);
    });
    const stops = [presence.start(present), world.activity.start(look), memory.watch(stored), ...startEvidence()];
    mine.signal.addEventListener('abort', () => {
      for (const stop of stops) stop();
    });
    gossip.start();
    parts.credentials?.start();
    if (memory.untold().length > 0) void tell.run();
    parts.alone.start(mine.signal);
    if (backend) {
      // A wall clock that is behind the mirror's: what the mirror says of time is worth nothing.
      if (kept?.written && clock.read().wall < kept.written.wall) ledger.stand({ waited: true });
      if (!isAnswered || !isOpen(ledger.view())) questions.wish();
      const callOffCover = clock.wait(UNCOVERED_WAIT, () => {
        if (ledger.standing().opened === undefined) ledger.stand({ waited: true });
      });
      mine.signal.addEventListener('abort', callOffCover);
    }
    settle();
  }

  /** One that fails leaves the others at work: the session tends to idle, and the warning can be answered. */
  function startEvidence(): readonly (() => void)[] {
    const around = { clock, isWarned: () => ledger.view().phase === 'warning' };
    return settings.evidence.flatMap((source) => {
      try {
        return [source.start(world.activity.heard, around)];
      } catch (problem) {
        parts.report({ type: 'source-failed', source: source.name, problem: String(problem) });
        return [];
      }
    });
  }

  function stored(): void {
    look();
    parts.listening.writeBack();
  }

  function stop(): void {
    waiting = undefined;
    running?.abort();
    running = undefined;
    for (const part of [parts.requests.reauthentication, gossip, questions, parts.end, touch, tell, parts.lock])
      part.stop();
    parts.credentials?.stop();
    parts.holds.releaseAll();
    stream.follow(undefined);
    alarm.set(undefined);
    calls.drop();
    rounds.stop();
  }

  return {
    parts,
    start,
    stop,
    view,
    look() {
      look();
      return current;
    },
    subscribe,
    watchOperation(name, margin, listener) {
      const leave = operations.watch(view(), name, margin, listener);
      if (running) arm();
      return () => {
        leave();
        if (running) arm();
      };
    },
    endSignal: () => ending.signal,
  };
}
