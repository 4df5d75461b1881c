/** Waiting within a sequence of steps, on the clock port. */
import type { Clock } from './clock.js';
import type { Duration } from './instant.js';

/** Resolves after `duration`. */
export function pause(clock: Pick<Clock, 'wait'>, duration: Duration): Promise<void> {
  return new Promise((resolve) => void clock.wait(duration, resolve));
}

/** Waits for the work, and no longer than `limit`; the timer goes with whichever comes first. The work itself goes on. */
export async function waitFor(clock: Pick<Clock, 'wait'>, work: Promise<unknown>, limit: Duration): Promise<void> {
  let callOff = (): void => {};
  const patience = new Promise<void>((resolve) => {
    callOff = clock.wait(limit, resolve);
  });
  try {
    await Promise.race([work, patience]);
  } finally {
    callOff();
  }
}
