/** Holds: work that goes on while the person watches, such as an upload, keeps the session, up to the policy's cap. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Reply } from '../ports.js';
import type { ViewedHold } from '../rules/standing.js';
import { isOpen } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { type Duration, elapsed, later, plus, type ServerTime } from '../time/instant.js';

const LIMIT: Duration = 10_000;
const SHORTEST_BEAT: Duration = 1_000;
/** While the session is not open, a hold looks again after this: a doubt passes. */
const DOUBT: Duration = 5_000;

/** A hold that is on. */
export interface Hold {
  /** Ends the hold; may be repeated. */
  release(): void;
}

export interface HoldParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** When the person last really acted, in this tab. */
  readonly lastReal: () => ServerTime | undefined;
  /** Tells the server, or without one takes the hold as activity up to the instant. */
  readonly touch: ((sessionId: string, limit: Duration) => Promise<Reply>) | undefined;
  readonly observe: (upTo: ServerTime) => void;
  readonly report: Report;
}

export interface Holds {
  /** Begins a hold, until it is released, its limit is reached, `signal` aborts, or the session is over. */
  hold(reason: string, limit: Duration, signal?: AbortSignal): Hold;
  /** Ends all holds: the session is over, or the SDK stops. */
  releaseAll(): void;
}

export function createHolds({ clock, ledger, lastReal, touch, observe, report }: HoldParts): Holds {
  const active = new Map<(because: 'released' | 'limit' | 'session') => void, ViewedHold>();

  function show(): void {
    ledger.stand({ holds: active.size === 0 ? undefined : [...active.values()] });
  }

  function beat(base: ServerTime | undefined): void {
    const view = ledger.view();
    const reading = ledger.reading();
    if (!isOpen(view) || !reading || view.policy.holdMax === 0) return;
    const cap = plus(later(lastReal(), base) ?? view.lastActivityAt, view.policy.holdMax);
    if (touch) void touch(view.session.id, LIMIT);
    else observe(reading.earliest < cap ? reading.earliest : cap);
  }

  return {
    hold(reason, limit, signal) {
      if (signal?.aborted) return { release: () => {} };
      const began = clock.read();
      // What the hold itself adds is no activity to count from.
      const base = lastReal() ?? ledger.facts().lastActivityAt;
      let callOff = () => {};
      const end = (because: 'released' | 'limit' | 'session') => {
        if (!active.delete(end)) return;
        callOff();
        signal?.removeEventListener('abort', release);
        show();
        report({ type: 'hold-ended', reason, because });
      };
      const next = () => {
        const left = limit - elapsed(began, clock.read());
        if (left <= 0) return end('limit');
        beat(base);
        const view = ledger.view();
        callOff = clock.wait(
          Math.min(left, isOpen(view) ? Math.max(view.policy.touchEvery, SHORTEST_BEAT) : DOUBT),
          next,
        );
      };
      const release = () => end('released');
      const from = ledger.reading()?.now;
      active.set(end, { reason, ...(from === undefined ? {} : { until: plus(from, limit) }) });
      signal?.addEventListener('abort', release, { once: true });
      show();
      report({ type: 'hold-started', reason, limit });
      next();
      return { release };
    },
    releaseAll() {
      for (const end of [...active.keys()]) end('session');
    },
  };
}
