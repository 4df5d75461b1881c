// Stories mostly wait: several are played at once, and what was late meanwhile is played again, alone, where it must be in time.
// What else fails has failed. How a story says that it was late is in test/e2e/seen.ts.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { run } from './parts.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Sum */

/**
 * @typedef {{ title: string, tests: { status: string, annotations: { type: string }[] }[] }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 */

/**
 * @typedef {object} Stories
 * @property {readonly string[]} command Playwright, its configuration and the project
 * @property {string} [grep] which of them; all, if left out
 * @property {number} atOnce how many
 * @property {readonly [atOnce: string, alone: string]} reports where Playwright's JSON reports go; the word of the second counts
 * @property {Record<string, string>} [environment]
 */

/**
 * @param {Stories} stories
 * @returns {Promise<Sum>}
 */
export async function playAtOnce({ command, grep, atOnce, reports, environment = {} }) {
  for (const file of reports) rmSync(file, { force: true });
  const several = { ...environment, NIGHTLATCH_AT_ONCE: String(atOnce) };
  const chosen = grep === undefined ? [] : ['--grep', grep];
  const sum = await play([...command, ...chosen, '--fully-parallel', `--workers=${atOnce}`], reports[0], several);
  const late = specsIn(reports[0]).filter(wasLate);
  if (late.length === 0) return sum;
  console.log(`\n${late.length} were late while ${atOnce} were played at once: each again, alone.`);
  const again = await play([...command, '--grep', exactly(late)], reports[1], environment);
  return {
    passed: sum.passed - late.length + again.passed,
    failed: sum.failed + again.failed,
    skipped: sum.skipped + again.skipped,
  };
}

/**
 * Plays those again, alone, that were late or failed when all were played at once, and takes the others from then: for whoever has
 * mended something, or had the machine busy with something else.
 * @param {Stories} stories
 * @returns {Promise<Sum>}
 */
export async function playAgain({ command, reports, environment = {} }) {
  const all = specsIn(reports[0]);
  const others = all.filter((spec) => wasLate(spec) || hasFailed(spec));
  const count = (/** @type {string} */ status) =>
    all.filter((spec) => !others.includes(spec) && spec.tests.some((test) => test.status === status)).length;
  const before = { passed: count('expected'), failed: 0, skipped: count('skipped') };
  if (others.length === 0) return before;
  const again = await play([...command, '--grep', exactly(others)], reports[1], environment);
  return { ...again, passed: before.passed + again.passed, skipped: before.skipped + again.skipped };
}

/**
 * @param {readonly string[]} command
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
 * How many there are, where none can be played.
 * @param {Pick<Stories, 'command' | 'grep' | 'reports'>} stories
 */
export async function countOf({ command, grep, reports: [file] }) {
  const chosen = grep === undefined ? [] : ['--grep', grep];
  await run([...command, ...chosen, '--list', '--reporter=json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  const { length } = specsIn(file);
  rmSync(file, { force: true });
  return length;
}

/** Finds these and no others, whatever their titles have in them: after a title come only its tags. @param {readonly Spec[]} specs */
function exactly(specs) {
  const titles = specs.map(({ title }) => title.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return `(${titles.join('|')})( @\\w+)*$`;
}

/** @param {Spec} spec */
const wasLate = ({ tests }) =>
  tests.some(({ status, annotations }) => status === 'expected' && annotations.some(({ type }) => type === 'late'));

/** @param {Spec} spec */
const hasFailed = ({ tests }) => tests.some(({ status }) => status === 'unexpected');

/** @param {string} file */
const specsIn = (file) => specsOf(readReport(file)?.suites ?? []);

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
