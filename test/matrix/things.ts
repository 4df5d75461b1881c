/** Things that a story puts on its page for hands to drag, and where they are dragged to. */
import { fileURLToPath } from 'node:url';
import type { Place } from './driver.ts';
import type { Tab } from './stage.ts';

/** The middle of what can be dragged. */
export const thing: Place = { x: 110, y: 220 };
/** Twice: it must have been asked whether it takes what is dragged. */
export const target: readonly Place[] = [
  { x: 360, y: 440 },
  { x: 364, y: 444 },
];
export const anyFile: string = fileURLToPath(new URL('../../package.json', import.meta.url));

/** There and back over the page, in so many steps. */
export const wayOf = (steps: number): readonly Place[] =>
  Array.from({ length: steps }, (_, step) => ({ x: 110 + (step % 2 === 0 ? 10 : 200) + step, y: 320 }));

/** Puts a thing that can be dragged on the page, by the id `made`, and a place for it. What was dropped there stands in `dropped`. */
export const putThings = (tab: Tab): Promise<void> =>
  tab.ask(`void (() => {
    window.dropped = [];
    const box = (id, left, top) => {
      const made = Object.assign(document.createElement('div'), { id, textContent: id });
      made.style = 'position: fixed; width: 80px; height: 60px; left: ' + left + 'px; top: ' + top + 'px';
      document.body.append(made);
      return made;
    };
    const made = box('made', ${thing.x - 40}, ${thing.y - 30});
    made.draggable = true;
    made.addEventListener('dragstart', ({ dataTransfer }) => dataTransfer.setData('text/plain', 'made'));
    const target = box('target', 320, 410);
    target.addEventListener('dragover', (event) => event.preventDefault());
    target.addEventListener('drop', (event) => {
      event.preventDefault();
      dropped.push(...event.dataTransfer.types);
    });
  })()`);
