/** Seconds on the wire, milliseconds in code: this file alone knows both. */
import { days } from '../time/durations.js';

/** Unix seconds with fractions, or a duration in seconds. */
export const toSeconds = (milliseconds: number): number => milliseconds / 1000;

export const toSecondsOrNull = (milliseconds: number | null): number | null =>
  milliseconds === null ? null : toSeconds(milliseconds);

export const fromSeconds = (seconds: number): number => Math.round(seconds * 1000);

/** From here on an instant looks like milliseconds. */
export const instantCeiling = 10_000_000_000;

/** Above this a duration looks like milliseconds, or is too long. */
export const longestDuration: number = toSeconds(days(366));
