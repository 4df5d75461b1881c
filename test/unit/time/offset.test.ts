import { describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { hours, minutes, seconds, serverTime } from '../../../src/time/instant.js';
import { createOffset, type Measured, type Offset } from '../../../src/time/offset.js';

/** The server's clock is ahead of the wall clock by this much. */
const AHEAD = 7_000;

interface Scene {
  readonly clock: ManualClock;
  readonly offset: Offset;
  /** What the server's clock really shows. */
  truth(): number;
  /** Asks the server: the request travels `there` ms, the reply `back` ms. */
  sample(there: number, back: number, error?: number): Measured;
}

function createScene(): Scene {
  const clock = createManualClock();
  const offset = createOffset(clock);
  const origin = clock.read().wall;
  const truth = () => origin + clock.passed() + AHEAD;
  return {
    clock,
    offset,
    truth,
    sample(there, back, error = 0) {
      const sentAt = clock.read();
      clock.advance(there);
      const stated = serverTime(truth() + error);
      clock.advance(back);
      return offset.measure({ serverTime: stated, sentAt, receivedAt: clock.read() });
    },
  };
}

describe('server time', () => {
  it('is not known before the first sample, nor after all were forgotten', () => {
    const { offset, sample } = createScene();
    expect(offset.read()).toBeUndefined();
    expect(sample(10, 10)).toBe('replaced');
    expect(offset.read()).toBeDefined();
    offset.forget();
    expect(offset.read()).toBeUndefined();
  });

  it('lies between what was stated and that plus the round trip; the best guess is the middle', () => {
    const { clock, offset, sample } = createScene();
    sample(100, 300);
    const stated = clock.read().wall - 300 + AHEAD;
    expect(offset.read()).toEqual({ earliest: stated, now: stated + 200, latest: stated + 400 });
  });

  it('counts a sleep though the wall clock was set back before it', () => {
    const { clock, offset, sample, truth } = createScene();
    sample(0, 0);
    clock.stepWall(-seconds(30));
    offset.read();
    clock.sleep(seconds(20));
    expect(offset.read()!.latest).toBeCloseTo(truth() + 2, 1);
    clock.sleep(seconds(20));
    expect(offset.read()!.latest).toBeCloseTo(truth() + 4, 1);
  });

  it('counts from its last sample, whatever was counted since the one before', () => {
    const { clock, offset, sample, truth } = createScene();
    sample(100, 100);
    clock.sleep(minutes(1));
    offset.read();
    sample(0, 0);
    clock.advance(seconds(1));
    expect(offset.read()!.latest).toBeCloseTo(truth(), 0);
  });

  it('grows less certain by 100 parts in a million on either side', () => {
    const { clock, offset, sample, truth } = createScene();
    sample(0, 0);
    clock.advance(hours(1));
    const read = offset.read()!;
    expect(read.earliest).toBeCloseTo(truth() - 360, 3);
    expect(read.latest).toBeCloseTo(truth() + 360, 3);
    expect(read.now).toBe(truth());
  });

  it.each<[what: string, change: (clock: ManualClock) => void]>([
    ['all runs', (clock) => clock.advance(minutes(10))],
    ['the device has slept', (clock) => clock.sleep(hours(8))],
    ['it has slept and run', (clock) => [clock.sleep(hours(8)), clock.advance(minutes(10))]],
    ['the wall clock was set back', (clock) => [clock.stepWall(-hours(3)), clock.advance(minutes(10))]],
    ['the wall clock was set forward', (clock) => [clock.stepWall(hours(3)), clock.advance(minutes(10))]],
  ])('lies where the reading says, when %s', (_, change) => {
    const { clock, offset, sample, truth } = createScene();
    sample(50, 150);
    change(clock);
    const read = offset.read()!;
    expect(read.earliest).toBeLessThanOrEqual(truth());
    expect(read.latest).toBeGreaterThanOrEqual(truth());
    expect(read.now).toBeGreaterThanOrEqual(read.earliest);
    expect(read.now).toBeLessThanOrEqual(read.latest);
  });

  it('spans the whole sleep after one: the earliest stands still, the latest does not', () => {
    const { clock, offset, sample } = createScene();
    sample(0, 0);
    const before = offset.read()!;
    clock.sleep(hours(8));
    const read = offset.read()!;
    expect(read.earliest).toBe(before.earliest);
    expect(read.latest).toBeGreaterThanOrEqual(before.latest + hours(8));
  });

  it('does not move by a wall clock that was set back', () => {
    const { clock, offset, sample, truth } = createScene();
    sample(0, 0);
    clock.stepWall(-hours(2));
    clock.advance(seconds(10));
    expect(offset.read()!.now).toBe(truth());
  });

  it('at the latest never goes back between samples, though the wall clock was set forward and back again', () => {
    const { clock, offset, sample } = createScene();
    sample(0, 0);
    clock.stepWall(hours(1));
    const high = offset.read()!.latest;
    clock.stepWall(-hours(1));
    expect(offset.read()!.latest).toBe(high);
    // It goes on from there: what is hidden by setting a clock back must not hide a sleep that follows.
    clock.advance(seconds(1));
    expect(offset.read()!.latest).toBeCloseTo(high + 1_000.1, 3);
  });
});

describe('a sample', () => {
  it('that is sharper takes the place of a blurred one', () => {
    const { offset, sample } = createScene();
    sample(500, 500);
    expect(sample(10, 10)).toBe('replaced');
    const read = offset.read()!;
    expect(read.latest - read.earliest).toBe(20);
  });

  it('that is more blurred is kept out', () => {
    const { offset, sample } = createScene();
    sample(10, 10);
    expect(sample(500, 500)).toBe('kept');
    const read = offset.read()!;
    expect(read.latest - read.earliest).toBeLessThan(21);
  });

  it('that is blurred helps once the good one has grown old', () => {
    const { clock, sample } = createScene();
    sample(10, 10);
    clock.advance(hours(24));
    expect(sample(500, 500)).toBe('replaced');
  });

  it('takes the place of the reading that a sleep has widened, and is no contradiction', () => {
    const { clock, offset, sample, truth } = createScene();
    sample(10, 10);
    clock.sleep(hours(8));
    expect(sample(100, 100)).toBe('replaced');
    const read = offset.read()!;
    expect(read.latest - read.earliest).toBe(200);
    expect(read.latest).toBeGreaterThanOrEqual(truth());
  });

  it.each([
    ['ahead', hours(1)],
    ['behind', -hours(1)],
  ])('that contradicts the estimate, being %s of it, replaces it and is told as a step', (_, error) => {
    const { offset, sample, truth } = createScene();
    sample(10, 10);
    expect(sample(500, 500, error)).toBe('stepped');
    expect(offset.read()!.now).toBe(truth() + error);
  });

  it('shows that only the device clock was set forward: the latest comes down again', () => {
    const { clock, offset, sample, truth } = createScene();
    sample(10, 10);
    clock.stepWall(hours(8));
    expect(offset.read()!.latest).toBeGreaterThan(truth() + hours(7));
    sample(10, 10);
    expect(offset.read()!.latest - truth()).toBeLessThan(30);
  });
});
