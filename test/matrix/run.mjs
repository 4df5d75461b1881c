// The reliability matrix: `npm run test:matrix` plays all rows in all engines and writes docs/reliability.md; with the names of
// engines after it, it plays those again, and takes what was last played in the others. `npm test` plays all rows in Chromium,
// and in the other engines what is marked as differing between engines.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browsers, missingBrowser, obtainBrowser } from '../find-browsers.mjs';
import { heading, root, run } from '../parts.mjs';

/** @typedef {import('../find-browsers.mjs').BrowserName} BrowserName */
/** @typedef {{ passed: number, failed: number, skipped: number }} Sum */

/**
 * @typedef {{ title: string, tests: { status: string, annotations: { type: string }[] }[] }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 */

const config = ['playwright', 'test', '-c', 'test/matrix/matrix.config.ts'];

/** Stories mostly wait: so many are played at once. What was late meanwhile is played again, alone. */
const AT_ONCE = 3;

/**
 * What Playwright's JSON reporter says of the rows in one engine: of those that were played at once, and of those that were
 * then played alone, whose word counts.
 * @param {BrowserName} engine
 */
export const resultsOf = (engine) =>
  ['at-once', 'alone'].map((how) => resolve(root, `build/results/matrix-${engine}-${how}.json`));

/** Where all rows are played in any case. @type {BrowserName} */
const FIRST = 'chromium';

/** @type {readonly BrowserName[]} */
const allEngines = /** @type {BrowserName[]} */ (Object.keys(browsers));

/**
 * Plays rows in each of these engines that can be had. Resolves with the sum, and with what must not be overlooked.
 * @param {{ all: boolean, engines?: readonly BrowserName[] }} which
 * @returns {Promise<{ sum: Sum, warnings: string[] }>}
 */
export async function playMatrix({ all, engines = allEngines }) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const warnings = [];
  mkdirSync(resolve(root, 'build/results'), { recursive: true });
  for (const engine of engines) {
    heading(`matrix: ${engine}`);
    const program = await obtainBrowser(engine);
    const files = resultsOf(engine);
    for (const file of files) rmSync(file, { force: true });
    const [atOnce = '', alone = ''] = files;
    const chosen = [...config, '--project', engine, ...(all || engine === FIRST ? [] : ['--grep', '@differs'])];
    if (!program) {
      await run([...chosen, '--list', '--reporter=json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: atOnce });
      const missed = specsOf(readReport(atOnce)?.suites ?? []).length;
      sum.skipped += missed;
      warnings.push(`NO ${engine.toUpperCase()} HERE: its ${missed} rows were SKIPPED. ${missingBrowser(engine)}`);
      continue;
    }
    const environment = { [browsers[engine].variable]: program };
    const several = { ...environment, NIGHTLATCH_AT_ONCE: String(AT_ONCE) };
    add(sum, await play([...chosen, '--fully-parallel', `--workers=${AT_ONCE}`], atOnce, several));
    const late = specsOf(readReport(atOnce)?.suites ?? []).filter(wasLate);
    if (late.length === 0) continue;
    console.log(`\n${late.length} were late while ${AT_ONCE} were played at once: each again, alone.`);
    sum.passed -= late.length;
    add(sum, await play([...config, '--project', engine, '--grep', exactly(late)], alone, environment));
  }
  return { sum, warnings };
}

/**
 * @param {string[]} command
 * @param {string} file
 * @param {Record<string, string>} environment
 * @returns {Promise<Sum>}
 */
async function play(command, file, environment) {
  const code = await run([...command, '--reporter=list,json'], { ...environment, PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  const stats = readReport(file)?.stats;
  const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0);
  const ran = failed + (stats?.expected ?? 0) > 0;
  return {
    passed: stats?.expected ?? 0,
    skipped: stats?.skipped ?? 0,
    // A run that broke before it could count, or that found nothing to play, has failed all the same.
    failed: failed === 0 && (code !== 0 || !ran) ? 1 : failed,
  };
}

/**
 * @param {Sum} sum
 * @param {Sum} more
 */
function add(sum, more) {
  sum.passed += more.passed;
  sum.failed += more.failed;
  sum.skipped += more.skipped;
}

/** Finds these and no others, whatever their titles have in them: after a title come only its tags. @param {readonly Spec[]} specs */
function exactly(specs) {
  const titles = specs.map(({ title }) => title.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return `(${titles.join('|')})( @\\w+)*$`;
}

/** What has failed for another reason has failed. @param {Spec} spec */
const wasLate = ({ tests }) =>
  tests.some(({ status, annotations }) => status === 'expected' && annotations.some(({ type }) => type === 'late'));

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/**
 * @param {Suite[]} suites
 * @returns {Spec[]}
 */
function specsOf(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [...specs, ...specsOf(inner)]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.slice(2);
  const engines = asked.length > 0 ? allEngines.filter((engine) => asked.includes(engine)) : allEngines;
  if (asked.length > engines.length) throw new RangeError(`${asked.join(', ')}: engines are ${allEngines.join(', ')}`);
  const built = await run(['node', 'demo/start.mjs', '--build']);
  if (built !== 0) process.exit(built);
  const { sum, warnings } = await playMatrix({ all: true, engines });
  const written = await run(['node', '--import', 'tsx', 'test/matrix/write-table.ts']);
  heading('matrix');
  for (const warning of warnings) console.log(`!!! ${warning}`);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  // A table with gaps is not what was asked for.
  process.exitCode = sum.failed === 0 && written === 0 && warnings.length === 0 ? 0 : 1;
}
