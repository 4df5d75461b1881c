/** Trials about an app that is mounted more than once in the life of its page. */
import { sightings, sofar } from '../../e2e/seen.ts';
import type { Running } from '../page/counts.ts';
import { pause, type Tab, work } from '../stage.ts';
import { ending, openAll, RIGHT, type Trial, workAndEnd } from './trial.ts';

const TIMES = 20;
/** What is under way when an app goes has come to its end after this. */
const SETTLED = 1_000;

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

/** Each time it is taken away as its documentation says; what is written by hand goes as whoever wrote it thought of. */
export const mountedAnew: Trial = {
  on: ({ subject, isBlind }) => !isBlind && subject !== 'hand-written',
  async play({ open }) {
    const limit = 10_000;
    const tab = await open({ limit, query: '&counting' });
    const first = await unmounted(tab);
    await tab.ask('remounts.mount()');
    for (let time = 0; time < TIMES; time += 1) {
      await tab.ask('remounts.unmount()');
      await tab.ask('remounts.mount()');
      await tab.move(200 + time, 120 + time);
      await pause(time % 5 === 0 ? 300 : 10 * (time % 5));
    }
    const after = await unmounted(tab);
    const more = (['listeners', 'channels', 'timers', 'turns'] as const).filter((what) => after[what] > first[what]);
    if (more.length > 0) return `leaves ${more.join(' and ')} behind`;
    await tab.ask('remounts.mount()');
    const before = sofar(tab);
    const last = await work(tab, 500);
    const verdict = await ending(tab, last + limit, before);
    const times = sightings(tab, 'peer idle', before).length;
    return verdict === RIGHT && times > 1 ? `says ${times} times that the person is idle` : verdict;
  },
};

/** What is left when it has gone. */
async function unmounted(tab: Tab): Promise<Running> {
  await tab.ask('remounts.unmount()');
  await pause(SETTLED);
  return tab.ask<Running>('running()');
}
