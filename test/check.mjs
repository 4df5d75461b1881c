// Everything that can be known without running the SDK: `npm run check`. Each promise made in prose has its step here.
import { pathToFileURL } from 'node:url';
import { heading, run } from './parts.mjs';

/** Name → command. The build comes first: the surface, the sizes and the README are checked on what is shipped. */
const steps = /** @type {const} */ ({
  build: ['npm', 'run', '--silent', 'build'],
  'types of src': ['tsc', '--noEmit'],
  'types of test': ['tsc', '-p', 'test'],
  'types of the demo pages': ['tsc', '-p', 'demo'],
  'types of the demo server': ['tsc', '-p', 'demo/server'],
  'lint and format': ['biome', 'ci', '--error-on-warnings'],
  architecture: ['vitest', 'run', '--project', 'architecture'],
  'public surface': ['node', 'test/api/report.mjs'],
  size: ['node', 'test/size.mjs'],
  publint: ['publint', '--strict'],
  // The script-tag build is for browsers, which read no types.
  'types as users resolve them': [
    ...['attw', '--pack', '.', '--profile', 'esm-only', '--exclude-entrypoints'],
    ...['./nightlatch.global.js', './nightlatch.signed-policy.js'],
  ],
  'code in the documents': ['node', 'test/readme.mjs'],
});

/** Runs all steps, also after one has failed. Resolves with the names of both kinds. */
export async function check() {
  /** @type {string[]} */
  const passed = [];
  /** @type {string[]} */
  const failed = [];
  for (const [name, command] of Object.entries(steps)) {
    heading(name);
    const code = await run(command);
    (code === 0 ? passed : failed).push(name);
  }
  return { passed, failed };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed } = await check();
  heading('check');
  for (const name of passed) console.log(`ok      ${name}`);
  for (const name of failed) console.log(`FAILED  ${name}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
