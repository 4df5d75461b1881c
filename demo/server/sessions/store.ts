/**
 * Where sessions are kept: the port. All nodes of a server see the same store, and its clock decides.
 *
 * What a change does is in pure functions of a session; the store makes them atomic. A store in memory runs
 * them; one in Redis reads, runs, and writes if `rev` is still what it read, else runs again.
 * `test/server/store-conformance.ts` is what every store must pass.
 */
import type { SealingKey } from '../keys/draft-keys.js';
import type { Notice, Session, SessionStart } from './session.js';

export interface SessionStore {
  /** The time that counts, in milliseconds since the epoch. */
  now(): Promise<number>;

  /** Starts a session now; its `order` is greater than any before: `max(last + 1, now)`. */
  create(start: SessionStart): Promise<Session>;

  find(id: string): Promise<Session | undefined>;

  /** By the hash of any secret the session has had, in force or superseded. */
  findBySecret(hash: string): Promise<Session | undefined>;

  /** All sessions, the ended ones that are still remembered included. */
  list(): Promise<readonly Session[]>;

  /**
   * Runs `change` on the session, alone. A session other than the one given counts as a change: `rev` and
   * `lastEventId` grow by one and all listeners on all nodes hear of it. If `change` throws, nothing has changed.
   * `undefined` if there is no such session. `change` may run more than once.
   */
  update<T>(id: string, change: (session: Session, now: number) => Changed<T>): Promise<Updated<T> | undefined>;

  /**
   * The key that belongs to this session alone: random, made when it is first asked for, the same for every node and every
   * asking. Forgotten in the change that ends the session, so that what was sealed with it is worthless from then on.
   * `undefined` of a session that is over, or that it does not know. It stands in no `Session`.
   */
  vaultKey(id: string): Promise<SealingKey | undefined>;

  /**
   * Takes a new stream of this session into its two places and closes the oldest if there were two. Numbers its
   * first events: the document, and the notices that were missed since `lastEventId`. `undefined` if there is no such session.
   */
  openStream(id: string, streamId: string, lastEventId: number | null): Promise<StreamOpening | undefined>;

  /** The stream is closed; its place is free. */
  closeStream(id: string, streamId: string): Promise<void>;

  /**
   * Keeps what a browser of this session is asked to sign, for as long (milliseconds), and the newest of each purpose beside it,
   * `openChallenges` in all: two windows may ask at the same time, and none of them may make the other's answer worthless. No
   * change of the session. Returns false if there is no such session.
   */
  keepChallenge(id: string, purpose: ChallengePurpose, challenge: string, goodFor: number): Promise<boolean>;

  /** Whether this was kept and is still good; once: whoever else asks at the same time hears no. */
  takeChallenge(id: string, purpose: ChallengePurpose, challenge: string): Promise<boolean>;

  /** Hears of every change, wherever it was made, in the order of `rev`. Returns a function that unsubscribes. */
  subscribe(listener: StoreListener): () => void;

  /** Forgets the sessions that ended longer ago than the server must remember. */
  purge(): Promise<void>;
}

/** To prove who one is, or to make a passkey. */
export type ChallengePurpose = 'proof' | 'registration';

/** What a change makes of a session, and what it has to say about it. */
export interface Changed<T> {
  readonly session: Session;
  readonly result: T;
}

export interface Updated<T> extends Changed<T> {
  readonly before: Session;
  readonly now: number;
}

export interface StreamOpening {
  readonly session: Session;
  readonly now: number;
  /** The number of the first event, the document. */
  readonly firstEventId: number;
  /** What was missed, numbered anew from `firstEventId + 1`; the number after them is free for the document again. */
  readonly missed: readonly Notice[];
}

export interface StoreListener {
  changed?(session: Session, now: number): void;
  /** A third stream was opened and this one has lost its place; `eventId` numbers the event that says so. */
  streamReplaced?(id: string, streamId: string, eventId: number): void;
}
