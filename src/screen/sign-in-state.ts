/** What a person is asked, what became of their last answer, and how another one is given. */
import type { Session } from '../facts/facts.js';
import type { Requirement } from '../rules/freshness.js';
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
  /** Nobody has asked yet: it stands ready for whoever comes to the locked page, and their answer begins the re-authentication. */
  readonly offered: boolean;
  /** An answer is with the browser or the server. */
  readonly pending: boolean;
  /**
   * While the password is asked for, the browser offers the passkey in the autofill of its field. Of a dialog of your own: the
   * field's `autocomplete` then ends in `webauthn`, and only then (`current-password webauthn`).
   */
  readonly passkeyInAutofill?: true;
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
  /**
   * Stands ready for whoever comes to a locked page: they can answer at once, and `begin` is called when they do; it has the latch
   * re-authenticate, which takes the answer. Nobody is asked by their device before they have acted. Returns what takes it back.
   * Does nothing while something is asked.
   */
  offer(session: Session, begin: () => Promise<unknown>): () => void;
  getState(): SignInState;
  /** Calls back with `(state, previous)` on each change, not at once. */
  subscribe(listener: (state: SignInState, previous: SignInState) => void): () => void;
  /** The person's answer. Returns false where it does not count: nothing is asked, or one is with the server. */
  submit(password: string): boolean;
  /** Has the browser ask for the passkey. Returns false where it does not count. */
  askPasskey(): boolean;
  /** The person would rather use the other way. */
  takeOther(): void;
  /** The person will not answer. What only stands ready stays. */
  cancel(): void;
}
