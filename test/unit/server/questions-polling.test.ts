import { expect, it } from 'vitest';
import { createNightlatch } from '../../../src/nightlatch.js';
import { createFakeBackend } from '../../../src/testing/fake-backend.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { createScene } from '../support/tabs.js';

it('asks with back-off while the server is unreachable, and not once a second', async () => {
  const scene = createScene();
  const { page } = scene.browser.openTab();
  const backend = createFakeBackend(scene.server, {
    clock: page.world.clock,
    jar: scene.jar,
    network: scene.network,
    page: page.life,
  });
  let peeks = 0;
  const latch = createNightlatch(
    {
      name: 'test',
      backend: {
        ...backend,
        peek: (signal) => {
          peeks += 1;
          return backend.peek(signal);
        },
      },
    },
    page.world,
  );
  latch.start();
  await scene.pass(seconds(2));
  const begun = latch.begin({ signIn: async () => void (await backend.signIn('ana')) });
  await scene.pass(seconds(3));
  await begun;
  expect(latch.getView().phase).toBe('active');
  await scene.pass(minutes(2));
  scene.network.state = 'down';
  scene.network.streamLoss = 1;
  scene.server.changePolicy({ pollEvery: minutes(1) });
  await scene.pass(minutes(1));
  peeks = 0;
  await scene.pass(minutes(5));
  expect(latch.getView().phase).toBe('active');
  expect(peeks).toBeLessThan(20);
});
