/** Rows about hands that are at work where a page hears other events than usual, or none: locks of the pointer, drags, choosers. */
import { expect } from '@playwright/test';
import { sees, sightings } from '../../e2e/seen.ts';
import { dragged, draggedIn, fileChosen, pointerLocked, slid } from '../peers/hand-trials.ts';
import type { Row } from '../row.ts';
import { pause, type Stage, stay, type Tab } from '../stage.ts';
import { anyFile, putThings, target, thing, wayOf } from '../things.ts';
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

const STEP = 300;
/** There and back over the page, for longer than the idle limit. */
const way = wayOf(Math.ceil((idle + 1_000) / STEP));

const unwarned = 'No warning while they work; the end on time.';

export const hands: readonly Row[] = [
  {
    done: 'The page has taken hold of the pointer (pointer lock), and the person moves the mouse for longer than the idle limit; they leave, answer the warning by its button, and leave again.',
    expected:
      'No warning while they work. The warning lets go of the pointer, so that the mouse can answer it; the end on time.',
    tried: pointerLocked,
    needs: ['pointer-lock'],
    seconds: 90,
    async play(stage) {
      const tab = await atWork(stage);
      await tab.ask("void made.addEventListener('click', () => made.requestPointerLock(), { once: true })");
      await tab.click(thing.x, thing.y);
      await expect.poll(() => tab.ask('document.pointerLockElement?.id')).toBe('made');
      const start = Date.now();
      for (let step = 0; Date.now() - start < idle + 500; step += 1) {
        await tab.move(200 + (step % 2) * 90, 200 + (step % 3) * 40);
        await pause(150);
      }
      expect(await tab.ask('document.pointerLockElement?.id'), 'it is locked still').toBe('made');
      expect(sightings(tab, 'warning opened')).toEqual([]);
      const warning = await sees(tab, 'warning opened', { timeout: idle });
      await expect.poll(() => tab.ask('document.pointerLockElement')).toBe(null);
      await stay(tab, warning);
      await sees(tab, 'session-extended');
      await sees(tab, 'warning closed');
      await endsOnTime(stage, tab);
    },
  },
  {
    done: 'The person holds the mouse pressed and moves it, as over a slider, for longer than the idle limit, and leaves.',
    expected: unwarned,
    tried: slid,
    async play(stage) {
      const tab = await atWork(stage);
      await tab.drag([{ x: 110, y: 320 }, ...way], STEP);
      await endsOnTime(stage, tab);
    },
  },
  {
    done: 'The person drags something over the page for longer than the idle limit, drops it, and leaves.',
    expected: unwarned,
    tried: dragged,
    needs: ['drag'],
    async play(stage) {
      const tab = await atWork(stage);
      await tab.drag([thing, ...way, ...target], STEP);
      expect(await tab.ask('dropped')).toEqual(['text/plain']);
      await endsOnTime(stage, tab);
    },
  },
  {
    done: 'The person drags a file from outside of the browser over the page for longer than the idle limit, drops it, and leaves.',
    expected: unwarned,
    tried: draggedIn,
    needs: ['drag-in'],
    async play(stage) {
      const tab = await atWork(stage);
      await tab.dragIn(anyFile, [...way, ...target], STEP);
      expect(await tab.ask('dropped')).toEqual(['Files']);
      await endsOnTime(stage, tab);
    },
  },
  {
    done: 'The person opens the browser’s own dialog for choosing a file, looks for one for half of the idle limit, chooses it, and leaves.',
    expected:
      'While the dialog is open nobody is heard; choosing counts: the session is warned of, and ends, one idle limit after that.',
    tried: fileChosen,
    needs: ['file-chooser'],
    async play(stage) {
      const tab = await atWork(stage);
      await tab.ask(`void (() => {
        const field = Object.assign(document.createElement('input'), { type: 'file', id: 'field' });
        document.body.append(field);
        made.onclick = () => field.click();
      })()`);
      const open = () => tab.click(thing.x, thing.y);
      await tab.chooseFile(anyFile, open, () => pause(idle / 2));
      const chosen = Date.now();
      expect(await tab.ask("document.querySelector('#field').files.length")).toBe(1);
      const deadline = await endsOnTime(stage, tab);
      expect(deadline - chosen, 'choosing counts').toBeGreaterThan(idle - 500);
    },
  },
];

/** A page of work with a thing on it that can be dragged, and a place for it. */
async function atWork(stage: Stage): Promise<Tab> {
  const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
  await beginShort(stage, [tab], tab);
  await putThings(tab);
  return tab;
}

/** Nobody was warned; the person leaves. Resolves with the deadline, by the wall clock. */
async function endsOnTime(stage: Stage, tab: Tab): Promise<number> {
  const after = marked([tab]);
  // One that was answered has closed.
  expect(sightings(tab, 'warning opened')).toHaveLength(sightings(tab, 'warning closed').length);
  const deadline = await leave(stage);
  await expectIdleEnd([tab], { front: tab, deadline, after });
  await expectStaysOut(tab);
  expectNoErrors([tab]);
  return deadline;
}
