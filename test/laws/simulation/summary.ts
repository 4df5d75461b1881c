/** Many histories, counted: violations by kind with their seeds, excuses by cause, and what was reached how often. */
import { type Aim, generate } from './generate.js';
import { KINDS, type Kind } from './oracle.js';
import { LEAST, scarce } from './required.js';
import { type RunOptions, run } from './run.js';

/** The counts in a form that travels between processes. */
export interface PlainSummary {
  readonly runs: number;
  readonly violations: Readonly<Record<string, readonly { readonly seed: number; readonly what: string }[]>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly excused: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
}

export interface Summary {
  plain(): PlainSummary;
}

/** Seeds kept per kind: enough to look into. */
const MOST_SEEDS = 20;

/** Runs the histories of the seeds from `from` up to `to`. */
export async function summarise(
  from: number,
  to: number,
  options: RunOptions & { readonly aim?: Aim },
): Promise<Summary> {
  const violations: Record<string, { seed: number; what: string }[]> = {};
  const counts: Record<string, number> = {};
  const excused: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const reached: Record<string, number> = {};
  for (let seed = from; seed < to; seed += 1) {
    const history = generate(seed, options.aim);
    const verdict = await run(history, options).catch((problem: unknown) => {
      throw new Error(`seed ${seed} broke the simulation`, { cause: problem });
    });
    const kinds = new Set<Kind>();
    for (const { kind, what } of verdict.violations) {
      if (kinds.has(kind)) continue;
      kinds.add(kind);
      counts[kind] = (counts[kind] ?? 0) + 1;
      violations[kind] ??= [];
      const seeds = violations[kind];
      if (seeds.length < MOST_SEEDS) seeds.push({ seed, what });
    }
    add(excused, verdict.excused);
    add(ends, verdict.ends);
    for (const name of verdict.coverage) reached[name] = (reached[name] ?? 0) + 1;
    for (const name of [`aim: ${history.aim}`, history.hasBackend ? 'with a backend' : 'without a backend']) {
      reached[name] = (reached[name] ?? 0) + 1;
    }
  }
  return { plain: () => ({ runs: to - from, violations, counts, excused, ends, reached }) };
}

function add(sums: Record<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) sums[name] = (sums[name] ?? 0) + count;
}

/** Prints what the parts found together; true if there was a violation. */
export function tell(parts: readonly PlainSummary[], took: number, say: (line: string) => void): boolean {
  const runs = parts.reduce((sum, part) => sum + part.runs, 0);
  say(
    `${runs} histories in ${(took / 1_000).toFixed(1)} s (${((took * parts.length) / runs).toFixed(2)} ms each, ${parts.length} processes)`,
  );
  const reached = sum(parts.map((part) => part.reached));
  for (const [name, count] of sorted(reached)) say(`  ${((100 * count) / runs).toFixed(1).padStart(5)} %  ${name}`);
  say(`reached by fewer than ${100 * LEAST} % of them:`);
  for (const line of scarce(reached, runs)) say(`  ${line}`);
  say('ends, by the reason shown:');
  for (const [name, count] of sorted(sum(parts.map((part) => part.ends))))
    say(`  ${String(count).padStart(8)}  ${name}`);
  say('excused, by cause:');
  for (const [name, count] of sorted(sum(parts.map((part) => part.excused))))
    say(`  ${String(count).padStart(8)}  ${name}`);
  say('violations, in how many histories:');
  const counts = sum(parts.map((part) => part.counts));
  for (const kind of Object.keys(KINDS) as Kind[]) {
    say(`  (${kind}) ${String(counts[kind] ?? 0).padStart(6)}  ${KINDS[kind]}`);
    const seeds = parts.flatMap((part) => part.violations[kind] ?? []).slice(0, MOST_SEEDS);
    for (const { seed, what } of seeds) say(`        seed ${seed}: ${what}`);
  }
  return Object.values(counts).some((count) => count > 0);
}

function sum(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all) for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function sorted(sums: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1));
}
