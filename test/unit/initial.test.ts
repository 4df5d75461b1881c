/** The option `initial`: the session document that came with the page. */
import { describe, expect, it } from 'vitest';
import type { NightlatchEvent } from '../../src/events.js';
import { encodePolicy } from '../../src/facts/policy-wire.js';
import type { Nightlatch } from '../../src/latch.js';
import { createNightlatch } from '../../src/nightlatch.js';
import type { SessionDocument, World } from '../../src/ports.js';
import { createFakeBackend } from '../../src/testing/fake-backend.js';
import type { FakeCall } from '../../src/testing/fake-server.js';
import type { FakePage } from '../../src/testing/fake-tabs.js';
import type { Arrival } from '../../src/time/arrival.js';
import { hours, minutes, seconds } from '../../src/time/instant.js';
import { createScene as createTabs, type Scene } from './support/tabs.js';

/** What a server writes into its page. */
function wireOf({ serverTime, session, policy, ...rest }: SessionDocument): Record<string, unknown> {
  const at = (instant: number | undefined) => (instant === undefined ? null : instant / 1_000);
  return {
    server_time: serverTime / 1_000,
    rev: rest.rev,
    session: { id: session.id, order: session.order, started_at: session.startedAt / 1_000, subject: session.subject },
    auth_time: rest.authenticatedAt / 1_000,
    last_activity: at(rest.lastActivityAt),
    idle_expiry: at(rest.idleExpiry),
    session_expiry: at(rest.absoluteExpiry),
    locked_at: at(rest.lockedAt),
    policy: policy && encodePolicy(policy),
  };
}

interface Page {
  readonly latch: Nightlatch;
  readonly events: NightlatchEvent[];
  /** The calls it has sent. */
  readonly sent: FakeCall['type'][];
  /** The phases it has been in, from before its start; `covered` is a covered `pending`. */
  readonly phases: string[];
  types(): string[];
}

interface How {
  /** What of the document is different. */
  readonly change?: Record<string, unknown>;
  readonly given?: (document: Record<string, unknown>) => unknown;
  readonly arrival?: (arrival: Arrival) => Arrival | undefined;
  /** How long the page was on its way after the server made it. */
  readonly age?: number;
  /** What happens between the server's word and the start of the page. */
  readonly meanwhile?: () => void;
}

/** Somebody has signed in in one tab; another page is loaded, with the server's word in it. */
async function createScene() {
  const scene = createTabs();
  const first = scene.open();
  await scene.pass(seconds(2));
  await signIn(scene, first);

  async function load({
    change = {},
    given = (one) => one,
    arrival = (one) => one,
    age = 100,
    meanwhile,
  }: How = {}): Promise<Page> {
    const { page } = scene.browser.openTab();
    const requestedAt = page.world.clock.read();
    const asked = backendOf(scene, page).peek(new AbortController().signal);
    await scene.pass(1);
    const reply = await asked;
    if (reply.type !== 'document') throw new Error(reply.type);
    meanwhile?.();
    await scene.pass(age);
    const world: World = { ...page.world, arrival: () => arrival({ requestedAt }) };
    const events: NightlatchEvent[] = [];
    const sent: FakeCall['type'][] = [];
    const latch = createNightlatch(
      {
        name: 'test',
        backend: backendOf(scene, page, sent),
        initial: given({ ...wireOf(reply.document), ...change }),
        onEvent: (event) => events.push(event),
      },
      world,
    );
    const phases: string[] = ['pending'];
    latch.subscribe((view) => {
      const phase = view.phase === 'pending' && view.covered ? 'covered' : view.phase;
      if (phase !== phases.at(-1)) phases.push(phase);
    });
    latch.start();
    return { latch, events, sent, phases, types: () => events.map(({ type }) => type) };
  }

  return { ...scene, first, load };
}

function backendOf(scene: Scene, page: FakePage, sent: string[] = []) {
  return createFakeBackend(scene.server, {
    clock: page.world.clock,
    jar: scene.jar,
    network: scene.network,
    page: page.life,
    tell: (carried) => void (carried.type === 'sent' && sent.push(carried.call.type)),
  });
}

async function signIn(scene: Scene, tab: ReturnType<Scene['open']>) {
  const begun = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(seconds(2));
  await begun;
}

describe('the session document that came with the page', () => {
  it('opens it in the task of its start, and no question is asked', async () => {
    const scene = await createScene();
    const page = await scene.load();
    expect(page.latch.getView()).toMatchObject({ phase: 'active', session: { id: 'session 1' } });
    expect(page.phases).toEqual(['pending', 'active']);
    await scene.pass(seconds(20));
    expect(page.sent).toEqual([]);
    expect(page.phases).toEqual(['pending', 'active']);
    expect(page.types()).toContain('session-opened');
  });

  it('tells the time, as uncertain as the page was long on its way', async () => {
    const scene = await createScene();
    const page = await scene.load({ age: 700 });
    const { earliest, latest } = page.latch.read();
    expect(latest - earliest).toBeGreaterThanOrEqual(700);
    expect(latest - earliest).toBeLessThan(750);
    expect(earliest).toBeLessThanOrEqual(scene.server.now());
    expect(latest).toBeGreaterThanOrEqual(scene.server.now());
  });

  it('opens a page on a device that has never seen a session', async () => {
    const scene = await createScene();
    scene.first.latch.stop();
    scene.browser.storage.clear();
    const page = await scene.load();
    expect(page.phases).toEqual(['pending', 'active']);
  });

  it('opens a page that waits where the session is locked, and covers it', async () => {
    const scene = await createScene();
    scene.first.latch.lock();
    await scene.pass(seconds(2));
    const page = await scene.load();
    expect(page.latch.getView()).toMatchObject({ phase: 'locked', session: { id: 'session 1' } });
    expect(page.phases).not.toContain('active');
  });

  it('is no reason to open a session that the browser has not begun yet: the door asks', async () => {
    const scene = await createScene();
    // The app's own sign-in, as a form would send it: the page after it has the document, and no door was passed yet.
    scene.first.latch.stop();
    void scene.first.backend!.signIn('ben');
    await scene.pass(1);
    const page = await scene.load();
    expect(page.phases).toEqual(['pending']);
    await scene.pass(seconds(2));
    expect(page.phases).toEqual(['pending', 'active']);
    expect(page.latch.getView()).toMatchObject({ session: { id: 'session 2' } });
    expect(page.sent).toContain('peek');
  });

  it('gives way at once to an end that the mirror knows of', async () => {
    const scene = await createScene();
    const page = await scene.load({ meanwhile: () => void scene.first.latch.signOut() });
    await scene.pass(seconds(5));
    expect(page.phases).not.toContain('active');
    const told = { type: 'initial-ignored', because: 'the session has ended' };
    expect(page.events).toEqual(expect.arrayContaining([expect.objectContaining(told)]));
    expect(page.latch.getView()).toMatchObject({ phase: 'absent', lastEnd: { reason: 'signed-out' } });
  });

  it('opens nothing there while the server is silent', async () => {
    const scene = await createScene();
    scene.first.latch.stop();
    void scene.first.backend!.signIn('ben');
    await scene.pass(1);
    const page = await scene.load({
      meanwhile() {
        scene.network.state = 'silent';
      },
    });
    await scene.pass(seconds(30));
    expect(page.phases).toEqual(['pending', 'covered']);
  });

  it('is what the mirror is weighed against: more time than there can be is asked about, and not believed', async () => {
    const scene = await createScene();
    const page = await scene.load({
      meanwhile() {
        const key = 'nightlatch:test:facts';
        const kept = JSON.parse(scene.browser.storage.contents.get(key)!);
        kept.lease = { ...kept.lease, rev: 99, idleExpiry: kept.lease.idleExpiry + hours(9) };
        scene.browser.storage.put(key, JSON.stringify(kept));
      },
    });
    expect(deadlineOf(page)).toBeLessThanOrEqual(scene.server.now() + minutes(15));
    await scene.pass(seconds(2));
    expect(page.sent).toContain('peek');
    expect(deadlineOf(page)).toBeLessThanOrEqual(scene.server.now() + minutes(15));
  });

  it('gives way to a shorter deadline that the mirror knows of', async () => {
    const scene = await createScene();
    const page = await scene.load({ change: { idle_expiry: (scene.server.now() + minutes(200)) / 1_000, rev: 0 } });
    expect(deadlineOf(page)).toBeLessThanOrEqual(scene.server.now() + minutes(15));
  });
});

const deadlineOf = ({ latch }: Page): number => {
  const view = latch.getView();
  return 'deadline' in view ? (view.deadline?.at ?? Number.NaN) : Number.NaN;
};

describe('it is ignored, and the server asked as ever', () => {
  it.each<[what: string, how: How, told: object]>([
    [
      'where the page may be old',
      { arrival: (arrival) => ({ ...arrival, doubt: 'the page came from a cache' }) },
      { type: 'initial-ignored', because: 'the page came from a cache' },
    ],
    [
      'where nobody knows how the page came',
      { arrival: () => undefined },
      { type: 'initial-ignored', because: 'nothing is known of how the page came' },
    ],
    ['where the page was long on its way', { age: seconds(11) }, { type: 'initial-ignored' }],
    ['where its time is another', { change: { server_time: 1_795_000_000 } }, { type: 'initial-ignored' }],
    [
      'where it cannot be read',
      { change: { rev: 'x' } },
      { type: 'message-rejected', from: 'page', problem: 'rev is not a whole number of 0 or more' },
    ],
    ['where it is none', { given: () => 42 }, { type: 'message-rejected', from: 'page' }],
    [
      'where it is text',
      { given: JSON.stringify },
      { type: 'message-rejected', from: 'page', problem: 'it is a string: parse the JSON first' },
    ],
    [
      'where it throws when it is read',
      {
        given: () => ({
          get server_time() {
            throw new Error('boom');
          },
        }),
      },
      { type: 'message-rejected', from: 'page' },
    ],
    [
      'where its policy cannot be read',
      { change: { policy: { version: 1, idle_timeout: -5 } } },
      { type: 'policy-rejected' },
    ],
    [
      'where it has no policy',
      { change: { policy: null } },
      { type: 'policy-rejected', problem: 'the document carries no policy' },
    ],
  ])('%s', async (_, how, told) => {
    const scene = await createScene();
    const page = await scene.load(how);
    expect(page.phases).toEqual(['pending']);
    expect(page.events).toEqual(expect.arrayContaining([expect.objectContaining(told)]));
    await scene.pass(seconds(1));
    expect([page.phases, page.sent]).toEqual([['pending', 'active'], ['peek']]);
  });

  it.each([null, undefined])('where there is none (%s), and nobody is told', async (none) => {
    const scene = await createScene();
    const page = await scene.load({ given: () => none });
    await scene.pass(seconds(1));
    expect([page.phases, page.sent]).toEqual([['pending', 'active'], ['peek']]);
    expect(page.types()).not.toEqual(expect.arrayContaining([expect.stringMatching(/rejected|ignored/)]));
  });

  it('when the SDK is started a second time', async () => {
    const scene = await createScene();
    const page = await scene.load();
    page.latch.stop();
    await scene.pass(seconds(5));
    page.latch.start();
    await scene.pass(seconds(1));
    expect(page.sent).toEqual(['peek']);
  });
});
