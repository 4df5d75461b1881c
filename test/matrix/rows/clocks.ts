/** Rows about clocks that are wrong, or set while somebody works. */
import { expect } from '@playwright/test';
import { isWiped, sees, sightings, VISIBLE } from '../../e2e/seen.ts';
import { jumpWallClock } from '../../e2e/witness.ts';
import { needsServer } from '../peers/not-tried.ts';
import { setAtWork, wrongFromTheStart } from '../peers/time-trials.ts';
import type { Row } from '../row.ts';
import { type Stage, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  isInterrupted,
  isShown,
  leave,
  marked,
  openWork,
} from './work-page.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const jumps: readonly (readonly [words: string, by: number])[] = [
  ['forward by an hour', HOUR],
  ['back by an hour', -HOUR],
  ['forward by a day', DAY],
  ['back by a day', -DAY],
];

const errors: readonly (readonly [words: string, by: number])[] = [
  ['ten minutes ahead', 10 * MINUTE],
  ['ten minutes behind', -10 * MINUTE],
  ['a year ahead', 365 * DAY],
  ['a year behind', -365 * DAY],
];

export const clocks: readonly Row[] = [
  ...jumps.map(([words, by]) => ({
    done: `The device’s wall clock is set ${words} while the person works in one of two tabs; then they leave.`,
    expected:
      'They are not signed out, and nothing is wiped; a page may be covered until the server has answered. Both tabs end on the server’s time.',
    tried: setAtWork(by),
    play: (stage: Stage) => jumpAtWork(stage, by),
  })),
  ...errors.map(([words, by]) => ({
    done: `The device’s clock is ${words} of the server’s, from the start; the person works in one of two tabs and leaves.`,
    expected: 'No warning and no cover while they work; both tabs warn and end on the server’s time.',
    tried: wrongFromTheStart(by),
    async play(stage: Stage) {
      stage.setClockAhead(by);
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      await beginShort(stage, tabs, front);
      await work(front, 2_000);
      for (const tab of tabs) expect(sightings(tab, isInterrupted), tab.name).toEqual([]);
      const after = marked(tabs);
      await expectIdleEnd(tabs, { front, deadline: await leave(stage), after });
      await expectStaysOut(front);
      expectNoErrors(tabs);
    },
  })),
  {
    done: 'The server’s clock is set back by five seconds while the person works; they work on for longer than the idle limit, then leave.',
    expected:
      'No warning and no cover where they work; it warns and ends when the server does, and the other tab does not end earlier.',
    tried: needsServer,
    async play(stage) {
      const tabs = await openWork(stage);
      const [behind, front] = [tabs[0]!, tabs[1]!];
      await beginShort(stage, tabs, front);
      await work(front, 1_000);
      stage.bank.clock.setBack(5_000);
      await work(front, idle + 1_000);
      expect(sightings(front, isInterrupted)).toEqual([]);
      const after = marked(tabs);
      const deadline = await leave(stage);
      await expectIdleEnd([front], { front, deadline, after });
      // The other tab has asked nothing since: by what it knows it is over earlier, and it is covered until it has asked.
      const end = await sees(behind, 'session-ended');
      expect(end.detail).toMatchObject({ reason: 'idle' });
      expect(end.at).toBeGreaterThanOrEqual(deadline - VISIBLE);
      await sees(behind, isWiped);
      expect(await stage.bank.sessions()).toEqual([]);
      await expectStaysOut(front);
      expectNoErrors(tabs);
    },
  },
];

async function jumpAtWork(stage: Stage, by: number): Promise<void> {
  const tabs = await openWork(stage);
  const [behind, front] = [tabs[0]!, tabs[1]!];
  await beginShort(stage, tabs, front);
  for (const tab of [behind, front]) await jumpWallClock({ quietly: tab.ask }, by);
  await front.move(300, 200);
  await expect.poll(() => front.ask(isShown)).toBe(true);
  // By the time, for what was seen before may only be told now.
  const shownAt = Date.now();
  await work(front, 2_000);
  expect(sightings(front, (one) => isInterrupted(one) && one.at > shownAt)).toEqual([]);
  for (const tab of tabs) {
    expect(await tab.ask(isShown), `${tab.name} is shown`).toBe(true);
    expect(
      sightings(tab, ({ what }) => what === 'session-ended' || what === 'tokens-wiped'),
      tab.name,
    ).toEqual([]);
  }
  const after = marked(tabs);
  await expectIdleEnd(tabs, { front, deadline: await leave(stage), after });
  await expectStaysOut(front);
  expectNoErrors(tabs);
}
