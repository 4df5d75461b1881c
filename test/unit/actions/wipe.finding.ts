import { describe, expect, it } from 'vitest';
import type { Wiper } from '../../../src/ports.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { createScene, type Scene, type Tab } from '../support/tabs.js';

async function begin(scene: Scene, tab: Tab, subject?: string): Promise<void> {
  const begun = tab.latch.begin(
    subject === undefined ? {} : { signIn: async () => void (await tab.backend?.signIn(subject)) },
  );
  await scene.pass(seconds(3));
  await begun;
}

const recorder = () => {
  const wiped: string[] = [];
  const wipe: Wiper[] = [
    { name: 'memory', scope: 'tab', wipe: ({ sessionId }) => void wiped.push(`tab ${sessionId}`) },
    { name: 'tokens', scope: 'shared', wipe: ({ sessionId }) => void wiped.push(`shared ${sessionId}`) },
  ];
  return { wiped, wipe };
};

describe('a session for which begin() is called once more', () => {
  it('is wiped when it ends', async () => {
    const scene = createScene();
    const { wiped, wipe } = recorder();
    const tab = scene.open({ wipe });
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await begin(scene, tab);
    expect(tab.phase()).toBe('active');
    wiped.length = 0;
    scene.server.revoke('session 1');
    await scene.pass(minutes(2));
    expect(tab.phase()).toBe('ended');
    expect(wiped.sort()).toEqual(['shared session 1', 'tab session 1']);
  });
  it('is not swept while it is open', async () => {
    const scene = createScene();
    const { wiped, wipe } = recorder();
    const tab = scene.open({ wipe });
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    wiped.length = 0;
    await begin(scene, tab);
    expect(wiped).toEqual([]);
  });
  it('is wiped when the person signs out', async () => {
    const scene = createScene();
    const { wiped, wipe } = recorder();
    const tab = scene.open({ wipe });
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await begin(scene, tab);
    wiped.length = 0;
    void tab.latch.signOut();
    await scene.pass(seconds(20));
    expect(wiped.sort()).toEqual(['shared session 1', 'tab session 1']);
  });
});

describe('where the begun key is gone and the mirror names an earlier session', () => {
  it('the door sweeps what that session left (S3)', async () => {
    const scene = createScene();
    const { wiped, wipe } = recorder();
    const one = scene.open({ wipe });
    await scene.pass(seconds(2));
    await begin(scene, one, 'ana');
    await scene.pass(seconds(2));
    one.tab.close();
    await scene.pass(seconds(2));
    wiped.length = 0;
    scene.browser.storage.put('nightlatch:test:begun', null);
    const app = scene.open({ wipe });
    void app.backend!.signIn('ben', undefined);
    await scene.pass(seconds(5));
    expect(app.phase()).toBe('active');
    expect(wiped.filter((one) => one.startsWith('shared'))).toHaveLength(1);
  });
});
