/** Doubles for tests: a clock that moves when told, a browser with tabs, and a server in memory. */
export type { Conditions } from './testing/conditions.js';
export type { Carried, FakeBackend, FakeBackendOptions, Network } from './testing/fake-backend.js';
export { createFakeBackend, GOOD_NETWORK } from './testing/fake-backend.js';
export type { MessageFate } from './testing/fake-channel.js';
export type {
  CookieJar,
  FakeAnswer,
  FakeCall,
  FakeServer,
  FakeServerOptions,
  FakeSession,
  FakeStream,
} from './testing/fake-server.js';
export { createFakeServer } from './testing/fake-server.js';
export type { FakeStorage } from './testing/fake-storage.js';
export type { FakeBrowser, FakeBrowserOptions, FakePage, FakeTab, TabQuirks } from './testing/fake-tabs.js';
export { createFakeBrowser } from './testing/fake-tabs.js';
export type { ManualClock } from './testing/manual-clock.js';
export { createManualClock } from './testing/manual-clock.js';
export type { PageLife, PageState } from './testing/page-life.js';
export type { Random, Span } from './testing/random.js';
export { createRandom } from './testing/random.js';
