/** The question who somebody is, without a face: what the person is asked in place, and what became of their answer. */
import type { Session } from '../facts/facts.js';
import type { Requirement } from '../rules/freshness.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import { type Duration, type ServerTime, seconds, serverTime } from '../time/instant.js';
import type { PasswordWay, ProofQuestion, ProofReply } from '../ways.js';
import { createCell } from './cell.js';

/** Nobody is asked. */
export interface ClosedSignIn {
  readonly open: false;
}

/** How long no answer counts, as the server said and in this device's time of day; absent where it did not say. */
export interface Wait {
  readonly wait?: Duration;
  readonly until?: ServerTime;
}

/** Why the last answer has not opened anything. A union on `type`. */
export type SignInProblem =
  /** It was not theirs; with a wait where no attempt is left before that. */
  | ({ readonly type: 'wrong'; readonly attemptsLeft?: number } & Wait)
  | ({ readonly type: 'too-many' } & Wait)
  | { readonly type: 'unreachable' }
  /** The wait is over. */
  | { readonly type: 'again' };

/** Somebody is asked. */
export interface OpenSignIn {
  readonly open: true;
  /** Counts the questions, so that each is a new one. */
  readonly number: number;
  readonly session: Session;
  /** As the person knows themselves, where the app knows that too. */
  readonly username?: string;
  /** An answer is with the server. */
  readonly pending: boolean;
  readonly problem?: SignInProblem;
}

/** What the person is asked. A union on `open`. */
export type SignInState = ClosedSignIn | OpenSignIn;

/** The question, without a face. */
export interface SignInPrompt {
  /** The latch's option of this name. Resolves when the server has taken a proof, and rejects when the person cancels. */
  reauthenticate(
    requirement: Requirement,
    how: { readonly signal: AbortSignal; readonly session: Session },
  ): Promise<void>;
  getState(): SignInState;
  /** Calls back with `(state, previous)` on each change, not at once. */
  subscribe(listener: (state: SignInState, previous: SignInState) => void): () => void;
  /** The person's answer. Returns false where it does not count: nothing is asked, or one is with the server. */
  submit(password: string): boolean;
  /** The person will not answer. */
  cancel(): void;
}

/** What a question works with. */
export interface SignInPromptOptions {
  /** How a password is proved: `password({ url })` of `nightlatch/reauth`. */
  readonly password: PasswordWay;
  /** The name by which the person signs in. Shown, and what password managers go by. The SDK itself knows a pseudonym only. */
  readonly username?: (session: Session) => string | undefined;
  readonly clock?: Clock;
}

/** Whoever waits for as long as they were told gets in: a second more than the server says, for the way there. */
const SURELY: Duration = seconds(1);

const CLOSED: SignInState = { open: false };

/**
 * Makes the question. `<nightlatch-sign-in>` is its face: give the prompt to `createScreen`, and its `reauthenticate` to the latch.
 *
 * It decides nothing. When a proof was taken, the latch asks the server; for the same person, and as recent as was asked for.
 *
 * @example
 * const prompt = createSignInPrompt({ password: password({ url: '/session/reauthenticate' }) });
 * const latch = createNightlatch({ backend, reauthenticate: prompt.reauthenticate });
 * createScreen(latch, { signInPrompt: prompt, signInUrl: '/sign-in' }).start();
 */
export function createSignInPrompt(options: SignInPromptOptions): SignInPrompt {
  const state = createCell<SignInState>(CLOSED);
  let clock: Clock | undefined;
  let asked = 0;
  let settle: { resolve(): void; reject(reason: unknown): void } | undefined;
  let question: ProofQuestion | undefined;
  let callOffWait = (): void => {};

  /** Ends what is asked, if it is still this. */
  function close(number: number, how: 'resolve' | 'reject', reason?: unknown): void {
    const now = state.get();
    if (!now.open || now.number !== number) return;
    const over = settle;
    settle = undefined;
    question = undefined;
    callOffWait();
    state.set(CLOSED);
    over?.[how](reason);
  }

  async function prove(now: OpenSignIn, work: Promise<ProofReply>): Promise<void> {
    const { number } = now;
    callOffWait();
    state.set({ ...without(now), pending: true });
    const reply = await work.catch((reason: unknown) => {
      close(number, 'reject', reason);
    });
    const then = state.get();
    if (!reply || !then.open || then.number !== number) return;
    // What the server makes of it, and whose session it is now, the latch finds out for itself.
    if (reply.type === 'accepted' || reply.type === 'settled') return close(number, 'resolve');
    tell(then, reply);
  }

  function tell(now: OpenSignIn, reply: Exclude<ProofReply, { readonly type: 'accepted' | 'settled' }>): void {
    const rest = { ...without(now), pending: false };
    if (reply.type === 'unreachable') return state.set({ ...rest, problem: { type: 'unreachable' } });
    const { retryAfter, ...problem } = reply;
    if (retryAfter === undefined) return state.set({ ...rest, problem });
    clock ??= options.clock ?? createSystemClock();
    const wait = retryAfter + SURELY;
    callOffWait = clock.wait(wait, () => {
      const then = state.get();
      if (then.open) state.set({ ...then, problem: { type: 'again' } });
    });
    // Not in a rule: it is shown to somebody who has the same clock before them.
    const until = serverTime(clock.read().wall + wait);
    state.set({ ...rest, problem: { ...problem, wait, until } });
  }

  return {
    getState: state.get,
    subscribe: state.subscribe,
    reauthenticate(requirement, { signal, session }) {
      const { password, username } = options;
      const { acrValues } = requirement;
      if (acrValues !== undefined && !acrValues.split(' ').includes(password.acr)) {
        return Promise.reject(new Error(`there is no way here to authenticate by ${acrValues}`));
      }
      if (signal.aborted) return Promise.reject(signal.reason);
      const before = state.get();
      if (before.open) close(before.number, 'reject', aborted('another question was asked'));
      const number = ++asked;
      const name = username?.(session);
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        question = { requirement, session };
        signal.addEventListener('abort', () => close(number, 'reject', signal.reason), { once: true });
        const known = name === undefined || name === '' ? {} : { username: name };
        state.set({ open: true, number, session, ...known, pending: false });
      });
    },
    submit(typed) {
      const now = state.get();
      if (!now.open || !question || now.pending || typed === '') return false;
      void prove(now, options.password.prove(typed, question));
      return true;
    },
    cancel() {
      const now = state.get();
      if (now.open) close(now.number, 'reject', aborted('the person has closed the question'));
    },
  };
}

/** Without what was said of an earlier answer. */
function without({ problem: _, ...rest }: OpenSignIn): OpenSignIn {
  return rest;
}

const aborted = (message: string): DOMException => new DOMException(message, 'AbortError');
