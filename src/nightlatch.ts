/** The making of the public object: each of its methods first looks at what is so now, and then acts. */
import type { GuardedFetch, GuardFetch } from './actions/guarded-fetch.js';
import type { PlainFetch } from './actions/outgoing.js';
import { createBrowserWorld } from './browser-world.js';
import { requireDuration, requireNeeded, requireRequirement } from './checks.js';
import type { Nightlatch } from './latch.js';
import { type NightlatchOptions, readLocalPolicy, readOptions } from './options.js';
import type { Rule } from './parts.js';
import type { World } from './ports.js';
import { createTab } from './tab.js';
import { type Duration, seconds, serverTime } from './time/instant.js';
import { waitFor } from './time/pause.js';
import { untilAborted } from './time/until-aborted.js';

/** Whoever signs out often leaves the page next, and that calls off what has not been sent. A silent server is told by a later page. */
const LAST_WORD: Duration = seconds(1);

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

  const { network, presence } = world;
  /** What an app asks for in a page that nobody has opened yet is done when somebody does. */
  const { prerendering } = presence;
  const latch: Nightlatch = {
    start: tab.start,
    stop: tab.stop,
    async begin({ policy, ...rest } = {}) {
      const read = policy === undefined ? {} : { policy: readLocalPolicy(policy) };
      const opened = prerendering();
      if (opened) await opened;
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
    signedOutAt: () => parts.memory.signedOut(),
    async check() {
      const opened = prerendering();
      if (opened) await opened;
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
    async reauthenticate(requirement = { maxAge: 0 }, { signal } = {}) {
      const opened = prerendering();
      if (opened) await untilAborted(opened, signal);
      noteUseAfterEnd('reauthenticate');
      await parts.requests.reauthentication.run(requireRequirement(requirement), signal);
      return tab.look();
    },
    reauthentication: parts.requests.asked.view,
    watchReauthentication(listener) {
      if (typeof listener !== 'function') throw new TypeError('listener is not a function');
      return parts.requests.asked.watch(listener);
    },
    continueHere() {
      const { reauthentication } = parts.requests;
      if (reauthentication.progress() !== undefined) return reauthentication.goOnHere();
      // How it ends is seen by the lock.
      if (tab.look().phase === 'locked') reauthentication.run({ maxAge: 0 }, undefined, true).catch(() => undefined);
    },
    async ensureFresh(needed, { signal, margin = 0 } = {}) {
      requireNeeded(needed);
      requireDuration('margin', margin);
      const { enter, freshness } = parts.requests;
      const missing = freshness.missing(await enter('ensureFresh', signal), needed, margin);
      if (missing) await freshness.ask(missing, signal);
      return tab.look();
    },
    guard(needed, operation) {
      requireNeeded(needed);
      if (typeof operation !== 'function') throw new TypeError('operation is not a function');
      return parts.requests.guard(needed, operation);
    },
    fetch: parts.requests.guardFetch((...given) => {
      if (!network)
        throw new TypeError('there is no page whose fetch this could be; use createGuardedFetch(latch, fetch)');
      return network.fetch(...given);
    }),
    lock() {
      tab.look();
      parts.lock.lock();
      return tab.look();
    },
    operation(name, { margin = 0 } = {}) {
      requireDuration('margin', margin);
      // As `getView`: a component may read it while it renders, when nobody may be told of anything.
      return parts.operations.read(tab.view(), name, margin);
    },
    watchOperation(name, listener, { margin = 0 } = {}) {
      if (typeof listener !== 'function') throw new TypeError('listener is not a function');
      requireDuration('margin', margin);
      return tab.watchOperation(name, margin, listener);
    },
    get endSignal() {
      return tab.endSignal();
    },
    async signOut() {
      const opened = prerendering();
      if (opened) await opened;
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
      const receipt = await parts.wipe.all(session.id);
      if (settings.backend) await waitFor(world.clock, parts.tell.run(), LAST_WORD);
      return receipt;
    },
  };
  guards.set(latch, parts.requests.guardFetch);
  return latch;
}

/** How each latch guards a `fetch`; beside the public object, because what it needs is not public. */
const guards = new WeakMap<Nightlatch, GuardFetch>();

/**
 * Another `fetch`, guarded as `latch.fetch` is: one that adds a token, a proof of possession, or retries.
 *
 * Throws a `TypeError` where `latch` is not of this copy of the library, or `fetch` is no function.
 *
 * @example
 * const call = createGuardedFetch(latch, fetchWithToken);
 * await call('/api/payments', { method: 'POST', body, operation: 'payments:write' });
 */
export function createGuardedFetch(latch: Nightlatch, fetch: PlainFetch): GuardedFetch {
  const guard = guards.get(latch);
  if (!guard) throw new TypeError('latch was not made by createNightlatch');
  if (typeof fetch !== 'function') throw new TypeError('fetch is not a function');
  return guard(fetch);
}
