/** Instants and durations: server time is a type of its own, so that device time does not compile in a rule. */

declare const serverTimeBrand: unique symbol;

/** An instant on the server's clock, in epoch milliseconds. */
export type ServerTime = number & { readonly [serverTimeBrand]: true };

/** A length of time in milliseconds. */
export type Duration = number;

/** An instant as this device sees it: both clocks, read together. */
export interface DeviceTime {
  /** Milliseconds of a clock that never goes back, and that stands still while many laptops sleep. */
  readonly monotonic: number;
  /** Epoch milliseconds of a clock that anybody may set. */
  readonly wall: number;
}

/**
 * Server time now, and how uncertain it is.
 *
 * `now` is the best estimate; the true value lies between `earliest` and `latest`. A page is covered by `latest` and
 * a session is ended by `earliest`, so doubt closes the view early and destroys late.
 */
export interface Reading {
  readonly now: ServerTime;
  readonly earliest: ServerTime;
  readonly latest: ServerTime;
}

/** Marks epoch milliseconds as an instant of the server's clock. The one place where the brand is given. */
export function serverTime(milliseconds: number): ServerTime {
  return milliseconds as ServerTime;
}

/** The instant a duration later (or earlier, for a negative duration). */
export function plus(instant: ServerTime, duration: Duration): ServerTime {
  return serverTime(instant + duration);
}

/** The later of two instants; an absent one is earlier than any. */
export function later(a: ServerTime | undefined, b: ServerTime | undefined): ServerTime | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a >= b ? a : b;
}

/** The earlier of two instants; an absent one is later than any. */
export function earlier(a: ServerTime | undefined, b: ServerTime | undefined): ServerTime | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a <= b ? a : b;
}

/** The time between two device readings: the larger of what either clock says, for one sleeps and one can be set back. */
export function elapsed(from: DeviceTime, to: DeviceTime): Duration {
  return Math.max(0, to.monotonic - from.monotonic, to.wall - from.wall);
}

/** How far the two device clocks moved apart between two readings; more than a moment is a sleep or a stepped clock. */
export function gap(from: DeviceTime, to: DeviceTime): Duration {
  return Math.abs(jump(from, to));
}

/** How far the wall clock ran ahead of the monotonic one between two readings: a sleep; less than nothing where it was set back. */
export function jump(from: DeviceTime, to: DeviceTime): Duration {
  return to.wall - from.wall - (to.monotonic - from.monotonic);
}

/** Milliseconds in `n` seconds. */
export function seconds(n: number): Duration {
  return n * 1_000;
}

/** Milliseconds in `n` minutes. */
export function minutes(n: number): Duration {
  return n * 60_000;
}

/** Milliseconds in `n` hours. */
export function hours(n: number): Duration {
  return n * 3_600_000;
}
