/** `npm run simulate -- --runs N | --seed N [--trace]`: random histories by the thousand, or one of them step by step. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createNightlatch } from '../../../src/nightlatch.js';
import { type Aim, generate } from './generate.js';
import type { CreateLatch, Switch } from './latch.js';
import { minimise } from './minimise.js';
import { run } from './run.js';
import { type Summary, summarise, tell } from './summary.js';

const createLatch: CreateLatch = createNightlatch as unknown as CreateLatch;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    aim: { type: 'string' },
    off: { type: 'string' },
    trace: { type: 'boolean', default: false },
    shorten: { type: 'boolean', default: false },
    processes: { type: 'string' },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const switchedOff = new Set((values.off?.split(',') ?? []) as Switch[]);
const aim = values.aim as Aim | undefined;

if (values.seed !== undefined) await replay(Number(values.seed));
else if (process.send) await work();
else await command();

async function replay(seed: number): Promise<void> {
  const whole = generate(seed, aim);
  const first = await run(whole, { createLatch, switchedOff });
  const kind = first.violations[0]?.kind;
  const history = values.shorten && kind ? await minimise(whole, kind, { createLatch, switchedOff }) : whole;
  const { steps, ...rest } = history;
  say(JSON.stringify(rest));
  say(`${steps.length} steps${values.shorten ? ` of ${whole.steps.length}` : ''}`);
  const verdict = await run(history, { createLatch, switchedOff, ...(values.trace ? { trace: say } : {}) });
  for (const step of values.trace ? [] : steps) say(`  +${step.after} ${JSON.stringify(step.deed)}`);
  for (const { kind: one, t, room, what } of verdict.violations)
    say(`(${one}) at ${(t / 1_000).toFixed(3)} s, ${room}: ${what}`);
  for (const [cause, count] of verdict.excused) say(`excused ${count}×: ${cause}`);
  if (verdict.violations.length > 0) process.exitCode = 1;
}

/** One process's share. */
async function work(): Promise<void> {
  const [from, to] = [Number(values.from), Number(values.from) + Number(values.runs)];
  const summary = await summarise(from, to, { createLatch, switchedOff, ...(aim ? { aim } : {}) });
  process.send?.(summary.plain());
  process.disconnect?.();
}

async function command(): Promise<void> {
  const runs = Number(values.runs);
  const processes = Number(values.processes ?? availableParallelism());
  const began = performance.now();
  const share = Math.ceil(runs / processes);
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, index) => {
      const from = Number(values.from) + index * share;
      const count = Math.min(share, Number(values.from) + runs - from);
      return share === 0 || count <= 0 ? undefined : child(from, count);
    }).filter((one) => one !== undefined),
  );
  const failed = tell(parts, performance.now() - began, say);
  if (failed) process.exitCode = 1;
}

function child(from: number, count: number): Promise<ReturnType<Summary['plain']>> {
  const args = [
    `--from=${from}`,
    `--runs=${count}`,
    ...(values.aim ? [`--aim=${values.aim}`] : []),
    ...(values.off ? [`--off=${values.off}`] : []),
  ];
  return new Promise((resolve, reject) => {
    const process = fork(fileURLToPath(import.meta.url), args);
    process.once('message', (message) => resolve(message as ReturnType<Summary['plain']>));
    process.once('error', reject);
    process.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a process of the simulation ended with ${code}`));
    });
  });
}
