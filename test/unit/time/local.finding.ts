import { expect, it } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { createLocalTime } from '../../../src/time/local.js';

it('local time does not go back when the wall clock is set forward and back again by less than a step', () => {
  const clock = createManualClock();
  const read = createLocalTime(clock, () => undefined);
  read();
  clock.stepWall(1_500);
  const high = read().now;
  clock.stepWall(-1_500);
  expect(read().now).toBeGreaterThanOrEqual(high);
});
