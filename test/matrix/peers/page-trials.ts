/** Trials about pages that are left, kept, loaded anew, or almost left, and about browsers that lack something. */
import { sees, sightings, sofar } from '../../e2e/seen.ts';
import { storyPages } from '../site.ts';
import { clickOn, pause, type Tab, work } from '../stage.ts';
import {
  armed,
  ending,
  idleBy,
  knowsAtOnce,
  LIMIT,
  openAll,
  RIGHT,
  type Trial,
  type Tried,
  workAndEnd,
} from './trial.ts';

/** The page is left for longer than the limit, and the person goes back and acts, or does not. */
const leftAndBack = (act: (tab: Tab) => Promise<void>): Trial => ({
  async play({ open }) {
    const tab = await open();
    await work(tab, 300);
    let before = sofar(tab);
    await clickOn(tab, 'a', 'Elsewhere');
    await sees(tab, 'page shown', { after: before });
    await pause(LIMIT + 1_500);
    before = sofar(tab);
    await tab.traverse(-1);
    const shown = await sees(tab, 'page shown', { after: before });
    if (shown.detail['persisted'] !== true) return knowsAtOnce(tab, before);
    await act(tab);
    const idle = await idleBy(tab, shown.at + LIMIT + 2_500, before);
    if (!idle) return 'never ends once the page is back';
    return idle.at - shown.at > 2_000 ? 'ends late once the page is back' : RIGHT;
  },
});

export const backUntouched = leftAndBack(async () => {});
export const backAndMoved = leftAndBack((tab) => tab.move(300, 200));

export const reloaded: Trial = {
  on: () => true,
  async play({ open, peer }) {
    const limit = 5_000;
    const tab = await open({ limit });
    const last = peer.isBlind ? Date.now() : await work(tab, 300);
    await pause(2_500);
    const before = sofar(tab);
    await tab.reload();
    await armed(tab, before);
    const verdict = await ending(tab, last + limit, before);
    return verdict === 'ends late' || verdict === 'never ends' ? 'a reload starts the time anew' : verdict;
  },
};

/** The last tab is closed, and one is opened again after the deadline. */
export const reopened: Trial = {
  async play({ open, stage }) {
    await stage.open(`${storyPages}other.html`);
    const tab = await open();
    const last = await work(tab, 300);
    await tab.close();
    await pause(last + LIMIT + 1_500 - Date.now());
    return knowsAtOnce(await open());
  },
};

/** As {@link reopened}, before the deadline. */
export const reopenedInTime: Trial = {
  async play({ open, stage }) {
    const limit = 5_000;
    await stage.open(`${storyPages}other.html`);
    const tab = await open({ limit });
    const last = await work(tab, 300);
    await tab.close();
    await pause(last + 2_500 - Date.now());
    const verdict = await ending(await open({ limit }), last + limit);
    return verdict === RIGHT || verdict === 'ends early' ? verdict : 'a tab that is opened again starts the time anew';
  },
};

/** The person clicks on a link, and the page stays. */
const stays = (link: string): Trial => ({
  async play({ open }) {
    const tab = await open();
    await work(tab, 300);
    await clickOn(tab, 'a', link);
    return ending(tab, Date.now() + LIMIT);
  },
});

export const answeredWithNothing = stays('Answered with nothing');
export const downloaded = stays('Download');
export const mailed: Trial = { needs: ['mailto'], ...stays('Write to us') };

export const askedAndStayed: Trial = {
  needs: ['unload-prompt'],
  async play({ open }) {
    const tab = await open();
    await tab.ask("void addEventListener('beforeunload', (event) => event.preventDefault())");
    await work(tab, 300);
    await tab.stayWhenAsked(() => clickOn(tab, 'a', 'Elsewhere'));
    return ending(tab, Date.now() + LIMIT);
  },
};

/** Two tabs of a browser that lacks something. */
const without = (query: string): Trial => ({
  async play(tried) {
    const tabs = await openAll(tried, 2, { query }).catch((problem: unknown) => problem as Error);
    if (!Array.isArray(tabs)) return failure(tried);
    const [behind, front] = tabs as unknown as readonly [Tab, Tab];
    return workAndEnd(front, [behind]);
  },
});

function failure({ stage: { tabs } }: Tried): string {
  if (tabs.some((tab) => sightings(tab, 'error').length > 0)) return 'throws, and does not start';
  throw new Error('it did not start');
}

export const withoutStorage = without('&without=localStorage');
export const withoutChannel = without('&without=BroadcastChannel');
export const withoutLocks = without('&without=locks');

/** `localStorage` is cleared by hand while the person works, and again when they have left. */
export const cleared: Trial = {
  async play(tried) {
    const [behind, front] = await openAll(tried, 2);
    await work(front!, 500);
    await behind.ask('void localStorage.clear()');
    const last = await work(front!, LIMIT);
    await pause(LIMIT / 2);
    await behind.ask('void localStorage.clear()');
    const endings = await Promise.all([behind, front!].map((tab) => ending(tab, last + LIMIT)));
    const errors = [behind, front!].some((tab) => sightings(tab, 'error').length > 0);
    return errors ? 'throws' : (endings.find((verdict) => verdict !== RIGHT) ?? RIGHT);
  },
};
