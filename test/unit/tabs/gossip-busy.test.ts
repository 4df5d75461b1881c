import { expect, it } from 'vitest';
import { seconds } from '../../../src/time/instant.js';
import { createScene } from '../support/tabs.js';

it.each([1, 2, 3])('there is about one message a second while the person is busy in %i tabs (A3)', async (busy) => {
  const scene = createScene({ local: true });
  const tabs = [1, 2, 3].map(() => scene.open());
  await scene.pass(seconds(10));
  let heard = 0;
  scene.browser.openTab().page.world.openChannel('nightlatch:test', () => {
    heard += 1;
  });
  for (let i = 0; i < 60 * busy; i += 1) {
    tabs[i % busy]!.page.act();
    await scene.pass(seconds(1) / busy);
  }
  expect(heard).toBeLessThanOrEqual(66);
});
