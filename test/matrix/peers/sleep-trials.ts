/** Trials about devices that sleep: the wall clock goes on, and the page's monotonic clock stands still. */
import { sightings, sofar } from '../../e2e/seen.ts';
import { clickOn, pause, tryEverything, work } from '../stage.ts';
import { idleBy, jump, offerStay, openAll, RIGHT, type Trial, warnsBy } from './trial.ts';

const NIGHT = 9 * 3_600_000;
/** A limit that does not run out by itself during a trial. */
const LONG = 60_000;
/** Within this, whoever looks at the clock once a second has seen what it says, and done what follows a second later. */
const NOTICED = 4_000;

export const sleptUntouched: Trial = {
  on: () => true,
  async play({ open }) {
    const tab = await open({ limit: LONG });
    const before = sofar(tab);
    await jump(tab, NIGHT);
    if (!(await idleBy(tab, Date.now() + 30_000, before))) return 'does not notice within 30 s';
    await pause(2_000);
    return sightings(tab, 'peer active', before).length > 0 ? 'goes on although nobody is there' : RIGHT;
  },
};

export const sleptThenMoved: Trial = {
  async play({ open }) {
    const tab = await open({ limit: LONG });
    await tab.move(300, 200);
    await pause(500);
    const before = sofar(tab);
    await jump(tab, NIGHT);
    await tryEverything(tab);
    if (!(await idleBy(tab, Date.now() + 2_000, before))) return 'the first movement revives the session';
    return sightings(tab, 'peer active', before).length > 0 ? 'says idle, and active again at once' : RIGHT;
  },
};

/** The clock of the page says that the deadline was hours ago, and the person answers what is still on screen. */
export const answeredLate: Trial = {
  on: ({ warns }) => warns === true,
  async play({ open }) {
    const tab = await open({ limit: 6_000, warn: 4_000 });
    await offerStay(tab);
    await work(tab, 300);
    await warnsBy(tab, Date.now() + 10_000);
    const before = sofar(tab);
    await jump(tab, NIGHT);
    await clickOn(tab, 'button', 'Stay');
    return (await idleBy(tab, Date.now() + 2_500, before)) ? RIGHT : 'the answer revives the session';
  },
};

/** In the tab behind, the first thing is what the one in front says of the person there. */
export const toldByAnother: Trial = {
  on: ({ syncs }) => syncs === true,
  async play(tried) {
    const tabs = await openAll(tried, 2, { limit: LONG });
    const [behind, front] = tabs;
    await work(front!, 500);
    await pause(500);
    const before = sofar(behind);
    for (const tab of tabs) await jump(tab, NIGHT);
    await tryEverything(front!);
    if (!(await idleBy(behind, Date.now() + NOTICED, before))) return 'what another tab says revives the session';
    await pause(1_000);
    return sightings(behind, 'peer active', before).length > 0 ? 'says idle, and active again at once' : RIGHT;
  },
};

/** They come back while there is still time to stay. */
export const sleptIntoWarning: Trial = {
  on: ({ warns }) => warns === true,
  async play({ open, peer }) {
    const tab = await open({ limit: LONG, warn: LONG / 2 });
    await offerStay(tab);
    await work(tab, 500);
    const before = sofar(tab);
    await jump(tab, LONG / 2 + 5_000);
    await tab.move(300, 200);
    const isWarned = await warnsBy(tab, Date.now() + 2_000, before);
    if (await idleBy(tab, 0, before)) return 'signs out whoever comes back in time';
    if (!isWarned && !peer.heedsInput) return 'does not warn: the first movement extends the session';
    const warned = peer.heedsInput ? before : sofar(tab);
    await clickOn(tab, 'button', 'Stay');
    await pause(1_000);
    // One that still warns hears nothing of the person, and so would not notice that the time is out.
    const isClosed = ['peer no warning', 'peer active'].some((what) => sightings(tab, what, warned).length > 0);
    if (!isClosed && isWarned) return 'the answer does not count';
    // Beyond what was the deadline, and before what is it now.
    await jump(tab, LONG / 2 + 5_000);
    await tab.move(340, 240);
    return (await idleBy(tab, Date.now() + NOTICED, before)) ? 'the answer does not count' : RIGHT;
  },
};
