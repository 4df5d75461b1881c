/** Trials about work inside frames, and about a page that is in one itself. */
import { sofar } from '../../e2e/seen.ts';
import { withFrameOfAnotherSite } from '../embedding.ts';
import { addForeign, addFrame, field, inner, withForeign } from '../framed.ts';
import { type Tab, work } from '../stage.ts';
import { busy, noise } from './busy.ts';
import { isIdleSince, LIMIT, lateness, NEVER, type Trial } from './trial.ts';

const type = (tab: Tab) => tab.key('n');

export const inFrame = busy(async (tab) => {
  await tab.ask(addFrame('document'));
  await tab.click(field.x, field.y);
}, type);

export const inNestedFrame = busy(async (tab) => {
  await tab.ask(addFrame('document', 'height: 700px'));
  await tab.ask(addFrame("document.querySelector('iframe').contentDocument"));
  await tab.click(inner.x, inner.y);
}, type);

/** A trial with a frame of another origin, which is there for as long as it is played. */
const besideForeign = (trial: (origin: string) => Trial): Trial => ({
  needs: ['foreign-frames'],
  async play(tried) {
    let verdict = '';
    await withForeign(async (origin) => {
      verdict = await trial(origin).play(tried);
    });
    return verdict;
  },
});

export const inForeignFrame = besideForeign((origin) =>
  busy(async (tab) => {
    await tab.ask(addForeign(origin));
    await tab.click(field.x, field.y);
  }, type),
);

export const besideNoisyFrame = besideForeign((origin) => noise((tab) => tab.ask(addForeign(`${origin}/noisy`))));

/** The same page is open in a tab, where the person works, and in a frame of another site. */
export const inFrameOfAnotherSite: Trial = {
  async play({ address, open, stage }) {
    const working = await open();
    let verdict = '';
    await withFrameOfAnotherSite(stage, stage.bank.origin + address({ query: '&framed' }), async (hears) => {
      const armed = await hears('peer armed', 5_000);
      if (!armed) throw new Error('it did not start in the frame');
      const before = sofar(working);
      await work(working, LIMIT + 2_000);
      const idle = await hears('peer idle', NEVER);
      const inside = idle ? lateness(idle, armed.at + LIMIT) : 'never ends';
      verdict = isIdleSince(working, before) ? 'signs out whoever works in the tab' : inside;
    });
    return verdict;
  },
};
