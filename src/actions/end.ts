/** The end: a last look before anything irreversible, then the tombstone, or the lock where the policy says lock. */
import { type Facts, isLocked, type Session, type Tombstone } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { TakeTurn } from '../ports.js';
import type { Claim } from '../rules/admit.js';
import { postponement } from '../rules/admit.js';
import { deadlines } from '../rules/deadlines.js';
import type { Clock } from '../time/clock.js';
import { type Duration, later, type ServerTime } from '../time/instant.js';
import { pause, waitFor } from '../time/pause.js';

/** The last look waits this long for its turn, and this long for the server: covered, a page has ended in 5 s. */
const TURN_PATIENCE: Duration = 1_000;
const ANSWER_LIMIT: Duration = 3_000;
/** A newcomer's hello is answered within this time by a tab that has an open view. */
const HELLO_PATIENCE: Duration = 400;
/** After a sleep another tab may have yet to fold in and write down what was done just before: a second each, and a hidden tab's timer. */
const SIBLING_PATIENCE: Duration = 3_000;
/** A re-authentication that is under way is waited for this long. */
const REAUTHENTICATION_PATIENCE: Duration = 10_000;
/** What is left of the uncertainty of clocks that agree is waited for, without looking anew. */
const SHORT: Duration = 2_000;
const DRIFT_ALLOWANCE = 1e-3;
/** After an answer that says open, however late it seems here, the next look waits. */
const PAUSE: Duration = 1_000;

export interface EndParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly takeTurn: TakeTurn;
  /** Reads the mirror and takes in what it says. */
  readonly readMirror: () => void;
  /** Asks the server from now on; whether it answered. Without a backend nobody answers. */
  readonly ask: (limit: Duration) => Promise<boolean>;
  readonly hasBackend: boolean;
  /** The timers of a hidden page ring once a second: it does not wait for less than that. */
  readonly isVisible: () => boolean;
  /** How long ago this tab has last noticed a sleep. */
  readonly awakeFor: () => Duration;
  readonly claims: () => readonly Claim[];
  /** Writes a tombstone of this tab's own. */
  readonly end: (session: Session, end: Tombstone) => void;
  /** A re-authentication that is under way; the last look waits for it. */
  readonly settled: () => Promise<void>;
  /** Reads the auth SDK's credential anew, where one is attached. */
  readonly readCredential?: () => Promise<void>;
  /** Test seam: the last look. */
  readonly lastLook?: boolean;
}

export interface End {
  /** Called whenever the view says that the session may be over, or locked by belief: looks, and then acts. */
  consider(): void;
  stop(): void;
}

export function createEnd(parts: EndParts): End {
  const { clock, ledger } = parts;
  let looking = false;
  let callOff: (() => void) | undefined;
  let stopped = false;

  function again(delay: Duration): void {
    callOff?.();
    callOff = clock.wait(delay, () => {
      callOff = undefined;
      consider();
    });
  }

  /** Whether the view rests on a belief that a fact should follow. */
  function isDue(): boolean {
    const view = ledger.view();
    return view.phase === 'expired' || (view.phase === 'locked' && !isLocked(ledger.facts()));
  }

  async function look(): Promise<void> {
    if (parts.lastLook === false) return write();
    const isNewcomer = ledger.standing().opened === undefined;
    await parts.takeTurn('end', TURN_PATIENCE, async () => {
      parts.readMirror();
      if (!isDue()) return;
      const silence = SIBLING_PATIENCE - parts.awakeFor();
      if (!parts.hasBackend && silence > 0) {
        await pause(clock, silence);
        parts.readMirror();
        if (!isDue() || stopped) return;
      }
      await waitFor(clock, parts.settled(), REAUTHENTICATION_PATIENCE);
      // Asked while the deadline may still lie ahead, the server says open, and is asked again only after a pause.
      const early = waitBeforeEnd();
      if (parts.hasBackend && parts.isVisible() && early > 0 && early <= SHORT) await pause(clock, withDrift(early));
      const [answered] = await Promise.all([
        parts.ask(ANSWER_LIMIT),
        isNewcomer ? pause(clock, HELLO_PATIENCE) : undefined,
        // One that never answers keeps nobody from ending.
        waitFor(clock, parts.readCredential?.() ?? Promise.resolve(), ANSWER_LIMIT),
      ]);
      parts.readMirror();
      if (!isDue() || stopped) return;
      // Of the credential the server knows nothing.
      if (answered && !isOfCredential()) return again(PAUSE);
      const wait = waitBeforeEnd();
      if (wait > SHORT) return again(wait);
      if (wait > 0) {
        await pause(clock, withDrift(wait));
        parts.readMirror();
        if (!isDue() || stopped || waitBeforeEnd() > 0) return again(PAUSE);
      }
      write();
    });
  }

  /** How long the silence must last: until the earliest reading has passed the deadline, and every later one claimed. */
  function waitBeforeEnd(): Duration {
    const view = ledger.view();
    const reading = ledger.reading();
    if (!reading || (view.phase !== 'expired' && view.phase !== 'locked')) return PAUSE;
    const at = view.phase === 'expired' ? view.deadline.at : view.since;
    const postponed = parts.hasBackend ? postponement(parts.claims(), ledger.facts()) : undefined;
    const due = later(at, postponed) ?? at;
    return Math.max(0, due - reading.earliest);
  }

  function isOfCredential(): boolean {
    const view = ledger.view();
    return view.phase === 'expired' && view.deadline.cause === 'credential';
  }

  function write(): void {
    const view = ledger.view();
    const reading = ledger.reading();
    const facts = ledger.facts();
    if (!reading || !facts.session) return;
    if (view.phase === 'locked')
      ledger.learn({ session: facts.session, lockedAt: lockInstant(facts, reading.earliest) });
    if (view.phase === 'expired') {
      parts.end(facts.session, { reason: view.deadline.cause, at: reading.now, told: !parts.hasBackend });
    }
  }

  function consider(): void {
    if (looking || stopped || callOff || !isDue()) return;
    looking = true;
    void look().finally(() => {
      looking = false;
      if (!callOff) consider();
    });
  }

  return {
    consider() {
      stopped = false;
      consider();
    },
    stop() {
      stopped = true;
      callOff?.();
      callOff = undefined;
    },
  };
}

/** The earliest possible now runs a little slower than the clock that is waited by. */
function withDrift(wait: Duration): Duration {
  return wait * (1 + DRIFT_ALLOWANCE) + 1;
}

/** A lock is dated at the earliest possible now, so that a quick unlock is later, but after the authentication before it. */
function lockInstant(facts: Facts, earliest: ServerTime): ServerTime {
  const deadline = deadlines(facts).idle;
  return later(earliest, deadline) ?? earliest;
}
