/** A time that is left, as it is shown and as it is spoken: always rounded up, and computed from the deadline. */
import type { Duration } from '../time/instant.js';

const SECOND: Duration = 1_000;
const MINUTE: Duration = 60_000;
/** Below a minute the ear hears a step of 20 s, the cadence that HMRC tested with disabled people. */
const SPOKEN_STEP: Duration = 20_000;

/** What the eye sees: whole minutes above 60 s, whole seconds below, never less than nothing. */
export function shownRemaining(left: Duration): Duration {
  return roundUp(left, unitOf(left));
}

/** How long what the eye sees stays true; nothing where it will not change any more. */
export function untilNextShown(left: Duration): Duration | undefined {
  if (left <= 0) return undefined;
  const unit = unitOf(left);
  return left - (roundUp(left, unit) - unit);
}

/** What the ear hears: whole minutes above 60 s, then 60, 40 and 20 s. */
export function spokenRemaining(left: Duration): Duration {
  return roundUp(left, left > MINUTE ? MINUTE : SPOKEN_STEP);
}

function unitOf(left: Duration): Duration {
  return left > MINUTE ? MINUTE : SECOND;
}

function roundUp(left: Duration, unit: Duration): Duration {
  return Math.max(0, Math.ceil(left / unit)) * unit;
}
