import { describe, expect, it } from 'vitest';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { NOON } from '../support/facts.js';
import { createScene, type Scene, type Tab } from '../support/tabs.js';

const M = minutes;

/** The session that a tab names, if it names one. */
function session(tab: Tab): { readonly id: string; readonly order: number; readonly subject?: string } | undefined {
  const view = tab.latch.getView();
  return 'session' in view ? view.session : undefined;
}

async function begin(scene: Scene, tab: Tab, subject?: string): Promise<void> {
  const begun = tab.latch.begin(subject === undefined ? {} : { subject });
  await scene.pass(seconds(5));
  await begun;
}

/** Tabs on the local policy, in which a session has started. */
async function createLocal(count: number, how: Parameters<typeof createScene>[0] = {}) {
  const scene = createScene({ ...how, local: true });
  const wiped: string[] = [];
  const open = () =>
    scene.open({ wipe: [{ name: 'tokens', scope: 'shared', wipe: ({ sessionId }) => void wiped.push(sessionId) }] });
  const tabs = Array.from({ length: count }, open);
  await scene.pass(seconds(3));
  return { scene, tabs, open, wiped };
}

describe('without a server a page that finds nothing', () => {
  it('listens for half a second, and then begins (M2)', async () => {
    const scene = createScene({ local: true });
    const tab = scene.open();
    await scene.pass(499);
    expect(tab.phase()).toBe('pending');
    await scene.pass(101);
    expect(tab.phase()).toBe('active');
    expect(session(tab)?.order).toBeGreaterThanOrEqual(NOON);
  });

  it('joins the session that others have, by the mirror, at once', async () => {
    const { scene, tabs, open } = await createLocal(1);
    await scene.pass(M(1));
    const late = open();
    await scene.pass(0);
    expect([late.phase(), session(late)]).toEqual(['active', session(tabs[0]!)]);
  });

  it('joins the session that others have, by the channel, where storage is blocked', async () => {
    const scene = createScene({ local: true });
    scene.browser.conditions.storage = 'blocked';
    const one = scene.open();
    await scene.pass(seconds(2));
    const two = scene.open();
    await scene.pass(seconds(2));
    expect([two.phase(), session(two)?.id]).toEqual(['active', session(one)?.id]);
  });

  it.each<[what: string, channel: 'ok' | 'missing', turns: 'ok' | 'missing' | 'hung']>([
    ['all is well', 'ok', 'ok'],
    ['there is no channel', 'missing', 'ok'],
    ['there are no turns', 'ok', 'missing'],
    ['turns hang', 'ok', 'hung'],
  ])('shares one session with all that are loaded at once, where %s', async (_, channel, turns) => {
    const scene = createScene({ local: true });
    Object.assign(scene.browser.conditions, { channel, turns });
    const tabs = [1, 2, 3, 4, 5].map(() => scene.open());
    await scene.pass(seconds(20));
    expect(new Set(tabs.map((tab) => session(tab)?.id)).size).toBe(1);
    expect(tabs.map((tab) => tab.phase())).toEqual(tabs.map(() => 'active'));
  });

  it('begins a session that ends where the policy says so', async () => {
    const { scene, tabs } = await createLocal(1, { policy: { absoluteTimeout: M(20), warnBeforeAbsolute: M(2) } });
    for (let i = 0; i < 17; i += 1) {
      await scene.pass(M(1));
      tabs[0]!.page.act();
    }
    await scene.pass(M(1) + seconds(30));
    expect(tabs[0]!.latch.getView()).toMatchObject({ phase: 'warning', deadline: { cause: 'absolute' } });
    await scene.pass(M(3));
    expect(tabs[0]!.latch.getView()).toMatchObject({ phase: 'ended', reason: 'absolute' });
  });
});

describe('an ended session without a server', () => {
  it('stays ended until begin(), through a reload and in a new tab', async () => {
    const { scene, tabs, open } = await createLocal(2);
    void tabs[0]!.latch.signOut();
    await scene.pass(seconds(2));
    scene.reload(tabs[1]!);
    const late = open();
    await scene.pass(hours(1));
    expect([...tabs, late].map((tab) => tab.phase())).toEqual(['ended', 'ended', 'ended']);
    await begin(scene, late);
    await scene.pass(seconds(5));
    expect([...tabs, late].map((tab) => tab.phase())).toEqual(['active', 'active', 'active']);
  });

  it('is not opened by a mirror that was set back: it is written again (M3)', async () => {
    const { scene, tabs } = await createLocal(1);
    const before = scene.browser.storage.contents.get('nightlatch:test:facts')!;
    void tabs[0]!.latch.signOut();
    await scene.pass(seconds(3));
    scene.browser.storage.put('nightlatch:test:facts', before);
    await scene.pass(seconds(3));
    scene.reload(tabs[0]!);
    await scene.pass(seconds(3));
    expect(tabs[0]!.phase()).toBe('ended');
  });

  it('is followed by one of a higher order, though the clock was set back', async () => {
    const { scene, tabs } = await createLocal(1);
    const first = session(tabs[0]!)!;
    scene.clock.stepWall(-hours(24));
    scene.reload(tabs[0]!);
    await scene.pass(seconds(2));
    await begin(scene, tabs[0]!);
    expect(session(tabs[0]!)?.id).not.toBe(first.id);
    expect(session(tabs[0]!)!.order).toBeGreaterThan(first.order);
  });
});

it.each([2, 3, 4, 5, 6])(
  '%d pages that begin in the same millisecond, where nobody takes turns, leave the begun key of the session that they show, and so wipe it',
  async (count) => {
    const scene = createScene({ local: true });
    Object.assign(scene.browser.conditions, { turns: 'missing', messageDelay: [300, 1_000], storageDelay: [0, 50] });
    const wiped: string[] = [];
    const tabs = Array.from({ length: count }, () =>
      scene.open({ wipe: [{ name: 'tokens', scope: 'shared', wipe: ({ sessionId }) => void wiped.push(sessionId) }] }),
    );
    await scene.pass(seconds(5));
    const shown = session(tabs[0]!)!.id;
    for (const tab of tabs) expect(session(tab)?.id).toBe(shown);
    expect(JSON.parse(tabs[0]!.page.world.shared.get('nightlatch:test:begun') ?? '{}')).toMatchObject({ id: shown });
    wiped.length = 0;
    await scene.pass(M(16));
    expect([...new Set(wiped)]).toEqual([shown]);
  },
);

it('a local session has a higher order than any that was begun before, whatever the clock says', async () => {
  const { scene, tabs } = await createLocal(1);
  scene.browser.storage.put('nightlatch:test:begun', JSON.stringify({ id: 'before', order: 8e15 }));
  await begin(scene, tabs[0]!);
  expect(session(tabs[0]!)!.order).toBe(8e15 + 1);
});

describe('another session that begins without a server', () => {
  it('of the same person opens in all tabs, and what the first left is wiped once', async () => {
    const { scene, tabs, wiped } = await createLocal(3);
    await begin(scene, tabs[0]!, 'ana');
    wiped.length = 0;
    const first = session(tabs[0]!)!.id;
    await begin(scene, tabs[1]!, 'ana');
    await scene.pass(seconds(5));
    expect(new Set(tabs.map((tab) => session(tab)?.id)).size).toBe(1);
    expect(session(tabs[0]!)!.id).not.toBe(first);
    expect(wiped).toEqual([first]);
  });

  it('of another person ends the other tabs, until they are loaded anew', async () => {
    const { scene, tabs } = await createLocal(2);
    await begin(scene, tabs[0]!, 'ana');
    await scene.pass(seconds(5));
    await begin(scene, tabs[1]!, 'ben');
    await scene.pass(seconds(5));
    expect(tabs[0]!.latch.getView()).toMatchObject({ phase: 'ended', reason: 'replaced' });
    scene.reload(tabs[0]!);
    await scene.pass(seconds(5));
    expect(session(tabs[0]!)?.subject).toBe('ben');
  });

  it('opens in other tabs also where its keys become visible late (M2)', async () => {
    const { scene, tabs } = await createLocal(2);
    scene.browser.conditions.storageDelay = [2_000, 2_000];
    void tabs[0]!.latch.begin({ subject: 'ben' });
    await scene.pass(seconds(20));
    expect(session(tabs[1]!)?.id).toBe(session(tabs[0]!)?.id);
  });

  it('that is only claimed, by a message that nobody stands up for, opens nothing', async () => {
    const { scene, tabs } = await createLocal(2);
    const before = session(tabs[0]!)!.id;
    scene.browser.forgeMessage('nightlatch:test', {
      nightlatch: 'facts',
      format: 1,
      session: { id: 'forged', order: 9e12, startedAt: NOON },
    });
    await scene.pass(seconds(60));
    expect(tabs.map((tab) => [tab.phase(), session(tab)?.id])).toEqual([
      ['active', before],
      ['active', before],
    ]);
  });
});

describe('time without a server (M1)', () => {
  it('counts a sleep: the lid was closed for the night', async () => {
    const { scene, tabs } = await createLocal(2);
    scene.clock.sleep(hours(8));
    tabs[0]!.page.act();
    expect(tabs[0]!.phase()).toBe('expired');
    await scene.pass(seconds(35));
    expect(tabs.map((tab) => tab.phase())).toEqual(['ended', 'ended']);
  });

  it('ends a session where the clock was set forward', async () => {
    const { scene, tabs } = await createLocal(1);
    scene.clock.stepWall(hours(1));
    await scene.pass(seconds(35));
    expect(tabs[0]!.phase()).toBe('ended');
  });

  it('gives no more time where the clock was set back', async () => {
    const { scene, tabs } = await createLocal(1);
    await scene.pass(M(10));
    scene.clock.stepWall(-hours(5));
    await scene.pass(M(5) + seconds(10));
    expect(tabs[0]!.phase()).toBe('ended');
  });
});
