/** Requests that wait for the person: not too many, not too large, not for too long, and sent in the order in which they were made. */
import type { Clock } from '../time/clock.js';
import type { DeviceTime, Duration } from '../time/instant.js';
import { elapsed } from '../time/instant.js';

/** How much may wait at once, in one tab. */
export interface HoldLimits {
  /** How many requests. */
  readonly requests: number;
  /** How many bytes, of all their bodies. */
  readonly bytes: number;
  /** For how long a request, from the call on. */
  readonly age: Duration;
}

/** A request that waits. */
export interface HeldRequest {
  /** Resolves when all that were made before it, and may go now, have gone. Then it waits no longer. */
  inOrder(): Promise<void>;
  /** It waits no longer, and does not go. */
  leave(): void;
}

export interface HeldRequests {
  readonly limits: HoldLimits;
  /** Counts the calls, so that their order is known. */
  next(): number;
  /** Takes in a request; nothing where there is no room for it. */
  take(number: number, size: number): HeldRequest | undefined;
  /** Aborts with `reason` when a request that was made then has waited for too long. Returns what calls that off. */
  limit(began: DeviceTime, reason: () => unknown): { readonly signal: AbortSignal; readonly callOff: () => void };
}

export function createHeldRequests(clock: Clock, limits: HoldLimits): HeldRequests {
  let count = 0;
  let requests = 0;
  let bytes = 0;
  let ready: { readonly number: number; readonly go: () => void }[] = [];

  /** One authentication makes many ready in one task: they go in the next one, and each begins before the next. */
  function release(): void {
    const going = ready.sort((one, other) => one.number - other.number);
    ready = [];
    for (const { go } of going) go();
  }

  return {
    limits,
    next() {
      count += 1;
      return count;
    },
    take(number, size) {
      if (requests >= limits.requests || bytes + size > limits.bytes) return undefined;
      requests += 1;
      bytes += size;
      let isHeld = true;
      const leave = (): void => {
        if (!isHeld) return;
        isHeld = false;
        requests -= 1;
        bytes -= size;
      };
      return {
        leave,
        inOrder: () =>
          new Promise((resolve) => {
            ready.push({
              number,
              go() {
                leave();
                resolve();
              },
            });
            if (ready.length === 1) clock.wait(0, release);
          }),
      };
    },
    limit(began, reason) {
      const over = new AbortController();
      const left = limits.age - elapsed(began, clock.read());
      const callOff = clock.wait(Math.max(0, left), () => over.abort(reason()));
      return { signal: over.signal, callOff };
    },
  };
}
