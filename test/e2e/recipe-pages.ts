/** A page that is made of the recipes in `docs/recipes.md`, as they stand there, and of a latch of the bank. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The block of code with these words in it. */
async function recipe(words: string): Promise<string> {
  const text = await readFile(at('docs/recipes.md'), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const found = blocks.filter((code) => code.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} recipes have the words ${words}`);
  return found[0]!;
}

const LATCH = `
import { createHttpBackend, createNightlatch } from 'nightlatch';
const json = { 'Content-Type': 'application/json' };
export const latch = createNightlatch({
  name: 'recipes',
  backend: createHttpBackend({ baseUrl: '/session' }),
  async reauthenticate() {
    const view = latch.getView();
    await fetch('/session/reauthenticate', {
      method: 'POST',
      headers: { ...json, 'Session-Id': view.session.id },
      body: JSON.stringify({ method: 'password', password: 'teller-demo-1' }),
    });
  },
});
latch.start();
`;

const WORKER = `
onmessage = ({ data }) => setInterval(() => fetch('/api/me?worker', { headers: { 'Session-Id': data.sessionId } }), 50);
`;

export interface RecipePages {
  /** Where the page is, once it has been put beside the others. */
  readonly path: string;
}

/** Puts the page and its workers into a folder of the bank's pages. */
export async function putRecipePages(pagesDir: string): Promise<RecipePages> {
  const source = at('build/e2e-recipes');
  const target = `${pagesDir}/script-tag/test/recipes`;
  for (const folder of [source, target]) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  }
  const beside = async (name: string, code: string) =>
    writeFile(`${source}/${name}.ts`, `import { latch } from './latch';\n${code}`);
  await writeFile(`${source}/latch.ts`, LATCH);
  await beside('axios', await recipe('axios.create'));
  await beside('upload', await recipe('new XMLHttpRequest'));
  await beside('socket', await recipe('new WebSocket'));
  await beside('worker', await recipe('new Worker'));
  await beside('tell-service-worker', await recipe('serviceWorker?.controller'));
  await writeFile(`${source}/service-worker.ts`, await recipe('underWay'));
  await writeFile(
    `${source}/page.ts`,
    `import { latch } from './latch';
import { api } from './axios';
import { upload } from './upload';
import { connect } from './socket';
import { startWorker } from './worker';
import './tell-service-worker';
Object.assign(window, { latch, api, upload, connect, startWorker, isReady: true });`,
  );
  await build({
    entryPoints: [`${source}/page.ts`, `${source}/service-worker.ts`],
    outdir: target,
    bundle: true,
    format: 'esm',
    // They stand inside of this package, which says of its own files that they do nothing by themselves.
    ignoreAnnotations: true,
    alias: { nightlatch: at('dist/index.js') },
    logLevel: 'error',
  });
  await writeFile(`${target}/worker.js`, WORKER);
  const page =
    '<!doctype html><html lang="en"><title>Recipes</title><script type="module" src="page.js"></script></html>';
  await writeFile(`${target}/index.html`, page);
  return { path: '/script-tag/test/recipes/index.html' };
}
