import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { createAlarm } from '../../../src/time/alarm.js';
import { type Clock, LONGEST_WAIT } from '../../../src/time/clock.js';
import { hours, minutes, plus, type ServerTime, seconds, serverTime } from '../../../src/time/instant.js';

function createScene() {
  const clock = createManualClock();
  const waits: number[] = [];
  const watched: Clock = {
    read: clock.read,
    wait(delay, ring) {
      waits.push(delay);
      return clock.wait(delay, ring);
    },
  };
  const rings: number[] = [];
  const now = (): ServerTime => serverTime(clock.read().wall);
  const alarm = createAlarm(watched, now, () => void rings.push(clock.passed()));
  return { clock, alarm, now, rings, waits };
}

describe('an alarm', () => {
  it('rings once, when its instant has come', () => {
    const { clock, alarm, now, rings } = createScene();
    alarm.set(plus(now(), minutes(5)));
    clock.advance(minutes(5) - 1);
    expect(rings).toEqual([]);
    clock.advance(hours(1));
    expect(rings).toEqual([minutes(5)]);
  });

  it('rings at the first chance where its instant has passed', () => {
    const { clock, alarm, now, rings } = createScene();
    alarm.set(plus(now(), -hours(1)));
    clock.advance(0);
    expect(rings).toEqual([0]);
  });

  it('never waits longer than browsers can, and still rings at its instant', () => {
    const { clock, alarm, now, rings, waits } = createScene();
    const far = 2 * LONGEST_WAIT + hours(1);
    alarm.set(plus(now(), far));
    clock.advance(far - 1);
    expect(rings).toEqual([]);
    clock.advance(1);
    expect(rings).toEqual([far]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(LONGEST_WAIT);
  });

  it('that slept through its instant rings at the first chance after', () => {
    const { clock, alarm, now, rings } = createScene();
    alarm.set(plus(now(), minutes(5)));
    clock.sleep(hours(8));
    expect(rings).toEqual([]);
    clock.advance(minutes(5));
    expect(rings).toHaveLength(1);
  });

  it('that is woken too early waits for the rest', () => {
    const { clock, alarm, now, rings } = createScene();
    alarm.set(plus(now(), minutes(5)));
    clock.stepWall(-minutes(1));
    clock.advance(minutes(5));
    expect(rings).toEqual([]);
    clock.advance(minutes(1));
    expect(rings).toEqual([minutes(6)]);
  });

  it('that is set anew forgets the setting before', () => {
    const { clock, alarm, now, rings } = createScene();
    alarm.set(plus(now(), seconds(1)));
    alarm.set(plus(now(), seconds(9)));
    clock.advance(seconds(5));
    expect(rings).toEqual([]);
    clock.advance(seconds(4));
    expect(rings).toEqual([seconds(9)]);
  });

  it('is called off by setting nothing, even while it waits for the rest', () => {
    const { clock, alarm, now, rings } = createScene();
    alarm.set(plus(now(), 2 * LONGEST_WAIT));
    clock.advance(LONGEST_WAIT + 1);
    alarm.set(undefined);
    clock.advance(2 * LONGEST_WAIT);
    expect(rings).toEqual([]);
  });

  it('can be set again while it rings', () => {
    const clock = createManualClock();
    const now = () => serverTime(clock.read().wall);
    let rings = 0;
    const alarm = createAlarm(clock, now, () => {
      rings += 1;
      if (rings < 3) alarm.set(plus(now(), seconds(1)));
    });
    alarm.set(plus(now(), seconds(1)));
    clock.advance(minutes(1));
    expect(rings).toBe(3);
  });

  it('is not set where no time is known, and rings where time was forgotten', () => {
    const clock = createManualClock();
    let known: ServerTime | undefined;
    const rings: number[] = [];
    const alarm = createAlarm(
      clock,
      () => known,
      () => void rings.push(clock.passed()),
    );
    alarm.set(serverTime(5));
    clock.advance(hours(1));
    expect(rings).toEqual([]);
    known = serverTime(0);
    alarm.set(serverTime(5));
    known = undefined;
    clock.advance(5);
    expect(rings).toHaveLength(1);
  });
});
