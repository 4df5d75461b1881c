/** Trials about pages that the browser makes ready before somebody opens them. */
import { type Sighting, sees } from '../../e2e/seen.ts';
import { pause, type Tab, work } from '../stage.ts';
import { ending, idleBy, LIMIT, RIGHT, type Trial, type Tried, workOn } from './trial.ts';

/** The page is asked to be made ready so long after nobody drives the browser any more. */
const READY = 500;

/** It is opened before the limit has passed, and the person works there. */
export const prerendered: Trial = {
  needs: ['prerender'],
  seconds: 90,
  async play(tried) {
    const limit = 9_000;
    const { next } = await openPrerendered(tried, { limit, opened: 5_000 });
    const last = await workOn(next, [], { limit });
    return typeof last === 'string' ? last : ending(next, last + limit);
  },
};

/** The limit has long passed when it is opened, also for those that look seldom. */
export const prerenderedUntilTheEnd: Trial = {
  needs: ['prerender'],
  async play(tried) {
    const { next, opened } = await openPrerendered(tried, { limit: LIMIT, opened: 2 * LIMIT + 2_000 });
    return (await idleBy(next, opened.at + 1_000)) ? RIGHT : 'starts a new full session';
  },
};

/** Resolves with the page that was made ready, once it has been opened. */
async function openPrerendered(
  { open, stage }: Tried,
  { limit, opened }: { limit: number; opened: number },
): Promise<{ next: Tab; opened: Sighting }> {
  const tab = await open({ limit, query: '&prerendering' });
  await work(tab, 300);
  await tab.ask(`void (() => {
    const link = document.querySelector('#next');
    setTimeout(() => link.classList.add('likely'), ${READY});
    setTimeout(() => link.click(), ${READY + opened});
  })()`);
  const pages = await stage.browser.unattended(() => pause(READY + opened + 500));
  const next = await stage.adopt(pages[0]!);
  return { next, opened: await sees(next, 'page opened') };
}
