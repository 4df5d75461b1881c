/** Plays the rows of the matrix, each in a browser and with a server of its own. */
import { test as base } from '@playwright/test';
import { chapters } from './chapters.ts';
import type { EngineName } from './driver.ts';
import { drivers } from './drivers.ts';
import { onStage } from './on-stage.ts';
import { obstacles } from './row.ts';
import { buildSite } from './site.ts';

const test = base.extend<object, { readonly engine: EngineName; readonly pagesDir: string }>({
  engine: ['chromium', { option: true, scope: 'worker' }],
  pagesDir: [
    // A folder for each of those that play at the same time.
    async ({ engine }, use, { parallelIndex }) => use(await buildSite(`${engine}-${parallelIndex}`)),
    { scope: 'worker' },
  ],
});

for (const { title, rows } of chapters) {
  test.describe(title, () => {
    for (const row of rows) {
      test(row.done, { tag: row.differs ? ['@differs'] : [] }, async ({ engine, pagesDir }, info) => {
        const reasons = obstacles(row, drivers[engine].cannot);
        info.skip(reasons.length > 0, reasons.join('; '));
        info.setTimeout((row.seconds ?? 60) * 1_000);
        const { launch, provider = false } = row;
        const place = { driver: drivers[engine], pagesDir, launch, provider };
        await onStage(place, info, row.play);
      });
    }
  });
}
