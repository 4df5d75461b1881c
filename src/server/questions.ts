/** Questions to the server: claims and doubts gathered, asked one at a time, and with back-off while it is silent. */

import type { Reply } from '../ports.js';
import type { Claim } from '../rules/admit.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';

/** A claim waits at random for up to this long, so that five tabs do not ask in one moment. */
const SCATTER: Duration = 300;
/** One question at a time, and at most one in this time. */
const SPACING: Duration = 1_000;
/** How long an answer may take. */
const LIMIT: Duration = 10_000;
/** While the server is silent the next question waits this long, doubling up to the longest. */
const FIRST_RETRY: Duration = 1_000;
const LONGEST_RETRY: Duration = 60_000;
/** Settled claims beyond this many are forgotten, oldest first; at worst one is asked again. */
const MOST_SETTLED = 100;

export interface QuestionsParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** Asks once; resolves with the reply after it was taken in. */
  readonly peek: (limit: Duration) => Promise<Reply>;
  readonly isVisible: () => boolean;
  /** Whether a question may be asked that nobody waits for: a server that slides is asked on the person's act alone. */
  readonly mayAsk: () => boolean;
  /** Whether this tab still lacks an answer, claims aside: then it goes on asking. */
  readonly isWanted: () => boolean;
  /** These claims wait for an answer now. */
  readonly waiting: (claims: readonly Claim[]) => void;
  /** Claims were settled by an answer. */
  readonly settled: (claims: readonly Claim[]) => void;
}

export interface Questions {
  /** Hears a claim; true if it is news, false if the server has settled it before. */
  raise(claim: Claim): boolean;
  /** Something is wanted of the server: asks soon. */
  wish(): void;
  /** Asks now, within K7's spacing; resolves with whether the server has answered a question asked from now on. */
  ask(limit?: Duration): Promise<boolean>;
  /** The claims that wait for an answer. */
  open(): readonly Claim[];
  /** Whether another question is due: the last answer did not decide. */
  isDue(): boolean;
  /** After a sleep or a return of the network: the back-off begins anew. */
  hurry(): void;
  stop(): void;
}

export function createQuestions(parts: QuestionsParts): Questions {
  const { clock, random } = parts;
  const claims = new Map<string, Claim>();
  const settled = new Set<string>();
  let callOff: (() => void) | undefined;
  let due = Number.POSITIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let retry = FIRST_RETRY;
  /** While the server is silent, or has said when to come back, nothing is asked that nobody waits for. */
  let quietUntil = Number.NEGATIVE_INFINITY;
  let underWay: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;

  const now = () => clock.read().monotonic;

  function schedule(delay: Duration): void {
    const at = Math.max(now() + delay, askedAt + SPACING, quietUntil);
    if (at >= due) return;
    callOff?.();
    due = at;
    callOff = clock.wait(at - now(), () => {
      due = Number.POSITIVE_INFINITY;
      if (parts.mayAsk()) void ask();
    });
  }

  async function askOnce(limit: Duration): Promise<boolean> {
    callOff?.();
    due = Number.POSITIVE_INFINITY;
    askedAt = now();
    const heardBefore = [...claims.values()];
    const reply = await parts.peek(limit);
    const answered = reply.type !== 'unknown';
    if (answered) {
      retry = FIRST_RETRY;
      quietUntil = Number.NEGATIVE_INFINITY;
      settle(heardBefore);
    } else {
      quietUntil = now() + Math.max(retry * (0.5 + random() / 2), reply.retryAfter ?? 0);
      retry = Math.min(retry * 2, LONGEST_RETRY);
    }
    if (claims.size > 0 || parts.isWanted()) schedule(0);
    return answered;
  }

  function settle(heardBefore: readonly Claim[]): void {
    for (const { key } of heardBefore) {
      claims.delete(key);
      settled.add(key);
      if (settled.size > MOST_SETTLED) for (const oldest of [...settled].slice(0, 1)) settled.delete(oldest);
    }
    parts.waiting([...claims.values()]);
    if (heardBefore.length > 0) parts.settled(heardBefore);
  }

  /** Waits for an answer to a question asked from now on, and no longer than the limit. */
  function ask(limit: Duration = LIMIT): Promise<boolean> {
    return new Promise((resolve) => {
      const callOffLimit = clock.wait(limit, () => resolve(false));
      void askFromNow(limit).then((answered) => {
        callOffLimit();
        resolve(answered);
      });
    });
  }

  /** One question at a time: whoever asks while one is under way waits for the next. */
  function askFromNow(limit: Duration): Promise<boolean> {
    if (next) return next;
    const before = underWay;
    const spacing = Math.max(0, askedAt + SPACING - now());
    if (!before && spacing === 0) return begin(askOnce(limit));
    next = wait(before, spacing, limit).then(() => {
      next = undefined;
      return begin(askOnce(limit));
    });
    return next;
  }

  function begin(asking: Promise<boolean>): Promise<boolean> {
    const mine = asking.finally(() => {
      if (underWay === mine) underWay = undefined;
    });
    underWay = mine;
    return mine;
  }

  async function wait(before: Promise<boolean> | undefined, spacing: Duration, limit: Duration): Promise<void> {
    const pause = new Promise<void>((resolve) => void clock.wait(spacing, resolve));
    // A question that hangs does not hold up the next one for ever.
    const patience = new Promise<void>((resolve) => void clock.wait(limit / 3, resolve));
    await Promise.all([pause, before ? Promise.race([before, patience]) : undefined]);
  }

  return {
    raise(claim) {
      if (settled.has(claim.key)) return false;
      if (!claims.has(claim.key)) {
        claims.set(claim.key, claim);
        parts.waiting([...claims.values()]);
        // The timers of a hidden page ring once a second: it asks at once, if it may.
        if (!parts.isVisible() && parts.mayAsk() && now() >= Math.max(askedAt + SPACING, quietUntil)) void ask();
        else schedule(random() * SCATTER);
      }
      return true;
    },
    wish: () => schedule(0),
    ask,
    open: () => [...claims.values()],
    isDue: () => due < Number.POSITIVE_INFINITY,
    hurry() {
      retry = FIRST_RETRY;
      quietUntil = Number.NEGATIVE_INFINITY;
      if (claims.size > 0 || parts.isWanted()) schedule(0);
    },
    stop() {
      callOff?.();
      due = Number.POSITIVE_INFINITY;
      claims.clear();
    },
  };
}
