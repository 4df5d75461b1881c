/** How often something may be asked for, by whoever asks: a number of times in each window of time. */
import type { Clock } from '../time/clock.js';

export interface RateLimit {
  /** Counts one; null, or the milliseconds to wait. What is refused does not count. */
  take(who: string): number | null;
}

export function createRateLimit(
  clock: Pick<Clock, 'now'>,
  { allowed, window }: { readonly allowed: number; readonly window: number },
): RateLimit {
  const counts = new Map<string, { readonly since: number; readonly made: number }>();
  return {
    take(who) {
      const now = clock.now();
      for (const [name, { since }] of counts) if (since + window <= now) counts.delete(name);
      const { since, made } = counts.get(who) ?? { since: now, made: 0 };
      if (made >= allowed) return since + window - now;
      counts.set(who, { since, made: made + 1 });
      return null;
    },
  };
}
