/** Server time from samples: request times in, offset with its uncertainty out (Cristian's algorithm). */
import type { Clock } from './clock.js';
import { type DeviceTime, elapsed, type Reading, type ServerTime, serverTime } from './instant.js';

/** A server's statement of its time, with the device times of the request that brought it. */
export interface Sample {
  readonly serverTime: ServerTime;
  readonly sentAt: DeviceTime;
  readonly receivedAt: DeviceTime;
}

/** What a new sample did to the estimate. */
export type Measured = 'kept' | 'replaced' | 'stepped';

/** The growth of the uncertainty: quartz clocks drift by up to about 100 parts in a million. */
const DRIFT = 100e-6;

export interface Offset {
  /** Takes a sample in. `stepped` means that it contradicts the estimate: some clock was set. */
  measure(sample: Sample): Measured;
  /** Server time now; nothing before the first sample. */
  read(): Reading | undefined;
  /** Forgets all samples. */
  forget(): void;
}

/** Estimates server time from the best sample seen, on one tab. */
export function createOffset(clock: Pick<Clock, 'read'>): Offset {
  let best: Sample | undefined;
  let latestSeen = Number.NEGATIVE_INFINITY;

  function readAt(device: DeviceTime): Reading | undefined {
    if (!best) return undefined;
    const span = spanOf(best, device);
    latestSeen = Math.max(latestSeen, span.latest);
    return {
      now: serverTime(Math.min(Math.max(span.now, span.earliest), latestSeen)),
      earliest: serverTime(span.earliest),
      latest: serverTime(latestSeen),
    };
  }

  return {
    measure(sample) {
      const known = readAt(sample.receivedAt);
      const fresh = spanOf(sample, sample.receivedAt);
      const contradicts = known !== undefined && (fresh.latest < known.earliest || fresh.earliest > known.latest);
      const sharper = known === undefined || fresh.latest - fresh.earliest <= known.latest - known.earliest;
      if (!contradicts && !sharper) return 'kept';
      best = sample;
      latestSeen = Number.NEGATIVE_INFINITY;
      return contradicts ? 'stepped' : 'replaced';
    },
    read: () => readAt(clock.read()),
    forget() {
      best = undefined;
      latestSeen = Number.NEGATIVE_INFINITY;
    },
  };
}

/**
 * Where server time can be at `device`, judged by one sample.
 *
 * On receipt it lies between the stated time and that plus the round trip. From then on the earliest runs by the
 * monotonic clock, which may stand still during sleep but never runs ahead, and the latest by whichever clock moved more.
 */
function spanOf(sample: Sample, device: DeviceTime): { earliest: number; now: number; latest: number } {
  const roundTrip = elapsed(sample.sentAt, sample.receivedAt);
  const monotonic = Math.max(0, device.monotonic - sample.receivedAt.monotonic);
  const longest = elapsed(sample.receivedAt, device);
  return {
    earliest: sample.serverTime + monotonic * (1 - DRIFT),
    now: sample.serverTime + roundTrip / 2 + longest,
    latest: sample.serverTime + roundTrip + longest * (1 + DRIFT),
  };
}
