/** What trials about people and scripts have in common: somebody does something, or something goes on by itself. */
import { sofar } from '../../e2e/seen.ts';
import { pause, type Tab, work } from '../stage.ts';
import { ending, isIdleSince, LIMIT, RIGHT, type Trial } from './trial.ts';

export const OUT = 'signs out whoever works so';

/**
 * Does something again and again for longer than the limit, and then nothing. What a script could cause as well need not be
 * believed for ever: then the end may come sooner than a limit after it.
 */
export const busy = (
  prepare: (tab: Tab) => Promise<unknown>,
  act: (tab: Tab, turn: number) => Promise<unknown>,
  { query = '', every = 200, couldBeScript = false } = {},
): Trial => ({
  async play({ open }) {
    const tab = await open({ query });
    await work(tab, 300);
    await prepare(tab);
    const before = sofar(tab);
    let last = Date.now();
    for (const start = last, turns = { done: 0 }; last - start < LIMIT + 1_500; turns.done += 1) {
      await act(tab, turns.done);
      last = Date.now();
      await pause(every);
    }
    if (isIdleSince(tab, before)) return OUT;
    const verdict = await ending(tab, last + LIMIT, before);
    return couldBeScript && verdict === 'ends early' ? RIGHT : verdict;
  },
});

/** Something is done once, which takes longer than the limit, and then nothing. */
export const busyOnce = (prepare: (tab: Tab) => Promise<unknown>, act: (tab: Tab) => Promise<unknown>): Trial => ({
  async play({ open }) {
    const tab = await open();
    await work(tab, 300);
    await prepare(tab);
    const before = sofar(tab);
    await act(tab);
    return isIdleSince(tab, before) ? OUT : ending(tab, Date.now() + LIMIT, before);
  },
});

/** Something runs by itself from when the person leaves; it must make no difference. */
export const noise = (begin: (tab: Tab) => Promise<unknown>): Trial => ({
  async play({ open }) {
    const tab = await open();
    const last = await work(tab, 500);
    await begin(tab);
    const verdict = await ending(tab, last + LIMIT);
    return verdict === 'never ends' ? 'kept alive by the script' : verdict;
  },
});

/** As {@link noise}, where one more limit is allowed: it may be somebody's tool. */
export const quietNoise = (begin: (tab: Tab) => Promise<unknown>): Trial => ({
  async play({ open }) {
    const tab = await open();
    const last = await work(tab, 500);
    await begin(tab);
    const verdict = await ending(tab, last + 2 * LIMIT);
    return verdict === 'ends early' ? RIGHT : verdict.replace('never ends', 'held for ever by the script');
  },
});
