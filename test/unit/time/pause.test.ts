import { expect, it } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { seconds } from '../../../src/time/instant.js';
import { pause, waitFor } from '../../../src/time/pause.js';

/** A clock that tells how many of its timers are waiting. */
function createCountedClock() {
  const clock = createManualClock();
  let waiting = 0;
  return {
    ...clock,
    waiting: () => waiting,
    wait(delay: number, ring: () => void) {
      waiting += 1;
      let isOver = false;
      const over = () => {
        if (!isOver) waiting -= 1;
        isOver = true;
      };
      const callOff = clock.wait(delay, () => {
        over();
        ring();
      });
      return () => {
        over();
        callOff();
      };
    },
  };
}

const settled = async (promise: Promise<unknown>) => {
  let is = false;
  void promise.then(() => {
    is = true;
  });
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return is;
};

it('a pause is over after its time, and not before', async () => {
  const clock = createManualClock();
  const pausing = pause(clock, seconds(1));
  clock.advance(999);
  expect(await settled(pausing)).toBe(false);
  clock.advance(1);
  expect(await settled(pausing)).toBe(true);
});

it('work that is waited for leaves no timer behind once it is done, nor does work that fails', async () => {
  const clock = createCountedClock();
  await waitFor(clock, Promise.resolve(), seconds(10));
  expect(clock.waiting()).toBe(0);
  await expect(waitFor(clock, Promise.reject(new Error('no')), seconds(10))).rejects.toThrow('no');
  expect(clock.waiting()).toBe(0);
});

it('work that takes too long is waited for no longer', async () => {
  const clock = createCountedClock();
  const waiting = waitFor(clock, new Promise(() => {}), seconds(10));
  expect(await settled(waiting)).toBe(false);
  clock.advance(seconds(10));
  expect(await settled(waiting)).toBe(true);
  expect(clock.waiting()).toBe(0);
});
