/** Something from the server: on its way, here, or refused. */
import { useCallback, useEffect, useState } from 'react';

export interface Loaded<T> {
  /** The last that was heard; kept while it is asked for again. */
  readonly value?: T;
  readonly problem?: string;
  readonly loading: boolean;
  reload(): void;
}

/** Loads at first, and again on `reload`. `load` must be the same function as long as it means the same thing. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ loading: true });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is the reason to load again
  useEffect(() => {
    const leaving = new AbortController();
    // What was heard stays, a refusal too, until something newer is heard: nothing flickers.
    setState((last) => ({ ...last, loading: true }));
    load(leaving.signal).then(
      (value) => !leaving.signal.aborted && setState({ value, loading: false }),
      (error: unknown) =>
        !leaving.signal.aborted &&
        setState(({ value }) => ({ ...(value === undefined ? {} : { value }), problem: words(error), loading: false })),
    );
    return () => leaving.abort();
  }, [load, round]);
  const reload = useCallback(() => setRound((last) => last + 1), []);
  return { ...state, reload };
}

/** What to tell a person about an error. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
