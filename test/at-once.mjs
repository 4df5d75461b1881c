// Stories mostly wait: several are played at once. What was late meanwhile is played again, two at once, and what was late then,
// alone, where it must be in time. What else fails has failed. How a story says that it was late is in test/e2e/seen.ts.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { run } from './parts.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Sum */

/**
 * @typedef {{ status: string, errors: { message?: string }[] }} Result
 * @typedef {{ title: string, tests: { status: string, annotations: { type: string }[], results: Result[] }[] }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 */

/** @typedef {readonly [atOnce: string, two: string, alone: string]} Reports */

/**
 * @typedef {object} Stories
 * @property {readonly string[]} command Playwright, its configuration and the project
 * @property {string} [grep] which of them; all, if left out
 * @property {number} atOnce how many
 * @property {Reports} reports where Playwright's JSON reports go; of a story that was played again, the later word counts
 * @property {Record<string, string>} [environment]
 */

/** Of how a test failed; the rest stands where it failed. */
const MOST_LINES = 12;

/** A pair hardly disturbs each other, and takes half the time. */
const PAIR = 2;

/**
 * @param {Stories} stories
 * @returns {Promise<Sum>}
 */
export async function playAtOnce({ command, grep, atOnce, reports, environment = {} }) {
  for (const file of reports) rmSync(file, { force: true });
  const sum = { passed: 0, failed: 0, skipped: 0 };
  let chosen = grep;
  for (const [index, several] of [atOnce, PAIR, 1].entries()) {
    const file = reports[index] ?? '';
    const all = [...command, ...(chosen === undefined ? [] : ['--grep', chosen])];
    const { passed, failed, skipped } = await play(all, several, file, environment);
    const late = specsIn(file).filter(wasLate);
    sum.passed += passed - late.length;
    sum.failed += failed;
    sum.skipped += skipped;
    if (late.length === 0) break;
    const how = several > PAIR ? `${PAIR} at once` : 'alone';
    console.log(`\n${late.length} were late while ${several} were played at once: again, ${how}.`);
    chosen = exactly(late);
  }
  return sum;
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
  const again = await play([...command, '--grep', exactly(others)], 1, reports[2], environment);
  return { ...again, passed: before.passed + again.passed, skipped: before.skipped + again.skipped };
}

/**
 * @param {readonly string[]} command
 * @param {number} several how many at once; alone, lateness counts
 * @param {string} file
 * @param {Record<string, string>} environment
 * @returns {Promise<Sum>}
 */
async function play(command, several, file, environment) {
  const all = [...command, ...(several > 1 ? ['--fully-parallel'] : []), `--workers=${several}`];
  const code = await run([...all, '--reporter=list,json'], {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    ...(several > 1 ? { NIGHTLATCH_AT_ONCE: String(several) } : {}),
  });
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

/**
 * What failed, and how, for whoever sees only the end of what was printed.
 * @param {Reports} reports
 */
export function failuresIn(reports) {
  const failed = reports.flatMap(specsIn).filter(hasFailed);
  return failed.map(({ title, tests }) => {
    const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
    return briefly(title, errors[0]?.message);
  });
}

/**
 * @param {string} title
 * @param {string} [message] perhaps with the colours of a terminal
 */
export function briefly(title, message = 'it broke off') {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return [title, ...lines.slice(0, MOST_LINES)].join('\n      ');
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
