// Three outputs: one ESM build in which the entries share chunks; one script for pages without a bundler; and the verifier of signed
// policies, as a module with all that it needs, which that script loads from beside itself where a page asks for it.
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
  'auth/oidc-client-ts': 'src/auth/oidc-client-ts.ts',
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

/** Nobody resolves its imports where it is used: everything is in it. */
const alone = (input) => ({
  input,
  plugins: [nodeResolve({ browser: true, exportConditions: ['es2015'] }), typescript()],
  onwarn: failOnWarning,
});

const whole = (name) => ({
  file: `dist/${name}`,
  sourcemap: true,
  // A classic script cannot be split.
  inlineDynamicImports: true,
  plugins: [terser({ ecma: 2020, compress: { passes: 2 } })],
});

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
      // Chunks that an entry needs by way of others only: bundlers warn of such imports, since ours have no side effects.
      hoistTransitiveImports: false,
    },
  },
  {
    ...alone('src/script.ts'),
    output: { ...whole('nightlatch.global.js'), format: 'iife', name: 'Nightlatch' },
  },
  {
    ...alone('src/signed-policy.ts'),
    output: { ...whole('nightlatch.signed-policy.js'), format: 'es' },
  },
];
