/** A stage for one hand-written history: the simulated world with the real SDK, and what it said and did. */
import type { NightlatchEvent } from '../../src/events.js';
import type { Policy } from '../../src/facts/policy.js';
import { createNightlatch } from '../../src/nightlatch.js';
import type { SessionView } from '../../src/rules/view.js';
import type { Carried, FakeSession } from '../../src/testing.js';
import { forge } from './simulation/forge.js';
import type { Deed, Forgery, History } from './simulation/history.js';
import type { CreateLatch } from './simulation/latch.js';
import { drain } from './simulation/run.js';
import { createWorld, type Room, type SimWorld, type Watcher } from './simulation/world.js';

export const MINUTE = 60_000;

export interface Stage {
  readonly world: SimWorld;
  /** The page that is in a tab now; tabs count from 0, in the order of their opening. */
  room(tab: number): Room;
  view(tab: number): SessionView;
  phase(tab: number): SessionView['phase'];
  /** Lets time pass, and everything that falls due in it happen. */
  pass(milliseconds: number): Promise<void>;
  /** Does something, and lets follow what follows at once. */
  do(deed: Deed): Promise<void>;
  forge(what: Forgery, by?: 'message' | 'mirror'): Promise<void>;
  /** Calls that a page has sent so far, of one type or all. */
  sent(tab: number, type?: string): number;
  events(type: NightlatchEvent['type']): readonly NightlatchEvent[];
  /** Every view the tab's app was told, in order. */
  told(tab: number): readonly SessionView[];
  readonly messages: () => number;
  /** The sessions whose tab wiper ran in the page. */
  tabWiped(tab: number): readonly string[];
  session(): FakeSession | undefined;
}

export interface StageOptions {
  readonly tabs?: number;
  readonly backend?: boolean;
  readonly streams?: boolean;
  readonly policy?: Partial<Policy>;
  readonly seed?: number;
}

// The simulation hands over what it has checked itself: its options are a part of the SDK's.
const createLatch = createNightlatch as unknown as CreateLatch;

/** Sets the stage: a browser with some tabs, ten milliseconds to the server, and nobody signed in. */
export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const history: History = {
    seed: options.seed ?? 1,
    aim: 'by hand',
    hasBackend: options.backend ?? true,
    hasStreams: options.streams ?? false,
    policy: {
      idleTimeout: 10 * MINUTE,
      absoluteTimeout: 60 * MINUTE,
      warnBefore: MINUTE,
      warnBeforeAbsolute: MINUTE,
      touchEvery: 10_000,
      pollEvery: MINUTE,
      ...options.policy,
    },
    tabs: options.tabs ?? 1,
    drift: 0,
    skew: 0,
    conditions: { messageDelay: [1, 1], storageDelay: [0, 0] },
    network: { requestDelay: [10, 10], replyDelay: [10, 10] },
    steps: [],
  };
  const events: NightlatchEvent[] = [];
  const carried = new Map<Room, Carried[]>();
  const told = new Map<Room, SessionView[]>();
  const tabWiped = new Map<Room, string[]>();
  let messages = 0;
  const note = <T>(notes: Map<Room, T[]>, room: Room, one: T): void => {
    const list = notes.get(room) ?? [];
    list.push(one);
    notes.set(room, list);
  };
  const watcher: Watcher = {
    deed: () => {},
    loaded: () => {},
    viewed: (room, view) => note(told, room, view),
    reported: (_room, event) => void events.push(event),
    carried: (room, one) => note(carried, room, one),
    posted: () => {
      messages += 1;
    },
    fated: () => {},
    stored: () => {},
    opened: () => {},
    wiped: () => {},
    tabWiped: (room, { sessionId }) => note(tabWiped, room, sessionId),
    roused: () => {},
    signingIn: () => {},
    signedIn: () => {},
    settled: () => {},
  };
  const world = createWorld({ history, createLatch, watcher, forge });
  const { clock } = world;

  const stage: Stage = {
    world,
    room(tab) {
      const { page } = world.browser.tabs[tab] ?? {};
      const found = world.rooms.find((room) => room.page === page);
      if (!found) throw new Error(`there is no tab ${tab}`);
      return found;
    },
    view: (tab) => stage.room(tab).latch.getView(),
    phase: (tab) => stage.view(tab).phase,
    async pass(milliseconds) {
      const until = clock.read().monotonic + milliseconds;
      while (clock.step(until - clock.read().monotonic)) await drain();
      clock.advance(Math.max(0, until - clock.read().monotonic));
    },
    async do(deed) {
      world.perform(deed);
      await drain();
      // What is stopped or closed is so in the task after.
      await stage.pass(0);
    },
    forge: (what, by = 'message') => stage.do({ type: `forge ${by}`, what, variant: 1 }),
    sent: (tab, type) =>
      (carried.get(stage.room(tab)) ?? []).filter((one) => one.type === 'sent' && (!type || one.call.type === type))
        .length,
    events: (type) => events.filter((event) => event.type === type),
    told: (tab) => told.get(stage.room(tab)) ?? [],
    messages: () => messages,
    tabWiped: (tab) => tabWiped.get(stage.room(tab)) ?? [],
    session: () => world.server.sessionOf(world.jar.secret),
  };
  for (let tab = 0; tab < history.tabs; tab += 1) world.openTab();
  await drain();
  await stage.pass(history.hasBackend ? 500 : 2_000);
  return stage;
}

/** A stage on which the session is open in every tab. */
export async function createOpenStage(options: StageOptions = {}): Promise<Stage> {
  const stage = await createStage(options);
  if (options.backend !== false) await stage.do({ type: 'sign in', tab: 0, person: 'ana', how: 'begin' });
  await stage.pass(3_000);
  return stage;
}
