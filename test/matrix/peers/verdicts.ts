/** What the last run said of the peers, in words for the table. */
import { existsSync, readFileSync } from 'node:fs';
import type { Row } from '../row.ts';
import { resultsOf } from '../run.mjs';
import { peers } from './peers.ts';
import { RIGHT } from './trial.ts';

/** The part of Playwright's JSON report that is read here. */
interface Report {
  readonly suites: readonly {
    readonly suites?: readonly {
      readonly title: string;
      readonly specs: readonly {
        readonly title: string;
        readonly tests: readonly { readonly annotations: readonly { type: string; description?: string }[] }[];
      }[];
    }[];
  }[];
}

/** The later ones are of trials that were played again, alone: their word counts. */
const reports = resultsOf('peers')
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report);

/** By chapter, row and subject. A trial that broke has none. */
const verdicts = new Map(
  reports
    .flatMap(({ suites }) => suites.flatMap((suite) => suite.suites ?? []))
    .flatMap(({ title: chapter, specs }) =>
      specs.map(({ title, tests }) => {
        const annotations = tests.flatMap((test) => test.annotations);
        return [`${chapter}: ${title}`, annotations.find(({ type }) => type === 'verdict')?.description] as const;
      }),
    ),
);

/** What became of them in a row: those of which the same is to be said, together. */
export function othersOf(chapter: string, { done, tried }: Row): string {
  if (typeof tried === 'string') return `not tried: ${tried}`;
  const { on = ({ isBlind }) => !isBlind } = tried;
  const said = new Map<string, readonly string[]>();
  for (const { name, subject } of peers.filter(on)) {
    const verdict = verdicts.get(`${chapter}: ${done} (${subject})`) ?? '**not tried**';
    said.set(verdict, [...(said.get(verdict) ?? []), name]);
  }
  return [...said]
    .sort(([one], [other]) => Number(one === RIGHT) - Number(other === RIGHT))
    .map(([verdict, names]) => `${verdict}: ${names.join(', ')}`)
    .join('; ');
}

/** How often each was right. */
export function summaryOfOthers(): readonly string[] {
  const sums = peers.map(({ name, subject }) => {
    const own = [...verdicts].filter(([key, verdict]) => verdict !== undefined && key.endsWith(`(${subject})`));
    return `- ${name}: ${own.filter(([, verdict]) => verdict === RIGHT).length} of ${own.length} rows right that could be tried.`;
  });
  return [...sums, ''];
}
