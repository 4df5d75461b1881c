// The reliability matrix: `npm run test:matrix` plays all rows in all engines and writes docs/reliability.md.
// `npm test` plays in each engine what is marked as differing between engines.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browsers, missingBrowser, obtainBrowser } from '../find-browsers.mjs';
import { heading, root, run } from '../parts.mjs';

/** @typedef {import('../find-browsers.mjs').BrowserName} BrowserName */
/** @typedef {{ passed: number, failed: number, skipped: number }} Sum */

const config = ['playwright', 'test', '-c', 'test/matrix/matrix.config.ts'];

/**
 * What Playwright's JSON reporter says of the rows in one engine.
 * @param {BrowserName} engine
 */
export const resultsOf = (engine) => resolve(root, `build/results/matrix-${engine}.json`);

/**
 * Plays rows in each engine that can be had. Resolves with the sum, and with what must not be overlooked.
 * @param {{ all: boolean }} which
 * @returns {Promise<{ sum: Sum, warnings: string[] }>}
 */
export async function playMatrix({ all }) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const warnings = [];
  mkdirSync(resolve(root, 'build/results'), { recursive: true });
  for (const engine of /** @type {BrowserName[]} */ (Object.keys(browsers))) {
    heading(`matrix: ${engine}`);
    const program = await obtainBrowser(engine);
    const file = resultsOf(engine);
    const chosen = [...config, '--project', engine, ...(all ? [] : ['--grep', '@differs'])];
    if (!program) {
      await run([...chosen, '--list', '--reporter=json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
      const missed = specsOf(readReport(file)?.suites ?? []).length;
      sum.skipped += missed;
      warnings.push(`NO ${engine.toUpperCase()} HERE: its ${missed} rows were SKIPPED. ${missingBrowser(engine)}`);
      continue;
    }
    const environment = { [browsers[engine].variable]: program, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
    const code = await run([...chosen, '--reporter=list,json'], environment);
    const stats = readReport(file)?.stats;
    const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0);
    const ran = failed + (stats?.expected ?? 0) > 0;
    sum.passed += stats?.expected ?? 0;
    sum.skipped += stats?.skipped ?? 0;
    // A run that broke before it could count, or that found nothing to play, has failed all the same.
    sum.failed += failed === 0 && (code !== 0 || !ran) ? 1 : failed;
  }
  return { sum, warnings };
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/**
 * @param {{ specs?: unknown[], suites?: any[] }[]} suites
 * @returns {unknown[]}
 */
function specsOf(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [...specs, ...specsOf(inner)]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = await run(['node', 'demo/start.mjs', '--build']);
  if (built !== 0) process.exit(built);
  const { sum, warnings } = await playMatrix({ all: true });
  const written = await run(['node', '--import', 'tsx', 'test/matrix/write-table.ts']);
  heading('matrix');
  for (const warning of warnings) console.log(`!!! ${warning}`);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  // A table with gaps is not what was asked for.
  process.exitCode = sum.failed === 0 && written === 0 && warnings.length === 0 ? 0 : 1;
}
