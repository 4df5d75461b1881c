/** Trials about people whose tools cause only some of the events, and about what lies over the page. */
import { placeOf } from '../stage.ts';
import { busy } from './busy.ts';
import type { Trial } from './trial.ts';

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
  { every: 400, couldBeScript: true },
);

/** After the last key only the focus moves, by a tool that causes no other event. */
export const focusMoved = busy(
  async () => {},
  (tab, turn) => tab.ask(`void document.querySelector('${turn % 2 ? 'a' : '#note'}').focus()`),
  { every: 300, couldBeScript: true },
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
