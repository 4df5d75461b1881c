/** Something from the server that is asked for again and again, as long as somebody can see it. */
import { useEffect } from 'react';
import { type Loaded, useLoaded } from '../../app/src/kit/use-loaded.js';

export function usePolled<T>(load: (signal: AbortSignal) => Promise<T>, every: number): Loaded<T> {
  const loaded = useLoaded(load);
  const { reload } = loaded;
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') reload();
    };
    const timer = setInterval(look, every);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [reload, every]);
  return loaded;
}
