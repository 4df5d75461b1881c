import { describe, expect, it } from 'vitest';
import {
  type DeviceTime,
  earlier,
  elapsed,
  gap,
  hours,
  later,
  minutes,
  plus,
  seconds,
  serverTime,
} from '../../../src/time/instant.js';

const device = (monotonic: number, wall: number): DeviceTime => ({ monotonic, wall });

describe('the time between two readings of the device', () => {
  it.each<[what: string, from: DeviceTime, to: DeviceTime, took: number, apart: number]>([
    ['while both clocks run is what either says', device(0, 1_000), device(500, 1_500), 500, 0],
    ['over a sleep is what the wall clock says', device(0, 1_000), device(500, 61_000), 60_000, 59_500],
    ['over a wall clock set back is what the monotonic clock says', device(0, 90_000), device(500, 0), 500, 90_500],
    ['is never negative', device(500, 1_000), device(0, 0), 0, 500],
  ])('%s', (_, from, to, took, apart) => {
    expect(elapsed(from, to)).toBe(took);
    expect(gap(from, to)).toBe(apart);
  });
});

describe('of two instants', () => {
  const [one, two] = [serverTime(1), serverTime(2)];
  it('the later wins, and an absent one is earlier than any', () => {
    expect([later(one, two), later(two, one), later(undefined, one), later(one, undefined)]).toEqual([2, 2, 1, 1]);
    expect(later(undefined, undefined)).toBeUndefined();
  });
  it('the earlier wins, and an absent one is later than any', () => {
    expect([earlier(one, two), earlier(two, one), earlier(undefined, two), earlier(two, undefined)]).toEqual([
      1, 1, 2, 2,
    ]);
    expect(earlier(undefined, undefined)).toBeUndefined();
  });
});

it('durations are milliseconds, and move an instant either way', () => {
  expect([seconds(2), minutes(2), hours(2)]).toEqual([2_000, 120_000, 7_200_000]);
  expect([plus(serverTime(10), 5), plus(serverTime(10), -5)]).toEqual([15, 5]);
});
