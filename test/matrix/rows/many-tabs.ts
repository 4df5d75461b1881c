/** Rows about several tabs at once, with a person somewhere among them. */
import { expect } from '@playwright/test';
import { idleDeadline } from '../../e2e/bank.ts';
import { expectInTime, inAll, sees, sightings, VISIBLE } from '../../e2e/seen.ts';
import { beginHeartbeat } from '../../e2e/witness.ts';
import { byTurns, sideBySide, twelve } from '../peers/tab-trials.ts';
import type { Row } from '../row.ts';
import { storyPages } from '../site.ts';
import { pause, stay, type Tab, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  idle,
  lead,
  leave,
  marked,
  openWork,
  workAndLeave,
} from './work-page.ts';

/** The server closes the older one where a browser opens another: for a moment both are there. */
const STREAMS = 2;

export const manyTabs: readonly Row[] = [
  {
    done: 'The person works in three tabs by turns, two seconds in each, for twice the idle limit.',
    expected: 'No tab warns meanwhile. All warn, are covered and end on time after the last act.',
    tried: byTurns,
    seconds: 90,
    async play(stage) {
      const tabs = await openWork(stage, { count: 3 });
      const last = tabs[2]!;
      await beginShort(stage, tabs, last);
      const after = marked(tabs);
      const start = Date.now();
      for (let turn = 0; Date.now() - start < 2 * idle || turn % 3 !== 0; turn += 1) await work(tabs[turn % 3]!, 2_000);
      for (const tab of tabs) expect(sightings(tab, 'warning opened', after(tab)), tab.name).toEqual([]);
      // A tab leaves it to the one that was acted in before to tell the server, for two seconds.
      await pause(2_000);
      const deadline = await leave(stage);
      await expectIdleEnd(tabs, { front: last, deadline, after });
      expectNoErrors(tabs);
    },
  },
  {
    done: 'Twelve tabs; the person works in one of them for longer than the idle limit, and leaves.',
    expected:
      'One stream for all of them, so that other requests go on (HTTP/1.1). No tab warns while the person works. All warn, are covered and end on time.',
    tried: twelve,
    seconds: 150,
    async play(stage) {
      const tabs = await openWork(stage, { count: 12 });
      const after = marked(tabs);
      const deadline = await workAndLeave(stage, tabs, tabs[11]!);
      expect(stage.bank.openStreams()).toBeGreaterThanOrEqual(1);
      expect(stage.bank.openStreams()).toBeLessThanOrEqual(STREAMS);
      await expectIdleEnd(tabs, { front: tabs[11]!, deadline, after });
      expect(await stage.bank.sessions()).toEqual([]);
      expectNoErrors(tabs);
    },
  },
  {
    done: 'Two windows side by side, both visible; the person works in one for longer than the idle limit, stops, answers the warning there, and leaves.',
    expected:
      'No warning while they work. Both windows warn on time, one answer closes both warnings, and both end on time.',
    tried: sideBySide,
    seconds: 90,
    async play(stage) {
      const [one] = (await openWork(stage, { count: 1 })) as [Tab];
      const two = await stage.open(`${storyPages}work.html`, 'window');
      await sees(two, 'session-opened');
      await two.ask("void sessionStorage.setItem('work:draft', 'typed')");
      const windows = [one, two];
      for (const window of windows) expect(await window.ask('document.visibilityState'), window.name).toBe('visible');
      await beginHeartbeat({ quietly: one.ask });
      let after = marked(windows);
      const first = await workAndLeave(stage, windows, two);
      const warnings = await inAll(windows, (tab) => sees(tab, 'warning opened', { after: after(tab), timeout: idle }));
      for (const [tab, warning] of warnings) {
        expectInTime(warning, first - lead, { bound: VISIBLE, what: `the warning in ${tab.name}`, heartbeat: tab });
      }
      await stay(two, warnings[1]![1]);
      await inAll(windows, (tab) => sees(tab, 'warning closed', { after: after(tab) }));
      after = marked(windows);
      const deadline = await idleDeadline(stage.bank);
      expect(deadline).toBeGreaterThan(first);
      await expectIdleEnd(windows, { front: two, deadline, after });
      expectNoErrors(windows);
    },
  },
];
