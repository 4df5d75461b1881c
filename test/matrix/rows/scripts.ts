/** Rows about scripts beside the SDK that are careless, or mean it. */
import { expect } from '@playwright/test';
import { liveSession } from '../../e2e/bank.ts';
import { inAll, isCovered, isWiped, sees, sightings, sofar } from '../../e2e/seen.ts';
import { focusAndScroll, madeUp, replaced, stoppedEvents, trapped } from '../peers/script-trials.ts';
import type { Row } from '../row.ts';
import { stay, type Tab, tryEverything, work } from '../stage.ts';
import { trapFocus } from '../trap.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectOut,
  expectStaysOut,
  idle,
  isOpenAgain,
  leave,
  marked,
  openWork,
  workAndLeave,
} from './work-page.ts';

export const scripts: readonly Row[] = [
  {
    done: 'From when the person leaves, a script makes up moves, clicks, keys, touches and focus each 200 ms, in both tabs.',
    expected: 'None of it counts: both tabs warn and end on time.',
    tried: madeUp,
    async play(stage) {
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      await beginShort(stage, tabs, front);
      const after = marked(tabs);
      const deadline = await leave(stage);
      for (const tab of tabs) await tab.ask(makeUpEvents);
      await expectIdleEnd(tabs, { front, deadline, after });
      expect(await front.ask<number>('madeUp'), 'events').toBeGreaterThan((idle / 200) * 5);
      await expectStaysOut(front);
      expectNoErrors(tabs);
    },
  },
  {
    done: 'From when the person leaves, a script moves the focus and scrolls, each 200 ms, which browsers tell of as if a person did it.',
    expected:
      'It may be somebody with assistive technology, and is believed for one more idle limit: the session ends within two.',
    tried: focusAndScroll,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [tab], tab);
      const last = await work(tab, 500);
      const before = sofar(tab);
      await tab.ask(moveFocusAndScroll);
      const end = await sees(tab, 'session-ended', { after: before, timeout: 3 * idle });
      expect(end.detail).toMatchObject({ reason: 'idle' });
      expect(end.at - last, 'after the last key').toBeLessThanOrEqual(2 * idle + 1_000);
      expect(end.at - last, 'after the last key').toBeGreaterThan(idle + 1_000);
      await sees(tab, 'warning opened', { after: before });
      await sees(tab, isCovered, { after: before });
      await sees(tab, isWiped, { after: before });
      await expectStaysOut(tab);
      expectNoErrors([tab]);
    },
  },
  {
    done: 'The app stops every event on `window`, before the SDK by `stopPropagation` and after it by `stopImmediatePropagation`; the person works for longer than the idle limit, then leaves, and comes back after the end.',
    expected:
      'No warning while they work; the end on time; once it is over the app’s own listener gets nothing any more.',
    tried: stoppedEvents,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1, page: 'stopping' })) as [Tab];
      const after = marked([tab]);
      const deadline = await workAndLeave(stage, [tab], tab);
      await expectIdleEnd([tab], { front: tab, deadline, after });
      const heard = (how: string) => tab.ask<string>(`document.documentElement.dataset.${how}`);
      const late = await heard('stopImmediatePropagation');
      expect(late).toContain('keydown');
      await tryEverything(tab);
      expect((await heard('stopImmediatePropagation')).slice(late.length)).toBe('');
      const before = sofar(tab);
      await tab.reload();
      await expectOut(tab, before);
      expect(sightings(tab, isOpenAgain, before)).toEqual([]);
      expectNoErrors([tab]);
    },
  },
  {
    done: 'A modal of the app traps the focus, and stops every click outside of it (as focus-trap does); the warning comes, and the person clicks on “Stay signed in”.',
    expected: 'The answer counts: the session is extended, and the warning closes.',
    tried: trapped,
    async play(stage) {
      const [tab] = (await openWork(stage, { count: 1 })) as [Tab];
      await beginShort(stage, [tab], tab);
      await tab.ask(trapFocus);
      const before = sofar(tab);
      const warning = await sees(tab, 'warning opened', { after: before, timeout: idle });
      const { last_activity: known } = await liveSession(stage.bank);
      await stay(tab, warning);
      await sees(tab, 'session-extended', { after: before });
      await sees(tab, 'warning closed', { after: before });
      expect((await liveSession(stage.bank)).last_activity).toBeGreaterThan(known);
      expectNoErrors([tab]);
    },
  },
  {
    done: 'After the SDK has started, the page replaces `Date`, `performance.now`, `setTimeout`, `clearTimeout` and `fetch` by what does nothing; the person works in it and leaves, answers the warning, and leaves again.',
    expected:
      'No warning while they work, the answer extends, and both tabs end on time: the SDK took its own when it started.',
    tried: replaced,
    seconds: 90,
    async play(stage) {
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      await front.ask(replaceAll);
      await workAndLeave(stage, tabs, front);
      const [, warning] = (await inAll(tabs, (tab) => sees(tab, 'warning opened', { timeout: idle })))[1]!;
      await stay(front, warning);
      await inAll(tabs, (tab) => sees(tab, 'warning closed'));
      await sees(front, 'session-extended');
      const after = marked(tabs);
      await expectIdleEnd(tabs, { front, deadline: await leave(stage), after });
      expectNoErrors(tabs);
      for (const tab of tabs) await expectStaysOut(tab);
    },
  },
];

const makeUpEvents = `void (() => {
  window.madeUp = 0;
  const note = document.querySelector('#note');
  const options = { bubbles: true, composed: true, cancelable: true };
  setInterval(() => {
    const at = { ...options, clientX: madeUp % 300, screenX: madeUp % 300, movementX: 1 };
    for (const type of ['pointermove', 'pointerdown', 'pointerup']) note.dispatchEvent(new PointerEvent(type, at));
    for (const type of ['mousemove', 'mousedown', 'mouseup', 'click']) note.dispatchEvent(new MouseEvent(type, at));
    note.dispatchEvent(new KeyboardEvent('keydown', { ...options, key: 'a' }));
    note.dispatchEvent(new WheelEvent('wheel', { ...options, deltaY: 1 }));
    note.dispatchEvent(new InputEvent('input', options));
    for (const type of ['touchstart', 'touchend', 'focusin', 'scroll', 'paste', 'drop', 'visibilitychange'])
      note.dispatchEvent(new Event(type, options));
    dispatchEvent(new Event('focus'));
    note.click();
    madeUp += 20;
  }, 200);
})()`;

const moveFocusAndScroll = `void (() => {
  document.body.style.height = '5000px';
  const fields = [document.querySelector('#note'), document.querySelector('a')];
  let turn = 0;
  setInterval(() => {
    turn += 1;
    fields[turn % 2].focus({ preventScroll: true });
    scrollTo(0, (turn % 2) * 300);
  }, 200);
})()`;

const replaceAll = `void (() => {
  window.Date = class extends Date { static now() { return 0; } constructor() { super(0); } };
  performance.now = () => 0;
  window.setTimeout = () => 0;
  window.clearTimeout = () => {};
  window.fetch = () => Promise.reject(new TypeError('no'));
})()`;
