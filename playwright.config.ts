import { defineConfig } from '@playwright/test';
import { flags } from './test/e2e/chromium.ts';
import { findBrowser } from './test/find-browsers.mjs';

const chromium = await findBrowser('chromium');

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'build/e2e',
  // The tests are about time: with more at once than there are cores, a late timer would be the machine's fault.
  fullyParallel: false,
  workers: 1,
  // Ends what hangs; how long things may take the stories say themselves.
  timeout: 60_000,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: {
    viewport: { width: 1024, height: 768 },
    // Who waits in vain says for what, instead of ending with the story.
    actionTimeout: 20_000,
    navigationTimeout: 20_000,
    // Without pictures and snapshots: taking them of five tabs at a time costs more than the SDK, in the very moments that count.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
  },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: { ...(chromium ? { executablePath: chromium } : {}), args: [...flags] },
      },
    },
  ],
});
