/** Rounds: a page that is in sight and open looks at the clock now and then, and asks the server where no stream tells. */
import type { Ledger } from './ledger.js';
import type { Presence } from './ports.js';
import { isOpen } from './rules/view.js';
import type { Clock } from './time/clock.js';
import type { Duration } from './time/instant.js';

/** While a page is visible and open, something looks at the clock at least this often: it finds a sleep nobody ended. */
const LOOK_EVERY: Duration = 30_000;
/** A policy that asks for polls more often than this does not get them. */
const SHORTEST_POLL: Duration = 1_000;

export interface RoundsParts {
  readonly clock: Clock;
  readonly presence: Pick<Presence, 'isVisible'>;
  readonly ledger: Pick<Ledger, 'facts' | 'view'>;
  readonly look: () => void;
  /** How the server is asked; left out where there is none, or none that may be asked unasked. */
  readonly poll:
    | {
        /** When it last answered, by the monotonic clock. */
        answeredAt(): number;
        /** A stream is held, which tells of everything. */
        isStreamed(): boolean;
        ask(): void;
      }
    | undefined;
}

export interface Rounds {
  /** Sets the next round, by what is so now. Called on each change. */
  arrange(): void;
  stop(): void;
}

/** Makes the rounds of one page. Hidden pages make none. */
export function createRounds({ clock, presence, ledger, look, poll }: RoundsParts): Rounds {
  let callOffLook: (() => void) | undefined;
  let callOffPoll: (() => void) | undefined;
  let polledAt = Number.NEGATIVE_INFINITY;

  function arrangeLook(): void {
    if (!presence.isVisible() || !isOpen(ledger.view())) {
      callOffLook?.();
      callOffLook = undefined;
      return;
    }
    callOffLook ??= clock.wait(LOOK_EVERY, () => {
      callOffLook = undefined;
      look();
    });
  }

  function arrangePoll(): void {
    callOffPoll?.();
    callOffPoll = undefined;
    const { policy } = ledger.facts();
    const view = ledger.view();
    if (!poll || !policy || poll.isStreamed() || !presence.isVisible()) return;
    if (!isOpen(view) && view.phase !== 'locked') return;
    const every = Math.max(policy.pollEvery, SHORTEST_POLL);
    const due = Math.max(poll.answeredAt(), polledAt) + every - clock.read().monotonic;
    callOffPoll = clock.wait(Math.max(due, SHORTEST_POLL), () => {
      polledAt = clock.read().monotonic;
      poll.ask();
      arrangePoll();
    });
  }

  return {
    arrange() {
      arrangeLook();
      arrangePoll();
    },
    stop() {
      callOffLook?.();
      callOffLook = undefined;
      callOffPoll?.();
      callOffPoll = undefined;
    },
  };
}
