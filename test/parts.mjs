// Runs one program after the other, each in a process group of its own, so that nothing it started outlives it.
import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const env = {
  ...process.env,
  // The tools are those of package.json, however this was started.
  PATH: [resolve(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
};

/** The process group that is running now. @type {number | undefined} */
let running;
let stopping = false;

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  if (running === undefined) return;
  try {
    process.kill(-running, signal);
  } catch {
    // It has gone already.
  }
}

process.on('exit', () => stop('SIGKILL'));
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // Browsers and servers get a moment to end their own children; whatever stays is killed on exit.
    stopping = true;
    stop(signal);
    setTimeout(() => process.exit(1), 3000);
  });
}

/**
 * Resolves with the exit code; what the program prints is seen as it comes.
 * @param {readonly string[]} command
 * @param {Record<string, string>} [extra] more environment
 * @returns {Promise<number>}
 */
export function run([program = '', ...parameters], extra = {}) {
  return new Promise((done) => {
    const child = spawn(program, parameters, {
      cwd: root,
      env: { ...env, ...extra },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    running = child.pid;
    const end = (/** @type {number | null} */ code) => {
      stop('SIGKILL');
      if (stopping) process.exit(1);
      running = undefined;
      done(code ?? 1);
    };
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      end(1);
    });
    child.once('exit', end);
  });
}

/** @param {string} title */
export function heading(title) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 100 - title.length))}`);
}
