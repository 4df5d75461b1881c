/** Trials about hands that are at work where a page hears other events than usual, or none. */
import { expect } from '@playwright/test';
import { sofar } from '../../e2e/seen.ts';
import { pause, work } from '../stage.ts';
import { anyFile, putThings, target, thing, wayOf } from '../things.ts';
import { busy, busyOnce, OUT } from './busy.ts';
import { ending, isIdleSince, type Trial } from './trial.ts';

const STEP = 180;
/** For longer than the limit. */
const way = wayOf(25);

export const pointerLocked: Trial = {
  needs: ['pointer-lock'],
  ...busy(
    async (tab) => {
      await putThings(tab);
      await tab.ask("void made.addEventListener('click', () => made.requestPointerLock(), { once: true })");
      await tab.click(thing.x, thing.y);
      await expect.poll(() => tab.ask('document.pointerLockElement?.id')).toBe('made');
    },
    (tab, turn) => tab.move(200 + (turn % 2) * 90, 200 + (turn % 3) * 40),
  ),
};

export const slid = busyOnce(
  async () => {},
  (tab) => tab.drag([{ x: 110, y: 320 }, ...way.map(({ x }, step) => ({ x, y: 320 + (step % 3) * 30 }))], STEP),
);

export const dragged: Trial = {
  needs: ['drag'],
  ...busyOnce(putThings, async (tab) => {
    await tab.drag([thing, ...way, ...target], STEP);
    expect(await tab.ask('dropped')).toEqual(['text/plain']);
  }),
};

export const draggedIn: Trial = {
  needs: ['drag-in'],
  ...busyOnce(putThings, async (tab) => {
    await tab.dragIn(anyFile, [...way, ...target], STEP);
    expect(await tab.ask('dropped')).toEqual(['Files']);
  }),
};

/** Looking for the file takes half of the limit. */
export const fileChosen: Trial = {
  needs: ['file-chooser'],
  async play({ open }) {
    const limit = 6_000;
    const tab = await open({ limit });
    await work(tab, 300);
    await putThings(tab);
    await tab.ask(`void (() => {
      const field = Object.assign(document.createElement('input'), { type: 'file', id: 'field' });
      document.body.append(field);
      made.onclick = () => field.click();
    })()`);
    const before = sofar(tab);
    await tab.chooseFile(
      anyFile,
      () => tab.click(thing.x, thing.y),
      () => pause(limit / 2),
    );
    const chosen = Date.now();
    expect(await tab.ask("document.querySelector('#field').files.length")).toBe(1);
    return isIdleSince(tab, before) ? OUT : ending(tab, chosen + limit, before);
  },
};
