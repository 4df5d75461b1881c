/** Rows about a page in a frame of another site, where browsers keep its storage, channels and locks apart. */
import { expect } from '@playwright/test';
import { sightings, sofar } from '../../e2e/seen.ts';
import { withFrameOfAnotherSite } from '../embedding.ts';
import { inFrameOfAnotherSite } from '../peers/frame-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { type Stage, work } from '../stage.ts';
import { expectNoErrors, idle, isThrownOut } from './work-page.ts';

const framed = `${storyPages}framed.html`;

export const thirdParty: readonly Row[] = [
  {
    done: 'A page is open in a tab, and in a frame of another site, where its storage is partitioned; the person works in the tab.',
    expected:
      'The frame is a world of its own: it warns, is covered and ends on time, by what is done in it. The tab does not hear of that: nobody who works there is warned or thrown out.',
    tried: inFrameOfAnotherSite,
    differs: true,
    play: frameOfAnotherSite,
  },
];

async function frameOfAnotherSite(stage: Stage): Promise<void> {
  const { bank } = stage;
  letEmbed(stage);
  const working = await stage.open(framed);
  await withFrameOfAnotherSite(stage, bank.origin + framed, async (heard) => {
    const hears = async (what: string) => {
      const found = await heard(what, idle + 5_000);
      expect(found, `the frame says ${what}`).toBeDefined();
      return found!;
    };
    const opened = await hears('session-opened');
    const before = sofar(working);
    await work(working, idle + 2_000);
    const [warned, expired, ended] = [
      await hears('warning-shown'),
      await hears('session-expired'),
      await hears('session-ended'),
    ];
    expect(warned.at - opened.at).toBeLessThan(idle - 2_000);
    expect(expired.covered || ended.covered, 'the frame is covered').toBe(true);
    expect(ended.detail).toMatchObject({ reason: 'idle' });
    expect(ended.at - opened.at).toBeGreaterThan(idle - 1_000);
    expect(ended.at - opened.at).toBeLessThan(idle + 2_000);
    await work(working, 1_000);
    expect(sightings(working, isThrownOut, before)).toEqual([]);
    expectNoErrors([working]);
  });
}

/** This one page may be embedded; all others say that they may not. */
function letEmbed({ bank }: Stage): void {
  const forbids = ['x-frame-options', 'cross-origin-resource-policy', 'cross-origin-opener-policy'];
  bank.fault(
    {
      rewrite: ({ headers, ...rest }) => ({
        ...rest,
        headers: Object.fromEntries(
          Object.entries(headers)
            .filter(([name]) => !forbids.includes(name.toLowerCase()))
            .map(([name, value]) => [name, String(value).replace(/frame-ancestors [^;]*;?/, '')]),
        ),
      }),
    },
    [framed],
  );
}
