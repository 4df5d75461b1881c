/** "Continue in the other tab, or here", without a face: for an open page in which something waits for another tab to ask the person. */
import type { Reauthenticating, Viewing } from '../ports.js';
import { isOpen } from '../rules/view.js';
import { createCell } from './cell.js';

/** What it needs of the latch. */
export interface Continuable extends Pick<Viewing, 'getView' | 'subscribe'>, Reauthenticating {}

/** Whether it is shown. */
export interface ElsewhereState {
  readonly open: boolean;
}

/** The notice without a face. */
export interface Elsewhere {
  getState(): ElsewhereState;
  /** Calls back with `(state, previous)` on each change, not at once. */
  subscribe(listener: (state: ElsewhereState, previous: ElsewhereState) => void): () => void;
  /** "Here": the person is asked in this tab. */
  continueHere(): void;
  /** "Not now": puts it away, until something waits anew. What waits goes on waiting. */
  putAway(): void;
  start(): void;
  stop(): void;
}

/** Makes the notice. A locked page has a panel, which says the same. */
export function createElsewhere(latch: Continuable): Elsewhere {
  const state = createCell<ElsewhereState>({ open: false });
  const stops: (() => void)[] = [];
  let isPutAway = false;

  function look(): void {
    const { asked, waiting } = latch.reauthentication();
    if (!waiting) isPutAway = false;
    state.set({ open: stops.length > 0 && waiting && asked === 'elsewhere' && !isPutAway && isOpen(latch.getView()) });
  }

  return {
    getState: state.get,
    subscribe: state.subscribe,
    continueHere: () => latch.continueHere(),
    putAway() {
      isPutAway = true;
      look();
    },
    start() {
      if (stops.length > 0) return;
      stops.push(latch.subscribe(look), latch.watchReauthentication(look));
      look();
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
      look();
    },
  };
}
