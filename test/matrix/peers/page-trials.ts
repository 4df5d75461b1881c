/** Trials about pages that are left, kept, loaded anew, or almost left. */
import { sees, sofar } from '../../e2e/seen.ts';
import { storyPages } from '../site.ts';
import { clickOn, pause, type Tab, work } from '../stage.ts';
import { armed, ending, idleBy, knowsAtOnce, LIMIT, RIGHT, type Trial, workAndEnd } from './trial.ts';

/** The page is left for longer than the limit, and the person goes back and acts, or does not. */
const leftAndBack = (act: (tab: Tab) => Promise<void>, query = ''): Trial => ({
  async play({ open }) {
    const tab = await open({ query });
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

/** Where the browser must not keep the page. */
export const backToUnkept = leftAndBack(async () => {}, '&no-store');

/** The person is back long before the limit, and works on. */
export const backInTime: Trial = {
  async play({ open }) {
    const tab = await open();
    await work(tab, 300);
    let before = sofar(tab);
    await clickOn(tab, 'a', 'Elsewhere');
    await sees(tab, 'page shown', { after: before });
    await pause(500);
    before = sofar(tab);
    await tab.traverse(-1);
    const shown = await sees(tab, 'page shown', { after: before });
    if (shown.detail['persisted'] !== true) await armed(tab, before);
    const verdict = await workAndEnd(tab);
    return verdict === 'never ends' ? 'never ends once the page is back' : verdict;
  },
};

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
    const before = Date.now();
    await tab.stayWhenAsked(() => clickOn(tab, 'a', 'Elsewhere'));
    // Pages hear nothing of the answer: the last that they hear of is the click, some time between.
    const verdict = await ending(tab, Date.now() + LIMIT);
    return verdict === 'ends early' ? ending(tab, before + LIMIT) : verdict;
  },
};
