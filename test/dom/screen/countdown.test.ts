import { describe, expect, it } from 'vitest';
import { shownRemaining, spokenRemaining, untilNextShown } from '../../../src/screen/countdown.js';

describe('the countdown', () => {
  it.each([
    [150_000, 180_000, 30_000],
    [120_001, 180_000, 1],
    [120_000, 120_000, 60_000],
    [60_001, 120_000, 1],
    [60_000, 60_000, 1_000],
    [59_400, 60_000, 400],
    [1, 1_000, 1],
  ])('with %i ms left shows %i, rounded up, and that for %i ms', (left, shown, during) => {
    expect([shownRemaining(left), untilNextShown(left)]).toEqual([shown, during]);
  });

  it('never goes below zero, and then stands still', () => {
    expect([shownRemaining(0), shownRemaining(-5_000)]).toEqual([0, 0]);
    expect([untilNextShown(0), untilNextShown(-5_000)]).toEqual([undefined, undefined]);
  });

  it.each([
    [180_000, 180_000],
    [60_001, 120_000],
    [60_000, 60_000],
    [41_000, 60_000],
    [40_000, 40_000],
    [20_001, 40_000],
    [20_000, 20_000],
    [1, 20_000],
    [0, 0],
  ])('with %i ms left says %i', (left, spoken) => {
    expect(spokenRemaining(left)).toBe(spoken);
  });
});
