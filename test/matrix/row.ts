/** One row of the reliability matrix: a story, and the words for it in the table. */
import type { Capability, LaunchOptions } from './driver.ts';
import type { NotTried, Trial } from './peers/trial.ts';
import type { Stage } from './stage.ts';

export interface Row {
  /** What is done to the browser, and what then must be so. Both go into the table as they are. */
  readonly done: string;
  readonly expected: string;
  /** Engines differ here: `npm test` runs it in all of them, and other rows in Chromium only. */
  readonly differs?: true;
  /** What an engine must be able to do. */
  readonly needs?: readonly Capability[];
  readonly launch?: LaunchOptions;
  /** The bank has a real OpenID provider beside it. */
  readonly provider?: true;
  /** How long it may take. Default: 60. */
  readonly seconds?: number;
  /** How the same is tried on other packages, or why it is not. */
  readonly tried: Trial | NotTried;
  play(stage: Stage): Promise<void>;
}

/** A chapter of the table. */
export interface Chapter {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** What an engine lacks for a row: the reasons, for the table; empty where it can be tried. */
export const obstacles = (
  { needs = [], launch = {} }: Row,
  cannot: Readonly<Partial<Record<Capability, string>>>,
): readonly string[] =>
  [...needs, ...(launch.throttled ? (['throttle'] as const) : [])]
    .map((capability) => cannot[capability])
    .filter((reason) => reason !== undefined);
