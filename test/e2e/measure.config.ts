/** For `npx playwright test -c test/e2e/measure.config.ts`: numbers for a report, and nothing that could fail in `npm test`. */
import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

// biome-ignore lint/style/noDefaultExport: Playwright reads it
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: /measure(-\w+)?\.ts$/,
  outputDir: '../../build/measure',
  timeout: 15 * 60_000,
});
