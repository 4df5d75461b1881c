/** The public object: each method first looks at what is so now, and then acts. */
import type { Hold } from './actions/hold.js';

import { createBrowserWorld } from './browser-world.js';
import { type LocalPolicy, type NightlatchOptions, readLocalPolicy, readOptions, requireDuration } from './options.js';
import type { Rule } from './parts.js';
import type { WipeReceipt, World } from './ports.js';
import { type OperationView, operationView } from './rules/freshness.js';
import type { SessionView } from './rules/view.js';
import { createTab } from './tab.js';
import { type Duration, type Reading, serverTime } from './time/instant.js';

/** The session of this browser, as one tab sees it. Made by {@link createNightlatch}. */
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
  /** Locks now, in all tabs: covered, input kept, until the person has authenticated again. */
  lock(): SessionView;
  /** Whether an operation may run now, as far as the client can know; the server decides. */
  operation(name: string): OperationView;
  /** Aborts when the session ends: for sockets, streams and workers. A new session has a new signal. */
  readonly endSignal: AbortSignal;
  /** Covers and wipes here and in all tabs, then tells the server. Resolves after the wipe; the network rejects nothing. */
  signOut(): Promise<WipeReceipt>;
}

/**
 * Makes the SDK for one tab. It does nothing until `start()`.
 *
 * Throws a `TypeError` or `RangeError` that names the option if one is wrong.
 *
 * @example
 * const latch = createNightlatch({ name: 'backoffice', backend: createHttpBackend({ baseUrl: '/session' }) });
 * latch.start();
 */
export function createNightlatch(options: NightlatchOptions, world?: World): Nightlatch;
// Beyond the public signature: tests switch rules off one at a time, to see that each matters.
export function createNightlatch(
  options: NightlatchOptions,
  world: World = createBrowserWorld(),
  switchedOff: ReadonlySet<Rule> = new Set(),
): Nightlatch {
  const settings = readOptions(options);
  const tab = createTab(settings, world, switchedOff);
  const { parts } = tab;

  /** Work that was asked of a session that is over is told, for it is a defect of the app or an attack. */
  function noteUseAfterEnd(what: string): void {
    const view = tab.look();
    if (view.phase === 'ended') parts.report({ type: 'use-after-end', sessionId: view.session.id, what });
  }

  const latch: { -readonly [K in keyof Nightlatch]: Nightlatch[K] } = {
    start: tab.start,
    stop: tab.stop,
    async begin({ policy, ...rest } = {}) {
      const read = policy === undefined ? {} : { policy: readLocalPolicy(policy) };
      tab.look();
      const view = await parts.begin({ ...rest, ...read });
      parts.acts.vouch();
      return view;
    },
    getView: tab.view,
    subscribe(listener) {
      if (typeof listener !== 'function') throw new TypeError('listener is not a function');
      return tab.subscribe(listener);
    },
    read() {
      const now = serverTime(world.clock.read().wall);
      return parts.ledger.reading() ?? { now, earliest: serverTime(0), latest: serverTime(Number.MAX_SAFE_INTEGER) };
    },
    async check() {
      tab.look();
      if (settings.backend) await parts.questions.ask();
      await parts.door.settled();
      return tab.look();
    },
    noteActivity() {
      tab.look();
      parts.acts.note(true);
    },
    hold(reason, { limit, signal }) {
      requireDuration('limit', limit);
      noteUseAfterEnd('hold');
      return parts.holds.hold(reason, limit, signal);
    },
    async extend({ signal } = {}) {
      if (signal?.aborted) throw signal.reason;
      noteUseAfterEnd('extend');
      return untilAborted(parts.extend(), signal);
    },
    lock() {
      tab.look();
      parts.lock.lock();
      return tab.look();
    },
    operation: (name) => {
      const view = tab.look();
      return operationView(view, name, parts.ledger.reading()?.latest ?? serverTime(Number.MAX_SAFE_INTEGER));
    },
    endSignal: tab.endSignal(),
    async signOut() {
      tab.look();
      const { session, end } = parts.ledger.facts();
      const { shown, replacedAt } = parts.ledger.standing();
      if (!session || replacedAt !== undefined) {
        return { sessionId: shown?.id ?? '', complete: true, results: [] };
      }
      if (!end) {
        const at = parts.ledger.reading()?.now ?? session.startedAt;
        parts.endSession(session, { reason: 'signed-out', at, told: settings.backend === undefined });
      }
      return parts.wipe.all(session.id);
    },
  };
  // Before any other listener. No getter: the engine keeps what one can reach until it next looks at all its memory.
  tab.subscribe(() => {
    latch.endSignal = tab.endSignal();
  });
  return latch;
}

/** The promise, or the signal's reason if that comes first; what is under way for other callers goes on. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
