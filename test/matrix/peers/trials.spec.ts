/** Tries the peers on the rows on which they can be tried. What they do is no failure: it is noted, for the table. */
import { test as base } from '@playwright/test';
import { chapters } from '../chapters.ts';
import { drivers } from '../drivers.ts';
import { onStage } from '../on-stage.ts';
import { buildSite } from '../site.ts';
import { buildPeers, type PeerSite, peerPages, peers } from './peers.ts';
import { armed, LIMIT } from './trial.ts';

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
      if (!tried) continue;
      const { on = ({ isBlind }) => !isBlind, launch, play } = tried;
      for (const peer of peers.filter(on)) {
        test(`${done} (${peer.subject})`, async ({ place: { pagesDir, peerSite } }, info) => {
          const driver = drivers.chromium;
          await onStage({ driver, pagesDir, launch, inFront: peerSite.inFront }, info, async (stage) => {
            const verdict = await play({
              peer,
              stage,
              async open({ limit = LIMIT, place, query = '' } = {}) {
                const tab = await stage.open(`${peerPages}${peer.subject}.html?limit=${limit}${query}`, place);
                await armed(tab);
                return tab;
              },
            });
            info.annotations.push({ type: 'verdict', description: verdict });
          });
        });
      }
    }
  });
}
