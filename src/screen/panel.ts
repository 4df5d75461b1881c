/** The panel of a covered page without a face: why nothing is to be seen, and how to go on. */
import type { EndReason } from '../facts/facts.js';
import type { Reauthenticating, Viewing } from '../ports.js';
import { isCovered, isOpen, type SessionView } from '../rules/view.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { Duration, ServerTime } from '../time/instant.js';
import { createCell } from './cell.js';
import type { PublicPage } from './public-page.js';
import { createPageVisibility, type PageVisibility } from './visibility.js';

/** What a panel needs of the latch. */
export interface Checkable extends Viewing, Reauthenticating {
  check(): Promise<SessionView>;
  reauthenticate(): Promise<SessionView>;
  signOut(): Promise<unknown>;
}

/** Nothing is to be explained: the page is not covered. */
export interface HiddenPanel {
  readonly kind: 'hidden';
}

/** The page is covered by a doubt: too little is known yet, or a deadline has passed and the last look is being taken. */
export interface CheckingPanel {
  readonly kind: 'checking';
  /** The server has had its time, or has just been asked in vain. */
  readonly unreachable: boolean;
  /** The server has answered, with no policy that this page takes. */
  readonly policyRefused: boolean;
  /** "Try again" is under way. */
  readonly trying: boolean;
}

/** The session is locked. */
export interface LockedPanel {
  readonly kind: 'locked';
  readonly since: ServerTime;
  /** When the lock ends the session. */
  readonly until?: ServerTime;
  /** The person can open it in place: the app has said how (`reauthenticate`). */
  readonly openable: boolean;
  /** Where the person is asked to, now. */
  readonly asked: 'nowhere' | 'here' | 'elsewhere';
}

/** The session is over. */
export interface EndedPanel {
  readonly kind: 'ended';
  readonly reason: EndReason;
  /** The server's own word where it is finer than `reason`. */
  readonly detail?: string;
  readonly at: ServerTime;
  /** The idle or absolute limit that was over, where this page has known it. */
  readonly limit?: Duration;
}

/** Nobody is signed in, and nothing is known of a session before. */
export interface AbsentPanel {
  readonly kind: 'absent';
}

/** What the panel of a covered page says. A union on `kind`. */
export type PanelState = HiddenPanel | AbsentPanel | CheckingPanel | LockedPanel | EndedPanel;

/** The panel of a covered page, without a face. */
export interface Panel {
  getState(): PanelState;
  /** Calls back with `(state, previous)` on each change, not at once. */
  subscribe(listener: (state: PanelState, previous: PanelState) => void): () => void;
  /** Looks again: mirror and server. */
  tryAgain(): void;
  /** Opens a locked page: has the person asked who they are. */
  unlock(): void;
  /** The same, though another tab asks. */
  continueHere(): void;
  /** Ends a locked session. Resolves when it is wiped: then nothing of it is left for whoever signs in next. */
  signOut(): Promise<unknown>;
  start(): void;
  stop(): void;
}

/** What a panel works with. */
export interface PanelOptions {
  readonly clock?: Clock;
  /** What a page without a session shows: itself (the default), or this panel. */
  readonly whenAbsent?: 'page' | 'panel';
  /** On a public page nothing is covered, and there is nothing to explain. */
  readonly publicPage?: Pick<PublicPage, 'isPublic' | 'watch'>;
  /** Whether the page can be seen. Default: by the document. */
  readonly visibility?: Pick<PageVisibility, 'isVisible'>;
}

/** A last look takes up to 4 s (`docs/architecture.md` E1); a doubt that lasts longer is a server that does not answer. */
const PATIENCE: Duration = 5_000;
/** A doubt is mostly settled at once: until it has lasted this long the page is covered, and nothing is said. */
const QUIET: Duration = 300;

const HIDDEN: PanelState = { kind: 'hidden' };

/** Makes the panel. */
export function createPanel(latch: Checkable, options: PanelOptions = {}): Panel {
  const clock = options.clock ?? createSystemClock();
  const visibility = options.visibility ?? createPageVisibility();
  const state = createCell<PanelState>(HIDDEN);
  const stops: (() => void)[] = [];
  /** The limits of the session shown last: the end of a session does not tell them. */
  let limits:
    | { readonly sessionId: string; readonly by: { readonly [reason in EndReason]?: Duration | null } }
    | undefined;
  let attempt = 0;
  let callOffs: readonly (() => void)[] = [];
  /** What is shown in the next task. */
  let opening: PanelState | undefined;
  let callOffOpening = (): void => {};
  /** The doubt has lasted long enough to be spoken of. */
  let isSpokenOf = false;

  function look(): void {
    const view = latch.getView();
    if (isOpen(view)) {
      const { idleTimeout, absoluteTimeout } = view.policy;
      limits = { sessionId: view.session.id, by: { idle: idleTimeout, absolute: absoluteTimeout } };
    }
    const next = options.publicPage?.isPublic() ? HIDDEN : stateOf(view);
    if (next.kind === 'checking') return doubt(next);
    calm();
    const opens = state.get().kind === 'hidden' && next.kind !== 'hidden';
    // A page out of sight draws nothing, and its timers may be late.
    if (opens && stops.length > 0 && visibility.isVisible()) openSoon(next);
    else state.set(next);
  }

  /**
   * A dialog takes time to draw, and other tabs wait for the same processor: it opens in a task of its own, when all that
   * follows from the change has been done and told.
   */
  function openSoon(next: PanelState): void {
    opening = next;
    callOffOpening = clock.wait(0, open);
  }

  function open(): void {
    if (opening) state.set(opening);
    opening = undefined;
  }

  function keepClosed(): void {
    callOffOpening();
    opening = undefined;
  }

  function doubt(next: CheckingPanel): void {
    keepClosed();
    if (callOffs.length === 0) {
      const speak = () => {
        isSpokenOf = true;
        look();
      };
      const giveUp = () => {
        const now = state.get();
        if (now.kind === 'checking') state.set({ ...now, unreachable: true });
      };
      callOffs = [clock.wait(QUIET, speak), clock.wait(PATIENCE, giveUp)];
    }
    if (isSpokenOf) state.set(next);
  }

  /** There is no doubt, or nobody to speak of it to. */
  function calm(): void {
    for (const callOff of callOffs) callOff();
    callOffs = [];
    keepClosed();
    isSpokenOf = false;
    attempt += 1;
  }

  function stateOf(view: SessionView): PanelState {
    switch (view.phase) {
      case 'active':
      case 'warning':
        return HIDDEN;
      case 'absent':
        if (options.whenAbsent !== 'panel') return HIDDEN;
        return view.lastEnd ? { kind: 'ended', ...view.lastEnd } : { kind: 'absent' };
      case 'pending':
      case 'expired':
        if (!isCovered(view)) return HIDDEN;
        return checking(view.phase === 'pending' && view.policyRefused === true);
      case 'locked':
        return {
          kind: 'locked',
          ...unlocking(),
          since: view.since,
          ...(view.deadline ? { until: view.deadline.at } : {}),
        };
      case 'ended': {
        const limit = limitBehind(view.reason, view.session.id);
        const { reason, at } = view;
        return { kind: 'ended', reason, at, ...(view.detail === undefined ? {} : { detail: view.detail }), ...limit };
      }
    }
  }

  function checking(policyRefused: boolean): CheckingPanel {
    const now = state.get();
    if (now.kind !== 'checking') return { kind: 'checking', unreachable: false, policyRefused, trying: false };
    return now.policyRefused === policyRefused ? now : { ...now, policyRefused };
  }

  function unlocking(): Pick<LockedPanel, 'openable' | 'asked'> {
    const { possible, asked } = latch.reauthentication();
    return { openable: possible, asked };
  }

  function limitBehind(reason: EndReason, sessionId: string): { limit?: Duration } {
    if (limits?.sessionId !== sessionId) return {};
    const limit = limits.by[reason];
    return limit ? { limit } : {};
  }

  async function check(): Promise<void> {
    const mine = ++attempt;
    try {
      await latch.check();
    } finally {
      // What it found shows in the view; if the doubt is still there, the server has not answered.
      look();
      const now = state.get();
      if (mine === attempt && now.kind === 'checking') state.set({ ...now, unreachable: true, trying: false });
    }
  }

  return {
    getState: state.get,
    subscribe: state.subscribe,
    tryAgain() {
      const now = state.get();
      if (now.kind !== 'checking' || now.trying) return;
      state.set({ ...now, trying: true });
      void check();
    },
    unlock() {
      // Cancelled, or not as it should be: the page stays locked, and can be tried again.
      if (latch.getView().phase === 'locked') latch.reauthenticate().catch(() => undefined);
    },
    continueHere: () => latch.continueHere(),
    signOut: () => latch.signOut(),
    start() {
      if (stops.length > 0) return;
      look();
      stops.push(latch.subscribe(look), latch.watchReauthentication(look));
      if (options.publicPage) stops.push(options.publicPage.watch(look));
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
      open();
      calm();
    },
  };
}
