/** The simulation has to show that it can see: each rule of which there is a switch is missed once it is off. */
import { describe, expect, it } from 'vitest';
import { createNightlatch } from '../../src/nightlatch.js';
import { type Aim, generate } from './simulation/generate.js';
import { type CreateLatch, RULES_WITH_A_SWITCH, type Switch } from './simulation/latch.js';
import { run } from './simulation/run.js';

// The seam for switching rules off lies beyond the public signature.
const createLatch: CreateLatch = createNightlatch as unknown as CreateLatch;

/** Which rule to switch off, and the histories that aim at it. */
const AIMED: Readonly<Record<Switch, Aim>> = {
  'admission-door': 'alone',
  'mirror-look': 'alone',
  'last-look': 'ends',
  'session-order': 'people',
  'first-hand': 'forgery',
  'wiper-scope': 'wiping',
  'one-door': 'people',
};

async function goesWrong(seed: number, aim: Aim, off: readonly Switch[]): Promise<boolean> {
  const { violations } = await run(generate(seed, aim), { createLatch, switchedOff: new Set(off) });
  return violations.length > 0;
}

describe('the simulation can see: a rule that is switched off shows', () => {
  const SEEDS = 300;
  for (const rule of RULES_WITH_A_SWITCH) {
    it(`without the rule "${rule}" something goes wrong that goes right with it`, async () => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        if ((await goesWrong(seed, AIMED[rule], [rule])) && !(await goesWrong(seed, AIMED[rule], []))) return;
      }
      expect.fail(`${SEEDS} histories went right without it`);
    });
  }
});
