/** Rows about a page in a frame of another site, where browsers keep its storage, channels and locks apart. */
import { expect } from '@playwright/test';
import { listen } from '../../../demo/server/listen.js';
import { type Sighting, sightings, sofar } from '../../e2e/seen.ts';
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
    differs: true,
    play: frameOfAnotherSite,
  },
];

async function frameOfAnotherSite(stage: Stage): Promise<void> {
  const { bank } = stage;
  letEmbed(stage);
  const outer = await listen(
    (_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>Another site</title>
        <script>
          nightlatchDocument = 'outer';
          heard = [];
          addEventListener('message', ({ data }) => heard.push(data));
        </script>
        <iframe src="${bank.origin}${framed}" width="600" height="400"></iframe>`);
    },
    { host: '127.0.0.1', port: 0 },
  );
  try {
    const working = await stage.open(framed);
    const around = await stage.open(`${storyPages}other.html`, 'window');
    await around.visit(`http://127.0.0.1:${outer.port}/`);
    const hears = async (what: string) => {
      const find = async () => (await around.ask<Sighting[]>('heard')).find((one) => one.what === what);
      await expect.poll(find, { message: `the frame says ${what}`, timeout: idle + 5_000 }).toBeDefined();
      return (await find())!;
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
  } finally {
    await outer.close();
  }
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
