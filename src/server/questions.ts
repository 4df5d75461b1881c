/** Questions to the server: claims and doubts gathered, asked one at a time, and with back-off while it is silent. */

import type { Reply } from '../ports.js';
import type { Claim } from '../rules/admit.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { pause, waitFor } from '../time/pause.js';
import { DROPPED } from './calls.js';
import { type ClaimsParts, createClaims } from './claims.js';

/** A claim waits at random for up to this long, so that five tabs do not ask in one moment. */
const SCATTER: Duration = 300;
/** One question at a time, and at most one in this time; what somebody waits for may take its place out of the next such time. */
const SPACING: Duration = 1_000;
/** An early question costs a little more, so that many of them are not more than one a second in any span of time. */
const EARLY_COST: Duration = 1_100;
/** How long an answer may take. */
const LIMIT: Duration = 10_000;
/** While the server is silent the next question waits this long, doubling up to the longest. */
const FIRST_RETRY: Duration = 1_000;
const LONGEST_RETRY: Duration = 60_000;
/** A question that this tab gives up is asked anew, and given up itself at most this often: a network may flap for hours. */
const MOST_DROPS = 3;

export interface QuestionsParts extends ClaimsParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** Asks once; resolves with the reply after it was taken in. */
  readonly peek: (limit: Duration) => Promise<Reply>;
  readonly isVisible: () => boolean;
  /** Whether a question may be asked that nobody waits for: a server that slides is asked on the person's act alone. */
  readonly mayAsk: () => boolean;
  /** Whether it is vain to ask on after this: no answer decides until somebody authenticates, and that is news of its own. */
  readonly isVain: (reply: Reply) => boolean;
  /** Whether this tab still lacks an answer, claims aside: then it goes on asking. */
  readonly isWanted: () => boolean;
}

export interface Questions {
  /** Hears a claim; true if it is news, false if the server has settled it before. */
  raise(claim: Claim): boolean;
  /** A claim has become void: there is nothing left to ask about it. */
  withdraw(key: string): void;
  /** Something is wanted of the server: asks soon. */
  wish(): void;
  /** A reply could not decide: asks again, and what waits for an answer goes on waiting. */
  undecided(): void;
  /** Asks now, within K7's spacing; resolves with whether the server has answered a question asked from now on. */
  ask(limit?: Duration): Promise<boolean>;
  /** As `ask`, for a person who waits: up to one spacing early, and the question after it comes as much later. */
  askEarly(): Promise<boolean>;
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
  const claims = createClaims(parts);
  let callOff: (() => void) | undefined;
  let due = Number.POSITIVE_INFINITY;
  /** From when on the next question may be asked. */
  let freeAt = Number.NEGATIVE_INFINITY;
  let retry = FIRST_RETRY;
  /** While the server is silent, or has said when to come back, nothing is asked that nobody waits for. */
  let quietUntil = Number.NEGATIVE_INFINITY;
  let underWay: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;
  /** Ends the wait of the next question. */
  let hasten: (() => void) | undefined;
  /** Whether a reply has come, since the question was sent, that could not decide. */
  let isUndecided = false;
  /** Counts the questions: one that was overtaken by another, or by a stop, is not asked anew. */
  let latest = 0;
  let hasAnswered = false;
  /** Counts the stops: what waits for its turn to ask is nobody's after one. */
  let lives = 0;

  const now = () => clock.read().monotonic;
  /** How long it is until the next question may be sent, in whole milliseconds. */
  const until = () => Math.ceil(freeAt - now());

  function schedule(delay: Duration): void {
    const at = Math.max(now() + delay, freeAt, quietUntil);
    if (at >= due) return;
    callOff?.();
    due = at;
    callOff = clock.wait(at - now(), () => {
      due = Number.POSITIVE_INFINITY;
      if (parts.mayAsk()) void ask();
    });
  }

  async function askOnce(limit: Duration, drops = 0): Promise<boolean> {
    latest += 1;
    const mine = latest;
    callOff?.();
    due = Number.POSITIVE_INFINITY;
    freeAt = now() < freeAt ? freeAt + EARLY_COST : now() + SPACING;
    isUndecided = false;
    const heardBefore = claims.open();
    const reply = await parts.peek(limit);
    if (reply.type === 'unknown' && reply.problem === DROPPED && drops < MOST_DROPS) {
      // This tab slept, or its network came back: that is no silence of the server.
      if (mine === latest) await pause(clock, Math.max(0, freeAt - now()));
      if (mine === latest) return askOnce(limit, drops + 1);
      return underWay ?? hasAnswered;
    }
    const answered = reply.type !== 'unknown';
    if (mine === latest) hasAnswered = answered;
    if (answered || parts.isVain(reply)) {
      retry = FIRST_RETRY;
      quietUntil = Number.NEGATIVE_INFINITY;
      if (!isUndecided) claims.settle(heardBefore);
    } else {
      quietUntil = now() + Math.max(retry * (0.5 + random() / 2), reply.retryAfter ?? 0);
      retry = Math.min(retry * 2, LONGEST_RETRY);
    }
    if (claims.open().length > 0 || parts.isWanted()) schedule(0);
    return answered;
  }

  /** Waits for an answer to a question asked from now on, and no longer than the limit. */
  function ask(limit: Duration = LIMIT, isEarly = false): Promise<boolean> {
    return new Promise((resolve) => {
      const callOffLimit = clock.wait(limit, () => resolve(false));
      void askFromNow(limit, isEarly).then((answered) => {
        callOffLimit();
        resolve(answered);
      });
    });
  }

  /** One question at a time: whoever asks while one is under way waits for the next. */
  function askFromNow(limit: Duration, isEarly: boolean): Promise<boolean> {
    const mayHasten = isEarly && freeAt - now() <= SPACING;
    if (next) {
      if (mayHasten) hasten?.();
      return next;
    }
    const before = underWay;
    if (!before && (mayHasten || now() >= freeAt)) return begin(askOnce(limit));
    const mine = lives;
    next = wait(before, limit, isEarly).then(() => {
      if (mine !== lives) return hasAnswered;
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

  async function wait(before: Promise<boolean> | undefined, limit: Duration, isEarly: boolean): Promise<void> {
    // A question that hangs does not hold up the next one for ever.
    if (before) await waitFor(clock, before, limit / 3);
    // Counted from the last one that was sent: the one before may be asked anew meanwhile, and again while this waits for that.
    for (let left = until(); left > 0; left = until()) {
      if ((isEarly && left <= SPACING) || (await pausedOrHastened(left))) return;
    }
  }

  /** Whether somebody who may ask early has ended the wait. */
  async function pausedOrHastened(left: Duration): Promise<boolean> {
    const isHastened = await new Promise<boolean>((resolve) => {
      const callOffWait = clock.wait(left, () => resolve(false));
      hasten = () => {
        callOffWait();
        resolve(true);
      };
    });
    hasten = undefined;
    return isHastened;
  }

  return {
    raise(claim) {
      const is = claims.add(claim);
      if (is === 'new') {
        // The timers of a hidden page ring once a second: it asks at once, if it may.
        if (!parts.isVisible() && parts.mayAsk() && now() >= Math.max(freeAt, quietUntil)) void ask();
        else schedule(random() * SCATTER);
      }
      return is !== 'settled';
    },
    withdraw: claims.withdraw,
    wish: () => schedule(0),
    undecided() {
      isUndecided = true;
      schedule(0);
    },
    ask: (limit) => ask(limit),
    askEarly: () => ask(LIMIT, true),
    open: claims.open,
    isDue: () => due < Number.POSITIVE_INFINITY,
    hurry() {
      retry = FIRST_RETRY;
      quietUntil = Number.NEGATIVE_INFINITY;
      if (claims.open().length > 0 || parts.isWanted()) schedule(0);
    },
    stop() {
      latest += 1;
      lives += 1;
      hasAnswered = false;
      // What is under way is nobody's any more; it must not wait for itself.
      underWay = undefined;
      next = undefined;
      hasten = undefined;
      callOff?.();
      due = Number.POSITIVE_INFINITY;
      claims.clear();
    },
  };
}
