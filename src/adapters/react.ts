/** The React adapter: the latch in context, and hooks that follow its view. */
import * as React from 'react';
import type { Nightlatch } from '../nightlatch.js';
import type { SessionView } from '../rules/view.js';
import { type Clock, createSystemClock } from '../time/clock.js';

/** What the provider is given. */
export interface NightlatchProviderProps {
  readonly latch: Nightlatch;
  /** What the countdown waits by. Default: the device's clock; tests pass one that they can move. */
  readonly clock?: Clock;
  readonly children?: React.ReactNode;
}

type Provided = Required<Pick<NightlatchProviderProps, 'latch' | 'clock'>>;

const LatchContext = React.createContext<Provided | undefined>(undefined);

/** What a server renders, and what the browser therefore hydrates: nobody knows anything yet. */
const UNKNOWN: SessionView = { phase: 'pending', covered: false };

/**
 * Gives the latch to the components below, starts it when it mounts and stops it when it unmounts.
 *
 * Create the latch outside of components. Under `StrictMode` it is started, stopped and started again, which is harmless.
 */
export function NightlatchProvider({ latch, clock, children }: NightlatchProviderProps): React.ReactElement {
  const value = React.useMemo(() => ({ latch, clock: clock ?? createSystemClock() }), [latch, clock]);
  React.useEffect(() => {
    latch.start();
    return () => latch.stop();
  }, [latch]);
  return React.createElement(LatchContext.Provider, { value }, children);
}

/** The latch of the nearest {@link NightlatchProvider}. Throws a `TypeError` where there is none. */
export function useNightlatch(): Nightlatch {
  return useProvided('useNightlatch').latch;
}

/** What is so now. Renders anew when the view changes: a handful of times in a working day, never once a second. */
export function useSessionView(): SessionView {
  const { latch } = useProvided('useSessionView');
  const follow = React.useCallback((changed: () => void) => latch.subscribe(() => changed()), [latch]);
  return React.useSyncExternalStore(
    follow,
    () => latch.getView(),
    () => UNKNOWN,
  );
}

/**
 * Whole seconds until the deadline that is being warned of, rounded up; `undefined` unless the phase is `warning`.
 *
 * Renders anew each second of a warning: use it in a small component, and announce it sparingly.
 */
export function useCountdown(): number | undefined {
  const { latch, clock } = useProvided('useCountdown');
  const follow = React.useCallback((changed: () => void) => followSeconds(latch, clock, changed), [latch, clock]);
  return React.useSyncExternalStore(
    follow,
    () => secondsLeft(latch),
    () => undefined,
  );
}

function useProvided(hook: string): Provided {
  const provided = React.useContext(LatchContext);
  if (!provided) throw new TypeError(`${hook}: there is no NightlatchProvider above this component`);
  return provided;
}

/** Calls back with each change of view and, during a warning, as each second of it ends. Returns a function that stops. */
function followSeconds(latch: Nightlatch, clock: Clock, changed: () => void): () => void {
  let callOff: (() => void) | undefined;
  const look = (): void => {
    callOff?.();
    const left = millisecondsLeft(latch);
    // Counted from the deadline, so that a late ring shifts no later one.
    callOff = left ? clock.wait(left % 1_000 || 1_000, look) : undefined;
    changed();
  };
  const leave = latch.subscribe(look);
  look();
  return () => {
    leave();
    callOff?.();
  };
}

/** By the latest that server time can be, as the view is judged, so that the count and the cover agree. */
function millisecondsLeft(latch: Nightlatch): number | undefined {
  const view = latch.getView();
  return view.phase === 'warning' ? Math.max(0, view.deadline.at - latch.read().latest) : undefined;
}

function secondsLeft(latch: Nightlatch): number | undefined {
  const left = millisecondsLeft(latch);
  return left === undefined ? undefined : Math.ceil(left / 1_000);
}
