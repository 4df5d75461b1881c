/** A latch that shows what it is told, on a clock that moves when told. */
import type { ReauthenticationListener, ReauthenticationView } from '../../../src/asked.js';
import { NightlatchError, type NightlatchErrorCode } from '../../../src/errors.js';
import type { EndReason } from '../../../src/facts/facts.js';
import { decodePolicy } from '../../../src/facts/policy-wire.js';
import type { DeadlineCause } from '../../../src/rules/deadlines.js';
import type { SessionView } from '../../../src/rules/view.js';
import type { ScreenLatch } from '../../../src/screen/screen.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { type Duration, minutes, serverTime } from '../../../src/time/instant.js';

export const session = { id: 's1', order: 1, startedAt: serverTime(0) };

const { policy } = decodePolicy({ version: 1, idle_timeout: 900, absolute_timeout: 28_800 });
const members = { session, policy, lastActivityAt: serverTime(0), authenticatedAt: serverTime(0) };

export interface FakeLatch extends ScreenLatch {
  readonly clock: ManualClock;
  /** What was asked of it, in order. */
  readonly calls: string[];
  show(view: SessionView): void;
  active(): void;
  warn(left: Duration, options?: { cause?: DeadlineCause; extendable?: boolean; sessionId?: string }): void;
  end(reason: EndReason): void;
  expire(): void;
  /** What is so of a re-authentication. */
  ask(change: Partial<ReauthenticationView>): void;
  /** Answers the oldest open call of `extend` or `check`. */
  answer(refusal?: NightlatchErrorCode): Promise<void>;
}

export function createFakeLatch(): FakeLatch {
  const clock = createManualClock();
  const listeners = new Set<(view: SessionView, previous: SessionView) => void>();
  const calls: string[] = [];
  const open: ((refusal?: NightlatchErrorCode) => void)[] = [];
  const watchers = new Set<ReauthenticationListener>();
  let reauthentication: ReauthenticationView = { asked: 'nowhere', waiting: false, possible: true };
  let view: SessionView = { phase: 'active', ...members };
  const now = () => serverTime(clock.read().wall);

  function show(next: SessionView): void {
    const previous = view;
    view = next;
    for (const listener of [...listeners]) listener(next, previous);
  }

  function ask(call: string): Promise<SessionView> {
    calls.push(call);
    return new Promise((resolve, reject) => {
      open.push((refusal) => (refusal ? reject(new NightlatchError(refusal, call)) : resolve(view)));
    });
  }

  return {
    clock,
    calls,
    show,
    getView: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => ({ now: now(), earliest: now(), latest: now() }),
    reauthentication: () => reauthentication,
    watchReauthentication(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    lock: () => void calls.push('lock'),
    continueHere: () => void calls.push('continueHere'),
    reauthenticate: () => ask('reauthenticate'),
    ask(change) {
      const previous = reauthentication;
      reauthentication = { ...previous, ...change };
      for (const watcher of [...watchers]) watcher(reauthentication, previous);
    },
    extend: () => ask('extend'),
    check: () => ask('check'),
    async signOut() {
      calls.push('signOut');
    },
    noteActivity: (source) => calls.push(`noteActivity ${source}`),
    active: () => show({ phase: 'active', ...members }),
    warn(left, { cause = 'idle', extendable = cause === 'idle', sessionId = 's1' } = {}) {
      const at = serverTime(now() + left);
      show({
        phase: 'warning',
        ...members,
        session: { ...session, id: sessionId },
        deadline: { at, cause },
        extendable,
      });
    },
    end: (reason) => show({ phase: 'ended', session, reason, at: now() }),
    expire: () => show({ phase: 'expired', session, deadline: { at: now(), cause: 'idle' } }),
    async answer(refusal) {
      open.shift()?.(refusal);
      // Past the promises between the latch and whoever awaits it.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    },
  };
}

/** A page that can be hidden. */
export function createFakeVisibility() {
  const listeners = new Set<() => void>();
  let visible = true;
  return {
    isVisible: () => visible,
    watch(changed: () => void) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    set(next: boolean) {
      visible = next;
      for (const listener of [...listeners]) listener();
    },
  };
}

/** An event as a person's act makes it; those that scripts dispatch are not trusted, and happy-dom's say nothing. */
export function trusted<E extends Event>(event: E): E {
  return Object.defineProperty(event, 'isTrusted', { value: true });
}

export const MINUTE: Duration = minutes(1);
