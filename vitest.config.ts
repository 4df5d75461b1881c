import { defineConfig } from 'vitest/config';

/** A part of the tests that can be run alone: `npx vitest run --project unit`. */
const part = (name: string, include: string[], environment: 'node' | 'happy-dom' = 'node', seconds = 5) => ({
  test: { name, include, environment, testTimeout: seconds * 1000, hookTimeout: seconds * 1000 },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      part('architecture', ['test/architecture.test.ts']),
      part('unit', ['test/unit/**/*.test.{ts,tsx}']),
      part('dom', ['test/dom/**/*.test.{ts,tsx}'], 'happy-dom'),
      // Real HTTP against the reference server.
      part('server', ['test/server/**/*.test.ts'], 'node', 20),
      // The slow one: thousands of random histories of tabs, from a printed seed.
      part('laws', ['test/laws/**/*.test.ts'], 'node', 300),
    ],
  },
});
