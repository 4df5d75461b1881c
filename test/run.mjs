// All tests, one part after the other: `npm test`, or `node test/run.mjs unit e2e` for some of them.
// The last line is the sum: `N passed, N failed`, and `, N skipped` where something could not be run.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { briefly, countOf, failuresIn, playAtOnce } from './at-once.mjs';
import { check } from './check.mjs';
import { browsers, missingBrowser, obtainBrowser } from './find-browsers.mjs';
import { playMatrix } from './matrix/run.mjs';
import { heading, root, run } from './parts.mjs';

/** @typedef {import('./at-once.mjs').Sum} Sum */
/** @typedef {{ fullName: string, status: string, failureMessages: string[] }} Assertion what vitest says of a test */

/** They have more tabs open than the rows of the matrix, and an app in each. */
const STORIES_AT_ONCE = 4;

const results = resolve(root, 'build/results');
/** Said again at the end, where nobody overlooks it. @type {string[]} */
const warnings = [];
/** What failed, and how. @type {string[]} */
const failures = [];

const parts = {
  check: async () => {
    const { passed, failed } = await check();
    if (failed.length > 0) warnings.push(`check failed: ${failed.join(', ')}`);
    return { passed: passed.length, failed: failed.length, skipped: 0 };
  },
  unit: () => vitest('unit'),
  dom: () => vitest('dom'),
  server: () => vitest('server'),
  laws: () => vitest('laws'),
  e2e: browserTests,
  matrix,
};

/** @param {string} project */
async function vitest(project) {
  const file = resolve(results, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run(['vitest', 'run', '--project', project, ...reporters]);
  const report = readReport(file);
  failures.push(...failuresOf(report));
  return judged(code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  });
}

/**
 * Also of files that could not be read, and so had no tests.
 * @param {{ testResults: { name: string, message: string, assertionResults: Assertion[] }[] } | undefined} report
 */
function failuresOf(report) {
  return (report?.testResults ?? []).flatMap(({ name, message, assertionResults: tests }) => {
    if (tests.length === 0 && message) return [briefly(name, message)];
    return tests
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages: [first] }) => briefly(fullName, first));
  });
}

async function browserTests() {
  const code = await run(['node', 'demo/start.mjs', '--build']);
  if (code !== 0) return { passed: 0, failed: 1, skipped: 0 };

  const program = await obtainBrowser('chromium');
  const report = (/** @type {string} */ how) => resolve(results, `stories-${how}.json`);
  const stories = {
    command: ['playwright', 'test', '--project', 'chromium'],
    atOnce: STORIES_AT_ONCE,
    reports: /** @type {const} */ ([report('at-once'), report('two'), report('alone')]),
  };
  if (program) {
    const sum = await playAtOnce({ ...stories, environment: { [browsers.chromium.variable]: program } });
    failures.push(...failuresIn(stories.reports));
    return sum;
  }
  const missed = await countOf(stories);
  warnings.push(`NO CHROMIUM HERE: its ${missed} browser tests were SKIPPED. ${missingBrowser('chromium')}`);
  return { passed: 0, failed: 0, skipped: missed };
}

/** Rows in all engines. What an engine cannot do counts as skipped, and says why beside it. */
async function matrix() {
  const code = await run(['node', 'demo/start.mjs', '--build']);
  if (code !== 0) return { passed: 0, failed: 1, skipped: 0 };
  const played = await playMatrix({ all: false });
  warnings.push(...played.warnings);
  failures.push(...played.failures);
  return played.sum;
}

/**
 * A part that broke before it could count, or that found nothing to run, has failed all the same.
 * @param {number} code
 * @param {Sum} sum
 */
function judged(code, sum) {
  const ran = sum.passed + sum.failed + sum.skipped > 0;
  return (code !== 0 || !ran) && sum.failed === 0 ? { ...sum, failed: 1 } : sum;
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) throw new RangeError(`${unknown.join(', ')}: the parts are ${Object.keys(parts).join(', ')}`);

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** @type {[name: string, sum: Sum][]} */
const sums = [];
for (const [name, part] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  heading(name);
  sums.push([name, await part()]);
}

heading('all');
const line = (/** @type {Sum} */ { passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
for (const [name, sum] of sums) console.log(`${name.padEnd(8)}${line(sum)}`);
for (const failure of failures) console.log(`\n  ✘   ${failure}`);
for (const warning of warnings) console.log(`\n!!! ${warning}`);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [, sum] of sums) {
  total.passed += sum.passed;
  total.failed += sum.failed;
  total.skipped += sum.skipped;
}
console.log(`\n${line(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
