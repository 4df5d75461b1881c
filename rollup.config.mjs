// Two outputs: one ESM build in which the entries share chunks, and one script for pages without a bundler.
import { rmSync } from 'node:fs';
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';

/** Entry name → source. The name is the path under `dist`, which `exports` in package.json points at. */
const entries = {
  index: 'src/index.ts',
  screen: 'src/screen.ts',
  reauth: 'src/reauth.ts',
  presets: 'src/presets.ts',
  'signed-policy': 'src/signed-policy.ts',
  vault: 'src/vault.ts',
  testing: 'src/testing.ts',
  'adapters/react': 'src/adapters/react.ts',
};

// The sources say `./x.js`, as the published files do; this finds the `.ts` behind it.
const typescript = () => esbuild({ target: 'es2022', tsconfig: 'tsconfig.json' });

// What an earlier build left would be published with the rest.
const emptyOutput = () => ({
  name: 'empty-output',
  buildStart: () => rmSync('dist', { recursive: true, force: true }),
});

/** An import that nobody resolves would become a global of that name in the script, or a broken import in the modules. */
function failOnWarning(warning) {
  throw new Error(`rollup: ${warning.message}`);
}

export default [
  {
    input: entries,
    external: [/^rxjs($|\/)/, /^react($|\/)/, /^jose($|\/)/, /^idb-keyval($|\/)/],
    plugins: [emptyOutput(), typescript()],
    onwarn: failOnWarning,
    output: {
      dir: 'dist',
      format: 'es',
      sourcemap: true,
      chunkFileNames: 'chunks/[name].js',
    },
  },
  {
    input: 'src/script.ts',
    plugins: [nodeResolve({ browser: true, exportConditions: ['es2015'] }), typescript()],
    onwarn: failOnWarning,
    output: {
      file: 'dist/nightlatch.global.js',
      format: 'iife',
      name: 'Nightlatch',
      sourcemap: true,
      // A classic script cannot be split.
      inlineDynamicImports: true,
      plugins: [terser({ ecma: 2020, compress: { passes: 2 } })],
    },
  },
];
