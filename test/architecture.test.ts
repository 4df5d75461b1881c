import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { breaches } from './architecture/rules.ts';

const src = fileURLToPath(new URL('../src', import.meta.url));

test('the sources keep to their floors, rooms and reaches', () => {
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  const sources = new Map(paths.map((path) => [path.split(sep).join('/'), readFileSync(join(src, path), 'utf8')]));
  expect(sources.size).toBeGreaterThan(0);
  expect(breaches(sources)).toEqual([]);
});

// A check that cannot fail is worse than none: each rule is broken once, on a tree of its own.

const tree = (files: Record<string, string>) => breaches(new Map(Object.entries(files)));

const leaf = 'export const a: number = 1;';

test.each<[string, Record<string, string>, string[]]>([
  [
    'an import from a higher floor',
    { 'rules/view.ts': "\nimport { a } from '../ledger.js';", 'ledger.ts': leaf },
    ['src/rules/view.ts:2: floor 2 imports ledger.ts from floor 3'],
  ],
  [
    'a type import from a higher floor',
    { 'facts/join.ts': "import type { A } from '../rules/view.js';", 'rules/view.ts': leaf },
    ['src/facts/join.ts:1: floor 1 imports rules/view.ts from floor 2'],
  ],
  [
    'an inline type import from a higher floor',
    { 'facts/join.ts': "type A = Array<import('../rules/view.js').A>;", 'rules/view.ts': leaf },
    ['src/facts/join.ts:1: floor 1 imports rules/view.ts from floor 2'],
  ],
  [
    'an import at run time from a higher floor',
    { 'facts/join.ts': "export const a = () => import('../rules/view.js');", 'rules/view.ts': leaf },
    ['src/facts/join.ts:1: floor 1 imports rules/view.ts from floor 2'],
  ],
  [
    'an import of what nobody can tell',
    {
      'facts/join.ts': 'export const a = (b: string) => import(b);',
      'script.ts': 'export const a = () => import(`x`);',
    },
    ['src/facts/join.ts:1: "a computed address" lives in script.ts only'],
  ],
  [
    'an import from a sibling room',
    { 'tabs/gossip.ts': "import { a } from '../server/stream.js';", 'server/stream.ts': leaf },
    ['src/tabs/gossip.ts:1: tabs/ imports its sibling server/stream.ts'],
  ],
  [
    'an adapter that imports an entry',
    { 'adapters/react.ts': "import { a } from '../index.js';", 'index.ts': leaf },
    ['src/adapters/react.ts:1: adapters/ imports its sibling index.ts'],
  ],
  [
    'a file on no floor',
    { 'extra/thing.ts': leaf, 'thing.ts': leaf },
    ['src/extra/thing.ts:1: stands on no floor', 'src/thing.ts:1: stands on no floor'],
  ],
  [
    'a drawer',
    { 'facts/utils.ts': leaf, 'rules/types.ts': leaf },
    [
      'src/facts/utils.ts:1: "utils" says nothing about what is inside',
      'src/rules/types.ts:1: "types" says nothing about what is inside',
    ],
  ],
  [
    'a relative import without the published extension',
    { 'facts/join.ts': "import { a } from './facts';", 'facts/facts.ts': leaf },
    ['src/facts/join.ts:1: imports "./facts": relative imports end in .js'],
  ],
  [
    'a circle, though only of types and in one room',
    {
      'facts/a.ts': "\n\nimport type { B } from './b.js';",
      'facts/b.ts': "import type { C } from './c.js';",
      'facts/c.ts': "import type { A } from './a.js';",
    },
    ['src/facts/c.ts:1: imports go in a circle: facts/a.ts → facts/b.ts → facts/c.ts → facts/a.ts'],
  ],
  [
    'a default export in either form',
    { 'facts/a.ts': 'export default 1;', 'facts/b.ts': 'const b = 1;\nexport { b as default };' },
    ['src/facts/a.ts:1: default export', 'src/facts/b.ts:2: default export'],
  ],
  [
    'a barrel that is no entry',
    { 'facts/all.ts': "export * from './join.js';\nexport { a } from './join.js';", 'facts/join.ts': leaf },
    [
      'src/facts/all.ts:1: hands on what another file exports; only entries do',
      'src/facts/all.ts:2: hands on what another file exports; only entries do',
    ],
  ],
  [
    'rxjs outside its rooms',
    { 'rules/view.ts': "import { merge } from 'rxjs';" },
    ['src/rules/view.ts:1: "rxjs" lives in user/*, server/*, adapters/rxjs.ts only'],
  ],
  [
    'a timer, a scheduler, a state or the whole of rxjs',
    {
      'user/activity.ts':
        "import { asyncScheduler, BehaviorSubject, merge, timer } from 'rxjs';\nimport * as all from 'rxjs';",
    },
    [
      ...['asyncScheduler', 'BehaviorSubject', 'timer'].map(
        (name) => `src/user/activity.ts:1: "${name}" of rxjs is not on the list: it waits, keeps state, or is new here`,
      ),
      'src/user/activity.ts:2: "*" of rxjs is not on the list: it waits, keeps state, or is new here',
    ],
  ],
  [
    'jose, idb-keyval and react outside their places',
    {
      'server/backend.ts': "import { jwtVerify } from 'jose';",
      'tabs/mirror.ts': "import { get } from 'idb-keyval';",
      'screen/warning.ts': "import { useState } from 'react';",
    },
    [
      'src/server/backend.ts:1: "jose" lives in server/signed-policy.ts only',
      'src/tabs/mirror.ts:1: "idb-keyval" lives in vault/* only',
      'src/screen/warning.ts:1: "react" lives in adapters/react.ts only',
    ],
  ],
  [
    'a package nobody agreed on',
    { 'facts/join.ts': "import { merge } from 'lodash';" },
    ['src/facts/join.ts:1: imports "lodash", which is no dependency of the SDK'],
  ],
  [
    'time outside the clock, however it is reached',
    {
      'time/clock.ts': 'export const now = () => Date.now() + performance.now(); setTimeout(now, 1);',
      'time/alarm.ts': 'export const now = () => Date.now();',
      'user/presence.ts':
        'globalThis.setTimeout(() => {}, 1);\nconst { setInterval } = window;\nAbortSignal.timeout(5);\nexport const f = (view: Window) => view.requestAnimationFrame(f);',
    },
    [
      'src/time/alarm.ts:1: Date (time) is out of reach here',
      'src/user/presence.ts:1: setTimeout (time) is out of reach here',
      'src/user/presence.ts:2: setInterval (time) is out of reach here',
      'src/user/presence.ts:3: AbortSignal.timeout (time) is out of reach here',
      'src/user/presence.ts:4: requestAnimationFrame (time) is out of reach here',
    ],
  ],
  [
    'the console, anywhere',
    { 'nightlatch.ts': 'console.log(1);', 'time/clock.ts': 'export const log = console;' },
    [
      'src/nightlatch.ts:1: console (console) is out of reach here',
      'src/time/clock.ts:1: console (console) is out of reach here',
    ],
  ],
  [
    'the page, storage, network and chance in a pure room',
    {
      'rules/view.ts': [
        'export const a = document.title;',
        'export const b = () => localStorage.length;',
        'export const c = fetch;',
        'export const d = Math.random();',
        'export const e = (x: unknown) => x instanceof HTMLElement;',
      ].join('\n'),
    },
    [
      'src/rules/view.ts:1: document (page) is out of reach here',
      'src/rules/view.ts:2: localStorage (storage) is out of reach here',
      'src/rules/view.ts:3: fetch (network) is out of reach here',
      'src/rules/view.ts:4: Math.random (chance) is out of reach here',
      'src/rules/view.ts:5: HTMLElement (page) is out of reach here',
    ],
  ],
  [
    'storage on the screen',
    { 'screen/cover.ts': 'document.title = sessionStorage.title;' },
    ['src/screen/cover.ts:1: sessionStorage (storage) is out of reach here'],
  ],
  [
    'a file that does not parse',
    { 'facts/join.ts': 'export const = 1;' },
    [expect.stringMatching(/^src\/facts\/join\.ts:1: /) as unknown as string],
  ],
])('finds %s', (_, files, expected) => {
  expect(tree(files)).toEqual(expected);
});

test('leaves what is allowed alone', () => {
  expect(
    tree({
      'errors.ts': 'export class NightlatchError extends Error { override name = "NightlatchError" as const; }',
      'facts/facts.ts': 'export interface Facts { readonly Date: number; document?: Document }',
      'facts/join.ts':
        "import type { Facts } from './facts.js';\nexport const join = (a: Facts, b: Facts): Facts => a ?? b;",
      'rules/view.ts': [
        "import { join } from '../facts/join.js';",
        "import { NightlatchError } from '../errors.js';",
        'export function view({ document, now: fetch }: { document: Document; now: number }, ...window: number[]) {',
        '  const title = { document, Date: 1 } + document.title + fetch + Math.max(...window);',
        '  for (const console of [title]) join(console as never, {} as typeof document as never);',
        '  try { throw new NightlatchError(); } catch (name) { return [name].map((location) => location); }',
        '}',
      ].join('\n'),
      'user/activity.ts':
        "import { merge, type Observable } from 'rxjs';\nexport const a = (): Observable<1> => merge();\ndocument.title;",
      'index.ts': "export * from './rules/view.js';",
      'adapters/react.ts': "import { useSyncExternalStore } from 'react';\nexport const use = useSyncExternalStore;",
    }),
  ).toEqual([]);
});
