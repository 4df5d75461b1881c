/** Rows about time passing. */
import { expect } from '@playwright/test';
import { workedAndLeft } from '../peers/time-trials.ts';
import type { Row } from '../row.ts';
import { expectIdleEnd, expectNoErrors, expectStaysOut, marked, openWork, workAndLeave } from './work-page.ts';

export const time: readonly Row[] = [
  {
    done: 'The person works in one of two tabs for longer than the idle limit, then leaves; later they move the mouse, click, type, and load the page anew.',
    expected:
      'No warning while they work. Both tabs warn and are covered on time, end, and wipe what the session left. Nothing that is done afterwards opens them.',
    differs: true,
    tried: workedAndLeft,
    async play(stage) {
      const tabs = await openWork(stage);
      const [behind, front] = [tabs[0]!, tabs[1]!];
      const after = marked(tabs);
      const deadline = await workAndLeave(stage, tabs, front);
      await expectIdleEnd(tabs, { front, deadline, after });
      expect(await stage.bank.sessions()).toEqual([]);
      for (const tab of [front, behind]) await expectStaysOut(tab);
      expectNoErrors(tabs);
    },
  },
];
