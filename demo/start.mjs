// The demo, built where that is needed, and its server: `npm start`. With `--build` it builds and ends.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const from = (/** @type {string} */ path) => resolve(root, path);
const pages = from('build/pages');

/**
 * The last change of any file in these files and folders.
 * @param {readonly string[]} paths
 * @returns {number}
 */
function changed(paths) {
  return Math.max(
    0,
    ...paths.filter(existsSync).map((path) => {
      const { mtimeMs } = statSync(path);
      if (!statSync(path).isDirectory()) return mtimeMs;
      return Math.max(mtimeMs, changed(readdirSync(path).map((name) => resolve(path, name))));
    }),
  );
}

/**
 * @param {string} output
 * @param {readonly string[]} sources
 */
const isStale = (output, sources) => !existsSync(output) || changed([output]) < changed(sources);

const shipped = from('dist/index.d.ts');
if (isStale(shipped, [from('src'), from('rollup.config.mjs'), from('tsconfig.json'), from('package.json')])) {
  console.log('demo: building the SDK');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// The pages import `nightlatch` by its name, and get what is shipped. Absolute addresses: the app's router has deep paths.
const mounted = { app: '/', admin: '/admin/', tokens: '/tokens/' };
for (const [page, base] of Object.entries(mounted)) {
  const folder = from(`demo/${page}`);
  const input = readdirSync(folder).filter((name) => name.endsWith('.html'));
  const output = resolve(pages, page, 'index.html');
  if (!isStale(output, [shipped, from(`demo/${page}`), from('demo/vite.config.ts')])) continue;
  console.log(`demo: building ${page}`);
  await build({
    configFile: from('demo/vite.config.ts'),
    root: folder,
    base,
    build: { outDir: resolve(pages, page), rolldownOptions: { input: input.map((name) => resolve(folder, name)) } },
  });
}

// Pages without a bundler are what they are.
rmSync(resolve(pages, 'script-tag'), { recursive: true, force: true });
cpSync(from('demo/script-tag'), resolve(pages, 'script-tag'), { recursive: true });

if (!process.argv.includes('--build')) {
  const server = spawn(process.execPath, ['--import', 'tsx', from('demo/server/main.ts'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => server.kill(signal));
  }
  process.on('exit', () => server.kill());
  server.on('exit', (code) => process.exit(code ?? 0));
}
