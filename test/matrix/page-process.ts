/** Which process runs a page, where no protocol says it: the one that is busy while the page is. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from './driver.ts';

export interface SystemProcess {
  readonly pid: number;
  readonly name: string;
}

interface Status extends SystemProcess {
  readonly parent: number;
  /** Processor time so far, in ticks of a hundredth of a second. */
  readonly ticks: number;
}

/** `undefined` if it has gone meanwhile. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statusOf(pid: number): Status | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may have any character in it, these too.
  const end = line.lastIndexOf(')');
  const rest = line.slice(end + 2).split(' ');
  return {
    pid,
    name: line.slice(line.indexOf('(') + 1, end),
    parent: Number(rest[1]),
    ticks: Number(rest[11]) + Number(rest[12]),
  };
}

export function childrenOf(parent: number): readonly SystemProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statusOf(Number(name)))
    .filter((status): status is Status => status?.parent === parent);
}

/** What a page has to compute, in ms; on a busy machine it gets less than that, and is tried again with more. */
const WORK = 200;
const TICKS = 8;
const TRIES = 10;

/**
 * The process of a page, out of these. Keeps the page busy for a fifth of a second: call it before time matters.
 * Throws if another of the pages runs in it too, for stopping one would then stop both.
 */
export async function processOf(
  page: Page,
  pages: readonly Page[],
  candidates: () => readonly number[],
): Promise<number> {
  const own = await busiest(page, candidates);
  for (const other of pages) {
    if (other !== page && (await busiest(other, candidates)) === own) {
      throw new Error(`two pages share process ${own}: open them with \`open\`, not by \`window.open\``);
    }
  }
  return own;
}

async function busiest(page: Page, candidates: () => readonly number[]): Promise<number> {
  const ticksOf = (pid: number): number => statusOf(pid)?.ticks ?? 0;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const before = candidates().map((pid) => ({ pid, ticks: ticksOf(pid) }));
    await page.ask(
      `(() => { const end = performance.now() + ${WORK * (attempt + 1)}; while (performance.now() < end); return true; })()`,
    );
    const [first, second] = before
      .map(({ pid, ticks }) => ({ pid, used: ticksOf(pid) - ticks }))
      .sort((a, b) => b.used - a.used);
    if (first && first.used >= TICKS && first.used > 2 * (second?.used ?? 0)) return first.pid;
  }
  throw new Error('no process was clearly busier than the others');
}
