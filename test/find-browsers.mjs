// Where the browsers of this machine are, and how to get one that is missing. Run it to see: `node test/find-browsers.mjs`.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {object} Browser
 * @property {string} variable environment variable that names the program, and wins
 * @property {readonly string[]} commands what it is called on the search path, best first
 * @property {readonly string[]} companions programs that it cannot be run without, on the search path
 * @property {readonly string[]} packages Debian's packages
 * @property {'chromium' | null} playwright its name in `playwright install`; null where Playwright's build is another browser
 */

/** A new engine is one row here, one driver and one project in test/matrix. @satisfies {Record<string, Browser>} */
export const browsers = /** @type {const} */ ({
  chromium: {
    variable: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'],
    companions: [],
    packages: ['chromium'],
    playwright: 'chromium',
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    commands: ['firefox-esr', 'firefox'],
    companions: [],
    packages: ['firefox-esr'],
    // Playwright's is patched, and driven by a protocol of its own: not what people have.
    playwright: null,
  },
  // The program is the driver, which brings the browser it belongs to.
  webkit: {
    variable: 'WEBKIT_DRIVER_PATH',
    commands: ['WebKitWebDriver'],
    companions: ['Xvfb'],
    packages: ['webkit2gtk-driver', 'xvfb'],
    playwright: null,
  },
});

/** @typedef {keyof typeof browsers} BrowserName */

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {readonly string[]} commands */
function onPath(commands) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isProgram);
}

/**
 * The program of a browser, from the environment, the search path, or what Playwright downloaded earlier.
 * @param {BrowserName} name
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser(name) {
  const { variable, commands, companions, playwright } = browsers[name];
  const missing = companions.filter((companion) => onPath([companion]) === undefined);
  const given = process.env[variable];
  if (given) {
    // A wrong path is a mistake to mend, not a reason to take some other browser unseen.
    if (!isProgram(given)) throw new Error(`${variable} is ${given}, which is no program`);
    if (missing.length > 0) throw new Error(`${variable} is ${given}, which needs ${missing.join(', ')} beside it`);
    return given;
  }
  if (missing.length > 0) return undefined;
  const found = onPath(commands);
  if (found || playwright === null) return found;
  const types = await import('@playwright/test');
  const downloaded = types[playwright].executablePath();
  return downloaded && isProgram(downloaded) ? downloaded : undefined;
}

/**
 * Finds a browser, and installs it where there is none: Debian's package where we may, else Playwright's build.
 * @param {BrowserName} name
 */
export async function obtainBrowser(name) {
  const found = await findBrowser(name);
  if (found) return found;
  const { packages, playwright } = browsers[name];
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    console.log(`browsers: no ${name} here; installing Debian's ${packages.join(' ')}`);
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    run('apt-get', ['update'], options);
    run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
    const installed = await findBrowser(name);
    if (installed) return installed;
  }
  if (playwright === null) return undefined;
  console.log(`browsers: trying Playwright's own ${name}`);
  run('npx', ['playwright', 'install', playwright], { stdio: 'inherit' });
  return findBrowser(name);
}

/**
 * What to say where a browser is missing after all.
 * @param {BrowserName} name
 */
export function missingBrowser(name) {
  const { variable, packages, playwright } = browsers[name];
  return (
    `It is in no ${variable}, not on the search path, and Debian's ${packages.join(' ')} could not be installed` +
    `${playwright === null ? '.' : ", nor Playwright's build."}`
  );
}

/**
 * A step that may fail: whether the browser is there afterwards is what counts.
 * @param {string} program
 * @param {string[]} parameters
 * @param {object} options
 */
function run(program, parameters, options) {
  try {
    execFileSync(program, parameters, { ...options, timeout: 300_000 });
  } catch (error) {
    console.error(
      `browsers: ${program} ${parameters.join(' ')} failed: ${error instanceof Error ? error.message : error}`,
    );
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of /** @type {BrowserName[]} */ (Object.keys(browsers))) {
    console.log(`${name}: ${(await findBrowser(name)) ?? 'not found'}`);
  }
}
