/** Trials about who is there, and about scripts that make up that somebody is. */
import { sofar } from '../../e2e/seen.ts';
import { pause, placeOf, type Tab, work } from '../stage.ts';
import { ending, isIdleSince, LIMIT, RIGHT, type Trial, workAndEnd } from './trial.ts';

const OUT = 'signs out whoever works so';

/** Does something again and again for longer than the limit, and then nothing. */
const busy = (
  prepare: (tab: Tab) => Promise<unknown>,
  act: (tab: Tab, turn: number) => Promise<unknown>,
  { query = '', every = 200 } = {},
): Trial => ({
  async play({ open }) {
    const tab = await open({ query });
    await work(tab, 300);
    await prepare(tab);
    const before = sofar(tab);
    let last = Date.now();
    for (const start = last, turns = { done: 0 }; last - start < LIMIT + 1_500; turns.done += 1) {
      await act(tab, turns.done);
      last = Date.now();
      await pause(every);
    }
    return isIdleSince(tab, before) ? OUT : ending(tab, last + LIMIT, before);
  },
});

/** Something runs by itself from when the person leaves; it must make no difference. */
const noise = (script: string): Trial => ({
  async play({ open }) {
    const tab = await open();
    const last = await work(tab, 500);
    await tab.ask(script);
    const verdict = await ending(tab, last + LIMIT);
    return verdict === 'never ends' ? 'kept alive by the script' : verdict;
  },
});

/** As {@link noise}, where one more limit is allowed: it may be somebody's tool. */
const quietNoise = (script: string): Trial => ({
  async play({ open }) {
    const tab = await open();
    const last = await work(tab, 500);
    await tab.ask(script);
    const verdict = await ending(tab, last + 2 * LIMIT);
    return verdict === 'ends early' ? RIGHT : verdict.replace('never ends', 'held for ever by the script');
  },
});

export const madeUp = noise(`void setInterval(() => {
  const note = document.querySelector('#note');
  const options = { bubbles: true, composed: true, cancelable: true };
  for (const type of ['pointermove', 'mousemove', 'mousedown', 'mouseup', 'click'])
    note.dispatchEvent(new MouseEvent(type, { ...options, clientX: Math.random() * 300, screenX: Math.random() * 300, movementX: 5, movementY: 5 }));
  note.dispatchEvent(new KeyboardEvent('keydown', { ...options, key: 'a' }));
  note.dispatchEvent(new KeyboardEvent('keypress', { ...options, key: 'a' }));
}, 200)`);

export const focusAndScroll = quietNoise(`void (() => {
  document.body.style.height = '5000px';
  let turn = 0;
  setInterval(() => {
    turn += 1;
    document.querySelector(turn % 2 ? '#note' : 'a').focus({ preventScroll: true });
    scrollTo(0, (turn % 2) * 300);
  }, 200);
})()`);

export const stoppedEvents: Trial = {
  async play({ open }) {
    return workAndEnd(await open({ query: '&stopping' }));
  },
};

/** What the page has is replaced once the peer runs. */
export const replaced: Trial = {
  async play({ open }) {
    const tab = await open();
    await tab.ask(`void (() => {
      window.Date = class extends Date { static now() { return 0; } constructor() { super(0); } };
      performance.now = () => 0;
      window.setTimeout = () => 0;
      window.clearTimeout = () => {};
    })()`);
    return workAndEnd(tab);
  },
};

/** What pages hear of people with assistive technology. */
export const heardOnly = (types: string): Trial =>
  busy(
    async () => {},
    async (tab) => {
      const { x, y } = await placeOf(tab, '#note');
      await tab.click(x, y);
    },
    { query: `&types=${types.replaceAll(' ', '+')}`, every: 500 },
  );

export const dictated = busy(
  (tab) => tab.ask("void document.querySelector('#note').focus()"),
  (tab) => tab.ask("void document.execCommand('insertText', false, 'word ')"),
  { every: 400 },
);

const FRAME = 'position: fixed; left: 60px; top: 200px; width: 400px; height: 200px; border: 0';

export const inFrame = busy(
  async (tab) => {
    await tab.ask(`new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.style = ${JSON.stringify(FRAME)};
      frame.srcdoc = '<input style="position: fixed; left: 10px; top: 10px; width: 150px; height: 30px">';
      frame.addEventListener('load', () => done(), { once: true });
      document.body.append(frame);
    })`);
    await tab.click(140, 225);
  },
  (tab) => tab.key('n'),
);

/** In an element that is made so. */
export const inSurface = (element: 'div' | 'dialog', make: string): Trial =>
  busy(
    async (tab) => {
      await tab.ask(`void (() => {
        const box = document.createElement(${JSON.stringify(element)});
        box.id = 'box';
        box.style = 'position: fixed; inset: auto; left: 60px; top: 300px; width: 300px; height: 60px; margin: 0; padding: 0; border: 0';
        const input = document.createElement('input');
        input.style = 'display: block; width: 300px; height: 60px';
        ${make}
      })()`);
      await tab.click(160, 330);
    },
    (tab) => tab.key('n'),
  );

export const slid: Trial = {
  async play({ open }) {
    const tab = await open();
    await work(tab, 300);
    const before = sofar(tab);
    const way = Array.from({ length: 24 }, (_, step) => ({ x: 150 + (step % 2) * 90, y: 320 + (step % 3) * 30 }));
    await tab.drag([{ x: 110, y: 320 }, ...way], 180);
    return isIdleSince(tab, before) ? OUT : ending(tab, Date.now() + LIMIT, before);
  },
};
