/** The processes that play histories: each is given one share after the other, so that all are busy to the end. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Aim } from './generate.js';
import type { Switch } from './latch.js';
import type { Summary } from './summary.js';

/** What is the same for all shares. */
export interface Task {
  readonly aim?: Aim;
  readonly switchedOff: readonly Switch[];
}

/** The seeds from `from` up to `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
}

/** At most this many: one hears of it every few seconds. */
const LARGEST_SHARE = 500;
/** Each process gets about this many shares at least: none ends long before the others. */
const SHARES = 4;

/**
 * The young generation holds several histories, of which most is garbage: so hardly anything grows old, and what the compiler
 * has made of the code lives on. Processes beside each other need no threads beside them.
 */
const FLAGS = [
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
  '--single-threaded-gc',
  // Each abort makes an error that nobody reads. Where a history breaks the simulation, `--seed` shows it in full.
  '--stack-trace-limit=0',
];

/** Plays all histories of a range; `found` hears of each share as it is done, in any order. */
export async function play(
  whole: Share,
  task: Task,
  { processes, found }: { readonly processes: number; readonly found: (summary: Summary) => void },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nightlatch-simulation-'));
  const script = join(folder, 'work.mjs');
  const children: ChildProcess[] = [];
  const size = Math.min(LARGEST_SHARE, Math.ceil((whole.to - whole.from) / processes / SHARES));
  let next = whole.from;

  function playShares(): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = fork(script, [JSON.stringify(task)], { execArgv: FLAGS });
      children.push(child);
      const give = (): void => {
        if (next >= whole.to) return void child.disconnect();
        const share: Share = { from: next, to: Math.min(next + size, whole.to) };
        next = share.to;
        child.send(share);
      };
      child.on('message', (summary) => {
        found(summary as Summary);
        give();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`a process of the simulation ended with ${code ?? signal}`));
      });
      give();
    });
  }

  function clear(): void {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true });
  }

  /** Whoever stops a long run leaves nothing behind. */
  const stop = (): never => process.exit(1);
  process.once('exit', clear).once('SIGINT', stop).once('SIGTERM', stop);
  try {
    // One file of plain code: a loader that names every function as it is made costs a quarter of the time.
    await build({
      entryPoints: [fileURLToPath(new URL('./work.ts', import.meta.url))],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    });
    await Promise.all(Array.from({ length: processes }, playShares));
  } finally {
    process.off('exit', clear).off('SIGINT', stop).off('SIGTERM', stop);
    clear();
  }
}
