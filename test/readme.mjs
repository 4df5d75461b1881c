// Every block of code in README.md and docs/*.md is true: TypeScript is checked against the declarations that we ship,
// scripts parse, commands exist. What a block takes for granted stands in a comment before it, which readers do not see:
//
//   <!-- given
//   declare function signInAgain(): Promise<void>;
//   -->
//   ```ts
//   …
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// Inside the project, so that `nightlatch` means this package, by way of its `exports`.
const folder = resolve(root, 'build/readme');
/** @type {{ scripts: Record<string, string>, exports: Record<string, unknown> }} */
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

/** @typedef {{ file: string, line: number, language: string, code: string, given: string }} Block */

const documents = [
  'README.md',
  ...(existsSync(resolve(root, 'docs'))
    ? readdirSync(resolve(root, 'docs'), { recursive: true, encoding: 'utf8' })
    : []
  )
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const blocks = documents.flatMap((file) => blocksIn(file, readFileSync(resolve(root, file), 'utf8')));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** @type {string[]} */
const problems = [];
/** File written for the compiler → the block it came from. @type {Map<string, Block & { shift: number }>} */
const compiled = new Map();

for (const block of blocks) {
  try {
    check(block);
  } catch (error) {
    fail(block, error instanceof Error ? error.message : String(error));
  }
}
compile();

for (const problem of problems) console.error(problem);
console.log(`readme: ${blocks.length} blocks in ${documents.length} documents, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {Block} block */
function check(block) {
  const { language, code } = block;
  switch (language) {
    case 'ts':
    case 'tsx':
    case 'js':
    case 'jsx':
      return forCompiler(block, language);
    case 'json':
      JSON.parse(code);
      return;
    case 'html':
      return html(block);
    case 'sh':
    case 'bash':
      return commands(block);
    case '':
      return fail(block, 'names no language; "text" is for what is no code');
    case 'text':
    case 'http':
    case 'css':
    case 'mermaid':
      return;
    default:
      return fail(block, `"${language}" is a language that nothing here checks`);
  }
}

/**
 * @param {Block} block
 * @param {string} extension
 */
function forCompiler(block, extension) {
  const name = `${block.file.replace(/\W+/g, '-')}-${block.line}.${extension}`;
  // On lines of their own, and counted: a message should name the line in the document.
  const before = block.given === '' ? '' : `${block.given}\n`;
  compiled.set(name, { ...block, shift: before.split('\n').length - 1 });
  writeFileSync(resolve(folder, name), `${before}${block.code}\nexport {};\n`);
}

function compile() {
  if (compiled.size === 0) return;
  const compilerOptions = {
    rootDir: '.',
    noEmit: true,
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
    module: 'ESNext',
    moduleResolution: 'Bundler',
    allowJs: true,
    checkJs: true,
    types: ['node'],
    skipLibCheck: true,
  };
  writeFileSync(
    resolve(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['.'] }),
  );
  const tsc = resolve(root, 'node_modules/.bin/tsc');
  const { stdout, status } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8', cwd: folder });
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [, name = '', row = '0', text = ''] = /^([^(]+)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    const block = compiled.get(name);
    if (block) problems.push(`${block.file}:${Math.max(block.line, block.line + Number(row) - block.shift)}: ${text}`);
    else problems.push(line);
  }
  if (status !== 0 && problems.length === 0) problems.push('readme: the compiler failed and said nothing');
}

/**
 * Pages for the script tag: the files of ours that they load exist, and their inline scripts parse.
 * @param {Block} block
 */
function html(block) {
  for (const [, attributes = '', script = ''] of block.code.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    const source = /\bsrc="([^"]*)"/.exec(attributes)?.[1];
    const ours = source && /nightlatch[^/]*\.js$/.exec(source)?.[0];
    if (ours && !(`./${ours}` in manifest.exports)) fail(block, `loads ${ours}, which the package does not have`);
    if (!source && !/type="(?!module|text\/javascript)/.test(attributes)) transformSync(script, { loader: 'js' });
  }
}

/**
 * The shell reads it, and the scripts and files of ours that it names exist.
 * @param {Block} block
 */
function commands(block) {
  execFileSync('bash', ['-n'], { input: block.code, stdio: ['pipe', 'ignore', 'pipe'] });
  for (const [, name = ''] of block.code.matchAll(/\bnpm run ([\w:-]+)/g)) {
    if (!(name in manifest.scripts)) fail(block, `npm run ${name}: there is no such script`);
  }
  for (const [, name = ''] of block.code.matchAll(/\bnpm (start|test)\b/g)) {
    if (!(name in manifest.scripts)) fail(block, `npm ${name}: there is no such script`);
  }
  for (const [, file = ''] of block.code.matchAll(/\bnode (?:--\S+ (?:tsx )?)?([\w./-]+\.\w+)/g)) {
    if (!existsSync(resolve(root, file))) fail(block, `node ${file}: there is no such file`);
  }
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {Block[]}
 */
function blocksIn(file, text) {
  /** @type {Block[]} */
  const found = [];
  const lines = text.split('\n');
  let given = '';
  for (let row = 0; row < lines.length; row += 1) {
    const line = lines[row] ?? '';
    const [, indent = '', fence, language = ''] = /^( *)(`{3,}|~{3,}) *(\S*)/.exec(line) ?? [];
    if (line === '<!-- given') {
      const end = lines.indexOf('-->', row);
      given = lines.slice(row + 1, end).join('\n');
      row = end;
    } else if (fence) {
      const end = lines.findIndex((other, at) => at > row && other.trim() === fence);
      if (end < 0) throw new Error(`${file}:${row + 1}: this block has no end`);
      const code = lines.slice(row + 1, end).map((inner) => inner.slice(indent.length));
      found.push({ file, line: row + 1, language, code: code.join('\n'), given });
      given = '';
      row = end;
    } else if (line.trim() !== '') {
      given = '';
    }
  }
  return found;
}

/**
 * @param {Block} block
 * @param {string} text
 */
function fail(block, text) {
  problems.push(`${block.file}:${block.line}: ${text}`);
}
