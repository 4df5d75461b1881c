/** The world of a tab in a browser; on a server, one in which nothing happens. */
import type { Store, World } from './ports.js';
import { openBroadcastChannel } from './tabs/channel.js';
import { createStore } from './tabs/storage.js';
import { createTurns } from './tabs/turn.js';
import { createSystemClock, readArrival } from './time/clock.js';
import { createActivitySource } from './user/activity.js';
import { createPresence } from './user/presence.js';

/** Makes the ports over this page's own browser. Touches nothing of it until the SDK starts. */
export function createBrowserWorld(): World {
  const clock = createSystemClock();
  const random = Math.random;
  if (typeof window === 'undefined' || typeof document === 'undefined') {
    return {
      clock,
      random,
      openChannel: () => undefined,
      shared: EMPTY,
      own: EMPTY,
      turns: createTurns(undefined),
      presence: {
        isVisible: () => false,
        prerendering: () => undefined,
        frozen: () => undefined,
        start: () => () => {},
      },
      activity: { heard: { strong: () => {}, weak: () => {} }, start: () => () => {}, take: () => ({}) },
      arrival: () => undefined,
    };
  }
  return {
    clock,
    random,
    openChannel: openBroadcastChannel,
    shared: createStore(() => window.localStorage, window),
    own: createStore(() => window.sessionStorage, window),
    // Absent outside of secure contexts, which the types do not say.
    turns: createTurns((navigator as { readonly locks?: LockManager }).locks),
    presence: createPresence({ window, document }),
    activity: createActivitySource({ window, clock }),
    arrival: () => readArrival(clock),
    network: {
      // Taken now: a page may put a guarded one in its place, which would then call itself.
      fetch: window.fetch.bind(window),
      place: () => ({ baseUrl: document.baseURI, origin: window.location.origin }),
    },
  };
}

const EMPTY: Store = { get: () => null, set: () => {}, remove: () => {}, watch: () => () => {} };
