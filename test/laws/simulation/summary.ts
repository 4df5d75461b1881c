/** Many histories, counted: violations by kind with their seeds, excuses by cause, and what was reached how often. */
import { type Aim, generate } from './generate.js';
import { KINDS, type Kind } from './oracle/kinds.js';
import { LEAST, scarce } from './required.js';
import { type RunOptions, run } from './run.js';

/** The counts, in a form that travels between processes. */
export interface Summary {
  readonly runs: number;
  readonly violations: Readonly<Record<string, readonly Failure[]>>;
  readonly counts: Counts;
  readonly excused: Counts;
  readonly ends: Counts;
  readonly reached: Counts;
}

interface Failure {
  readonly seed: number;
  readonly what: string;
}

type Counts = Readonly<Record<string, number>>;

/** Seeds kept per kind: enough to look into. */
const MOST_SEEDS = 20;

/** Runs the histories of the seeds from `from` up to `to`. */
export async function summarise(
  from: number,
  to: number,
  options: RunOptions & { readonly aim?: Aim },
): Promise<Summary> {
  const violations: Record<string, Failure[]> = {};
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
  return { runs: to - from, violations, counts, excused, ends, reached };
}

function add(sums: Record<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) sums[name] = (sums[name] ?? 0) + count;
}

/** Two summaries as one. */
export function merge(a: Summary, b: Summary): Summary {
  const kinds = [...new Set([...Object.keys(a.violations), ...Object.keys(b.violations)])];
  const seedsOf = (kind: string): readonly Failure[] =>
    [...(a.violations[kind] ?? []), ...(b.violations[kind] ?? [])]
      .sort((one, other) => one.seed - other.seed)
      .slice(0, MOST_SEEDS);
  return {
    runs: a.runs + b.runs,
    violations: Object.fromEntries(kinds.map((kind) => [kind, seedsOf(kind)])),
    counts: sum(a.counts, b.counts),
    excused: sum(a.excused, b.excused),
    ends: sum(a.ends, b.ends),
    reached: sum(a.reached, b.reached),
  };
}

export function isGuilty({ counts }: Summary): boolean {
  return Object.values(counts).some((count) => count > 0);
}

/** Prints what was found. */
export function tell(
  { runs, violations, counts, excused, ends, reached }: Summary,
  { took, processes }: { readonly took: number; readonly processes: number },
  say: (line: string) => void,
): void {
  say(
    `${runs} histories in ${(took / 1_000).toFixed(1)} s (${((took * processes) / runs).toFixed(2)} ms each, ${processes} processes)`,
  );
  for (const [name, count] of sorted(reached)) say(`  ${((100 * count) / runs).toFixed(1).padStart(5)} %  ${name}`);
  say(`reached by fewer than ${100 * LEAST} % of them:`);
  for (const line of scarce(reached, runs)) say(`  ${line}`);
  say('ends, by the reason shown:');
  for (const [name, count] of sorted(ends)) say(`  ${String(count).padStart(8)}  ${name}`);
  say('excused, by cause:');
  for (const [name, count] of sorted(excused)) say(`  ${String(count).padStart(8)}  ${name}`);
  say('violations, in how many histories:');
  for (const kind of Object.keys(KINDS) as Kind[]) {
    say(`  (${kind}) ${String(counts[kind] ?? 0).padStart(6)}  ${KINDS[kind]}`);
    for (const { seed, what } of violations[kind] ?? []) say(`        seed ${seed}: ${what}`);
  }
}

function sum(a: Counts, b: Counts): Counts {
  const sums: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function sorted(sums: Counts): [string, number][] {
  return Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1));
}
