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

it('with a tab that is killed while the person works in it, no more than a second of it is lost (A3)', async () => {
  const lost: number[] = [];
  // At moments that do not keep step with anything that happens once a second.
  for (let moment = 0; moment < 12; moment += 1) {
    const scene = createScene({
      policy: { idleTimeout: seconds(60), warnBefore: seconds(20), touchEvery: seconds(3) },
    });
    const [killed, left] = [scene.open(), scene.open()];
    await scene.pass(seconds(2));
    void killed.latch.begin({ signIn: async () => void (await killed.backend?.signIn('ana')) });
    await scene.pass(seconds(4));
    const until = scene.clock.passed() + seconds(7) + moment * 170;
    let last = 0;
    while (scene.clock.passed() < until) {
      killed.page.act();
      last = scene.clock.read().wall;
      await scene.pass(90);
    }
    killed.page.crash();
    await scene.pass(100);
    const view = left.latch.getView();
    lost.push('lastActivityAt' in view ? last - view.lastActivityAt : Number.POSITIVE_INFINITY);
  }
  // Dated by the earliest that it can have been.
  expect(Math.max(...lost)).toBeLessThanOrEqual(seconds(1) + 200);
});
