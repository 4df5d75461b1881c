/** Time without a server: the device's wall clock, made monotonic. */
import type { Clock } from './clock.js';
import { type DeviceTime, elapsed, gap, later, plus, type Reading, type ServerTime, serverTime } from './instant.js';

/** The clocks moved apart by this much: a sleep, or somebody set one. */
const STEP = 2_000;

/**
 * Reads the device's time so that it never goes back: while the page runs by the clock that moved more, at start not
 * behind `floor`, the latest instant that anybody has written down.
 */
export function createLocalTime(clock: Pick<Clock, 'read'>, floor: () => ServerTime | undefined): () => Reading {
  let last: ServerTime | undefined;
  let anchor: { readonly at: ServerTime; readonly device: DeviceTime } | undefined;

  return () => {
    const device = clock.read();
    let now = anchor ? plus(anchor.at, elapsed(anchor.device, device)) : serverTime(device.wall);
    const least = floor();
    const isBehind = least !== undefined && least > now;
    if (isBehind) now = least;
    now = later(now, last) ?? now;
    last = now;
    if (!anchor || isBehind || gap(anchor.device, device) > STEP) anchor = { at: now, device };
    return { now, earliest: now, latest: now };
  };
}
