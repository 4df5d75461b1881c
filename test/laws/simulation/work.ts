/** One process of the simulation: plays the shares that it is sent, and says of each what it has found. */
import { createNightlatch } from '../../../src/nightlatch.js';
import type { CreateLatch } from './latch.js';
import type { Share, Task } from './processes.js';
import { summarise } from './summary.js';

const createLatch: CreateLatch = createNightlatch as unknown as CreateLatch;

const { aim, switchedOff } = JSON.parse(process.argv[2] ?? '{}') as Task;
const options = { createLatch, switchedOff: new Set(switchedOff), ...(aim ? { aim } : {}) };

// What is thrown in here ends the process, and so the whole: a history that cannot be played is no result.
process.on('message', async ({ from, to }: Share) => {
  process.send?.(await summarise(from, to, options));
});
