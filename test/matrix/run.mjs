// The reliability matrix: `npm run test:matrix` plays all rows in all engines, tries other packages on them, and writes
// docs/reliability.md. With names of engines after it, or `peers`, it plays those, and takes what was last said of the others; with
// `again`, it plays of them what was not right when it was last played.
// `npm test` plays all rows in Chromium, and in the other engines what is marked as differing between engines.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { countOf, failuresIn, playAgain, playAtOnce } from '../at-once.mjs';
import { browsers, missingBrowser, obtainBrowser } from '../find-browsers.mjs';
import { heading, root, run } from '../parts.mjs';

/** @typedef {import('../find-browsers.mjs').BrowserName} BrowserName */
/** @typedef {import('../at-once.mjs').Sum} Sum */

const config = ['playwright', 'test', '-c', 'test/matrix/matrix.config.ts', '--project'];

/** More than this on two cores, and so many are late that playing them again costs what was won. */
const AT_ONCE = 5;

/** Where all rows are played in any case. @type {BrowserName} */
const FIRST = 'chromium';

/** @type {readonly BrowserName[]} */
const allEngines = /** @type {BrowserName[]} */ (Object.keys(browsers));

/**
 * What Playwright's JSON reporter says of the rows in one engine: of those that were played at once, and of those that were
 * then played again, whose word counts; and the same of the trials of others.
 * @param {BrowserName | 'peers'} part
 * @returns {import('../at-once.mjs').Reports}
 */
export function resultsOf(part) {
  const file = (/** @type {string} */ how) => resolve(root, `build/results/matrix-${part}-${how}.json`);
  return [file('at-once'), file('two'), file('alone')];
}

/**
 * Plays rows in each of these engines that can be had. Resolves with the sum, with what failed, and with what must not be overlooked.
 * @param {{ all: boolean, engines?: readonly BrowserName[], play?: typeof playAtOnce }} which
 * @returns {Promise<{ sum: Sum, failures: string[], warnings: string[] }>}
 */
export async function playMatrix({ all, engines = allEngines, play = playAtOnce }) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const warnings = [];
  /** @type {string[]} */
  const failures = [];
  mkdirSync(resolve(root, 'build/results'), { recursive: true });
  for (const engine of engines) {
    heading(`matrix: ${engine}`);
    const program = await obtainBrowser(engine);
    const stories = {
      command: [...config, engine],
      ...(all || engine === FIRST ? {} : { grep: '@differs' }),
      atOnce: AT_ONCE,
      reports: resultsOf(engine),
    };
    if (program) {
      add(sum, await play({ ...stories, environment: { [browsers[engine].variable]: program } }));
      failures.push(...failuresIn(stories.reports).map((failure) => `${engine} › ${failure}`));
      continue;
    }
    const missed = await countOf(stories);
    sum.skipped += missed;
    warnings.push(`NO ${engine.toUpperCase()} HERE: its ${missed} rows were SKIPPED. ${missingBrowser(engine)}`);
  }
  return { sum, failures, warnings };
}

/** Tries other packages on the rows, where that can be done. They are installed for it. @param {typeof playAtOnce} play */
async function tryPeers(play) {
  heading('matrix: others');
  mkdirSync(resolve(root, 'build/results'), { recursive: true });
  const installed = await run(['npm', 'ci', '--prefix', resolve(root, 'test/matrix/peers')]);
  if (installed !== 0) return { passed: 0, failed: 1, skipped: 0 };
  return play({ command: [...config, 'peers'], atOnce: AT_ONCE, reports: resultsOf('peers') });
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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const parts = [...allEngines, 'peers'];
  const play = process.argv.includes('again') ? playAgain : playAtOnce;
  const asked = process.argv.slice(2).filter((name) => name !== 'again');
  const unknown = asked.filter((name) => !parts.includes(name));
  if (unknown.length > 0) throw new RangeError(`${unknown.join(', ')}: the parts are ${parts.join(', ')}`);
  const isAsked = (/** @type {string} */ part) => asked.length === 0 || asked.includes(part);

  const built = await run(['node', 'demo/start.mjs', '--build']);
  if (built !== 0) process.exit(built);
  const { sum, failures, warnings } = await playMatrix({ all: true, engines: allEngines.filter(isAsked), play });
  if (isAsked('peers')) add(sum, await tryPeers(play));
  const written = await run(['node', '--import', 'tsx', 'test/matrix/write-table.ts']);
  heading('matrix');
  for (const failure of failures) console.log(`  ✘   ${failure}`);
  for (const warning of warnings) console.log(`!!! ${warning}`);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  // A table with gaps is not what was asked for.
  process.exitCode = sum.failed === 0 && written === 0 && warnings.length === 0 ? 0 : 1;
}
