/** Server time from samples: request times in, offset with its uncertainty out (Cristian's algorithm). */
import type { Clock } from './clock.js';
import { type DeviceTime, type Duration, elapsed, gap, type Reading, type ServerTime, serverTime } from './instant.js';

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
/** The clocks moved apart by this much: a sleep, or somebody set one. */
const STEP: Duration = 2_000;

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
  /**
   * The longest that it can be since the best sample, up to an instant at which the clocks were found apart. From there
   * it is counted anew: else a clock that was once set back would hide as much of a later sleep.
   */
  let counted: { readonly longest: Duration; readonly upTo: DeviceTime } | undefined;

  function longestAt(device: DeviceTime, sample: Sample): Duration {
    const { longest, upTo } = counted ?? { longest: 0, upTo: sample.receivedAt };
    const whole = longest + elapsed(upTo, device);
    if (gap(upTo, device) > STEP) counted = { longest: whole, upTo: device };
    return whole;
  }

  function readAt(device: DeviceTime): Reading | undefined {
    if (!best) return undefined;
    const span = spanOf(best, device, longestAt(device, best));
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
      const fresh = spanOf(sample, sample.receivedAt, 0);
      const contradicts = known !== undefined && (fresh.latest < known.earliest || fresh.earliest > known.latest);
      const sharper = known === undefined || fresh.latest - fresh.earliest <= known.latest - known.earliest;
      if (!contradicts && !sharper) return 'kept';
      best = sample;
      counted = undefined;
      latestSeen = Number.NEGATIVE_INFINITY;
      return contradicts ? 'stepped' : 'replaced';
    },
    read: () => readAt(clock.read()),
    forget() {
      best = undefined;
      counted = undefined;
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
function spanOf(
  sample: Sample,
  device: DeviceTime,
  longest: Duration,
): { earliest: number; now: number; latest: number } {
  const roundTrip = elapsed(sample.sentAt, sample.receivedAt);
  const monotonic = Math.max(0, device.monotonic - sample.receivedAt.monotonic);
  return {
    earliest: sample.serverTime + monotonic * (1 - DRIFT),
    now: sample.serverTime + roundTrip / 2 + longest,
    latest: sample.serverTime + roundTrip + longest * (1 + DRIFT),
  };
}
