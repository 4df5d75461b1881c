/** Trials about clocks that are wrong, and timers that come late. */
import { sightings, sofar } from '../../e2e/seen.ts';
import { storyPages } from '../site.ts';
import { pause, tryEverything, work } from '../stage.ts';
import { ending, idleBy, jump, knowsAtOnce, LIMIT, openAll, RIGHT, type Trial, workAndEnd, workOn } from './trial.ts';

const DAY = 24 * 3_600_000;

export const workedAndLeft: Trial = {
  on: () => true,
  async play(tried) {
    const [behind, front] = await openAll(tried, 2);
    const verdict = await workAndEnd(front!, [behind]);
    if (verdict !== RIGHT) return verdict;
    const before = sofar(front!);
    await front!.reload();
    return knowsAtOnce(front!, before);
  },
};

/** The clock is set while the person works. */
export const setAtWork = (by: number): Trial => ({
  async play(tried) {
    const [behind, front] = await openAll(tried, 2);
    await work(front!, 500);
    for (const tab of [behind, front!]) await jump(tab, by);
    const last = await workOn(front!, [], { duration: LIMIT + 1_500 });
    return typeof last === 'string' ? last : ending(front!, last + LIMIT);
  },
});

/** The clock is wrong from the first script of the page on. */
export const wrongFromTheStart = (by: number): Trial => ({
  async play(tried) {
    tried.stage.setClockAhead(by);
    const tab = await tried.open();
    const last = await work(tab, 500);
    return ending(tab, last + LIMIT);
  },
});

export const thirtyDays: Trial = {
  async play({ open, stage }) {
    const tab = await open({ limit: 30 * DAY }).catch(() => undefined);
    if (!tab)
      return stage.tabs.at(-1) && sightings(stage.tabs.at(-1)!, 'error').length > 0 ? 'throws' : 'does not start';
    if (sightings(tab, 'error').length > 0) return 'throws';
    if (await idleBy(tab, Date.now() + 1_500)) return 'ends at once';
    await jump(tab, 30 * DAY + 1_000);
    await tab.move(300, 200);
    return (await idleBy(tab, Date.now() + 2_000)) ? RIGHT : 'a movement after 30 days revives the session';
  },
};

/** Hidden tabs wake once a minute only. */
export const throttled: Trial = {
  on: () => true,
  launch: { throttled: true },
  async play({ open, stage }) {
    const tab = await open({ limit: 12_000 });
    const last = await work(tab, 300).catch(() => Date.now());
    await stage.open(`${storyPages}other.html`);
    return ending(tab, last + 12_000);
  },
};

/** A script blocks the page from before the deadline until after it; the person acts meanwhile. */
export const blocked: Trial = {
  async play({ open }) {
    const tab = await open();
    const last = await work(tab, 500);
    await pause(last + LIMIT - 700 - Date.now());
    const running = tab.ask(
      '(() => { const start = performance.now(); while (performance.now() - start < 2500); return true; })()',
    );
    await pause(last + LIMIT + 500 - Date.now());
    const acts = tryEverything(tab);
    await running;
    await acts;
    return (await idleBy(tab, Date.now() + 1_500)) ? RIGHT : 'input after the deadline revives the session';
  },
};
