/** Tries the peers on the rows on which they can be tried. What they do is no failure: it is noted, for the table. */
import { test as base } from '@playwright/test';
import { chapters } from '../chapters.ts';
import { drivers } from '../drivers.ts';
import { onStage } from '../on-stage.ts';
import { buildSite } from '../site.ts';
import { buildPeers, type PeerSite, peerPages, tried as who } from './peers.ts';
import { armed, LIMIT, type Opening } from './trial.ts';

const test = base.extend<object, { readonly place: { readonly pagesDir: string; readonly peerSite: PeerSite } }>({
  place: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use, { parallelIndex }) => {
      const [pagesDir, peerSite] = await Promise.all([buildSite(`peers-${parallelIndex}`), buildPeers()]);
      await use({ pagesDir, peerSite });
    },
    { scope: 'worker' },
  ],
});

for (const { title, rows } of chapters) {
  test.describe(title, () => {
    for (const { done, tried } of rows) {
      if (typeof tried === 'string') continue;
      const { on = ({ isBlind }) => !isBlind, launch, seconds = 60, play } = tried;
      for (const peer of who.filter(on)) {
        test(`${done} (${peer.subject})`, async ({ place: { pagesDir, peerSite } }, info) => {
          info.setTimeout(seconds * 1_000);
          const driver = drivers.chromium;
          await onStage({ driver, pagesDir, launch, inFront: peerSite.inFront }, info, async (stage) => {
            const address = ({ limit = LIMIT, warn = 0, query = '' }: Opening = {}) =>
              `${peerPages}${peer.subject}.html?limit=${limit}&warn=${warn}${query}`;
            const verdict = await play({
              peer,
              stage,
              address,
              async open(options) {
                const tab = await stage.open(address(options), options?.place);
                await armed(tab);
                return tab;
              },
              load: (options) => stage.open(`${address(options)}&waiting`, options?.place),
            });
            info.annotations.push({ type: 'verdict', description: verdict });
          });
        });
      }
    }
  });
}
