/** What the test suite runs of the simulation: many random histories of the real SDK, judged, and what they have reached. */
import { describe, expect, it } from 'vitest';
import { createNightlatch } from '../../../src/nightlatch.js';
import { generate } from './generate.js';
import type { CreateLatch } from './latch.js';
import { scarce } from './required.js';
import { run } from './run.js';

// The seam for switching rules off lies beyond the public signature.
const createLatch: CreateLatch = createNightlatch as unknown as CreateLatch;

/** One test's share: small enough that its time limit means something, and that a report comes now and then. */
const SHARE = 1_000;

/** Runs the histories of the seeds from `first` to `last`; a share of them is one test. */
export function describeHistories(first: number, last: number): void {
  /** How many of the histories reached what. */
  const reached: Record<string, number> = {};
  let runs = 0;

  async function violations(seed: number): Promise<readonly string[]> {
    const verdict = await run(generate(seed), { createLatch });
    runs += 1;
    for (const name of verdict.coverage) reached[name] = (reached[name] ?? 0) + 1;
    return verdict.violations.map(({ kind, room, what }) => `seed ${seed}: (${kind}) ${room}: ${what}`);
  }

  describe('in random histories nobody is thrown out who works, and nothing dead lives on', () => {
    for (let from = first; from <= last; from += SHARE) {
      const to = Math.min(from + SHARE - 1, last);
      it(`seeds ${from} to ${to}`, async () => {
        const wrong: string[] = [];
        for (let seed = from; seed <= to; seed += 1) wrong.push(...(await violations(seed)).slice(0, 1));
        expect(wrong).toEqual([]);
      });
    }

    it('and of these histories at least one in a hundred reaches each phase, each fault and each rule', () => {
      expect(runs).toBe(last - first + 1);
      expect(scarce(reached, runs)).toEqual([]);
    });
  });
}
