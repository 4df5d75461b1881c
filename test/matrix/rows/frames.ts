/** Rows about work inside frames. */
import { expect } from '@playwright/test';
import { sightings } from '../../e2e/seen.ts';
import { addForeign, addFrame, field, inner, withForeign } from '../framed.ts';
import { besideNoisyFrame, inForeignFrame, inFrame, inNestedFrame } from '../peers/frame-trials.ts';
import { needsFrameMessages } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { pause, type Stage, type Tab } from '../stage.ts';
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

/** An activation is looked for every 2 s, lasts 5 s, and is dated by the earliest it can be; then the server is told. */
const beyondActivation = idle + 4_000;

export const frames: readonly Row[] = [
  {
    done: 'The person works for longer than the idle limit in a frame of the same origin that was added later; then the frame is removed, and they leave.',
    expected: 'No warning while they work; the end on time.',
    tried: inFrame,
    async play(stage) {
      const tab = await atWork(stage);
      await tab.ask(addFrame('document'));
      await workIn(tab, field, idle + 1_000);
      await tab.ask("void document.querySelector('iframe').remove()");
      await leaveFor(stage, tab);
    },
  },
  {
    done: 'The person works for longer than the idle limit in a frame inside a frame of the same origin, which was added later still; then they leave.',
    expected: 'No warning while they work; the end on time, and no input reaches the frames afterwards.',
    tried: inNestedFrame,
    async play(stage) {
      const tab = await atWork(stage);
      await tab.ask(addFrame('document', 'height: 700px'));
      await tab.ask(addFrame("document.querySelector('iframe').contentDocument"));
      await workIn(tab, inner, idle + 1_000);
      const written =
        "document.querySelector('iframe').contentDocument.querySelector('iframe').contentDocument.querySelector('input').value";
      expect(await tab.ask<string>(written)).toMatch(/^n{20,}$/);
      const before = marked([tab]);
      await expectIdleEnd([tab], { front: tab, deadline: await leave(stage), after: before });
      const text = await tab.ask<string>(written);
      await tab.click(inner.x, inner.y);
      await tab.key('x');
      expect(await tab.ask<string>(written)).toBe(text);
      await expectStaysOut(tab);
      expectNoErrors([tab]);
    },
  },
  {
    done: 'The person works for longer than the idle limit in a frame of another origin that knows nothing of the SDK; then they leave, with the focus still inside it.',
    expected: 'No warning while they type and click in it; the end on time.',
    tried: inForeignFrame,
    needs: ['foreign-frames'],
    play: (stage) =>
      withForeign(async (origin) => {
        const tab = await atWork(stage, { change: { idle_timeout: beyondActivation / 1_000 } });
        await tab.ask(addForeign(origin));
        await workIn(tab, field, beyondActivation + 1_000);
        // The last activation is found, and told.
        await pause(5_000);
        await leaveFor(stage, tab);
      }),
  },
  {
    done: 'Nobody acts, while the focus is inside a frame of another origin in which a script makes up clicks and keys and moves the focus.',
    expected: 'The session ends on time.',
    tried: besideNoisyFrame,
    play: (stage) =>
      withForeign(async (origin) => {
        const tab = await atWork(stage);
        await tab.ask(addForeign(`${origin}/noisy`));
        await leaveFor(stage, tab);
      }),
  },
  {
    done: 'The person only reads in a frame of another origin: they turn the wheel and move the mouse over it for longer than the idle limit. The frame says so to the page, which believes this origin.',
    expected: 'No warning while they read; the end on time once they leave.',
    tried: needsFrameMessages,
    needs: ['foreign-frames'],
    play: (stage) =>
      withForeign(async (origin) => {
        const tab = await atWork(stage, { page: 'cooperating', query: `?origin=${origin}` });
        await tab.ask(addForeign(`${origin}/relay?to=${stage.bank.origin}`));
        await readIn(tab, idle + 1_000);
        expect(sightings(tab, 'warning opened')).toEqual([]);
        await leaveFor(stage, tab);
      }),
  },
  {
    done: 'The same frame says so to a page that believes another origin only, and a script of the page posts such messages to itself.',
    expected: 'Not believed: the session ends on time.',
    tried: needsFrameMessages,
    needs: ['foreign-frames'],
    play: (stage) =>
      withForeign(async (origin) => {
        const tab = await atWork(stage, { page: 'cooperating', query: '?origin=https://pay.example' });
        await tab.ask(addForeign(`${origin}/relay?to=${stage.bank.origin}`));
        const after = marked([tab]);
        const deadline = await leave(stage);
        await tab.ask(
          "void setInterval(() => postMessage({ nightlatch: 'activity', version: 1, strength: 'strong', ago: 0 }, '*'), 200)",
        );
        await Promise.all([expectIdleEnd([tab], { front: tab, deadline, after }), readIn(tab, 4_000)]);
        await expectStaysOut(tab);
      }),
  },
];

async function atWork(stage: Stage, { page = 'work', query = '', change = {} } = {}): Promise<Tab> {
  const [tab] = (await openWork(stage, { count: 1, page, query })) as [Tab];
  await beginShort(stage, [tab], tab, change);
  return tab;
}

/** Clicks at a place, and types there for so long. */
async function workIn(tab: Tab, { x, y }: { x: number; y: number }, duration: number): Promise<void> {
  const start = Date.now();
  await tab.click(x, y);
  while (Date.now() - start < duration) {
    await tab.key('n');
    await pause(150);
  }
  expect(sightings(tab, 'warning opened')).toEqual([]);
}

async function readIn(tab: Tab, duration: number): Promise<void> {
  const start = Date.now();
  for (let turn = 0; Date.now() - start < duration; turn += 1) {
    await tab.move(field.x + (turn % 2) * 40, field.y + 80);
    await tab.wheel(field.x, field.y + 80, turn % 2 ? -60 : 60);
    await pause(300);
  }
}

async function leaveFor(stage: Stage, tab: Tab): Promise<void> {
  const after = marked([tab]);
  await expectIdleEnd([tab], { front: tab, deadline: await leave(stage), after });
  await expectStaysOut(tab);
  expectNoErrors([tab]);
}
