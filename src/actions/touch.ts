/** Touches: tells the server that the person acted, trailing, and as seldom as the policy asks. */
import { isLocked, type Lease } from '../facts/facts.js';
import { type Policy, shortestOperationIdle } from '../facts/policy.js';
import type { Ledger } from '../ledger.js';
import type { Reply, TakeTurn } from '../ports.js';
import { idleDeadline } from '../rules/deadlines.js';
import { isOpen } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { type Duration, plus, type ServerTime } from '../time/instant.js';

const LIMIT: Duration = 10_000;
const TURN_PATIENCE: Duration = 1_000;
/** Another tab's activity is left to that tab for this long: it touches, unless it crashed. */
const COURTESY: Duration = 2_000;
/** Server time is known to about this; activity that the server knows but for it needs no touch. */
const TOLERANCE: Duration = 250;
/** Clocks that are this far apart have just slept or been set: the server is being asked, and is waited for once. */
const DISAGREEMENT: Duration = 2_000;
const CLOCK_PATIENCE: Duration = 1_500;
/** After a touch that was not answered, the next one waits this long, doubling up to the longest of this policy. */
const FIRST_RETRY: Duration = 2_000;
const LONGEST_RETRY: Duration = 60_000;
/** However often a policy wants touches. */
const SHORTEST_RETRY: Duration = 1_000;

/** By how much of itself the wait is shorter or longer. */
const JITTER = 0.25;
/** Of what is left until somebody who works would be warned, so much is waited before the next attempt, and at least so long. */
const HASTE = 0.25;
const SHORTEST_HASTENED: Duration = 500;

export interface TouchParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly takeTurn: TakeTurn;
  readonly isVisible: () => boolean;
  readonly touch: (
    call: { sessionId: string; idleFor: Duration; keepalive?: boolean },
    limit: Duration,
  ) => Promise<Reply>;
}

export interface Touch {
  /** Looks whether there is something to tell, and when. Called on each change. */
  consider(): void;
  /** The person acted in this tab. */
  acted(): void;
  /** The page goes away: tells what is untold, at once. */
  flush(): void;
  stop(): void;
}

export function createTouch({ clock, random, ledger, takeTurn, isVisible, touch }: TouchParts): Touch {
  let callOff: (() => void) | undefined;
  let due = Number.POSITIVE_INFINITY;
  let lastRev: number | undefined;
  let movedAt = Number.NEGATIVE_INFINITY;
  let touchedUpTo: ServerTime | undefined;
  let retry = FIRST_RETRY;
  /** Until when nothing is sent, because the last touch was not answered. */
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let hasWaited = false;
  let isMine = false;
  let running = false;

  const now = () => clock.read().monotonic;

  /** The activity that the server does not know of, if there is any. */
  function untold(): ServerTime | undefined {
    const { lastActivityAt, policy, end, lease } = ledger.facts();
    if (lastActivityAt === undefined || end || !lease || !policy || isLocked(ledger.facts())) return undefined;
    const known = knownTo(policy, lease);
    if (known === undefined || (touchedUpTo !== undefined && lastActivityAt <= touchedUpTo)) return undefined;
    return lastActivityAt > plus(known, TOLERANCE + spread()) ? lastActivityAt : undefined;
  }

  /** The last activity that the server knows of; nothing where no limit runs from it. */
  function knownTo(policy: Policy, lease: Lease): ServerTime | undefined {
    const deadline = idleDeadline(ledger.facts());
    if (policy.idleTimeout !== null) return deadline && plus(deadline, -policy.idleTimeout);
    return shortestOperationIdle(policy) === null ? undefined : lease.lastActivityAt;
  }

  /**
   * The server bears a touch as often as its policy asks for one, and that is at most half of what lies between an act and
   * its warning: nobody who works is warned long after the server has come back.
   */
  function longestRetry(): Duration {
    const { policy } = ledger.facts();
    return Math.max(SHORTEST_RETRY, Math.min(policy?.touchEvery ?? LONGEST_RETRY, LONGEST_RETRY));
  }

  /** The nearer the warning, the sooner: of what is left until then, only a part is waited. */
  function hastened(): Duration {
    const facts = ledger.facts();
    const [deadline, reading] = [idleDeadline(facts), ledger.reading()];
    if (deadline === undefined || !reading || !facts.policy) return LONGEST_RETRY;
    const left = deadline - facts.policy.warnBefore - reading.latest;
    return left > 0 ? Math.max(SHORTEST_HASTENED, left * HASTE) : LONGEST_RETRY;
  }

  /** How uncertain server time is. */
  function spread(): Duration {
    const reading = ledger.reading();
    return reading ? reading.latest - reading.earliest : 0;
  }

  function consider(): void {
    const { lease, policy } = ledger.facts();
    if (lease?.rev !== lastRev) {
      lastRev = lease?.rev;
      movedAt = now();
    }
    const view = ledger.view();
    if (!isOpen(view) || !policy || untold() === undefined) return cancel();
    if (running) return;
    const isWarned = view.phase === 'warning' && view.deadline.cause === 'idle';
    if (isWarned) return schedule(isMine ? 0 : COURTESY / 10);
    if (!isMine && !isVisible()) return cancel();
    schedule(Math.max(0, movedAt + policy.touchEvery - now()) + (isMine ? 0 : COURTESY));
  }

  function cancel(): void {
    callOff?.();
    due = Number.POSITIVE_INFINITY;
  }

  function schedule(delay: Duration): void {
    const at = Math.max(now() + delay, pausedUntil);
    if (at >= due) return;
    callOff?.();
    due = at;
    callOff = clock.wait(at - now(), () => {
      due = Number.POSITIVE_INFINITY;
      void run();
    });
  }

  async function run(): Promise<void> {
    if (running || untold() === undefined || !isOpen(ledger.view())) return;
    if (spread() > DISAGREEMENT && !hasWaited) {
      hasWaited = true;
      pausedUntil = now() + CLOCK_PATIENCE;
      return consider();
    }
    hasWaited = false;
    running = true;
    const wasMine = isMine;
    isMine = false;
    const reply = await takeTurn('touch', Math.min(TURN_PATIENCE, hastened()), () => send());
    running = false;
    if (reply?.type === 'unknown') {
      isMine ||= wasMine;
      const longest = longestRetry();
      // On average as often as that, and never in step with a network that fails by turns.
      const wait = Math.min(retry, longest, hastened()) * (1 - JITTER + 2 * JITTER * random());
      pausedUntil = now() + Math.max(wait, reply.retryAfter ?? 0);
      retry = Math.min(retry * 2, longest);
    } else retry = FIRST_RETRY;
    consider();
  }

  /** Sends one touch, unless another tab has done so while this one waited for its turn. */
  async function send(keepalive = false): Promise<Reply | undefined> {
    const at = untold();
    const reading = ledger.reading();
    const { session } = ledger.facts();
    if (at === undefined || !reading || !session || !isOpen(ledger.view())) return undefined;
    // The longest it can be: after a sleep the earliest possible now is too early by as long as the sleep was.
    const idleFor = Math.max(0, reading.latest - at);
    const reply = await touch({ sessionId: session.id, idleFor, ...(keepalive ? { keepalive } : {}) }, LIMIT);
    if (reply.type === 'document' && (touchedUpTo === undefined || at > touchedUpTo)) touchedUpTo = at;
    return reply;
  }

  return {
    consider,
    acted() {
      isMine = true;
    },
    flush() {
      // One that is under way dies with the page.
      if (isMine || running) void send(true);
    },
    stop: cancel,
  };
}
