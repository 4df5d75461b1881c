/** Where the person is asked to authenticate, as an app or a screen may follow it: one object until it changes. */

/**
 * How far a re-authentication is in this tab: it waits for another tab, asks the person, or waits for the server's word; or that
 * came from elsewhere, and the dialog is about to close.
 */
export type Progress = 'waiting' | 'asking' | 'confirming' | 'closing';

/** A re-authentication, as this tab sees it. */
export interface ReauthenticationView {
  /** Where the person is asked now: in no tab, in this one, or in another one. */
  readonly asked: 'nowhere' | 'here' | 'elsewhere';
  /** Whether something in this tab waits for the answer. */
  readonly waiting: boolean;
  /** Whether the person can be asked in this tab at all: the option `reauthenticate` is there. */
  readonly possible: boolean;
}

/** Is told of each change. */
export type ReauthenticationListener = (next: ReauthenticationView, previous: ReauthenticationView) => void;

export interface AskedParts {
  readonly possible: boolean;
  readonly progress: () => Progress | undefined;
  readonly isElsewhere: () => boolean;
  /** Runs the app's code. */
  readonly run: (task: () => void) => void;
}

export interface Asked {
  view(): ReauthenticationView;
  watch(listener: ReauthenticationListener): () => void;
  /** Tells those who watch of what has changed. */
  look(): void;
}

export function createAsked({ possible, progress, isElsewhere, run }: AskedParts): Asked {
  const listeners = new Set<ReauthenticationListener>();
  let known: ReauthenticationView = { asked: 'nowhere', waiting: false, possible };
  let told = known;

  function view(): ReauthenticationView {
    const far = progress();
    const waiting = far !== undefined;
    const otherwise = isElsewhere() ? 'elsewhere' : 'nowhere';
    const asked = waiting && far !== 'waiting' ? 'here' : otherwise;
    if (asked !== known.asked || waiting !== known.waiting) known = { asked, waiting, possible };
    return known;
  }

  return {
    view,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    look() {
      const previous = told;
      const next = view();
      if (next === previous) return;
      told = next;
      for (const listener of [...listeners]) run(() => listener(next, previous));
    },
  };
}
