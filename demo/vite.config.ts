import { defineConfig } from 'vite';

/**
 * How each of the demo's pages is built; `start.mjs` says which, and where they are mounted. The demo's server sends a content security
 * policy without `unsafe-inline` and without `data:`, so nothing may end up inside the HTML.
 */
export default defineConfig({
  // Not `.env` files, not a public folder: what a page needs is imported.
  envDir: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    emptyOutDir: true,
  },
});
