// All tests, one part after the other: `npm test`, or `node test/run.mjs unit e2e` for some of them.
// The last line is the sum: `N passed, N failed`, and `, N skipped` where something could not be run.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { check } from './check.mjs';
import { browsers, obtainBrowser } from './find-browsers.mjs';
import { heading, root, run } from './parts.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Sum */

const results = resolve(root, 'build/results');
/** Said again at the end, where nobody overlooks it. @type {string[]} */
const warnings = [];

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
};

/** @param {string} project */
async function vitest(project) {
  const file = resolve(results, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run(['vitest', 'run', '--project', project, ...reporters]);
  const report = readReport(file);
  return judged(code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  });
}

async function browserTests() {
  const code = await run(['node', 'demo/start.mjs', '--build']);
  if (code !== 0) return { passed: 0, failed: 1, skipped: 0 };

  /** @type {Record<string, string>} */
  const found = {};
  let [passed, failed, skipped] = [0, 0, 0];
  for (const name of /** @type {(keyof typeof browsers)[]} */ (Object.keys(browsers))) {
    const program = await obtainBrowser(name);
    const file = resolve(results, `${name}.json`);
    const command = ['playwright', 'test', '--project', name];
    if (program) {
      found[browsers[name].variable] = program;
      const environment = { ...found, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
      const ended = await run([...command, '--reporter=list,json'], environment);
      const stats = readReport(file)?.stats;
      const sum = judged(ended, {
        passed: stats?.expected ?? 0,
        failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
        skipped: stats?.skipped ?? 0,
      });
      passed += sum.passed;
      failed += sum.failed;
      skipped += sum.skipped;
    } else {
      await run([...command, '--list', '--reporter=json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
      const missed = countSpecs(readReport(file)?.suites ?? []);
      skipped += missed;
      warnings.push(
        `NO ${name.toUpperCase()} HERE: its ${missed} browser tests were SKIPPED. It is in no ${browsers[name].variable}, not on the` +
          ` search path, and neither Debian's package nor Playwright's build could be installed.`,
      );
    }
  }
  return { passed, failed, skipped };
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

/**
 * @param {{ specs?: unknown[], suites?: any[] }[]} suites
 * @returns {number}
 */
function countSpecs(suites) {
  return suites.reduce((sum, { specs = [], suites: inner = [] }) => sum + specs.length + countSpecs(inner), 0);
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
for (const warning of warnings) console.log(`\n!!! ${warning}`);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [, sum] of sums) {
  total.passed += sum.passed;
  total.failed += sum.failed;
  total.skipped += sum.skipped;
}
console.log(`\n${line(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
