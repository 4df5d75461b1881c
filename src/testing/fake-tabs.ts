/** One simulated browser: its tabs share channels, storage and turns, and each page has a world of its own. */
import type { ActivitySource, Evidence, LookReason, PageNetwork, Presence, Store, World } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type DeviceTime, type Duration, gap } from '../time/instant.js';
import { type Conditions, FAULTLESS } from './conditions.js';
import { createFakeChannels, type MessageFate } from './fake-channel.js';
import { createFakeStorage, createOwnStore, type FakeStorage } from './fake-storage.js';
import { createFakeTurns } from './fake-turns.js';
import type { ManualClock } from './manual-clock.js';
import { createPageLife, type PageLife, type PageState } from './page-life.js';
import { createRandom, type Random, within } from './random.js';

/** How the fake browser keeps time and what goes wrong in it. */
export interface FakeBrowserOptions {
  /** Time for all tabs of the browser; it also carries what is on its way between them. */
  readonly clock: ManualClock;
  /** What is lost, late or refused. Can be changed at any time through {@link FakeBrowser.conditions}. */
  readonly conditions?: Partial<Conditions>;
  /** All chance of this browser comes from here. Default: the same numbers each time. */
  readonly random?: Random;
  /** What the pages' own `fetch` does; they stand at `https://app.example/`. Default: it fails, as without a connection. */
  readonly fetch?: PageNetwork['fetch'];
  /** Hears what became of each message. */
  readonly tell?: (fate: MessageFate) => void;
  /** Hears of each message that a page posts. */
  readonly posted?: (from: PageLife, message: unknown) => void;
}

/**
 * Tabs of one browser, for tests of what several of them do together.
 *
 * It is deterministic, and moves with its clock. It stands in for BroadcastChannel, Web Locks, `localStorage` and the page
 * lifecycle, none of which a DOM emulation has; what browsers really do is for tests in real browsers.
 *
 * @example
 * const clock = createManualClock();
 * const browser = createFakeBrowser({ clock });
 * const [one, two] = [browser.openTab(), browser.openTab()];
 * const latch = createNightlatch(options, one.page.world);
 * two.page.freeze();
 * browser.conditions.messageLoss = 0.5;
 */
export interface FakeBrowser {
  readonly conditions: Conditions;
  readonly storage: FakeStorage;
  /** All tabs ever opened, closed ones included. */
  readonly tabs: readonly FakeTab[];
  openTab(how?: TabQuirks): FakeTab;
  /** Whose turn it is. */
  turnHolder(name: string): FakePage | undefined;
  /** A script of the origin posts a message to every page that listens under the name. */
  forgeMessage(name: string, message: unknown): void;
}

/** How the clocks of a tab differ from the device's. */
export interface TabQuirks {
  /** By which part its monotonic clock runs fast; negative: slow. */
  readonly drift?: number;
  /** How far its reading of the wall clock is off. */
  readonly skew?: Duration;
}

/** A tab: what stays when the page in it is loaded anew. */
export interface FakeTab {
  readonly name: string;
  /** What the tab keeps over a reload. */
  readonly own: ReadonlyMap<string, string>;
  /** The page that is in the tab now, or was last. */
  readonly page: FakePage;
  /** Loads a new page: a reload, a restored tab, or a way back after a crash. The page before is gone. */
  load(): FakePage;
  close(): void;
}

/** One page, from load to unload. */
export interface FakePage {
  readonly name: string;
  readonly world: World;
  readonly life: PageLife;
  state(): PageState;
  isVisible(): boolean;
  show(): void;
  hide(): void;
  focus(): void;
  /** The network is back. */
  online(): void;
  /** The person acts: `strong` as with a key or a pointer, `weak` as a script may also cause it. */
  act(kind?: 'strong' | 'weak'): void;
  /** Stops everything: timers, messages, answers. They are delivered when it resumes. */
  freeze(): void;
  resume(): void;
  /** Goes into the back/forward cache. */
  park(): void;
  /** Comes back from it. Returns false if it had been evicted: then load the tab anew. */
  restore(): boolean;
  /** Is gone at once, and without a word. */
  crash(): void;
  /** Is gone as on navigation: it hears that it parts, and what it does at once still counts. */
  leave(): void;
}

/** At most this often is the SDK told that the person acts; later stamps are kept for the next time. */
const ACTED_EVERY: Duration = 1_000;
/** The device clocks moved apart by this much: a sleep, or one was set. */
const SLEEP: Duration = 2_000;

const PLACE = { baseUrl: 'https://app.example/', origin: 'https://app.example' };

/** Makes a browser without tabs. */
export function createFakeBrowser(options: FakeBrowserOptions): FakeBrowser {
  const { clock } = options;
  const random = options.random ?? createRandom(1);
  const conditions: Conditions = { ...FAULTLESS, ...options.conditions };
  const storage = createFakeStorage(clock, random, conditions);
  const tabs: FakeTab[] = [];
  const pages = new Map<PageLife, FakePage>();
  const network: PageNetwork = {
    fetch: options.fetch ?? (() => Promise.reject(new TypeError('no connection'))),
    place: () => PLACE,
  };
  const evict = (life: PageLife): void => life.end();
  const turns = createFakeTurns({ clock, random, conditions, evict });
  const channels = createFakeChannels({
    clock,
    random,
    conditions,
    evict,
    ...(options.tell ? { tell: options.tell } : {}),
    ...(options.posted ? { posted: options.posted } : {}),
  });

  function loadPage(name: string, own: Map<string, string>, quirks: TabQuirks): FakePage {
    const life = createPageLife(clock);
    const page = createFakePage({
      name,
      clock,
      random,
      conditions,
      quirks,
      life,
      shared: storage.open(life),
      own: createOwnStore(own, conditions),
      ports: { openChannel: channels.for(life), turns: turns.for(life), network },
    });
    pages.set(life, page);
    return page;
  }

  return {
    conditions,
    storage,
    tabs,
    forgeMessage: channels.forge,
    turnHolder(name) {
      const life = turns.holder(name);
      return life && pages.get(life);
    },
    openTab(quirks = {}) {
      const name = `tab ${tabs.length + 1}`;
      const own = new Map<string, string>();
      let loads = 1;
      // No getter: the engine keeps what one can reach until it next looks at all its memory.
      const tab: { -readonly [K in keyof FakeTab]: FakeTab[K] } = {
        name,
        own,
        page: loadPage(name, own, quirks),
        load() {
          tab.page.leave();
          tab.page.life.end();
          loads += 1;
          tab.page = loadPage(`${name} load ${loads}`, own, quirks);
          return tab.page;
        },
        close() {
          tab.page.leave();
        },
      };
      tabs.push(tab);
      return tab;
    },
  };
}

interface PageParts {
  readonly name: string;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly conditions: Conditions;
  readonly quirks: TabQuirks;
  readonly life: PageLife;
  readonly shared: Store;
  readonly own: Store;
  readonly ports: Pick<World, 'openChannel' | 'turns' | 'network'>;
}

function createFakePage({
  name,
  clock: device,
  random,
  conditions,
  quirks,
  life,
  shared,
  own,
  ports,
}: PageParts): FakePage {
  let isVisible = true;
  const lookers = new Set<(reason: LookReason) => void>();
  const clock = createPageClock();
  const loadedAt = clock.read();
  const activity = createActivity(clock);

  function createPageClock(): Clock {
    const speed = 1 + (quirks.drift ?? 0);
    const { monotonic: loadedAt } = device.read();
    return {
      read() {
        const { monotonic, wall } = device.read();
        return { monotonic: (monotonic - loadedAt) * speed, wall: Math.floor(wall + (quirks.skew ?? 0)) };
      },
      wait(delay, ring) {
        let isOff = false;
        const deliver = (): void => life.deliver(() => !isOff && ring(), true);
        const callOff = device.wait(delay / speed, () => {
          const late = isVisible || isOff ? 0 : within(random, conditions.hiddenTimers);
          if (late === 0) deliver();
          else device.wait(late, deliver);
        });
        return () => {
          isOff = true;
          callOff();
        };
      },
    };
  }

  function look(reason: LookReason): void {
    life.deliver(() => {
      for (const one of [...lookers]) one(reason);
    });
  }

  function setVisible(next: boolean): void {
    if (isVisible === next) return;
    isVisible = next;
    look(next ? 'visible' : 'hidden');
  }

  /** What a page does on parting still counts: it is stopped in the task after. */
  function part(then: () => void): void {
    setVisible(false);
    look('parting');
    device.wait(0, then);
  }

  const presence: Presence = {
    isVisible: () => isVisible,
    prerendering: () => undefined,
    // Nothing of it runs, so nobody asks.
    frozen: () => undefined,
    start(one) {
      lookers.add(one);
      return () => lookers.delete(one);
    },
  };

  return {
    name,
    life,
    world: {
      clock,
      random,
      shared,
      own,
      presence,
      activity,
      // Straight from the network, and just now.
      arrival: () => ({ requestedAt: loadedAt }),
      ...ports,
    },
    state: life.state,
    isVisible: () => isVisible,
    show: () => setVisible(true),
    hide: () => setVisible(false),
    focus: () => look('focus'),
    online: () => look('online'),
    act(kind = 'strong') {
      if (life.state() === 'running' && isVisible) activity.act(kind);
    },
    freeze: () => part(() => life.stop('stopped')),
    resume() {
      if (life.state() !== 'stopped') return;
      // Measured in Chromium: `resume` comes first, then what has waited.
      const isHidden = !isVisible;
      life.run();
      look('resumed');
      if (isHidden) setVisible(true);
    },
    park: () => part(() => life.stop('parked')),
    restore() {
      if (life.state() !== 'parked') return false;
      life.run();
      look('restored');
      setVisible(true);
      return true;
    },
    crash: life.end,
    leave() {
      if (life.isGone()) return;
      setVisible(false);
      look('parting');
      device.wait(0, life.end);
    },
  };
}

/** The person's acts, as the listener keeps them: the latest stamp of each kind, told at most once a second. */
function createActivity(clock: Clock): ActivitySource & { act(kind: 'strong' | 'weak'): void } {
  let latest: { strong?: number; weak?: number } = {};
  let acted: (() => void) | undefined;
  let toldAt: DeviceTime | undefined;
  let callOff: (() => void) | undefined;

  function tell(): void {
    callOff?.();
    callOff = undefined;
    toldAt = clock.read();
    acted?.();
  }

  function act(kind: 'strong' | 'weak', stamp = 0): void {
    if (!acted) return;
    const now = clock.read();
    latest[kind] = Math.max(latest[kind] ?? 0, stamp > 0 ? stamp : now.monotonic);
    const isSoon = toldAt !== undefined && now.monotonic < toldAt.monotonic + ACTED_EVERY;
    // The first act after a sleep is told at once: the monotonic clock says that it came right after the last.
    if (!isSoon || (toldAt && gap(toldAt, now) > SLEEP)) return tell();
    callOff ??= clock.wait((toldAt?.monotonic ?? 0) + ACTED_EVERY - now.monotonic, tell);
  }

  return {
    act: (kind) => act(kind),
    heard: { strong: (stamp) => act('strong', stamp), weak: (stamp) => act('weak', stamp) },
    start(listener) {
      acted = listener;
      return () => {
        acted = undefined;
        latest = {};
        callOff?.();
        callOff = undefined;
      };
    },
    take() {
      const taken: Evidence = latest;
      latest = {};
      return taken;
    },
  };
}
