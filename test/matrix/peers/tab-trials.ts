/** Trials about several tabs, and about tabs that go, stand still, or come. */
import { sofar } from '../../e2e/seen.ts';
import { clickOn, pause, type Tab, work } from '../stage.ts';
import {
  armed,
  ending,
  idleBy,
  isIdleSince,
  knowsAtOnce,
  LIMIT,
  offerStay,
  openAll,
  RIGHT,
  type Trial,
  type Tried,
  warnsBy,
  workAndEnd,
  workOn,
} from './trial.ts';

/** Where a page is loaded in the middle of the story: that takes long on a slow machine, and nobody acts meanwhile. */
const LONGER = 8_000;

/** The person works in the front one of three tabs, which then goes: the others count on from that. */
const lastOneGoes = (go: (tab: Tab) => Promise<unknown>): Trial => ({
  async play(tried) {
    const [one, two, front] = await openAll(tried, 3);
    const last = await workOn(front!, [one, two!]);
    if (typeof last === 'string') return last;
    await go(front!);
    const endings = await Promise.all([one, two!].map((tab) => ending(tab, last + LIMIT)));
    return endings.find((verdict) => verdict !== RIGHT) ?? RIGHT;
  },
});

export const closed = lastOneGoes((tab) => tab.close());
export const crashed: Trial = { needs: ['crash'], ...lastOneGoes((tab) => tab.crash()) };

/** One stands still, and the person works on in the other. */
const oneStandsStill = (stop: (tab: Tab) => Promise<() => Promise<unknown>>): Trial => ({
  async play(tried) {
    const [one, other] = await openAll(tried, 2);
    const goOn = await stop(one);
    const verdict = await workAndEnd(other!);
    const before = sofar(one);
    await goOn();
    if (verdict !== RIGHT) return verdict;
    return (await idleBy(one, Date.now() + 1_500, before)) ? RIGHT : 'the one that stood still does not end';
  },
});

export const stopped = oneStandsStill((tab) => tab.stop());
export const frozen: Trial = { needs: ['freeze'], ...oneStandsStill((tab) => tab.freeze()) };

/** The other one, which may have been waiting for its word, ends on time. */
export const stoppedForEver: Trial = {
  async play(tried) {
    const [one, other] = await openAll(tried, 2);
    await one.stop();
    return workAndEnd(other!);
  },
};

/** The person worked in another tab meanwhile, and comes back to the frozen one. */
export const frozenMeanwhile: Trial = {
  needs: ['freeze'],
  async play(tried) {
    const [behind, front] = await openAll(tried, 2);
    const goOn = await behind.freeze();
    const last = await workOn(front!);
    if (typeof last === 'string') return last;
    const before = sofar(behind);
    await goOn();
    await work(behind, 500);
    await pause(500);
    return isIdleSince(behind, before) ? 'signs out on return whoever worked in another tab' : RIGHT;
  },
};

export const discardedUntilTheEnd: Trial = {
  needs: ['discard'],
  async play(tried) {
    const [behind, front] = await openAll(tried, 2);
    const comeBack = await behind.discard();
    const last = await work(front!, 500);
    await pause(last + LIMIT + 1_500 - Date.now());
    return knowsAtOnce(await comeBack());
  },
};

export const discardedMeanwhile: Trial = {
  needs: ['discard'],
  async play(tried) {
    const [behind, front] = await openAll(tried, 2, { limit: LONGER });
    const comeBack = await behind.discard();
    await work(front!, 1_000);
    const back = await comeBack();
    await armed(back);
    return workAndEnd(back, [front!], { limit: LONGER });
  },
};

const asOne = async (tried: Tried, open: (first: Tab) => Promise<Tab>): Promise<string> => {
  const first = await tried.open({ limit: LONGER });
  const copy = await open(first);
  await armed(copy);
  return workAndEnd(copy, [first], { limit: LONGER });
};

export const duplicated: Trial = {
  needs: ['duplicate'],
  play: (tried) => asOne(tried, (first) => tried.stage.duplicate(first)),
};

export const openedByPage: Trial = {
  play: (tried) => asOne(tried, (first) => tried.stage.opened(() => clickOn(first, 'button', 'Open another'))),
};

/** Opening a tab is no activity. */
export const newcomer: Trial = {
  async play({ open }) {
    const limit = 5_000;
    const first = await open({ limit });
    const last = await work(first, 300);
    await pause(2_000);
    const second = await open({ limit });
    const [one, two] = await Promise.all([first, second].map((tab) => ending(tab, last + limit)));
    if (one !== RIGHT) return one === 'ends early' ? one : 'a tab that is opened extends the session';
    return two === RIGHT ? RIGHT : 'a tab that is opened starts the time anew for itself';
  },
};

/** Opening it is no answer; what the person answers in it counts for both. */
export const newcomerInWarning: Trial = {
  on: ({ warns, syncs }) => warns === true && syncs === true,
  seconds: 90,
  async play({ open }) {
    const limit = 10_000;
    const first = await open({ limit, warn: 7_000 });
    const last = await work(first, 300);
    if (!(await warnsBy(first, last + limit))) return 'does not warn';
    const second = await open({ limit, warn: 7_000 });
    if (!(await warnsBy(second, Date.now() + 2_500))) {
      const verdict = await ending(first, last + limit);
      return verdict === 'ends late' || verdict === 'never ends'
        ? 'opening a tab answers the warning'
        : 'the tab that is opened does not warn';
    }
    await offerStay(second);
    const before = new Map([first, second].map((tab) => [tab, sofar(tab)]));
    await clickOn(second, 'button', 'Stay');
    const due = Date.now() + limit;
    const endings = await Promise.all([first, second].map((tab) => ending(tab, due, before.get(tab))));
    if (endings.every((verdict) => verdict === 'ends early')) return 'the answer does not count';
    if (endings[0] === 'ends early') return 'the answer counts in one tab only';
    return endings.find((verdict) => verdict !== RIGHT) ?? RIGHT;
  },
};

export const twelve: Trial = {
  seconds: 150,
  async play(tried) {
    const tabs = await openAll(tried, 12, { limit: LONGER });
    return workAndEnd(tabs.at(-1)!, tabs.slice(0, -1), { limit: LONGER });
  },
};

export const byTurns: Trial = {
  async play(tried) {
    const tabs = await openAll(tried, 3);
    const before = new Map(tabs.map((tab) => [tab, sofar(tab)]));
    let last = Date.now();
    for (const tab of [...tabs, ...tabs]) last = await work(tab, 1_500);
    if (tabs.some((tab) => isIdleSince(tab, before.get(tab)!))) return 'signs out another tab while the person works';
    const endings = await Promise.all(tabs.map((tab) => ending(tab, last + LIMIT)));
    return endings.find((verdict) => verdict !== RIGHT) ?? RIGHT;
  },
};

export const sideBySide: Trial = {
  async play({ open }) {
    const one = await open({ limit: LONGER });
    const two = await open({ limit: LONGER, place: 'window' });
    return workAndEnd(two, [one], { limit: LONGER });
  },
};
