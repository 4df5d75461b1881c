/** Programs that a driver starts, and the processes of pages: stopped, let go on, killed, and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Started {
  readonly child: ChildProcess;
  /** What the first line with this in it has as its first group. */
  readonly announced: string;
  /** Ends it, with all that it has started; by force if told so, or if it has not gone after some seconds. */
  end(how?: 'politely' | 'by force'): Promise<void>;
}

export interface StartOptions {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What it says, on its output or its error output, once it is ready; null if it says nothing. */
  readonly ready: RegExp | null;
}

const PATIENCE = 30_000;
const GRACE = 5_000;

/** Starts a program in a process group of its own, and resolves when it says that it is ready. */
export async function start({ program, parameters, environment = {}, ready }: StartOptions): Promise<Started> {
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    detached: true,
  });
  // Read to the end of its days: a pipe that nobody empties stops who writes into it.
  child.stdout?.resume();
  child.stderr?.resume();
  const kill = () => signal(-(child.pid ?? 0), 'SIGKILL');
  // A test run that is cancelled must not leave a browser behind.
  process.once('exit', kill);

  async function end(how = 'politely'): Promise<void> {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    if (gone) {
      if (how === 'politely') signal(child.pid ?? 0, 'SIGTERM');
      else kill();
      const late = setTimeout(kill, GRACE);
      await gone;
      clearTimeout(late);
    }
    kill();
    process.off('exit', kill);
  }

  try {
    return { child, announced: ready === null ? '' : await announcement(child, ready), end };
  } catch (problem) {
    await end();
    throw problem;
  }
}

function announcement(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string) => reject(new Error(`${child.spawnfile} ${why}:\n${output}`));
    const late = setTimeout(() => fail('was not ready in time'), PATIENCE);
    const hear = (text: string) => {
      output += text;
      const found = ready.exec(output);
      if (!found) return;
      clearTimeout(late);
      resolve(found[1] ?? '');
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
}

/** Sends a signal to a process, or with a negative number to a group, if it is still there. */
export function signal(pid: number, name: NodeJS.Signals): void {
  if (pid === 0) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes that were stopped, so that closing a browser can wake them first. */
export interface Stopped {
  stop(pid: number): () => Promise<void>;
  continueAll(): void;
}

export function createStopped(): Stopped {
  const pids = new Set<number>();
  function go(pid: number): void {
    if (pids.delete(pid)) signal(pid, 'SIGCONT');
  }
  return {
    stop(pid) {
      signal(pid, 'SIGSTOP');
      pids.add(pid);
      return async () => go(pid);
    },
    continueAll() {
      for (const pid of pids) go(pid);
    },
  };
}

export interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A profile's folder. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'nightlatch-'));
  // A browser may still be writing when its main process has gone.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  patience = 10_000,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() - start > patience) throw new Error(`${what}: not within ${patience} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
