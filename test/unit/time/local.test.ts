import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { hours, minutes, type ServerTime } from '../../../src/time/instant.js';
import { createLocalTime } from '../../../src/time/local.js';
import { NOON, past } from '../support/facts.js';

function createScene(floor?: ServerTime) {
  const clock = createManualClock({ wall: NOON });
  let least = floor;
  const read = createLocalTime(clock, () => least);
  return { clock, read, now: () => read().now, raise: (to: ServerTime) => (least = to) };
}

describe('time without a server', () => {
  it('is what the wall clock says, and certain', () => {
    const { clock, read } = createScene();
    expect(read()).toEqual({ now: NOON, earliest: NOON, latest: NOON });
    clock.advance(minutes(5));
    expect(read()).toEqual({ now: past(minutes(5)), earliest: past(minutes(5)), latest: past(minutes(5)) });
  });

  it('counts a sleep', () => {
    const { clock, now } = createScene();
    now();
    clock.sleep(hours(8));
    expect(now()).toBe(past(hours(8)));
  });

  it('follows a wall clock that was set forward: that closes, and never opens', () => {
    const { clock, now } = createScene();
    now();
    clock.stepWall(hours(1));
    expect(now()).toBe(past(hours(1)));
  });

  it('does not go back with a wall clock that was set back, and runs on', () => {
    const { clock, now } = createScene();
    now();
    clock.advance(minutes(10));
    now();
    clock.stepWall(-hours(5));
    expect(now()).toBe(past(minutes(10)));
    clock.advance(minutes(1));
    expect(now()).toBe(past(minutes(11)));
  });

  it('does not go back with a wall clock that was set forward and back again by less than a step', () => {
    const { clock, now } = createScene();
    now();
    clock.stepWall(1_500);
    const high = now();
    clock.stepWall(-1_500);
    expect(now()).toBe(high);
    clock.advance(minutes(1));
    expect(now()).toBeGreaterThan(high);
  });

  it('counts a sleep that follows a wall clock set back', () => {
    const { clock, now } = createScene();
    now();
    clock.stepWall(-hours(5));
    now();
    clock.sleep(minutes(30));
    expect(now()).toBe(past(minutes(30)));
  });

  it('is at start not behind the latest instant that anybody has written down, and runs on from there', () => {
    const { clock, now } = createScene(past(hours(2)));
    expect(now()).toBe(past(hours(2)));
    clock.advance(minutes(1));
    expect(now()).toBe(past(hours(2) + minutes(1)));
  });

  it('is raised by a later instant that is learnt', () => {
    const { clock, now, raise } = createScene();
    now();
    raise(past(minutes(3)));
    expect(now()).toBe(past(minutes(3)));
    clock.advance(minutes(1));
    expect(now()).toBe(past(minutes(4)));
  });
});
