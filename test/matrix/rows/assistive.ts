/** Rows about people whose tools cause only some of the events that a mouse or a keyboard causes. */
import { expect } from '@playwright/test';
import { sees, sightings } from '../../e2e/seen.ts';
import { dictated, focusMoved, heardOnly } from '../peers/people-trials.ts';
import type { Row } from '../row.ts';
import { pause, placeOf, type Stage, stay, type Tab, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  lead,
  leave,
  marked,
  openWork,
} from './work-page.ts';

const sequences: readonly (readonly [who: string, types: string])[] = [
  ['Firefox with JAWS, or ChromeVox: only `click`', 'click'],
  ['Chromium with NVDA: `mousedown`, `mouseup` and `click`, no pointer events', 'mousedown mouseup click'],
  [
    'Android with TalkBack: `focus`, `mousedown`, `mouseup` and `click`, no pointer or touch events',
    'focusin mousedown mouseup click',
  ],
];

export const assistive: readonly Row[] = [
  ...sequences.map(([who, types]) => ({
    done: `The person activates something each half second for longer than the idle limit, and the page hears of it as of ${who}; then they leave.`,
    expected: 'No warning while they work; the end on time.',
    tried: heardOnly(types),
    async play(stage: Stage) {
      const [tab] = (await openWork(stage, { count: 1, page: 'only', query: `?types=${types}` })) as [Tab];
      await beginShort(stage, [tab], tab);
      const { x, y } = await placeOf(tab, '#note');
      await repeat(idle + 1_000, 500, () => tab.click(x, y));
      expect(sightings(tab, 'warning opened')).toEqual([]);
      await endsOnTime(stage, tab);
    },
  })),
  {
    done: 'After the last key the person only moves the focus, by a tool that causes no other event, for two idle limits.',
    expected:
      'Believed for one idle limit: the warning comes only when the second is about to end, and can be answered; then it counts anew.',
    tried: focusMoved,
    seconds: 90,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [tab], tab);
      const last = await work(tab, 300);
      const moving = repeat(2 * idle - 1_000, 300, (turn) =>
        tab.ask(`void document.querySelector('${turn % 2 ? 'a' : '#note'}').focus()`),
      );
      const warning = await sees(tab, 'warning opened', { timeout: 2 * idle });
      expect(warning.at - last, 'the warning after the last key').toBeGreaterThan(2 * idle - lead - 1_500);
      expect(warning.at - last, 'the warning after the last key').toBeLessThan(2 * idle - lead + 1_500);
      await moving;
      await stay(tab, warning);
      await sees(tab, 'session-extended');
      await sees(tab, 'warning closed');
      await endsOnTime(stage, tab);
    },
  },
  {
    done: 'The person dictates: `input` events without keys, for longer than the idle limit; then they leave.',
    expected: 'No warning while they dictate; the end on time.',
    tried: dictated,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [tab], tab);
      await work(tab, 300);
      await repeat(idle + 1_000, 400, () => tab.ask("void document.execCommand('insertText', false, 'word ')"));
      expect(await tab.ask<string>("document.querySelector('#note').value")).toContain('word word word');
      expect(sightings(tab, 'warning opened')).toEqual([]);
      await endsOnTime(stage, tab);
    },
  },
];

async function repeat(duration: number, every: number, act: (turn: number) => Promise<void>): Promise<void> {
  const start = Date.now();
  for (let turn = 0; Date.now() - start < duration; turn += 1) {
    await act(turn);
    await pause(every);
  }
}

async function endsOnTime(stage: Stage, tab: Tab): Promise<void> {
  const after = marked([tab]);
  await expectIdleEnd([tab], { front: tab, deadline: await leave(stage), after });
  await expectStaysOut(tab);
  expectNoErrors([tab]);
}
