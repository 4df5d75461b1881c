/** `npm run simulate -- --runs N | --seed N [--trace]`: random histories by the thousand, or one of them step by step. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createNightlatch } from '../../../src/nightlatch.js';
import { type Aim, generate } from './generate.js';
import type { CreateLatch, Switch } from './latch.js';
import { minimise } from './minimise.js';
import { play } from './processes.js';
import { run } from './run.js';
import { isGuilty, merge, type Summary, tell } from './summary.js';

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

/** News of a run that is under way comes this often. */
const NEWS_EVERY = 10_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sayMeanwhile = (text: string): void => void process.stderr.write(`${text}\n`);
const switchedOff = (values.off?.split(',') ?? []) as Switch[];
const aim = values.aim as Aim | undefined;

if (values.seed !== undefined) await replay(Number(values.seed));
else await command();

async function replay(seed: number): Promise<void> {
  const whole = generate(seed, aim);
  const options = { createLatch, switchedOff: new Set(switchedOff) };
  const first = await run(whole, options);
  const kind = first.violations[0]?.kind;
  const history = values.shorten && kind ? await minimise(whole, kind, options) : whole;
  const { steps, ...rest } = history;
  say(JSON.stringify(rest));
  say(`${steps.length} steps${values.shorten ? ` of ${whole.steps.length}` : ''}`);
  const verdict = await run(history, { ...options, ...(values.trace ? { trace: say } : {}) });
  for (const step of values.trace ? [] : steps) say(`  +${step.after} ${JSON.stringify(step.deed)}`);
  for (const { kind: one, t, room, what } of verdict.violations)
    say(`(${one}) at ${(t / 1_000).toFixed(3)} s, ${room}: ${what}`);
  for (const [cause, count] of verdict.excused) say(`excused ${count}×: ${cause}`);
  if (verdict.violations.length > 0) process.exitCode = 1;
}

async function command(): Promise<void> {
  const [from, runs] = [Number(values.from), Number(values.runs)];
  const processes = Math.min(Number(values.processes ?? availableParallelism()), Math.max(1, runs));
  const began = performance.now();
  let whole: Summary | undefined;
  let toldAt = began;

  /** A seed that fails is told at once: whoever stops a long run has it already. */
  function found(part: Summary): void {
    for (const [kind, seeds] of Object.entries(part.violations))
      for (const { seed, what } of seeds) sayMeanwhile(`seed ${seed}: (${kind}) ${what}`);
    whole = whole ? merge(whole, part) : part;
    const now = performance.now();
    if (now - toldAt < NEWS_EVERY) return;
    toldAt = now;
    const each = ((now - began) * processes) / whole.runs;
    sayMeanwhile(`${whole.runs} of ${runs} histories, ${each.toFixed(2)} ms each`);
  }

  await play({ from, to: from + runs }, { switchedOff, ...(aim ? { aim } : {}) }, { processes, found });
  if (!whole) return;
  tell(whole, { took: performance.now() - began, processes }, say);
  if (isGuilty(whole)) process.exitCode = 1;
}
