/** Pages that are made ready in case somebody wants them: nobody is there, and nobody may ever come. */
import { expect, test } from 'vitest';
import { createNightlatch } from '../../src/nightlatch.js';
import type { Store } from '../../src/ports.js';
import { isCovered } from '../../src/rules/view.js';
import { createFakeBackend } from '../../src/testing/fake-backend.js';
import { minutes, seconds } from '../../src/time/instant.js';
import { createScene, settle } from './support/tabs.js';

/** A page that is made ready beside a tab in which somebody has signed in. `done` is what it has done so far. */
async function setUp() {
  const scene = createScene({ fetch: async () => new Response('fine') });
  const front = scene.open();
  await scene.pass(seconds(2));
  const begun = front.latch.begin({ signIn: async () => void (await front.backend?.signIn('ana')) });
  await scene.pass(seconds(2));
  await begun;

  const { page } = scene.browser.openTab();
  const { clock, presence, openChannel, shared, own } = page.world;
  const done: string[] = [];
  const tell = ({ type }: { readonly type: string }) => void (type === 'sent' && done.push('request'));
  const { jar, network } = scene;
  const watched = (store: Store): Store => ({
    ...store,
    set(key, value) {
      done.push('write');
      store.set(key, value);
    },
  });
  let opening: (() => void) | undefined = () => {};
  const opened = new Promise<void>((resolve) => {
    opening = resolve;
  });
  const latch = createNightlatch(
    {
      name: 'test',
      backend: createFakeBackend(scene.server, { clock, jar, network, page: page.life, tell }),
      wipe: [{ name: 'tokens', scope: 'shared', wipe: () => void done.push('wipe') }],
      onEvent: ({ type }) => void done.push(type),
    },
    {
      ...page.world,
      openChannel: (...given) => {
        done.push('channel');
        return openChannel(...given);
      },
      shared: watched(shared),
      own: watched(own),
      presence: { ...presence, prerendering: () => (opening ? opened : undefined) },
    },
  );
  return {
    scene,
    front,
    latch,
    done,
    /** Somebody comes to the page. */
    async open() {
      opening?.();
      opening = undefined;
      await settle();
    },
  };
}

test('a page that nobody has opened yet asks nothing, says nothing and clears nothing', async () => {
  const { scene, latch, done } = await setUp();
  latch.start();
  await scene.pass(minutes(5));
  expect(done).toEqual([]);
  expect(latch.getView()).toEqual({ phase: 'pending', covered: false });
});

test('opens as soon as somebody comes to it, and not on what was so before', async () => {
  const { scene, latch, done, open } = await setUp();
  latch.start();
  await scene.pass(minutes(1));
  await open();
  await scene.pass(seconds(1));
  expect(done).toContain('session-opened');
  expect(latch.getView().phase).toBe('active');
});

test('is covered in the moment of its opening where the session has ended meanwhile', async () => {
  const { scene, front, latch, open } = await setUp();
  latch.start();
  await scene.pass(minutes(1));
  const out = front.latch.signOut();
  await scene.pass(seconds(1));
  await out;
  scene.network.state = 'silent';
  await open();
  expect(latch.getView()).toMatchObject({ phase: 'ended', reason: 'signed-out' });
});

test('is covered in the moment of its opening where the deadline has passed meanwhile', async () => {
  const { scene, front, latch, open } = await setUp();
  latch.start();
  front.page.crash();
  await scene.pass(minutes(20));
  scene.network.state = 'silent';
  await open();
  expect(isCovered(latch.getView())).toBe(true);
});

test('what the app asks for beforehand waits until somebody comes', async () => {
  const { scene, front, latch, done, open } = await setUp();
  latch.start();
  const checked = latch.check();
  const fetched = latch.fetch('/api/accounts');
  await scene.pass(minutes(1));
  expect(done).toEqual([]);
  await open();
  await scene.pass(seconds(1));
  expect((await checked).phase).toBe('active');
  expect(await (await fetched).text()).toBe('fine');
  expect(front.phase()).toBe('active');
});

test('a link to a page that signs out signs nobody out who has not opened it', async () => {
  const { scene, front, latch, open } = await setUp();
  latch.start();
  const out = latch.signOut();
  await scene.pass(minutes(1));
  expect(front.phase()).toBe('active');
  await open();
  await scene.pass(seconds(1));
  await out;
  expect(front.phase()).toBe('ended');
});

test('one that is stopped before anybody comes does not begin', async () => {
  const { scene, latch, done, open } = await setUp();
  latch.start();
  latch.stop();
  await open();
  await scene.pass(minutes(1));
  expect(done).toEqual([]);
});
