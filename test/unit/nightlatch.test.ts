import { describe, expect, it } from 'vitest';
import type { EvidenceSource } from '../../src/ports.js';
import { isCovered } from '../../src/rules/view.js';
import { minutes, seconds } from '../../src/time/instant.js';
import { createScene } from './support/tabs.js';

describe('one tab and a server', () => {
  it('is absent until somebody signs in, and open after', async () => {
    const scene = createScene();
    const tab = scene.open();
    expect(tab.phase()).toBe('pending');
    await scene.pass(seconds(2));
    expect(tab.phase()).toBe('absent');
    const view = await begin(scene, tab, 'ana');
    expect(view.phase).toBe('active');
    expect(tab.events.map(({ type }) => type)).toContain('session-opened');
  });

  it('warns before the idle deadline and ends at it', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await scene.pass(minutes(13) + seconds(1));
    expect(tab.phase()).toBe('warning');
    await scene.pass(minutes(2));
    expect(tab.phase()).toBe('ended');
    expect(tab.latch.getView()).toMatchObject({ reason: 'idle' });
  });

  it('stays open while the person works, and touches the server', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    for (let i = 0; i < 40; i += 1) {
      await scene.pass(minutes(1));
      tab.page.act();
    }
    expect(tab.phase()).toBe('active');
  });

  it('does not reopen an expired session when the mouse moves', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    scene.network.state = 'silent';
    await scene.pass(minutes(15) - seconds(1));
    tab.page.act();
    expect(tab.phase()).toBe('expired');
    await scene.pass(seconds(5));
    expect(tab.phase()).toBe('ended');
    tab.page.act();
    expect(tab.phase()).toBe('ended');
    scene.reload(tab);
    await scene.pass(seconds(2));
    expect(tab.phase()).toBe('ended');
    scene.network.state = 'up';
    await scene.pass(minutes(2));
    expect(tab.phase()).toBe('absent');
  });

  it('aborts its signal at the end, and has a new one for the next session before any listener hears of that', async () => {
    const scene = createScene();
    const tab = scene.open();
    const seen: { readonly phase: string; readonly signal: AbortSignal; readonly isAborted: boolean }[] = [];
    tab.latch.subscribe(({ phase }) => {
      const signal = tab.latch.endSignal;
      seen.push({ phase, signal, isAborted: signal.aborted });
    });
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    const first = tab.latch.endSignal;
    expect(first.aborted).toBe(false);
    void tab.latch.signOut();
    await scene.pass(seconds(1));
    expect(first.aborted).toBe(true);
    expect(tab.latch.endSignal).toBe(first);
    await begin(scene, tab, 'ana');
    expect(tab.latch.endSignal.aborted).toBe(false);
    expect(seen.at(-1)).toEqual({ phase: 'active', signal: tab.latch.endSignal, isAborted: false });
  });

  it('has a new end signal where the same person’s next session takes the place of one that nobody ended here', async () => {
    const scene = createScene();
    const [tab, other] = [scene.open(), scene.open()];
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await scene.pass(seconds(2));
    const first = other.latch.endSignal;
    const seen: boolean[] = [];
    other.latch.subscribe(({ phase }) => {
      if (phase === 'active') seen.push(first.aborted, other.latch.endSignal.aborted);
    });
    await begin(scene, tab, 'ana');
    await scene.pass(seconds(3));
    expect(other.latch.getView()).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(seen).toEqual([true, false]);
    expect(other.latch.endSignal).not.toBe(first);
  });

  it('extends only when the server has confirmed it', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await scene.pass(minutes(14));
    tab.page.act();
    expect(tab.phase()).toBe('warning');
    const extended = tab.latch.extend();
    expect(tab.phase()).toBe('warning');
    await scene.pass(seconds(1));
    await extended;
    expect(tab.phase()).toBe('active');
  });
});

describe('what the page does to itself', () => {
  it('is no activity: where a warning closes because the limits became longer, the focus goes back by itself', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    tab.page.act();
    await scene.pass(minutes(14));
    expect(tab.phase()).toBe('warning');
    const lastActivity = () => (tab.latch.getView() as { lastActivityAt?: number }).lastActivityAt;
    const before = lastActivity();
    scene.server.changePolicy({ idleTimeout: minutes(30) });
    tab.latch.subscribe(({ phase }) => {
      if (phase === 'active') tab.page.act('weak');
    });
    await scene.pass(seconds(5));
    expect(tab.phase()).toBe('active');
    expect(lastActivity()).toBe(before);
  });
});

describe('a night of sleep', () => {
  it('covers at the first look, and ends as soon as a network that was away for a while is back', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await scene.pass(seconds(5));
    scene.network.state = 'silent';
    // The monotonic clock stood still: offline nobody can say whether the night has been one.
    scene.clock.sleep(minutes(60 * 9));
    tab.page.act();
    expect(tab.phase()).toBe('expired');
    await scene.pass(seconds(20));
    expect(tab.phase()).toBe('expired');
    scene.network.state = 'up';
    await scene.pass(seconds(45));
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'idle' });
  });
});

describe('what else sees the person', () => {
  it('keeps the session open, is told of a warning, and is left when the SDK stops', async () => {
    const scene = createScene();
    let heard: Parameters<EvidenceSource['start']>[0] | undefined;
    let isWarned = () => false;
    const tab = scene.open({
      evidence: [
        {
          name: 'camera',
          start(listener, around) {
            heard = listener;
            isWarned = around.isWarned;
            return () => {
              heard = undefined;
            };
          },
        },
      ],
    });
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    for (let i = 0; i < 20; i += 1) {
      await scene.pass(minutes(1));
      heard?.strong(0);
    }
    expect([tab.phase(), isWarned()]).toEqual(['active', false]);
    await scene.pass(minutes(14));
    expect([tab.phase(), isWarned()]).toEqual(['warning', true]);
    tab.latch.stop();
    expect(heard).toBeUndefined();
  });

  it('is reported where it fails to start, and the rest goes on', async () => {
    const scene = createScene();
    const broken: EvidenceSource = {
      name: 'camera',
      start() {
        throw new Error('no camera');
      },
    };
    const tab = scene.open({ evidence: [broken] });
    await scene.pass(seconds(2));
    expect(tab.events).toContainEqual(
      expect.objectContaining({ type: 'source-failed', source: 'camera', problem: 'Error: no camera' }),
    );
    expect((await begin(scene, tab, 'ana')).phase).toBe('active');
  });
});

describe('several tabs and a server', () => {
  it('opens in all tabs, ends in all tabs, and wipes in all tabs', async () => {
    const scene = createScene();
    const wiped: string[] = [];
    const tabs = [1, 2, 3].map((n) =>
      scene.open({
        wipe: [
          { name: 'memory', scope: 'tab', wipe: () => void wiped.push(`tab ${n}`) },
          { name: 'tokens', scope: 'shared', wipe: () => void wiped.push('shared') },
        ],
      }),
    );
    await scene.pass(seconds(2));
    await begin(scene, tabs[0]!, 'ana');
    await scene.pass(seconds(2));
    expect(tabs.map((tab) => tab.phase())).toEqual(['active', 'active', 'active']);
    void tabs[1]!.latch.signOut();
    await scene.pass(seconds(1));
    expect(tabs.map((tab) => tab.phase())).toEqual(['ended', 'ended', 'ended']);
    expect(wiped.sort()).toEqual(['shared', 'tab 1', 'tab 2', 'tab 3']);
    expect(scene.server.sessions()[0]?.end?.reason).toBe('signed-out');
    scene.reload(tabs[2]!);
    await scene.pass(seconds(2));
    expect(tabs[2]!.latch.getView()).toMatchObject({ phase: 'absent', lastEnd: { reason: 'signed-out' } });
  });

  it('ends every tab when the server revokes', async () => {
    const scene = createScene();
    const tabs = [scene.open(), scene.open()];
    await scene.pass(seconds(2));
    await begin(scene, tabs[0]!, 'ana');
    await scene.pass(seconds(2));
    scene.server.revoke(scene.server.sessions()[0]!.id);
    await scene.pass(seconds(1));
    expect(tabs.map((tab) => tab.phase())).toEqual(['ended', 'ended']);
  });

  it('warns in no tab before it is due, when the server shortens limit and lead', async () => {
    const scene = createScene();
    const tabs = [scene.open(), scene.open(), scene.open()];
    await scene.pass(seconds(2));
    await begin(scene, tabs[0]!, 'ana');
    await scene.pass(minutes(1));
    tabs[0]!.page.act();
    await scene.pass(seconds(2));
    // So slow that the other tabs have heard of the shorter deadline long before they are answered about the policy.
    scene.network.requestDelay = [300, 300];
    scene.network.replyDelay = [300, 300];
    const warned: [tab: number, left: number][] = [];
    tabs.forEach(({ latch }, tab) => {
      latch.subscribe((view) => {
        if (view.phase === 'warning') warned.push([tab, view.deadline.at - scene.server.now()]);
      });
    });
    scene.server.changePolicy({ idleTimeout: seconds(60), warnBefore: seconds(20) });
    await scene.pass(seconds(1));
    const leads = tabs.map(({ latch }) => deadlineOf(latch.getView()) - scene.server.now());
    expect(leads).toEqual([
      expect.closeTo(seconds(57), -4),
      expect.closeTo(seconds(57), -4),
      expect.closeTo(seconds(57), -4),
    ]);
    expect(warned).toEqual([]);
    await scene.pass(seconds(60));
    expect(warned.map(([tab]) => tab).sort()).toEqual([0, 1, 2]);
    for (const [, left] of warned) expect(Math.abs(left - seconds(20))).toBeLessThan(seconds(1));
    expect(tabs.map((tab) => tab.phase())).toEqual(['ended', 'ended', 'ended']);
  });

  it('keeps a tab open that is not worked in, while the person works in another', async () => {
    const scene = createScene();
    const tabs = [scene.open(), scene.open()];
    await scene.pass(seconds(2));
    await begin(scene, tabs[0]!, 'ana');
    for (let i = 0; i < 40; i += 1) {
      await scene.pass(minutes(1));
      tabs[0]!.page.act();
    }
    expect(tabs.map((tab) => tab.phase())).toEqual(['active', 'active']);
  });

  it('replaces the session of one person by that of another only after a reload', async () => {
    const scene = createScene();
    const [one, two] = [scene.open(), scene.open()];
    await scene.pass(seconds(2));
    await begin(scene, one, 'ana');
    await scene.pass(seconds(2));
    await begin(scene, two, 'ben');
    await scene.pass(seconds(2));
    expect(two.phase()).toBe('active');
    expect(one.latch.getView()).toMatchObject({ phase: 'ended', reason: 'replaced' });
    scene.reload(one);
    await scene.pass(seconds(2));
    expect(one.phase()).toBe('active');
  });
});

describe('a page that comes back', () => {
  async function away(how: 'freeze' | 'park') {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    await begin(scene, tab, 'ana');
    await scene.pass(seconds(2));
    tab.page[how]();
    await scene.pass(seconds(30));
    const covered: boolean[] = [];
    tab.latch.subscribe((view) => covered.push(isCovered(view)));
    return { scene, tab, covered, back: () => (how === 'park' ? tab.page.restore() : tab.page.resume()) };
  }

  for (const how of ['freeze', 'park'] as const) {
    it(`after ${how}: is covered from the first task on, and ended by the server's word`, async () => {
      const { scene, tab, covered, back } = await away(how);
      scene.server.revoke(scene.server.sessions()[0]!.id);
      back();
      expect(tab.latch.getView()).toEqual({ phase: 'pending', covered: true });
      tab.page.act();
      await scene.pass(seconds(1));
      expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'revoked' });
      expect(covered).toEqual([true, true]);
    });

    it(`after ${how}: opens again when the server has said so, and asks once for it`, async () => {
      const { scene, tab, covered, back } = await away(how);
      back();
      await scene.pass(seconds(1));
      expect(tab.phase()).toBe('active');
      expect(covered).toEqual([true, false]);
      expect(tab.events.filter(({ type }) => type === 'session-opened')).toHaveLength(1);
    });

    it(`after ${how}: goes on by what it knows where the server says nothing for three seconds`, async () => {
      const { scene, tab, back } = await away(how);
      scene.network.state = 'silent';
      back();
      await scene.pass(seconds(2.9));
      expect(tab.latch.getView()).toEqual({ phase: 'pending', covered: true });
      await scene.pass(seconds(0.2));
      expect(tab.phase()).toBe('active');
    });
  }

  it('to a silent server reads the mirror before it goes on by what it knows', async () => {
    const { scene, covered, tab, back } = await away('freeze');
    const other = scene.open();
    await scene.pass(seconds(2));
    Object.assign(scene.browser.conditions, { messageLoss: 1, storageEventLoss: 1 });
    scene.network.state = 'silent';
    back();
    await scene.pass(seconds(2.9));
    void other.latch.signOut();
    await scene.pass(seconds(0.05));
    expect(covered).toEqual([true]);
    await scene.pass(seconds(0.1));
    expect(tab.latch.getView()).toMatchObject({ phase: 'ended', reason: 'signed-out' });
    expect(covered).toEqual([true, true]);
  });

  it('and leaves and comes back again, before the server has spoken, waits for it anew and no longer', async () => {
    const { scene, tab, covered, back } = await away('freeze');
    back();
    tab.page.park();
    await scene.pass(seconds(1));
    tab.page.restore();
    expect(tab.latch.getView()).toEqual({ phase: 'pending', covered: true });
    await scene.pass(seconds(3.1));
    expect(tab.phase()).toBe('active');
    expect(covered).toEqual([true, false]);
  });

  it('is not held up without a server: what it knows is all there is', async () => {
    const scene = createScene({ local: true });
    const tab = scene.open();
    await scene.pass(seconds(3));
    tab.page.park();
    await scene.pass(seconds(30));
    tab.page.restore();
    expect(tab.phase()).toBe('active');
  });
});

describe('a page that another person has taken over', () => {
  it('tells the other tabs of the session that is begun on it', async () => {
    const scene = createScene();
    const [one, two, three] = [scene.open(), scene.open(), scene.open()];
    await scene.pass(seconds(2));
    await begin(scene, one, 'ana');
    await scene.pass(seconds(2));
    await begin(scene, two, 'ben');
    await scene.pass(seconds(2));
    expect(one.latch.getView()).toMatchObject({ phase: 'ended', reason: 'replaced' });
    scene.reload(three);
    await scene.pass(seconds(2));
    await begin(scene, one, 'ben');
    expect([one.phase(), two.phase(), three.phase()]).toEqual(['active', 'active', 'active']);
    expect(session(three)).toBe(session(one));
  });
});

describe('without a server', () => {
  it('begins by itself, warns and ends in both tabs, and stays ended after a reload', async () => {
    const scene = createScene({ local: true });
    const tabs = [scene.open(), scene.open()];
    await scene.pass(seconds(3));
    expect(tabs.map((tab) => tab.phase())).toEqual(['active', 'active']);
    expect(session(tabs[0]!)).toBe(session(tabs[1]!));
    for (let i = 0; i < 20; i += 1) {
      await scene.pass(minutes(1));
      tabs[0]!.page.act();
    }
    expect(tabs.map((tab) => tab.phase())).toEqual(['active', 'active']);
    await scene.pass(minutes(14));
    expect(tabs.map((tab) => tab.phase())).toEqual(['warning', 'warning']);
    await scene.pass(minutes(1) + seconds(2));
    expect(tabs.map((tab) => tab.phase())).toEqual(['ended', 'ended']);
    scene.reload(tabs[0]!);
    await scene.pass(seconds(2));
    expect(tabs[0]!.phase()).toBe('ended');
  });
});

function deadlineOf(view: object): number {
  return 'deadline' in view ? (view.deadline as { at: number }).at : Number.NaN;
}

function session(tab: { latch: { getView(): object } }): unknown {
  const view = tab.latch.getView();
  return 'session' in view ? (view.session as { id: string }).id : undefined;
}

async function begin(
  scene: ReturnType<typeof createScene>,
  tab: ReturnType<ReturnType<typeof createScene>['open']>,
  subject: string,
) {
  const begun = tab.latch.begin({
    signIn: async () => {
      await tab.backend?.signIn(subject);
    },
  });
  await scene.pass(seconds(2));
  return begun;
}
