/** A few tabs of one simulated browser with a simulated server, for tests of what they do together. */

import type { NightlatchEvent } from '../../../src/events.js';
import type { Policy } from '../../../src/facts/policy.js';
import type { Nightlatch } from '../../../src/latch.js';
import { createNightlatch } from '../../../src/nightlatch.js';
import type { NightlatchOptions } from '../../../src/options.js';
import type { PageNetwork } from '../../../src/ports.js';
import { createFakeBackend, type FakeBackend, GOOD_NETWORK, type Network } from '../../../src/testing/fake-backend.js';
import { type CookieJar, createFakeServer, type FakeServer } from '../../../src/testing/fake-server.js';
import { createFakeBrowser, type FakeBrowser, type FakePage, type FakeTab } from '../../../src/testing/fake-tabs.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { minutes } from '../../../src/time/instant.js';

export interface Tab {
  readonly tab: FakeTab;
  page: FakePage;
  latch: Nightlatch;
  backend: FakeBackend | undefined;
  readonly events: NightlatchEvent[];
  phase(): string;
}

export interface Scene {
  readonly clock: ManualClock;
  readonly browser: FakeBrowser;
  readonly server: FakeServer;
  readonly network: Network;
  readonly jar: CookieJar;
  open(options?: Partial<NightlatchOptions>): Tab;
  /** Loads the tab anew. */
  reload(tab: Tab): void;
  /** Lets time pass, timer by timer, with promises settling in between. */
  pass(duration: number): Promise<void>;
}

/** Sets the scene. With `local`, there is no server. */
export function createScene(
  how: { readonly policy?: Partial<Policy>; readonly local?: boolean; readonly fetch?: PageNetwork['fetch'] } = {},
): Scene {
  const clock = createManualClock();
  const browser = createFakeBrowser({ clock, ...(how.fetch ? { fetch: how.fetch } : {}) });
  const policy = { idleTimeout: minutes(15), absoluteTimeout: minutes(480), warnBefore: minutes(2), ...how.policy };
  const server = createFakeServer({ clock, policy });
  const network: Network = { ...GOOD_NETWORK };
  const jar: CookieJar = { secret: undefined };

  function load(
    tab: Pick<Tab, 'page' | 'events'>,
    options: Partial<NightlatchOptions>,
  ): Pick<Tab, 'latch' | 'backend'> {
    const { page } = tab;
    const backend = how.local
      ? undefined
      : createFakeBackend(server, { clock: page.world.clock, jar, network, page: page.life });
    const latch = createNightlatch(
      {
        name: 'test',
        ...(backend ? { backend } : { policy }),
        onEvent: (event) => tab.events.push(event),
        ...options,
      },
      page.world,
    );
    latch.start();
    return { latch, backend };
  }

  const given = new Map<FakeTab, Partial<NightlatchOptions>>();

  return {
    clock,
    browser,
    server,
    network,
    jar,
    open(options = {}) {
      const fake = browser.openTab();
      given.set(fake, options);
      const base = { tab: fake, page: fake.page, events: [] as NightlatchEvent[] };
      const tab: Tab = { ...base, ...load(base, options), phase: () => tab.latch.getView().phase };
      return tab;
    },
    reload(tab) {
      tab.page = tab.tab.load();
      Object.assign(tab, load(tab, given.get(tab.tab) ?? {}));
    },
    async pass(duration) {
      const until = clock.read().monotonic + duration;
      await settle();
      while (clock.step(until - clock.read().monotonic)) await settle();
      clock.advance(until - clock.read().monotonic);
      await settle();
    },
  };
}

/** Lets everything that waits only for promises go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
