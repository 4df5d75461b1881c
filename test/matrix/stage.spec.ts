/** The other half of the ground: what pages see arrives, in each engine, whatever becomes of the pages. */
import { test as base, expect } from '@playwright/test';
import { sees, sightings, sofar } from '../e2e/seen.ts';
import { jumpWallClock } from '../e2e/witness.ts';
import type { EngineName } from './driver.ts';
import { drivers } from './drivers.ts';
import { onStage } from './on-stage.ts';
import { buildSite, storyPages } from './site.ts';
import type { Stage } from './stage.ts';

const test = base.extend<
  { readonly play: (story: (stage: Stage) => Promise<void>) => Promise<void> },
  { readonly engine: EngineName; readonly pagesDir: string }
>({
  engine: ['chromium', { option: true, scope: 'worker' }],
  pagesDir: [
    // A folder for each of those that play at the same time.
    async ({ engine }, use, { parallelIndex }) => use(await buildSite(`${engine}-${parallelIndex}`)),
    { scope: 'worker' },
  ],
  play: async ({ engine, pagesDir }, use, info) => {
    await use((story) => onStage({ driver: drivers[engine], pagesDir }, info, story));
  },
});

const path = `${storyPages}other.html`;
const shown = 'page shown';

test('what a page saw is told by it, by those after it, and by it again when it comes back', {
  tag: '@differs',
}, async ({ play }) => {
  await play(async (stage) => {
    const tab = await stage.open(path);
    expect((await sees(tab, shown)).detail).toEqual({ persisted: false });
    await tab.ask("void dispatchEvent(new CustomEvent('nightlatch', { detail: { type: 'said', by: 'the first' } }))");
    expect((await sees(tab, 'said')).detail).toMatchObject({ by: 'the first' });

    // The last words of a page, and the first of the next.
    let before = sofar(tab);
    await tab.ask(
      "void addEventListener('pagehide', () => dispatchEvent(new CustomEvent('nightlatch', { detail: { type: 'parted' } })))",
    );
    await tab.visit(`${storyPages}other.html?next`);
    await sees(tab, 'parted', { after: before });
    await sees(tab, shown, { after: before });

    before = sofar(tab);
    await tab.traverse(-1);
    expect((await sees(tab, shown, { after: before })).detail).toEqual({ persisted: true });
    before = sofar(tab);
    await tab.reload();
    expect((await sees(tab, shown, { after: before })).detail).toEqual({ persisted: false });
  });
});

test('each tab has what was seen in it, once', { tag: '@differs' }, async ({ play }) => {
  await play(async (stage) => {
    const tabs = [await stage.open(path), await stage.open(path), await stage.open(path, 'window')];
    for (const tab of tabs) {
      for (let number = 0; number < 50; number += 1) {
        await tab.ask(
          `void dispatchEvent(new CustomEvent('nightlatch', { detail: { type: 'said', by: '${tab.name} ${number}' } }))`,
        );
      }
    }
    for (const tab of tabs) {
      await expect.poll(() => sightings(tab, 'said').length).toBeGreaterThanOrEqual(50);
      const expected = Array.from({ length: 50 }, (_, number) => `${tab.name} ${number}`);
      expect(sightings(tab, 'said').map(({ detail }) => detail['by'])).toEqual(expected);
      expect(sightings(tab, 'violation')).toEqual([]);
    }
  });
});

test('the wall clock jumps, or is wrong from the start, and the monotonic one stays', { tag: '@differs' }, async ({
  play,
}) => {
  await play(async (stage) => {
    const ahead = (one: string) => `Math.round((${one} - performance.timeOrigin - performance.now()) / 1000)`;
    const tab = await stage.open(path);
    await jumpWallClock({ quietly: tab.ask }, 3_600_000);
    for (const one of ['Date.now()', 'new Date().getTime()', 'Date.parse(Date())']) {
      expect(Math.abs((await tab.ask<number>(ahead(one))) - 3_600), one).toBeLessThanOrEqual(1);
    }
    expect(await tab.ask('new Date(0).getTime()')).toBe(0);
    stage.setClockAhead(-600_000);
    await tab.reload();
    expect(Math.abs((await tab.ask<number>(ahead('Date.now()'))) + 600)).toBeLessThanOrEqual(1);
    const { at } = await sees(tab, shown, { after: 1 });
    expect(Math.abs(at - Date.now()), 'sightings are stamped by the real clock').toBeLessThan(10_000);
  });
});
