/** What a person is asked, and what became of their last answer. */
import type { Session } from '../facts/facts.js';
import type { Duration, ServerTime } from '../time/instant.js';

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
  | ({ readonly type: 'wrong'; readonly way: SignInWay; readonly attemptsLeft?: number } & Wait)
  | ({ readonly type: 'too-many' } & Wait)
  | { readonly type: 'unreachable' }
  /** Of a passkey: the person has closed the browser's dialog; it has waited for too long; there is none that could be used here. */
  | { readonly type: 'cancelled' | 'timed-out' | 'unusable' }
  /** The wait is over. */
  | { readonly type: 'again' };

/** A kind of proof that the person can give. */
export type SignInWay = 'passkey' | 'password';

/** Somebody is asked. */
export interface OpenSignIn {
  readonly open: true;
  /** Counts the questions, so that each is a new one. */
  readonly number: number;
  readonly session: Session;
  /** As the person knows themselves, where the app knows that too. */
  readonly username?: string;
  /** What is asked for; `looking` while it is found out whether there is a passkey. */
  readonly way: SignInWay | 'looking';
  /** What the person may use instead. */
  readonly other?: SignInWay;
  /** An answer is with the browser or the server. */
  readonly pending: boolean;
  readonly problem?: SignInProblem;
}

/** What the person is asked. A union on `open`. */
export type SignInState = ClosedSignIn | OpenSignIn;
