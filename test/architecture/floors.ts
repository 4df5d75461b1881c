/**
 * The floors and rooms of the design as a table: what stands where, which packages live where, and what of the platform each
 * room may reach for. A new file, package or reach is a line here.
 */
import { runInNewContext } from 'node:vm';

/** Floors from the ground up. A name with a slash is a room, one without is a file at the top of `src`. */
const floors: readonly (readonly string[])[] = [
  ['time/', 'errors.ts'],
  ['facts/'],
  ['rules/', 'standards/'],
  ['ledger.ts', 'ports.ts', 'events.ts', 'happenings.ts', 'operations.ts', 'asked.ts', 'ways.ts'],
  ['user/', 'tabs/', 'server/', 'actions/', 'reauth/', 'screen/', 'vault/', 'audit/', 'testing/'],
  [
    'latch.ts',
    'nightlatch.ts',
    'options.ts',
    'checks.ts',
    'parts.ts',
    'requests.ts',
    'credentials.ts',
    'tab.ts',
    'rounds.ts',
    'browser-world.ts',
  ],
  [
    'index.ts',
    'screen.ts',
    'reauth.ts',
    'presets.ts',
    'signed-policy.ts',
    'vault.ts',
    'testing.ts',
    'script.ts',
    'script-attributes.ts',
    'inlined-document.ts',
    'late-verifier.ts',
    'adapters/',
    'auth/',
  ],
];

/** What users import. Only these hand on what other files export. */
export const entries: ReadonlySet<string> = new Set([
  ...['index.ts', 'screen.ts', 'reauth.ts', 'presets.ts', 'signed-policy.ts', 'vault.ts', 'testing.ts', 'script.ts'],
]);

/** What an import is from whose address is only known as it runs. */
export const computedAddress = 'a computed address';

/** Who may import which package. `*` stands for one file name. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  rxjs: ['user/*', 'server/*', 'adapters/rxjs.ts'],
  jose: ['server/signed-policy.ts'],
  'idb-keyval': ['vault/*'],
  react: ['adapters/react.ts'],
  // The file beside the script.
  [computedAddress]: ['script.ts'],
};

/** For combining and cancelling. Nothing that waits (it would bypass the clock port), nothing that is a state. */
export const rxjsNames: ReadonlySet<string> = new Set([
  ...['Observable', 'Observer', 'ObservableInput', 'OperatorFunction', 'MonoTypeOperatorFunction', 'Subscription'],
  ...['EMPTY', 'NEVER', 'defer', 'from', 'fromEvent', 'fromEventPattern', 'merge', 'of', 'throwError'],
  ...['catchError', 'concatMap', 'distinctUntilChanged', 'exhaustMap', 'filter', 'finalize', 'map', 'mergeMap'],
  ...['mergeWith', 'repeat', 'retry', 'share', 'startWith', 'switchMap', 'take', 'takeUntil', 'takeWhile', 'tap'],
]);

/** Ambient names by what they reach. What is in none of these lists belongs to the page (`HTMLElement`, `matchMedia`, …). */
const ambient = {
  time: [
    ...['Date', 'performance', 'Temporal', 'scheduler', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    ...['setImmediate', 'requestAnimationFrame', 'cancelAnimationFrame', 'requestIdleCallback', 'cancelIdleCallback'],
    'AbortSignal.timeout',
  ],
  console: ['console'],
  chance: ['Math.random', 'crypto'],
  storage: ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore'],
  network: ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Request', 'Response', 'Headers'],
  tabs: ['BroadcastChannel', 'SharedWorker'],
} as const;

/** Not to be had as members either: a window that was handed in has the same timers (`view.setTimeout`). */
export const membersOfTime: ReadonlySet<string> = new Set(ambient.time.filter((name) => name !== 'scheduler'));

export type Reach = keyof typeof ambient | 'page';

/** Where each may be used: the first row that fits a file decides. A file without a row computes, and touches nothing. */
const reaches: readonly (readonly [file: string, ...Reach[]])[] = [
  // `page` for the sake of `globalThis`, to which the timers are bound.
  ['time/clock.ts', 'time', 'page'],
  ['user/*', 'page', 'storage'],
  ['tabs/*', 'page', 'storage', 'tabs', 'chance'],
  ['server/*', 'page', 'network', 'chance'],
  ['actions/*', 'page', 'storage', 'network', 'chance'],
  // The window of a sign-in comes back as a page of this origin, and says so.
  ['reauth/popup-messages.ts', 'page', 'tabs'],
  ['reauth/*', 'page', 'storage', 'network', 'chance'],
  ['screen/*', 'page'],
  ['vault/http-keys.ts', 'page', 'network'],
  ['vault/*', 'page', 'storage', 'chance'],
  ['audit/*', 'page', 'storage', 'network', 'chance'],
  ['testing/*', 'network', 'chance'],
  // Where the parts meet, the platform's are handed out.
  ['browser-world.ts', 'page', 'storage', 'network', 'tabs', 'chance'],
  ['script.ts', 'page'],
];

/** Parts of every platform that neither wait, nor store, nor send. */
const everywhere = new Set([
  ...['AbortController', 'AbortSignal', 'CustomEvent', 'DOMException', 'Event', 'EventTarget', 'TextDecoder'],
  ...['TextEncoder', 'URL', 'URLSearchParams', 'arguments', 'atob', 'queueMicrotask', 'structuredClone', 'undefined'],
]);

/** Names that say nothing, and therefore collect everything. */
export const drawers: RegExp = /^(utils?|helpers?|types|common|misc|shared|constants|managers?|services?|init|data)$/;

/** The folder a file is in; files at the top of `src` share the room of their floor. */
export function roomOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? `the top of floor ${floorOf(path)}` : path.slice(0, slash + 1);
}

export function floorOf(path: string): number | undefined {
  const slash = path.indexOf('/');
  const place = slash < 0 ? path : path.slice(0, slash + 1);
  const floor = floors.findIndex((places) => places.includes(place));
  return floor < 0 ? undefined : floor;
}

export function fits(path: string, place: string): boolean {
  return place.endsWith('/*') ? path.startsWith(place.slice(0, -1)) : path === place;
}

/** The language itself, as an empty engine offers it. */
const language = new Set<string>(runInNewContext('Object.getOwnPropertyNames(globalThis)'));

export function reachOf(name: string): Reach | undefined {
  for (const [reach, names] of Object.entries(ambient)) {
    if ((names as readonly string[]).includes(name)) return reach as Reach;
  }
  if (everywhere.has(name) || (language.has(name) && name !== 'globalThis') || name.includes('.')) return undefined;
  return 'page';
}

/** What of the platform a file may touch. */
export function allowedReaches(path: string): ReadonlySet<Reach> {
  const [, ...allowed] = reaches.find(([place]) => fits(path, place)) ?? [path];
  return new Set(allowed);
}
