/** The simulated world of one history: device, browser, server and network, and the SDK in each page. */
import type { NightlatchEvent } from '../../../src/events.js';
import type { Policy } from '../../../src/facts/policy.js';
import type { Store, WipeCall, World } from '../../../src/ports.js';
import { isOpen, type SessionView } from '../../../src/rules/view.js';
import {
  type Carried,
  type CookieJar,
  createFakeBackend,
  createFakeBrowser,
  createFakeServer,
  createManualClock,
  createRandom,
  type FakeBackend,
  type FakeBrowser,
  type FakePage,
  type FakeServer,
  type FakeTab,
  GOOD_NETWORK,
  type ManualClock,
  type MessageFate,
  type Network,
  type PageLife,
  type Random,
} from '../../../src/testing.js';
import { type Belonging, createWipers, type PageMemory, render, type SharedBelongings } from './app.js';
import type { Deed, History, Person, WiperMood } from './history.js';
import type { CreateLatch, Latch, Switch } from './latch.js';

/** The SDK's name in every history: the scope of channel, mirror and turns. */
export const NAME = 'sim';

/** One page with the SDK in it. */
export interface Room {
  readonly tab: FakeTab;
  readonly page: FakePage;
  readonly latch: Latch;
  readonly backend: FakeBackend | undefined;
  readonly memory: PageMemory;
  /** What the page sees of the shared storage; reading it here is not seen by the SDK. */
  readonly sees: (key: string) => string | null;
  /** The view that the app was told last. */
  shown: SessionView;
  readonly loadedAt: number;
}

/** Whoever watches the history. Every call comes in the order of things, before what follows from it. */
export interface Watcher {
  deed(deed: Deed, room: Room | undefined): void;
  loaded(room: Room): void;
  viewed(room: Room, view: SessionView, previous: SessionView): void;
  reported(room: Room, event: NightlatchEvent): void;
  carried(room: Room, carried: Carried): void;
  posted(room: Room, message: unknown): void;
  fated(room: Room, fate: MessageFate): void;
  stored(room: Room, key: string, value: string | null): void;
  opened(room: Room, view: SessionView): void;
  wiped(room: Room, call: WipeCall, gone: readonly Belonging[]): void;
  tabWiped(room: Room, call: WipeCall): void;
  /** The page looks again: it came into view, woke, or was restored. */
  roused(room: Room, why: 'resumed' | 'restored' | 'visible'): void;
  /** A sign-in, by its count, is under way, or no longer. */
  signingIn(room: Room, signIn: number, isUnderWay: boolean): void;
  signedIn(subject: string, sessionId: string | undefined): void;
  /** Everything that follows from one event has happened. */
  settled(): void;
}

export interface SimWorld {
  readonly history: History;
  readonly clock: ManualClock;
  readonly browser: FakeBrowser;
  readonly server: FakeServer;
  readonly network: Network;
  readonly jar: CookieJar;
  readonly belongings: SharedBelongings;
  readonly random: Random;
  readonly rooms: readonly Room[];
  /** The rooms whose pages are not gone. */
  living(): Room[];
  /** How far the server's clock has been set. */
  serverOffset(): number;
  mood(): WiperMood;
  perform(deed: Deed): void;
  load(tab: FakeTab): Room;
  openTab(): Room;
  /** The count of sign-ins, and of each session. */
  signInOf(sessionId: string): number;
}

export interface WorldParts {
  readonly history: History;
  readonly createLatch: CreateLatch;
  readonly switchedOff?: ReadonlySet<Switch>;
  readonly watcher: Watcher;
  readonly forge: (world: SimWorld, deed: Deed & { readonly type: 'forge message' | 'forge mirror' }) => unknown;
}

export function createWorld({ history, createLatch, switchedOff, watcher, forge }: WorldParts): SimWorld {
  const clock = createManualClock();
  const seeds = createRandom(history.seed);
  const random = createRandom(seeds() * 2 ** 32);
  const rooms: Room[] = [];
  const roomOf = new Map<PageLife, Room>();
  const browser = createFakeBrowser({
    clock,
    conditions: history.conditions,
    random: createRandom(seeds() * 2 ** 32),
    tell: (fate) => {
      const room = roomOf.get(fate.to);
      if (room) watcher.fated(room, fate);
    },
    posted: (from, message) => {
      const room = roomOf.get(from);
      if (room) watcher.posted(room, message);
    },
  });
  const start = clock.read().wall;
  let serverOffset = 0;
  const server = createFakeServer({
    clock,
    now: () => start + clock.passed() + serverOffset,
    policy: history.policy,
    ...(history.extensions === undefined ? {} : { extensions: history.extensions }),
  });
  const network: Network = { ...GOOD_NETWORK, ...history.network };
  const networkRandom = createRandom(seeds() * 2 ** 32);
  const jar: CookieJar = { secret: undefined };
  const belongings: SharedBelongings = { tokens: new Map(), cache: new Map() };
  const signIns = new Map<string, number>();
  /** Without a backend a session has no name until it has begun: what gives it to the sign-in that is under way in a page. */
  const beginning = new Map<Room, (sessionId: string) => void>();
  const signingIn = new Set<Room>();
  let signInCount = 0;
  let mood: WiperMood = 'quick';
  let localPolicy: Partial<Policy> = history.policy;

  const world: SimWorld = {
    history,
    clock,
    browser,
    server,
    network,
    jar,
    belongings,
    random,
    rooms,
    living,
    serverOffset: () => serverOffset,
    mood: () => mood,
    perform,
    load,
    openTab: () => load(browser.openTab({ drift: spread(history.drift), skew: Math.round(spread(history.skew)) })),
    signInOf: (sessionId) => signIns.get(sessionId) ?? 0,
  };

  function spread(most: number): number {
    return (random() * 2 - 1) * most;
  }

  function living(): Room[] {
    const all: Room[] = [];
    for (const { page } of browser.tabs) {
      const room = page.life.isGone() ? undefined : roomOf.get(page.life);
      if (room) all.push(room);
    }
    return all;
  }

  function load(tab: FakeTab): Room {
    const page = rooms.some((room) => room.page === tab.page) ? tab.load() : tab.page;
    const memory: PageMemory = { of: undefined };
    const backend = history.hasBackend
      ? createFakeBackend(server, {
          clock,
          jar,
          network,
          random: networkRandom,
          page: page.life,
          streams: history.hasStreams,
          tell: (carried) => watcher.carried(room, carried),
        })
      : undefined;
    const wipe = createWipers({
      clock: page.world.clock,
      random,
      shared: belongings,
      memory,
      mood: () => mood,
      wiped: (call, gone) => watcher.wiped(room, call, gone),
      tabWiped: (call) => watcher.tabWiped(room, call),
    });
    const world: World = {
      ...page.world,
      shared: watchStore(page.world.shared, (key, value) => {
        if (key === `nightlatch:${NAME}:begun` && value !== null) beginning.get(room)?.(JSON.parse(value).id);
        watcher.stored(room, key, value);
      }),
    };
    const latch = createLatch(
      {
        name: NAME,
        ...(backend ? { backend } : {}),
        ...(history.hasBackend ? {} : { policy: localPolicy }),
        wipe,
        onEvent: (event) => watcher.reported(room, event),
      },
      world,
      switchedOff,
    );
    const room: Room = {
      tab,
      page,
      latch,
      backend,
      memory,
      sees: (key) => {
        try {
          return page.world.shared.get(key);
        } catch {
          return null;
        }
      },
      shown: { phase: 'pending', covered: false },
      loadedAt: clock.passed(),
    };
    rooms.push(room);
    roomOf.set(page.life, room);
    watcher.loaded(room);
    latch.subscribe((view, previous) => {
      room.shown = view;
      // Where storage is blocked no begun key has named it.
      if (isOpen(view)) beginning.get(room)?.(view.session.id);
      watcher.viewed(room, view, previous);
      render(view, previous, {
        pageName: page.name,
        memory,
        shared: belongings,
        signInOf: (id) => signIns.get(id) ?? 0,
        now: clock.passed,
        opened: (view) => watcher.opened(room, view),
      });
    });
    latch.start();
    return room;
  }

  /** The room a deed speaks of, among those whose tabs are open; pages that cannot run are no place to act. */
  function place(tab: number): Room | undefined {
    const all = living();
    return all[tab % Math.max(1, all.length)];
  }

  function awake(tab: number): Room | undefined {
    const room = place(tab);
    if (room?.page.state() !== 'running') return undefined;
    if (!room.page.isVisible()) {
      room.page.show();
      watcher.roused(room, 'visible');
    }
    return room;
  }

  function ignore(promise: Promise<unknown> | undefined | void): void {
    if (promise) promise.catch(() => {});
  }

  /** The app's sign-in: the person types, the server answers, tokens are written. */
  function signIn(room: Room, person: Person): void {
    // A form that is being sent cannot be sent again.
    if (signingIn.has(room)) return;
    signingIn.add(room);
    signInCount += 1;
    const mine = signInCount;
    watcher.signingIn(room, mine, true);
    const belonging: { -readonly [K in keyof Belonging]: Belonging[K] } = {
      // The tokens are written before the session has opened; here they get its name as soon as it is known.
      sessionId: undefined,
      signIn: mine,
      subject: person,
      what: `tokens of sign-in ${mine}`,
      at: clock.passed(),
    };
    const keep = (id: string): void => {
      belonging.sessionId = id;
      if (!signIns.has(id)) signIns.set(id, mine);
    };
    const run = async (): Promise<void> => {
      if (room.backend) {
        const reply = await room.backend.signIn(person);
        if (reply.type !== 'document') throw new Error('sign-in failed');
        keep(reply.document.session.id);
        watcher.signedIn(person, reply.document.session.id);
      } else {
        watcher.signedIn(person, undefined);
        beginning.set(room, (id) => {
          // The page may first put right what an older session's tab has overwritten.
          if (id.startsWith('local-') && !signIns.has(id)) keep(id);
        });
      }
      belongings.tokens.set('tokens', belonging);
    };
    room.latch
      .begin({ signIn: run, subject: person })
      .catch(() => {})
      .finally(() => {
        beginning.delete(room);
        signingIn.delete(room);
        watcher.signingIn(room, mine, false);
      });
  }

  /** A sign-in by navigation: the cookie comes with a page of the identity provider, and then the app is loaded anew. */
  function navigate(room: Room, person: Person): void {
    signInCount += 1;
    const mine = signInCount;
    const answer = server.answer({ type: 'sign-in', subject: person }, jar.secret);
    if (network.state !== 'up' || answer.reply.type !== 'document') return;
    jar.secret = answer.secret;
    const { id } = answer.reply.document.session;
    signIns.set(id, mine);
    watcher.signingIn(room, mine, true);
    watcher.signedIn(person, id);
    watcher.signingIn(room, mine, false);
    load(room.tab);
  }

  function perform(deed: Deed): void {
    const find = RUNNING.has(deed.type) ? awake : place;
    const room = 'tab' in deed ? find(deed.tab) : undefined;
    watcher.deed(deed, room);
    if ('tab' in deed && !room) return;
    act(deed, room as Room);
  }

  /** `room` is there for every deed that names a tab. */
  function act(deed: Deed, room: Room): void {
    switch (deed.type) {
      case 'act':
        return room.page.act(deed.kind);
      case 'work': {
        let left = deed.times;
        const again = (): void => {
          if (room.page.isVisible()) perform({ type: 'act', tab: living().indexOf(room), kind: 'strong' });
          left -= 1;
          if (left > 0 && !room.page.life.isGone()) clock.wait(deed.every, again);
        };
        return again();
      }
      case 'note':
        return room.latch.noteActivity('app');
      case 'hold':
        return void room.latch.hold('upload', { limit: deed.limit });
      case 'extend':
        return ignore(room.latch.extend());
      case 'lock':
        return ignore(Promise.resolve(room.latch.lock()));
      case 'sign out':
        return ignore(room.latch.signOut());
      case 'sign in':
        return deed.how === 'begin' || !room.backend ? signIn(room, deed.person) : navigate(room, deed.person);
      case 'reauthenticate': {
        const { shown } = room;
        if (!room.backend || !('session' in shown)) return;
        return ignore(
          room.backend.reauthenticate(shown.session.id).then((reply) => {
            if (reply.type === 'document') return room.latch.check();
            return undefined;
          }),
        );
      }
      case 'check':
        return ignore(room.latch.check());
      case 'open':
        if (living().length < 6) openRoom();
        return;
      case 'close':
        if (living().length > 1) room.tab.close();
        return;
      case 'reload':
        return void load(room.tab);
      case 'crash':
        if (living().length > 1) room.page.crash();
        return;
      case 'discard':
        room.page.crash();
        return void load(room.tab);
      case 'show':
        if (room.page.state() !== 'running') return;
        room.page.show();
        return watcher.roused(room, 'visible');
      case 'hide':
        return room.page.hide();
      case 'focus':
        return room.page.focus();
      case 'freeze':
        return room.page.freeze();
      case 'resume':
        if (room.page.state() !== 'stopped') return;
        room.page.resume();
        return watcher.roused(room, 'resumed');
      case 'park':
        return room.page.park();
      case 'restore':
        if (room.page.state() !== 'parked') return;
        room.page.restore();
        return watcher.roused(room, 'restored');
      case 'sleep':
        return clock.sleep(deed.for);
      case 'step wall clock':
        return clock.stepWall(deed.by);
      case 'conditions':
        return void Object.assign(browser.conditions, deed.change);
      case 'clear storage':
        belongings.tokens.clear();
        belongings.cache.clear();
        return browser.storage.clear();
      case 'forge message':
        return browser.forgeMessage(`nightlatch:${NAME}`, forge(world, deed));
      case 'forge mirror':
        return browser.storage.put(`nightlatch:${NAME}:facts`, JSON.stringify(forge(world, deed)) ?? 'undefined');
      case 'forge begun':
        return browser.storage.put(`nightlatch:${NAME}:begun`, JSON.stringify({ id: 'forged', order: 9e15 }));
      case 'wiper':
        mood = deed.mood;
        return;
      case 'network':
        return void Object.assign(network, deed.change);
      case 'server clock':
        serverOffset += deed.by;
        return server.look();
      case 'server restarts empty':
        return server.restartEmpty();
      case 'revoke': {
        const current = server.sessionOf(jar.secret);
        if (current) server.revoke(current.id, 'risk');
        return;
      }
      case 'rotate': {
        const current = server.sessionOf(jar.secret);
        if (current) server.rotate(current.id);
        return;
      }
      case 'policy':
        localPolicy = { ...localPolicy, ...deed.change };
        return server.changePolicy(deed.change);
    }
  }

  function openRoom(): void {
    world.openTab();
  }

  return world;
}

/** Deeds of a person, for which the page must run and be in view. */
const RUNNING: ReadonlySet<Deed['type']> = new Set([
  'act',
  'work',
  'note',
  'hold',
  'extend',
  'lock',
  'sign out',
  'sign in',
  'reauthenticate',
  'check',
]);

function watchStore(store: Store, stored: (key: string, value: string | null) => void): Store {
  return {
    get: (key) => store.get(key),
    set(key, value) {
      store.set(key, value);
      stored(key, value);
    },
    remove(key) {
      store.remove(key);
      stored(key, null);
    },
    watch: (changed) => store.watch(changed),
  };
}
