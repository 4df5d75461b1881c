/** The public object: what an app can ask of the session, and hear of it. */

import type { GuardedFetch } from './actions/guarded-fetch.js';
import type { Hold } from './actions/hold.js';
import type { ReauthenticationListener, ReauthenticationView } from './asked.js';
import type { LocalPolicy } from './options.js';
import type { WipeReceipt } from './ports.js';
import type { OperationView, Requirement } from './rules/freshness.js';
import type { SessionView } from './rules/view.js';
import type { Duration, Reading, ServerTime } from './time/instant.js';

/** The session of this browser, as one tab sees it. Made by `createNightlatch`. */
export interface Nightlatch {
  /** Begins all listening. May be repeated; starting again after `stop()` works. */
  start(): void;
  /** Ends all listening. It takes no cover down: what is covered stays so until the page is loaded anew. */
  stop(): void;
  /**
   * Binds this tab to a session that the app begins now, or has just begun.
   *
   * Call it on the page that signs in. What earlier sessions left is wiped first; then `signIn` runs, which may write
   * tokens; then the server is asked, and the session opens. Tokens written *before* `begin()` are swept if an earlier
   * session left without a complete wipe.
   *
   * Rejects with `ERR_BACKEND_UNREACHABLE` if the server is silent (`check()` goes on from there), and with what
   * `signIn` throws.
   */
  begin(options?: {
    readonly signIn?: () => Promise<void> | void;
    /** Without a backend: a pseudonym of the person. */
    readonly subject?: string;
    /** Without a backend: the policy of this session, in place of the option's. */
    readonly policy?: LocalPolicy;
  }): Promise<SessionView>;
  /** What is so now; the same object until something changes. */
  getView(): SessionView;
  /** Calls `listener` on each change of the view, not at once. Returns a function that ends it. */
  subscribe(listener: (view: SessionView, previous: SessionView) => void): () => void;
  /** Server time now, and how uncertain it is: unbounded before the server's first word. */
  read(): Reading;
  /**
   * When somebody last signed out in this browser, in server time, as far as the browser remembers: for stores that outlive a session
   * and not a sign-out, of which this page may have seen nothing.
   */
  signedOutAt(): ServerTime | undefined;
  /** Looks again now: mirror and server. Resolves with the view after the server's answer, or its silence. */
  check(): Promise<SessionView>;
  /** The app saw the person act where this SDK cannot see it. Counts as strong evidence, and answers a warning. */
  noteActivity(source?: string): void;
  /**
   * Work that goes on while the person watches, such as an upload or a film, keeps the session: up to `limit`, and up
   * to the policy's cap (`hold_max`, 0 by default: then a hold does nothing). Release it when the work is done or has
   * failed, or let `signal` do so. While it is on it is in the view, as `holds`.
   */
  hold(reason: string, options: { readonly limit: Duration; readonly signal?: AbortSignal }): Hold;
  /**
   * Asks the server for more time; one request for all tabs. The deadline moves only on its answer.
   *
   * Rejects with `ERR_EXTENSION_REFUSED`, `ERR_BACKEND_UNREACHABLE`, `ERR_SESSION_LOCKED` or `ERR_SESSION_ENDED`.
   */
  extend(options?: { readonly signal?: AbortSignal }): Promise<SessionView>;
  /**
   * Has the person prove anew who they are, by the option `reauthenticate`: once for all callers and tabs. Resolves with the view
   * once the server has confirmed a new authentication of the same person, as recent and of the kind asked for. It also opens a
   * locked session. Default of `requirement`: an authentication from now on.
   *
   * Rejects with `ERR_REAUTHENTICATION_CANCELLED`, `ERR_REAUTHENTICATION_FAILED`, `ERR_SUBJECT_CHANGED`, `ERR_SESSION_ENDED`,
   * `ERR_BACKEND_UNREACHABLE`, with `ERR_REAUTHENTICATION_REQUIRED` where the option is missing, and with the reason of `signal`.
   */
  reauthenticate(requirement?: Requirement, options?: { readonly signal?: AbortSignal }): Promise<SessionView>;
  /**
   * Where the person is asked to authenticate now, and whether something here waits for it; the same object until it changes. Of
   * several tabs one asks: the others show "continue in the other tab, or here". A tab that stands still, was closed or has
   * crashed is waited for no longer than some seconds.
   */
  reauthentication(): ReauthenticationView;
  /** Calls `listener` when what `reauthentication` says changes. Not at once. Returns a function that ends it. */
  watchReauthentication(listener: ReauthenticationListener): () => void;
  /**
   * "Here": has the person asked in this tab, for what waits in it, or because it is locked, though another tab asks, too. The first
   * answer frees all tabs. Where nothing waits, nothing happens.
   */
  continueHere(): void;
  /** Locks now, in all tabs: covered, input kept, until the person has authenticated again. */
  lock(): SessionView;
  /**
   * Whether an operation may run now, as far as the client can know; the server decides. The same object until it changes.
   *
   * With a `margin`, whether it still may after that long: what will have run out by then needs authentication now. A margin
   * takes half of the age that the policy allows at most.
   */
  operation(name: string, options?: { readonly margin?: Duration }): OperationView;
  /**
   * Calls `listener` when what `operation` says changes: the session, the policy, or the moment when the authentication is too
   * old for it. Not at once. Returns a function that ends it.
   *
   * With a `margin` a form hears beforehand that freshness would run out while the person types.
   */
  watchOperation(
    name: string,
    listener: (operation: OperationView, previous: OperationView) => void,
    options?: { readonly margin?: Duration },
  ): () => void;
  /**
   * Resolves with the view when the person's authentication is what is needed, having it asked for if it is not. What is needed is
   * an operation's name, or a requirement. With a `margin` it will last that long: ask for it where a form begins, so that nobody
   * has to authenticate between filling in and sending.
   *
   * Rejects with `ERR_OPERATION_DENIED`, `ERR_SESSION_LOCKED`, and as `reauthenticate` does. While it is not known whether the
   * session is open, it waits, ten seconds at most.
   */
  ensureFresh(
    needed: string | Requirement,
    options?: { readonly signal?: AbortSignal; readonly margin?: Duration },
  ): Promise<SessionView>;
  /**
   * The operation, wrapped: `ensureFresh` goes before it. Where it returns or throws a response in which the server asks for an
   * authentication, the person is asked and the operation runs again, so it must bear that. A challenge that the newest
   * authentication satisfies is a loop, and rejects with `ERR_REAUTHENTICATION_FAILED`.
   */
  guard<A extends readonly unknown[], R>(
    needed: string | Requirement,
    operation: (...given: A) => R,
  ): (...given: A) => Promise<Awaited<R>>;
  /**
   * The page's `fetch`, which knows its session. It names it (`Session-Id`, on requests to the page's own origin), finds out by the
   * policy's routes which operation a request is, and refuses what is denied or dead without touching the network; what is stale it
   * sends once the person has authenticated. It aborts when the session ends. It answers a server's challenges, and sends
   * the request again where twice is the same as once, and reads `Session-Lease`. A refusal that it understands and
   * cannot answer is an error with the response as its `cause`; every other response comes as it is.
   *
   * Rejects with `ERR_SESSION_ENDED`, `ERR_SESSION_LOCKED`, `ERR_SESSION_MISMATCH`, `ERR_OPERATION_DENIED`,
   * `ERR_REQUEST_NOT_REPLAYED`, and as `ensureFresh` and `fetch` do. Sign in with a plain `fetch`: nothing is sent without a session.
   */
  readonly fetch: GuardedFetch;
  /** Aborts when the session ends: for sockets, streams and workers. A new session has a new signal. */
  readonly endSignal: AbortSignal;
  /**
   * Covers and wipes here and in all tabs, then tells the server. Resolves after the wipe, and once the server knows; a silent one is
   * waited for no longer than a second, and told later. The network rejects nothing.
   */
  signOut(): Promise<WipeReceipt>;
}
