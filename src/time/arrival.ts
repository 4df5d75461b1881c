/** How the page came: from its server just now, or out of some store, where it may have lain for long. */
import { type DeviceTime, gap } from './instant.js';

/** What is known of the page's own way here. */
export interface Arrival {
  /** When the page was asked for: whatever its server states in it was stated after that. */
  readonly requestedAt: DeviceTime;
  /** Why it may be older than that. Absent where all says that the network brought it. */
  readonly doubt?: string;
}

/** What a browser tells of a navigation, as far as it is needed. https://www.w3.org/TR/navigation-timing-2/ */
export interface Navigation {
  readonly type: string;
  readonly requestStart: number;
  readonly workerStart: number;
  /** Bytes that came over the network, headers included; browsers before 2023 do not say. */
  readonly transferSize?: number;
  readonly encodedBodySize?: number;
  /** `cache`, `navigational-prefetch`, or empty for the network. Chromium only. */
  readonly deliveryType?: string;
  /** When somebody opened a page that had been made ready beforehand; 0 for every other. Chromium only. */
  readonly activationStart?: number;
}

/** The two clocks moved apart by this much since the page was asked for: a sleep, or one was set. */
const STEP = 2_000;

/** The arrival, from what the browser tells of it. `timeOrigin` is the wall time at which the monotonic clock began. */
export function arrivalOf(navigation: Navigation, timeOrigin: number, now: DeviceTime): Arrival {
  const { requestStart } = navigation;
  const requestedAt = { monotonic: requestStart, wall: timeOrigin + requestStart };
  const doubt = doubtOf(navigation) ?? (gap(requestedAt, now) > STEP ? 'the device’s clocks disagree' : undefined);
  return { requestedAt, ...(doubt === undefined ? {} : { doubt }) };
}

/**
 * Measured in Chromium: while a page still comes over the network, its body counts for nothing and its headers for 300
 * bytes; of one that comes from a cache, or was found unchanged (304), the body is known at once, and larger than what
 * came. Where the browser says nothing yet, the doubt stays: it costs one question.
 */
function doubtOf({
  type,
  workerStart,
  transferSize,
  encodedBodySize = 0,
  deliveryType = '',
  activationStart = 0,
}: Navigation): string | undefined {
  if (type !== 'navigate' && type !== 'reload') return `the page came by ${type}`;
  if (deliveryType !== '') return `the page came from ${deliveryType}`;
  if (activationStart > 0) return 'the page was made ready before somebody opened it';
  if (workerStart > 0) return 'the page came from a service worker';
  if (transferSize === undefined) return 'the browser does not say whether the page came from a cache';
  return transferSize === 0 || transferSize < encodedBodySize ? 'the page came from a cache' : undefined;
}
