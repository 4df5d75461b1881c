/** Ways to prove in place who one is, as whoever asks the person needs them. */
import type { Session } from './facts/facts.js';
import type { Requirement } from './rules/freshness.js';
import type { Duration } from './time/instant.js';

/** What a proof is asked for. */
export interface ProofQuestion {
  readonly requirement: Requirement;
  /** Whose proof it has to be. */
  readonly session: Session;
}

/** What became of one attempt to prove who one is. A union on `type`. */
export type ProofReply =
  /** The server has taken it. */
  | { readonly type: 'accepted' }
  /** It was not theirs. `retryAfter` where no attempt is left. */
  | { readonly type: 'wrong'; readonly attemptsLeft?: number; readonly retryAfter?: Duration }
  /** It was not looked at: there were too many before. */
  | { readonly type: 'too-many'; readonly retryAfter?: Duration }
  /** The server is silent, or says nothing that is known. */
  | { readonly type: 'unreachable' }
  /** The session is over, or another one, or has moved on: nobody need be asked any more. */
  | { readonly type: 'settled' };

/** A password: the person types it. */
export interface PasswordWay {
  /** What kind of authentication it is, in the words of `acr_values`. */
  readonly acr: string;
  prove(password: string, question: ProofQuestion): Promise<ProofReply>;
}

/** What else may become of a passkey: the person is asked by the browser, not by the page. */
export type PasskeyReply =
  | ProofReply
  /** The person has closed the browser's dialog, or refused. */
  | { readonly type: 'cancelled' }
  /** The browser has waited for as long as it was told to. */
  | { readonly type: 'timed-out' }
  /** There is none that could be used here. */
  | { readonly type: 'unusable' };

/** What the person's device has signed, when they chose their passkey by themselves: what the server makes of it. Never rejects. */
export type ChosenPasskey = (question: ProofQuestion) => Promise<PasskeyReply>;

/** How a passkey is offered where nobody is asked for it. */
export interface PasskeyOffer {
  /** Calls it off: a page can have one request at a time, and the button's needs the place. */
  readonly signal: AbortSignal;
  /**
   * It is offered from this moment on; the field needs the word `webauthn` in its `autocomplete` by now. What is to be signed is good
   * for so long: then the offer has to be called off, and made anew.
   */
  waits(goodFor: Duration): void;
}

/** A passkey: the device asks the person, and signs. */
export interface PasskeyWay {
  /** What kind of authentication it is, in the words of `acr_values`. */
  readonly acr: string;
  /** Whether the person has one, as far as browser and server know. Never rejects. */
  isThere(question: ProofQuestion): Promise<boolean>;
  /** Has the browser ask for it. Rejects only where `signal` aborts. */
  prove(question: ProofQuestion, signal: AbortSignal): Promise<PasskeyReply>;
  /**
   * Has the browser offer it in the autofill of the field for the password, and waits until the person chooses it there. Resolves with what
   * proves it; with nothing where it is not to be had, was called off or has failed. Asks nobody, and never rejects. Left out, there is
   * the button alone.
   */
  awaitChoice?(question: ProofQuestion, offer: PasskeyOffer): Promise<ChosenPasskey | undefined>;
}
