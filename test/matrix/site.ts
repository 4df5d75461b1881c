/** The pages of the matrix: those of the demo and those that only stories need, each with the witness as its first script. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { witnessPath } from './collector.ts';
import { storyFiles } from './story-pages.ts';

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const sdkDir = folder('dist');

/** Where the pages that only stories need are on the site. */
export const storyPages = '/script-tag/story/';

/** Builds a folder of pages by this name, and resolves with its path. */
export async function buildSite(name: string): Promise<string> {
  const site = folder(`build/matrix-pages/${name}`);
  await rm(site, { recursive: true, force: true });
  await mkdir(site, { recursive: true });
  await cp(folder('build/pages'), site, { recursive: true });
  await cp(folder('test/matrix/pages'), join(site, storyPages), { recursive: true });
  for (const [name, content] of storyFiles) await writeFile(join(site, storyPages, name), content);
  await build({
    entryPoints: [folder('test/matrix/page/remounts.ts')],
    outdir: join(site, storyPages),
    bundle: true,
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"development"' }, // `StrictMode` mounts twice in development only.
  });
  for (const path of await readdir(site, { recursive: true })) {
    if (!path.endsWith('.html')) continue;
    const page = await readFile(join(site, path), 'utf8');
    if (!page.includes('<head>')) throw new Error(`${path} has no <head> to put the witness in`);
    await writeFile(join(site, path), page.replace('<head>', `<head><script src="${witnessPath}"></script>`));
  }
  return site;
}
