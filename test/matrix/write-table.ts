/** Writes docs/reliability.md from the rows and from what the last run of the matrix said of them in each engine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chapters } from './chapters.ts';
import type { EngineName } from './driver.ts';
import { drivers } from './drivers.ts';
import { othersOf, summaryOfOthers } from './peers/verdicts.ts';
import { obstacles, type Row } from './row.ts';
import { resultsOf } from './run.mjs';

/** The part of Playwright's JSON report that is read here. */
interface Suite {
  readonly title: string;
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
      readonly annotations: readonly { readonly type: string; readonly description?: string }[];
    }[];
  }[];
}

interface Played {
  readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped' | 'late';
  readonly notes: readonly string[];
  readonly version: string | undefined;
}

const names: Readonly<Record<EngineName, string>> = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' };
const engines = Object.keys(drivers) as EngineName[];

/** What was played in an engine, by chapter and row. */
function playedIn(engine: EngineName): ReadonlyMap<string, Played> {
  const files = resultsOf(engine).filter((file) => existsSync(file));
  const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as { suites: readonly Suite[] });
  // The later ones are of rows that were played again, alone: their word counts.
  const all = reports.flatMap(({ suites }) => suites.flatMap((suite) => suite.suites ?? []));
  const rows = all.flatMap(({ title, specs = [] }) => specs.map((spec) => ({ chapter: title, ...spec })));
  return new Map(
    rows.map(({ chapter, title, tests }) => {
      const [test] = tests;
      const said = (type: string) =>
        (test?.annotations ?? []).filter((one) => one.type === type).flatMap(({ description }) => description ?? []);
      // Who was late among others has to be played again, alone.
      const status = said('late').length > 0 && test?.status === 'expected' ? 'late' : (test?.status ?? 'skipped');
      const played: Played = { status, notes: said('note'), version: said('version')[0] };
      return [`${chapter}: ${title}`, played] as const;
    }),
  );
}

const results = new Map(engines.map((engine) => [engine, playedIn(engine)] as const));
const version = (engine: EngineName): string | undefined =>
  [...(results.get(engine)?.values() ?? [])].find((played) => played.version !== undefined)?.version;

/** Reasons are numbered: one stands for many rows. */
const reasons: string[] = [];

function noteOf(reason: string): string {
  if (!reasons.includes(reason)) reasons.push(reason);
  return `[${reasons.indexOf(reason) + 1}]`;
}

function verdict(chapter: string, row: Row, engine: EngineName): string {
  const lacking = obstacles(row, drivers[engine].cannot);
  if (lacking.length > 0) return `cannot be tried here ${lacking.map(noteOf).join(' ')}`;
  const played = results.get(engine)?.get(`${chapter}: ${row.done}`);
  if (!played || played.status === 'skipped') return '**not played**';
  const how = played.notes.length > 0 ? ` (${played.notes.join('; ')})` : '';
  return played.status === 'expected' ? `right${how}` : '**wrong**';
}

/** Vertical bars would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const head = ['what was done', 'what is expected', ...engines.map((engine) => names[engine]), 'others'];
const tables = chapters.flatMap(({ title, rows }) => [
  `## ${title}`,
  '',
  `| ${head.join(' | ')} |`,
  `|${'---|'.repeat(head.length)}`,
  ...rows.map((row) => {
    const verdicts = engines.map((engine) => verdict(title, row, engine));
    return `| ${[row.done, row.expected, ...verdicts, othersOf(title, row)].map(cell).join(' | ')} |`;
  }),
  '',
]);

const allRows = chapters.flatMap(({ title, rows }) => rows.map((row) => [title, row] as const));
const summaryOfUs = engines.map((engine) => {
  const verdicts = allRows.map(([title, row]) => verdict(title, row, engine));
  const count = (begin: string) => verdicts.filter((one) => one.startsWith(begin)).length;
  const able = verdicts.length - count('cannot');
  return `- ${names[engine]}: ${count('right')} of ${able} rows right; ${count('cannot')} more cannot be tried in it.`;
});

/** Stories of `test/e2e`, which no other engine lets a test play. */
const inChromiumAlone = [
  '## Played in Chromium alone',
  '',
  'These are stories of `test/e2e`, and no rows here.',
  '',
  '- Passkeys: they need an authenticator that a test can make, and DevTools has one.',
  '- A sign-in in a window beside the page: a page sees by the focus that somebody is back in it, which no window gets on a screen without a window manager; in Chromium the page is told.',
  '- Tokens that oidc-client-ts holds: how often they are renewed is counted at the browser’s own network.',
  '- What is left in memory, and what goes over channels: heap snapshots and recordings of DevTools.',
  '',
];

const versions = engines.map((engine) => `${names[engine]} ${version(engine) ?? '(not played)'}`);
const text = [
  '# Reliability',
  '',
  'What browsers do to pages, and what becomes of a session then. Each row is a story that is played in a real browser, with the',
  'reference server; `npm run test:matrix` plays them all and writes this page. Where an engine cannot be made to do what a row',
  'needs, that is said with the reason. The last column is what other packages did where the same could be tried on them, in the same',
  'run, in Chromium, with limits of some seconds: what needs a server is not tried on them, for they have none, nor is what none of them',
  'sets out to do, and then the cell says why. Up to three seconds are held against nobody. What is tried on those only that tell tabs of',
  'each other, or that warn, is not held against the others.',
  '',
  `Played in ${versions.join(', ')}.`,
  '',
  ...summaryOfUs,
  ...summaryOfOthers(),
  ...tables,
  ...(reasons.length > 0
    ? ['## What cannot be tried', '', ...reasons.map((reason, index) => `${index + 1}. ${reason}.`), '']
    : []),
  ...inChromiumAlone,
].join('\n');

writeFileSync(fileURLToPath(new URL('../../docs/reliability.md', import.meta.url)), text);
