/** Chance from a seed: the same numbers each time, so that what failed once can be run again. */

/** A number in [0, 1). */
export type Random = () => number;

/** Makes a source of numbers from a seed (mulberry32: small, fast, and good enough to choose with). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** From the first bound to the second. */
export type Span = readonly [from: number, to: number];

/** A number in the span. */
export function within(random: Random, [from, to]: Span): number {
  return from === to ? from : from + random() * (to - from);
}
