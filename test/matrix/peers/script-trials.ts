/** Trials about scripts beside a package that are careless, or mean it. */
import { sofar } from '../../e2e/seen.ts';
import { clickOn, work } from '../stage.ts';
import { trapFocus } from '../trap.ts';
import { noise, quietNoise } from './busy.ts';
import { ending, offerStay, type Trial, warnsBy, workAndEnd } from './trial.ts';

export const madeUp = noise((tab) =>
  tab.ask(`void setInterval(() => {
  const note = document.querySelector('#note');
  const options = { bubbles: true, composed: true, cancelable: true };
  for (const type of ['pointermove', 'mousemove', 'mousedown', 'mouseup', 'click'])
    note.dispatchEvent(new MouseEvent(type, { ...options, clientX: Math.random() * 300, screenX: Math.random() * 300, movementX: 5, movementY: 5 }));
  note.dispatchEvent(new KeyboardEvent('keydown', { ...options, key: 'a' }));
  note.dispatchEvent(new KeyboardEvent('keypress', { ...options, key: 'a' }));
}, 200)`),
);

export const focusAndScroll = quietNoise((tab) =>
  tab.ask(`void (() => {
  document.body.style.height = '5000px';
  let turn = 0;
  setInterval(() => {
    turn += 1;
    document.querySelector(turn % 2 ? '#note' : 'a').focus({ preventScroll: true });
    scrollTo(0, (turn % 2) * 300);
  }, 200);
})()`),
);

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

/**
 * A modal of the app traps the focus, and stops every click outside of it; the warning's button stands there. Tried on who
 * says that all input answers: elsewhere the button is the app's own, and so is what becomes of clicks on it.
 */
export const trapped: Trial = {
  on: ({ heedsInput }) => heedsInput === true,
  async play({ open }) {
    const tab = await open({ limit: 6_000, warn: 4_000 });
    await offerStay(tab);
    const last = await work(tab, 300);
    await tab.ask(trapFocus);
    if (!(await warnsBy(tab, last + 6_000))) return 'does not warn';
    const before = sofar(tab);
    await clickOn(tab, 'button', 'Stay');
    return ending(tab, Date.now() + 6_000, before);
  },
};
