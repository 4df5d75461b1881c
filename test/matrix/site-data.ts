/** What becomes of what a site has stored, by other hands than its pages': no room is left, or the browser is told to clear it. */
import { expect } from '@playwright/test';
import { storyPages } from './site.ts';
import type { Stage } from './stage.ts';

/** Leaves no room for a letter, under a key that no story counts as left of the app. */
export async function fill(stage: Stage): Promise<void> {
  const filler = await stage.open(`${storyPages}other.html`);
  const left = await filler.ask<boolean>(`(() => {
    let text = 'x'.repeat(8_000_000);
    for (let length = text.length, count = 0; length >= 1; ) {
      try {
        localStorage.setItem('nightlatch:filled:' + count, text.slice(0, length));
        count += 1;
      } catch {
        length = Math.floor(length / 2);
      }
    }
    try { localStorage.setItem('nightlatch:script-tag:facts', '{}'); return true; } catch { return false; }
  })()`);
  expect(left, 'there is room left').toBe(false);
}

/** From the answer to a request of a page, without anything that the page itself does about it. */
export async function clearSiteData(stage: Stage, what: string): Promise<void> {
  const path = '/api/cleared';
  stage.bank.fault({ status: 200, headers: { 'Clear-Site-Data': what, 'Cache-Control': 'no-store' } }, [path]);
  const [any] = stage.tabs;
  await any!.ask("void localStorage.setItem('nightlatch:there', 'yes')");
  const status = await any!.ask<number>(`fetch('${path}').then(({ status }) => status)`);
  expect(status).toBe(200);
  await expect.poll(() => any!.ask("localStorage.getItem('nightlatch:there')"), 'it is cleared').toBe(null);
}
