/** Rows about work in what lies over or beside the page: closed shadow roots, dialogs, popovers, a full screen. */
import { expect } from '@playwright/test';
import { sees, sightings } from '../../e2e/seen.ts';
import { inSurface } from '../peers/people-trials.ts';
import type { Row } from '../row.ts';
import { pause, type Stage, stay, type Tab } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  leave,
  marked,
  openWork,
} from './work-page.ts';

const BOX =
  'position: fixed; inset: auto; left: 60px; top: 300px; width: 300px; height: 60px; margin: 0; padding: 0; border: 0';
const field = { x: 60 + 100, y: 300 + 30 };

const surfaces: readonly (readonly [words: string, make: string])[] = [
  ['a field in a closed shadow root', "box.attachShadow({ mode: 'closed' }).append(input); document.body.append(box);"],
  ['a modal dialog of the app', 'box.append(input); document.body.append(box); box.showModal();'],
  ['a popover', "box.append(input); box.popover = 'manual'; document.body.append(box); box.showPopover();"],
  [
    'an element that fills the screen',
    "box.append(input); document.body.append(box); input.addEventListener('click', () => box.requestFullscreen(), { once: true });",
  ],
];

const elementOf = (words: string) => (words.includes('modal') ? 'dialog' : 'div');

export const overlays: readonly Row[] = surfaces.map(([words, make]) => ({
  done: `The person works for longer than the idle limit in ${words}, and leaves; they answer the warning by its button, and leave again.`,
  expected:
    'No warning while they work; the warning can be answered; at the end nothing of it is to be seen, and it takes no input.',
  seconds: 90,
  tried: inSurface(elementOf(words), make),
  async play(stage: Stage) {
    const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
    await beginShort(stage, [tab], tab);
    await tab.ask(`void (() => {
      const box = document.createElement(${JSON.stringify(elementOf(words))});
      box.id = 'box';
      box.style = ${JSON.stringify(BOX)};
      const input = window.field = document.createElement('input');
      input.style = 'display: block; box-sizing: border-box; width: 300px; height: 60px';
      ${make}
    })()`);
    await tab.click(field.x, field.y);
    await pause(500);
    const start = Date.now();
    while (Date.now() - start < idle + 500) {
      await tab.key('n');
      await pause(150);
    }
    expect(await tab.ask<string>('field.value')).toMatch(/^n{10,}$/);
    if (words.includes('screen')) expect(await tab.ask('document.fullscreenElement?.id')).toBe('box');
    expect(sightings(tab, 'warning opened')).toEqual([]);
    const warning = await sees(tab, 'warning opened', { timeout: idle });
    await stay(tab, warning);
    await sees(tab, 'session-extended');
    await sees(tab, 'warning closed');
    const after = marked([tab]);
    await expectIdleEnd([tab], { front: tab, deadline: await leave(stage), after });
    const written = await tab.ask<string>('field.value');
    expect(await tab.ask('field.checkVisibility({ contentVisibilityAuto: true })'), 'it is to be seen').toBe(false);
    await tab.click(field.x, field.y);
    await tab.key('x');
    expect(await tab.ask<string>('field.value')).toBe(written);
    await expectStaysOut(tab);
    expectNoErrors([tab]);
  },
}));
