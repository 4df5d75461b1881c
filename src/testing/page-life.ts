/** The life of one page: what reaches it while it runs, waits while it is stopped, and is dropped once it is gone. */
import type { Clock } from '../time/clock.js';

/** `stopped` is frozen; `parked` is in the back/forward cache. Neither runs anything. */
export type PageState = 'running' | 'stopped' | 'parked' | 'gone';

/** The life of one page, as the doubles see it. */
export interface PageLife {
  state(): PageState;
  isGone(): boolean;
  /**
   * Brings something from outside to the page: now, when it runs again, or never. Timers that fell due while it was
   * stopped ring after everything else, as measured in Chromium.
   */
  deliver(task: () => void, isTimer?: boolean): void;
  /** Calls back once, when the page is gone. */
  whenGone(tell: () => void): void;
  stop(state: 'stopped' | 'parked'): void;
  /** Runs again. What has waited is delivered task by task, so that promises settle in between. */
  run(): void;
  end(): void;
}

/** Begins the life of a page. */
export function createPageLife(clock: Clock): PageLife {
  let state: PageState = 'running';
  let waiting: { readonly task: () => void; readonly isTimer: boolean }[] = [];
  const mourners = new Set<() => void>();

  function deliver(task: () => void, isTimer = false): void {
    if (state === 'running') task();
    else if (state !== 'gone') waiting.push({ task, isTimer });
  }

  return {
    state: () => state,
    isGone: () => state === 'gone',
    deliver,
    whenGone(tell) {
      if (state === 'gone') tell();
      else mourners.add(tell);
    },
    stop(next) {
      if (state !== 'gone') state = next;
    },
    run() {
      if (state === 'gone' || state === 'running') return;
      state = 'running';
      const tasks = [...waiting.filter(({ isTimer }) => !isTimer), ...waiting.filter(({ isTimer }) => isTimer)];
      waiting = [];
      for (const { task, isTimer } of tasks) clock.wait(0, () => deliver(task, isTimer));
    },
    end() {
      if (state === 'gone') return;
      state = 'gone';
      waiting = [];
      for (const tell of mourners) tell();
      mourners.clear();
    },
  };
}
