/** How often somebody may guess: per session and per person, over a window of time. */
import type { Clock } from '../time/clock.js';
import { minutes } from '../time/durations.js';

/** What an attempt counts against. */
export interface Counters {
  readonly subject: string;
  readonly session?: string;
}

export type Attempt =
  /** `left` more may follow; `retryAfter` (milliseconds) is when the count starts anew. */
  | { readonly allowed: true; readonly left: number; readonly retryAfter: number }
  | { readonly allowed: false; readonly retryAfter: number };

export interface AttemptLimit {
  /** Counts an attempt before it is made; a refused one does not count. */
  take(counters: Counters): Promise<Attempt>;
  /** A success: the counts start anew. */
  forgive(counters: Counters): Promise<void>;
}

const attemptsAllowed = { session: 5, subject: 10 } as const;
const attemptsWindow = minutes(15);

/** Counts in memory. Names nobody has count like any other, so that an answer does not tell who exists. */
export function createAttemptLimit(clock: Pick<Clock, 'now'>): AttemptLimit {
  const counts = new Map<string, { readonly since: number; readonly made: number }>();

  function dropOld(now: number): void {
    for (const [key, { since }] of counts) if (since + attemptsWindow <= now) counts.delete(key);
  }

  return {
    async take(counters) {
      const now = clock.now();
      dropOld(now);
      const limits = limitsOf(counters).map(({ key, allowed }) => {
        const { since, made } = counts.get(key) ?? { since: now, made: 0 };
        return { key, since, made, left: allowed - made, startsAnew: since + attemptsWindow - now };
      });
      const fewest = Math.min(...limits.map(({ left }) => left));
      const retryAfter = Math.max(...limits.filter(({ left }) => left === fewest).map(({ startsAnew }) => startsAnew));
      if (fewest <= 0) return { allowed: false, retryAfter };
      for (const { key, since, made } of limits) counts.set(key, { since, made: made + 1 });
      return { allowed: true, left: fewest - 1, retryAfter };
    },

    async forgive(counters) {
      for (const { key } of limitsOf(counters)) counts.delete(key);
    },
  };
}

function limitsOf({ subject, session }: Counters): readonly { key: string; allowed: number }[] {
  const perSubject = { key: `subject ${subject}`, allowed: attemptsAllowed.subject };
  return session === undefined
    ? [perSubject]
    : [perSubject, { key: `session ${session}`, allowed: attemptsAllowed.session }];
}
