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
  openAll,
  RIGHT,
  type Trial,
  type Tried,
  workAndEnd,
  workOn,
} from './trial.ts';

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

const asOne = async (tried: Tried, open: (first: Tab) => Promise<Tab>): Promise<string> => {
  const first = await tried.open();
  const copy = await open(first);
  await armed(copy);
  return workAndEnd(copy, [first]);
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
    const one = await open();
    const two = await open({ place: 'window' });
    return workAndEnd(two, [one]);
  },
};

/** React's own way to find what an app leaves behind when it is mounted twice. */
export const mountedTwice: Trial = {
  on: ({ subject }) => subject.startsWith('react-idle-timer'),
  async play(tried) {
    const [behind, front] = await openAll(tried, 2, { query: '&strict' });
    const verdict = await workAndEnd(front!, [behind]);
    const errors = [behind, front!].flatMap((tab) => tab.seen.filter(({ what }) => what === 'error'));
    return errors.length > 0 ? `throws: ${String(errors[0]?.detail['message']).slice(0, 80)}` : verdict;
  },
};
