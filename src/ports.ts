/** What the parts need of each other and of the world: the seams where doubles and other implementations fit. */
import type { ReauthenticationListener, ReauthenticationView } from './asked.js';
import type { Kept } from './facts/codec.js';
import type { EndReason, Facts, Session } from './facts/facts.js';
import type { Policy } from './facts/policy.js';
import type { SessionView } from './rules/view.js';
import type { Arrival } from './time/arrival.js';
import type { Clock } from './time/clock.js';
import type { Duration, Reading, ServerTime } from './time/instant.js';

/** The session document of a server, as the backend has read it. */
export interface SessionDocument {
  /** The server's clock when it answered. */
  readonly serverTime: ServerTime;
  readonly session: Session;
  readonly rev: number;
  readonly authenticatedAt: ServerTime;
  readonly acr?: string;
  readonly lastActivityAt?: ServerTime;
  readonly idleExpiry?: ServerTime;
  readonly absoluteExpiry?: ServerTime;
  readonly lockedAt?: ServerTime;
  readonly extensionsLeft?: number;
  /** The longest that the last activity lay back as the server heard of the next one, since the person authenticated. */
  readonly longestPause?: Duration;
  /** Absent where the server sent one that does not validate: the rest of the document still counts. */
  readonly policy?: Policy;
  /** A signed policy, as it came: worth nothing before it has been verified. */
  readonly policyToken?: string;
  /** What was wrong with the policy, or which members were brought within bounds. */
  readonly policyProblem?: string;
  readonly clamped?: readonly string[];
}

/**
 * Verifies a signed policy. Resolves with the policy in its wire form, and rejects with the reason why it is not believed.
 * `now` is server time, as far as it is known; `signal` aborts when nobody waits any longer.
 */
export type VerifyPolicy = (
  token: string,
  about: { readonly sessionId: string; readonly now: Reading; readonly signal: AbortSignal },
) => Promise<unknown>;

/** A refusal whose `type` the contract knows (`docs/server-contract.md` section 3). */
export type Refusal =
  | { readonly type: 'no-session' }
  | {
      readonly type: 'session-ended';
      readonly sessionId: string;
      readonly reason: EndReason;
      readonly detail?: string;
      readonly endedAt: ServerTime;
    }
  | { readonly type: 'session-rotated'; readonly sessionId: string }
  | { readonly type: 'session-mismatch'; readonly sessionId: string }
  | { readonly type: 'session-locked'; readonly sessionId: string; readonly lockedAt: ServerTime }
  | { readonly type: 'extension-refused'; readonly reason: string };

/** What a server answered. Whatever is none of the contract's words is `unknown`: it wipes nothing and ends nothing. */
export type Reply =
  | { readonly type: 'document'; readonly document: SessionDocument }
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly serverTime?: ServerTime }
  | { readonly type: 'done' }
  /** The server does not offer this call, and need not: `extend` and `lock` may be answered so, no others. */
  | { readonly type: 'absent' }
  | { readonly type: 'unknown'; readonly problem: string; readonly retryAfter?: Duration };

/** What a stream says. */
export type StreamEvent =
  | { readonly type: 'document'; readonly document: SessionDocument }
  | {
      readonly type: 'revoked';
      readonly sessionId: string;
      readonly reason: EndReason;
      readonly detail?: string;
      readonly endedAt: ServerTime;
    }
  /** A newer stream of this session took this one's place. */
  | { readonly type: 'superseded' }
  /** Anything heard, comments included: proof that the line is alive. */
  | { readonly type: 'alive' };

/** How a stream closed: `refused` carries the server's word, `lost` is worth another try. */
export type StreamEnd =
  | { readonly type: 'closed' }
  | { readonly type: 'lost'; readonly problem: string; readonly retryAfter?: Duration }
  | { readonly type: 'absent' }
  | { readonly type: 'refused'; readonly reply: Reply };

/** The server, call by call. A call never throws for the network: it answers `unknown`. */
export interface Backend {
  /** Whether reading the session extends it (`sliding`): then it is asked only on the person's act. */
  readonly sliding: boolean;
  peek(signal: AbortSignal): Promise<Reply>;
  touch(
    call: {
      readonly sessionId: string;
      readonly idleFor: Duration;
      readonly source?: 'hold';
      readonly keepalive?: boolean;
    },
    signal: AbortSignal,
  ): Promise<Reply>;
  extend(
    call: { readonly sessionId: string; readonly from: ServerTime | undefined },
    signal: AbortSignal,
  ): Promise<Reply>;
  lock(call: { readonly sessionId: string }, signal: AbortSignal): Promise<Reply>;
  end(call: { readonly sessionId: string; readonly reason: EndReason }, signal: AbortSignal): Promise<Reply>;
  /** Opens the stream and reads it until it ends. `lastEventId` is kept by the backend, per session. */
  stream?(
    call: { readonly sessionId: string },
    heard: (event: StreamEvent) => void,
    signal: AbortSignal,
  ): Promise<StreamEnd>;
}

/** Messages between the tabs of one origin. What arrives is `unknown` until the codec has read it. */
export interface Channel {
  post(message: unknown): void;
  close(): void;
}

/** Opens a channel; `undefined` where the browser has none. */
export type OpenChannel = (name: string, heard: (message: unknown) => void) => Channel | undefined;

/** Values kept for tabs that are not there. Reading and writing may throw, as blocked or full storage does. */
export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Calls back when another tab changed a key, or (`null`) all of them. */
  watch(changed: (key: string | null) => void): () => void;
}

/** Turns: mutual exclusion between tabs that saves requests. Correctness never depends on it. */
export interface Turns {
  /**
   * Queues for a turn. `granted` runs with a signal that aborts when the turn is taken away; the turn ends when its
   * promise settles. Aborting `signal` leaves the queue. Resolves when all is over; never rejects.
   */
  queue(
    name: string,
    how: { readonly signal: AbortSignal; readonly steal?: boolean },
    granted: (lost: AbortSignal) => Promise<void>,
  ): Promise<void>;
}

/** What makes a tab look again. */
export type LookReason =
  | 'visible'
  | 'hidden'
  | 'focus'
  /** The page came back from the back/forward cache. */
  | 'restored'
  /** The page is going into the back/forward cache, being frozen, or leaving. */
  | 'parting'
  | 'resumed'
  | 'online';

/** The state of the page in its window. */
export interface Presence {
  isVisible(): boolean;
  /**
   * While the page is only made ready, in case somebody wants it: what resolves when somebody opens it. Nobody may ever.
   * Nothing once it is somebody's.
   */
  prerendering(): Promise<void> | undefined;
  /** While the browser has frozen the page: what resolves when it goes on. Some run a little of it all the same. */
  frozen(): Promise<void> | undefined;
  start(look: (reason: LookReason) => void): () => void;
}

/** Latest stamps of the person's acts, in monotonic milliseconds. */
export interface Evidence {
  readonly strong?: number;
  readonly weak?: number;
}

/** Is told of each act of the person, by its stamp in monotonic milliseconds; 0 means now. */
export interface EvidenceListener {
  strong(stamp: number): void;
  weak(stamp: number): void;
}

/** Something more that sees the person, where the page's own events do not: a frame, dictation. */
export interface EvidenceSource {
  /** For reports. */
  readonly name: string;
  /** Starts to look; the function it returns ends that. */
  start(
    heard: EvidenceListener,
    around: {
      readonly clock: Clock;
      /** Whether a warning is shown. */
      isWarned(): boolean;
    },
  ): () => void;
}

/** Watches for the person. */
export interface ActivitySource {
  /** For those that see the person in other ways. */
  readonly heard: EvidenceListener;
  /** Starts listening; `acted` is called at most once a second while the person acts, for `take` to be read. */
  start(acted: () => void): () => void;
  /** The latest stamps since the last taking, and none after. */
  take(): Evidence;
}

/** What an auth SDK holds for the session beside it: an access token, say. Never the secret itself. */
export interface Credential {
  /**
   * When it runs out, in milliseconds since the epoch by the **device's** wall clock, as auth SDKs count it. Left out: nobody knows.
   */
  readonly expiresAt?: number;
  /** Whether the provider may give another one for it: there is a refresh token, say. */
  readonly renewable: boolean;
  /** Tells it from others that run out at the same time: something that may be seen by anybody, such as a `jti`. */
  readonly id?: string;
}

/** What became of an attempt to renew a credential. */
export type CredentialRenewal =
  /** There is a new one. It is nowhere yet: `keep` puts it where the app finds it. */
  | { readonly type: 'renewed'; readonly keep: () => void | Promise<void> }
  /** The provider gives no other one for this one, now or later: `invalid_grant`, say. */
  | { readonly type: 'refused'; readonly problem: string };

/** An auth SDK, as far as its credential goes. */
export interface CredentialSource {
  /** For reports. */
  readonly name: string;
  /**
   * How long before its end it is renewed, and how long after their last act the person counts as there. Default: a minute. Of one
   * that was seen to come it is at most the last third that counts as its end.
   */
  readonly renewBefore?: Duration;
  /** What it holds now, asked anew each time: another tab may have renewed it. `undefined` where it holds none. */
  read(): Credential | undefined | Promise<Credential | undefined>;
  /**
   * Gets a new one, and keeps it nowhere: the session may be over by the time it comes. Rejects where nobody can say what became of
   * it (no network, a server's error); then it is tried again.
   */
  renew(signal: AbortSignal): Promise<CredentialRenewal>;
  /**
   * From now on the latch renews: the SDK's own renewal is switched off. `changed` is called when it holds another one, or none.
   * The function that it returns ends that.
   */
  attach?(changed: () => void): () => void;
}

/** Which kind of memory a wiper clears: this tab's own, or what all tabs of the browser share. */
export type WipeScope = 'tab' | 'shared';

/** What a wiper is told. */
export interface WipeCall {
  readonly sessionId: string;
  /** Aborts after the time limit, or when a later session begins: nothing may be written after. */
  readonly signal: AbortSignal;
}

/** Something that clears what a session left behind. Must be safe to run twice. */
export interface Wiper {
  readonly name: string;
  readonly scope: WipeScope;
  wipe(call: WipeCall): void | Promise<void>;
}

/** What a wipe did. */
export interface WipeReceipt {
  readonly sessionId: string;
  readonly complete: boolean;
  readonly results: readonly WipeResult[];
}

/** What became of one wiper. */
export interface WipeResult {
  readonly name: string;
  readonly scope: WipeScope;
  readonly outcome: 'wiped' | 'failed' | 'timed-out' | 'overtaken';
  readonly problem?: string;
  readonly took: Duration;
}

/** The session whose door was last passed in this browser. */
export interface Begun {
  readonly id: string;
  readonly order: number;
}

/** Which shared wipers have run for a session. */
export interface Receipt {
  readonly sessionId: string;
  readonly done: readonly string[];
  readonly complete: boolean;
  /** When the wipe began, by the device's wall clock. */
  readonly began?: number;
  /** The session was shown open since: what was wiped may be there again. */
  readonly opened?: true;
}

/** A sign-in of one of the tabs, from before its sweep until its session has begun. */
export interface SignInNote {
  /** Which page's. */
  readonly by: string;
  /** When that page last said that it is at it, by the device's wall clock; 0 when it is no longer. */
  readonly at: number;
  /** The begun session whose leavings were swept for it; none where nobody had begun. */
  readonly over?: string;
  /** A session that started between the two is the one that was signed in to: what was written is its own. */
  readonly from?: ServerTime;
  readonly until?: ServerTime;
  /** The same two by the device's wall clock: the server's may have been set since that page has heard it. */
  readonly walls?: readonly [from: number, until: number];
}

/** An authentication that the server did not take for what it had asked for. */
export interface LoopNote {
  readonly sessionId: string;
  /** A name for what was asked for. */
  readonly asked: string;
  /** When the person had authenticated. */
  readonly at: ServerTime;
  /** Until then nobody is asked for it again. */
  readonly until: ServerTime;
}

/** An end that the server has not heard of yet. */
export interface Untold {
  readonly id: string;
  readonly reason: EndReason;
}

/** What the tabs of a browser keep for those that are not there. */
export interface Memory {
  read(): Kept | undefined;
  /** Joins facts into what is kept, or (`over`) puts them in its place. */
  write(facts: Facts, over?: boolean): void;
  begun(): Begun | undefined;
  setBegun(begun: Begun): void;
  receipt(): Receipt | undefined;
  setReceipt(receipt: Receipt): void;
  signIn(): SignInNote | undefined;
  setSignIn(note: SignInNote | undefined): void;
  loop(): LoopNote | undefined;
  setLoop(loop: LoopNote): void;
  /** When somebody last signed out in this browser. */
  signedOut(): ServerTime | undefined;
  setSignedOut(at: ServerTime): void;
  untold(): readonly Untold[];
  setUntold(untold: readonly Untold[]): void;
  /** Calls back when another tab changed any of it. */
  watch(changed: () => void): () => void;
  /** Calls back when this tab or another changed who has begun, or who signs in. */
  watchDoor(changed: () => void): () => void;
}

/**
 * Takes a turn for a piece of work. After `patience` the work begins without it: a turn saves requests, and whoever
 * holds it may be frozen. `lost` aborts when the turn is taken away.
 */
export type TakeTurn = <T>(name: string, patience: Duration, work: (lost?: AbortSignal) => Promise<T>) => Promise<T>;

/** How the page sends requests, and where it stands. */
export interface PageNetwork {
  /** The page's own `fetch`. */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** What addresses are relative to, and which origin is the page's own. */
  place(): { readonly baseUrl: string; readonly origin: string };
}

/** Everything a tab has around it. In a browser it is the browser; in a simulation it is whatever the test says. */
export interface World {
  readonly clock: Clock;
  /** A number in [0, 1), for waiting times and names; never a secret. */
  random(): number;
  readonly openChannel: OpenChannel;
  /** What all tabs of the origin share: `localStorage`. */
  readonly shared: Store;
  /** What this tab keeps over a reload: `sessionStorage`. */
  readonly own: Store;
  readonly turns: Turns;
  readonly presence: Presence;
  readonly activity: ActivitySource;
  /** How this page came; nothing where that is not known. */
  arrival(): Arrival | undefined;
  /** Absent where there is no page. */
  readonly network?: PageNetwork;
}

/** The view as others may read and follow it. */
export interface Viewing {
  getView(): SessionView;
  subscribe(listener: (view: SessionView, previous: SessionView) => void): () => void;
  read(): Reading;
}

/** A re-authentication as others may follow it, and take part in it. */
export interface Reauthenticating {
  reauthentication(): ReauthenticationView;
  watchReauthentication(listener: ReauthenticationListener): () => void;
  continueHere(): void;
}
