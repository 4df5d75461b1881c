/** The React adapter: the latch in context, and hooks that follow its view. */
import * as React from 'react';
import type { Nightlatch } from '../latch.js';
import type { OperationView } from '../rules/freshness.js';
import type { SessionView } from '../rules/view.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { followSeconds, secondsLeft } from './countdown.js';

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
const UNKNOWN_OPERATION: OperationView = { state: 'unknown' };

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
 * Whether an operation of the policy may run now, or still may after `margin`. Renders anew when that changes, also at the
 * moment when the person's authentication is too old for it.
 */
export function useOperation(name: string, { margin = 0 }: { readonly margin?: Duration } = {}): OperationView {
  const { latch } = useProvided('useOperation');
  const follow = React.useCallback(
    (changed: () => void) => latch.watchOperation(name, changed, { margin }),
    [latch, name, margin],
  );
  return React.useSyncExternalStore(
    follow,
    () => latch.operation(name, { margin }),
    () => UNKNOWN_OPERATION,
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
