/** Trials about what other scripts of the origin put on a package's channel, and into its storage. */
import { sightings, sofar } from '../../e2e/seen.ts';
import { gapsUnderFlood, hearAll, hearAndForget } from '../flooding.ts';
import { storyPages } from '../site.ts';
import { pause, type Tab, work } from '../stage.ts';
import { ending, isIdleSince, LIMIT, RIGHT, type Trial, type Tried } from './trial.ts';

const syncing: Pick<Trial, 'on'> = { on: ({ syncs }) => syncs === true };

/** What they throw meanwhile is held against nobody who goes on all the same. */
export const malformed: Trial = {
  ...syncing,
  async play(tried) {
    const forger = await openForger(tried);
    const tab = await tried.open();
    await work(tab, 500);
    const before = sofar(tab);
    await forger.ask(post);
    const last = await work(tab, LIMIT + 1_500);
    if (isIdleSince(tab, before)) return 'signs out whoever works';
    const verdict = await ending(tab, last + LIMIT, before);
    if ((await forger.ask<number>('posted')) !== MESSAGES) throw new Error('not all was posted');
    return verdict;
  },
};

export const repeated: Trial = {
  ...syncing,
  async play(tried) {
    const forger = await openForger(tried);
    const tab = await tried.open();
    const last = await work(tab, 1_500);
    await forger.ask('void (window.kept = { ...localStorage })');
    const verdict = await ending(tab, last + LIMIT);
    if (verdict !== RIGHT) return verdict;
    const before = sofar(tab);
    await forger.ask(
      'void (Object.assign(localStorage, kept), said.forEach((message) => channel.postMessage(message)), Object.assign(localStorage, kept))',
    );
    await pause(2_000);
    const isActive = ['peer active', 'peer no warning'].some((what) => sightings(tab, what, before).length > 0);
    return isActive ? 'what was said before revives the session' : RIGHT;
  },
};

/** As {@link malformed}, with far more than a person's tabs say: by how much more its frames stand still than those of a page that does nothing with it. */
export const flooded: Trial = {
  // ng-idle's tabs speak by storage.
  on: ({ syncs, subject }) => syncs === true && subject !== 'ng-idle',
  seconds: 90,
  async play({ open, stage }) {
    const flooder = await stage.open(`${storyPages}other.html`, 'window');
    await hearAll(flooder, CHANNEL);
    const tab = await open({ limit: 60_000 });
    await work(tab, 1_500);
    const next = '((last) => (posted) => (posted % 2 ? last : { action: -1, token: posted }))(said.at(-1) ?? {})';
    // It may stand still for so long that nobody waits for it.
    const own = await gapsUnderFlood(flooder, tab, next).catch(() => Number.POSITIVE_INFINITY);
    if (isIdleSince(tab, 0)) return 'signs out whoever is flooded';
    const plain = await stage.open(`${storyPages}other.html`);
    await tab.close();
    await hearAndForget(plain, CHANNEL);
    const without = await gapsUnderFlood(flooder, plain, next);
    return own - without > MORE ? 'the page stands still meanwhile' : RIGHT;
  },
};

/** By this name react-idle-timer's tabs speak, unless one gives it another. */
const CHANNEL = 'idle-timer';
/** What the SDK is allowed. */
const MORE = 100;

/** A page of the origin that hears all that is said on the channel. */
async function openForger({ stage }: Tried): Promise<Tab> {
  const forger = await stage.open(`${storyPages}other.html`);
  await hearAll(forger, CHANNEL);
  return forger;
}

const MESSAGES = 300;

/** Within three seconds. The page is hidden: it wakes once a second. */
const post = `void (() => {
  const kinds = [null, 0, NaN, 'text', 'x'.repeat(500_000), [], {}, new Map([[1, 2]]), new Error('no'), new ArrayBuffer(1_000_000),
    { action: -1 }, { action: 'IDLE', token: 7 }, { action: {}, token: null }, { action: 1e300, token: 'x'.repeat(500_000) }];
  const stored = ['', '{', 'null', '[]', '7', 'NaN', 'x'.repeat(300_000)];
  window.posted = 0;
  const begin = performance.now();
  const timer = setInterval(() => {
    for (; posted < Math.min(${MESSAGES}, (performance.now() - begin) / 10); posted += 1) {
      channel.postMessage(kinds[posted % kinds.length]);
      if (posted % 10 !== 0) continue;
      for (const key of Object.keys(localStorage)) localStorage.setItem(key, stored[(posted / 10) % stored.length]);
    }
    if (posted === ${MESSAGES}) clearInterval(timer);
  }, 10);
})()`;
