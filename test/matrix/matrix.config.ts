/** The reliability matrix: the same stories in every engine, each a project, and the peers beside it. `npm run test:matrix` runs them all. */
import { defineConfig } from '@playwright/test';
import type { EngineName } from './driver.ts';

const engines: readonly EngineName[] = ['chromium', 'firefox', 'webkit'];

// biome-ignore lint/style/noDefaultExport: Playwright reads it
export default defineConfig<{ engine: EngineName }>({
  testDir: '.',
  outputDir: '../../build/matrix',
  // The stories are about time. Who plays several at once says so, and lateness is then not held against them (`run.mjs`).
  fullyParallel: false,
  workers: 1,
  timeout: 60_000,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  projects: [
    ...engines.map((engine) => ({ name: engine, testIgnore: 'peers/**', use: { engine } })),
    // In Chromium; they are installed by who plays them.
    { name: 'peers', testMatch: 'peers/**/*.spec.ts' },
  ],
});
