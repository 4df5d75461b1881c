/** Trials about browsers that lack something, or store nothing, and about what others do to what is stored. */
import { sightings } from '../../e2e/seen.ts';
import { clearSiteData, fill } from '../site-data.ts';
import { pause, type Stage, type Tab, work } from '../stage.ts';
import { ending, LIMIT, openAll, RIGHT, type Trial, type Tried, workAndEnd } from './trial.ts';

/** Two tabs, in one of which the person works. */
async function asOne(tried: Tried, query = ''): Promise<string> {
  const tabs = await openAll(tried, 2, { query }).catch((problem: unknown) => problem as Error);
  if (!Array.isArray(tabs)) return failure(tried, tabs as Error);
  const [behind, front] = tabs as unknown as readonly [Tab, Tab];
  return workAndEnd(front, [behind]);
}

function failure({ stage: { tabs } }: Tried, problem: Error): string {
  if (tabs.some(hasThrown)) return 'throws, and does not start';
  throw problem;
}

const hasThrown = (tab: Tab): boolean => sightings(tab, 'error').length > 0;

const without = (query: string): Trial => ({ play: (tried) => asOne(tried, query) });

export const withoutStorage = without('&without=localStorage');
export const withoutChannel = without('&without=BroadcastChannel');
export const withoutLocks = without('&without=locks');
export const behindHangingLocks = without('&without=answers-of-locks');

export const inPrivate: Trial = { launch: { private: true }, play: (tried) => asOne(tried) };

export const withoutRoom: Trial = {
  async play(tried) {
    await fill(tried.stage);
    return asOne(tried);
  },
};

/** Something is done to what is stored while the person works, and again when they have left. */
const spoilt = (spoil: (tab: Tab, stage: Stage) => Promise<unknown>): Trial => ({
  async play(tried) {
    const [behind, front] = await openAll(tried, 2);
    await work(front!, 500);
    await spoil(behind, tried.stage);
    const last = await work(front!, LIMIT);
    await pause(LIMIT / 2);
    await spoil(behind, tried.stage);
    const endings = await Promise.all([behind, front!].map((tab) => ending(tab, last + LIMIT)));
    return [behind, front!].some(hasThrown) ? 'throws' : (endings.find((verdict) => verdict !== RIGHT) ?? RIGHT);
  },
});

/** By hand. */
export const cleared = spoilt((tab) => tab.ask('void localStorage.clear()'));

export const clearedByHeader = spoilt((_, stage) => clearSiteData(stage, '"storage"'));

/** All that is there, whoever stored it. */
const overwrite = (value: string) =>
  `for (const key of Object.keys(localStorage)) localStorage.setItem(key, ${JSON.stringify(value)})`;

export const overwritten = spoilt(async (tab) => {
  for (const value of ['{"format":1,"session', '[[]]', 'x'.repeat(1_000_000)]) {
    await tab.ask(overwrite(value));
    await pause(200);
  }
});
