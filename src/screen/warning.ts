/** The warning without a face: what is to be said about a near deadline, and what the person may answer. */
import { isNightlatchError } from '../errors.js';
import type { Viewing } from '../ports.js';
import type { Deadline, DeadlineCause } from '../rules/deadlines.js';
import { isOpen, type SessionView, type WarningView } from '../rules/view.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { Duration, ServerTime } from '../time/instant.js';
import { createCell } from './cell.js';
import { shownRemaining, untilNextShown } from './countdown.js';
import { createPageVisibility, type PageVisibility } from './visibility.js';

/** What a warning needs of the latch. */
export interface Answerable extends Viewing {
  extend(): Promise<SessionView>;
  signOut(): Promise<unknown>;
  noteActivity(source?: string): void;
}

/** Where the question for more time stands. `failed`: the server was not reached; `refused`: it said no. */
export type ExtensionStatus = 'idle' | 'pending' | 'failed' | 'refused';

/** No warning is shown. */
export interface ClosedWarning {
  readonly open: false;
  /** What closed the last one: this tab's answer, somebody else's (another tab, the app), or the end of the time. */
  readonly closedBy?: 'answer' | 'elsewhere' | 'over';
}

/** A warning is shown. */
export interface OpenWarning {
  readonly open: true;
  readonly cause: DeadlineCause;
  readonly deadline: ServerTime;
  /** The time left as it is to be shown: whole minutes above 60 s, whole seconds below, rounded up. Milliseconds. */
  readonly remaining: Duration;
  /** The limit behind the deadline, for words such as "after 15 minutes without activity"; `null` where unknown. */
  readonly limit: Duration | null;
  /** Whether asking for more time can help. */
  readonly extendable: boolean;
  readonly status: ExtensionStatus;
  /** Whether an answer counts: the warning has been in sight for {@link SIGHT}. */
  readonly canAnswer: boolean;
  /** The person has put the dialog away; a small indicator stays. */
  readonly dismissed: boolean;
}

/** What the warning says, and how the person’s answer fares. */
export type WarningState = ClosedWarning | OpenWarning;

/** How long a warning must have been in sight before an answer counts, so that nobody answers what they never saw. */
export const SIGHT: Duration = 500;

/** A headless warning. Each answer returns whether it counted. */
export interface Warning {
  getState(): WarningState;
  /** Calls back with `(state, previous)` on each change, not at once. */
  subscribe(listener: (state: WarningState, previous: WarningState) => void): () => void;
  /** "Stay signed in": asks the server for more time. The warning closes when the server has agreed, not before. */
  stay(): boolean;
  /** "Sign out". */
  signOut(): boolean;
  /** "OK": puts the dialog away where nothing can be extended, or while the server is being asked. */
  dismiss(): boolean;
  /** Brings the dialog back. */
  reopen(): void;
  start(): void;
  stop(): void;
}

/** What a warning works with. */
export interface WarningOptions {
  readonly clock?: Clock;
  readonly visibility?: PageVisibility;
}

/**
 * Makes the warning. Only answers that a person gave belong into it: check `event.isTrusted` before calling.
 *
 * The time left is computed from the deadline at each tick; a hidden page does not tick.
 */
export function createWarning(latch: Answerable, options: WarningOptions = {}): Warning {
  const clock = options.clock ?? createSystemClock();
  const visibility = options.visibility ?? createPageVisibility();
  const state = createCell<WarningState>({ open: false });
  const stops: (() => void)[] = [];
  let about: WarningView | undefined;
  let status: ExtensionStatus = 'idle';
  let putAway: Deadline | undefined;
  let seenSince: number | undefined;
  let asked = 0;
  let callOff: (() => void) | undefined;

  /** Brings the state up to date. Everything that happens ends here. */
  function look(): void {
    callOff?.();
    const view = latch.getView();
    if (view.phase !== 'warning') close(view);
    else show(view);
  }

  function close(view: SessionView): void {
    if (!state.get().open) return;
    const answered = status === 'pending' ? 'answer' : 'elsewhere';
    const over = view.phase === 'expired' || view.phase === 'ended' || view.phase === 'locked';
    about = undefined;
    seenSince = undefined;
    // A later answer of the server is about a warning that is gone.
    asked += 1;
    if (isOpen(view)) state.set({ open: false, closedBy: answered });
    else state.set(over ? { open: false, closedBy: 'over' } : { open: false });
  }

  function show(view: WarningView): void {
    if (about?.session.id !== view.session.id || about.deadline.cause !== view.deadline.cause) {
      status = 'idle';
      asked += 1;
    } else if (about.deadline.at !== view.deadline.at && status !== 'pending') {
      status = 'idle';
    }
    about = view;
    const dismissed = putAway?.at === view.deadline.at && putAway.cause === view.deadline.cause;
    const now = clock.read().monotonic;
    if (dismissed || !visibility.isVisible()) seenSince = undefined;
    else seenSince ??= now;

    const left = view.deadline.at - latch.read().latest;
    state.set({
      open: true,
      cause: view.deadline.cause,
      deadline: view.deadline.at,
      remaining: shownRemaining(left),
      limit: limitOf(view),
      extendable: view.extendable,
      status,
      canAnswer: canAnswer(),
      dismissed,
    });
    if (!visibility.isVisible() || about !== view) return;
    const unseen = seenSince === undefined ? 0 : seenSince + SIGHT - now;
    const next = Math.min(
      untilNextShown(left) ?? Number.POSITIVE_INFINITY,
      unseen > 0 ? unseen : Number.POSITIVE_INFINITY,
    );
    callOff?.();
    if (next < Number.POSITIVE_INFINITY) callOff = clock.wait(next, look);
  }

  function canAnswer(): boolean {
    return seenSince !== undefined && clock.read().monotonic - seenSince >= SIGHT;
  }

  async function ask(): Promise<void> {
    const mine = ++asked;
    let outcome: ExtensionStatus = 'idle';
    try {
      await latch.extend();
    } catch (error) {
      outcome = isNightlatchError(error) && error.code === 'ERR_EXTENSION_REFUSED' ? 'refused' : 'failed';
    }
    // First what the server's answer made of the view, while we still know that the answer was ours.
    look();
    if (mine !== asked) return;
    status = outcome;
    // Bad news must be seen, wherever the dialog is.
    if (outcome !== 'idle') putAway = undefined;
    look();
  }

  return {
    getState: state.get,
    subscribe: state.subscribe,
    stay() {
      if (!about?.extendable || status === 'pending' || status === 'refused' || !canAnswer()) return false;
      status = 'pending';
      look();
      void ask();
      return true;
    },
    signOut() {
      if (!about || !canAnswer()) return false;
      void latch.signOut();
      return true;
    },
    dismiss() {
      if (!about || !canAnswer()) return false;
      const asking = status === 'pending';
      // Where more time can be had, putting the question away would be no answer to it.
      if (about.extendable && status !== 'refused' && !asking) return false;
      putAway = about.deadline;
      // An answer to our own dialog is evidence of a person; but what has just said that no more time can be had, gives none.
      if (!asking && about.deadline.cause !== 'idle') latch.noteActivity('warning');
      look();
      return true;
    },
    reopen() {
      putAway = undefined;
      look();
    },
    start() {
      if (stops.length > 0) return;
      stops.push(latch.subscribe(look), visibility.watch(look));
      look();
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
      callOff?.();
      callOff = undefined;
      about = undefined;
      seenSince = undefined;
      asked += 1;
      state.set({ open: false });
    },
  };
}

function limitOf({ policy, deadline }: WarningView): Duration | null {
  switch (deadline.cause) {
    case 'idle':
      return policy.idleTimeout;
    case 'absolute':
      return policy.absoluteTimeout;
    case 'credential':
      return null;
  }
}
