// What each entry weighs, minified and compressed, compared with the numbers in README.md between `<!-- sizes -->` and
// `<!-- /sizes -->`. `--write` puts today's numbers there. Reads `dist`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = resolve(root, 'README.md');

/** Two compressors of two machines differ by a few bytes; more than this is a change. In kB. */
const tolerance = 0.1;

/** @type {{ name: string, exports: Record<string, string | { default: string }>, dependencies?: Record<string, string>, peerDependencies: Record<string, string> }} */
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const peers = Object.keys(manifest.peerDependencies);
/** Today the SDK stands alone: its own code is all there is. */
const dependencies = Object.keys(manifest.dependencies ?? {});

/**
 * Everything an entry exports, as a bundler without special settings would ship it.
 * @param {string} file
 * @param {string[]} external
 */
async function bundle(file, external) {
  const { outputFiles } = await build({
    entryPoints: [resolve(root, file)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    external,
    write: false,
  });
  return /** @type {import('esbuild').OutputFile} */ (outputFiles[0]).contents;
}

/** @param {Uint8Array} bytes */
function weigh(bytes) {
  const kB = (/** @type {number} */ length) => (length / 1000).toFixed(1);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return [kB(gzipSync(bytes, { level: 9 }).length), kB(brotli.length)];
}

/** @type {string[][]} */
const rows = [];
for (const [path, to] of Object.entries(manifest.exports)) {
  const name = join(manifest.name, path);
  if (typeof to !== 'string') {
    const own = weigh(await bundle(to.default, [...peers, ...dependencies]));
    const total = dependencies.length > 0 ? weigh(await bundle(to.default, peers)) : [];
    rows.push([`\`${name}\``, ...own, ...total]);
  } else if (to.endsWith('.js')) {
    const total = weigh(readFileSync(resolve(root, to)));
    rows.push([`\`${name}\` (script tag)`, ...(dependencies.length > 0 ? ['–', '–'] : []), ...total]);
  }
}

const columns = ['own code, gzip', 'brotli'];
if (dependencies.length > 0) columns.push(`with ${dependencies.join(', ')}, gzip`, 'brotli');
const table = [
  `| kB, minified | ${columns.join(' | ')} |`,
  `|---|${columns.map(() => '---:|').join('')}`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n');

const marked = /(<!-- sizes -->\n)([\s\S]*?)(<!-- \/sizes -->)/;
const text = readFileSync(readme, 'utf8');
const written = marked.exec(text)?.[2]?.trimEnd();

if (written === undefined) {
  console.error('size: README.md has no lines <!-- sizes --> and <!-- /sizes -->');
  process.exitCode = 1;
} else if (process.argv.includes('--write')) {
  writeFileSync(
    readme,
    text.replace(marked, (_, before, __, after) => `${before}${table}\n${after}`),
  );
  console.log(table);
} else {
  const same = agrees(written, table);
  console.log(table);
  if (!same) {
    console.error(
      `size: README.md says otherwise. If that is meant: npm run build && node test/size.mjs --write\n${written}`,
    );
    process.exitCode = 1;
  }
}

/**
 * The same words, and numbers that differ by no more than the tolerance.
 * @param {string} one
 * @param {string} other
 */
function agrees(one, other) {
  const number = /\d+\.\d/g;
  const [ones, others] = [one.match(number) ?? [], other.match(number) ?? []];
  if (one.replace(number, '') !== other.replace(number, '')) return false;
  return ones.every((kB, index) => Math.abs(Number(kB) - Number(others[index])) <= tolerance + 1e-9);
}
