/** Turns as Web Locks grant them: first come, first served, with `steal`; a stopped page keeps its turn, a dead one does not. */
import type { Turns } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Conditions } from './conditions.js';
import type { PageLife } from './page-life.js';
import { type Random, within } from './random.js';

export interface FakeTurns {
  /** How one page queues. */
  for(page: PageLife): Turns;
  /** Whose turn it is. */
  holder(name: string): PageLife | undefined;
}

export interface TurnOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly conditions: Conditions;
  /** Destroys a page that is in the back/forward cache. */
  readonly evict: (page: PageLife) => void;
}

interface Place {
  readonly page: PageLife;
  readonly granted: (lost: AbortSignal) => Promise<void>;
  readonly lost: AbortController;
  readonly over: () => void;
}

interface Line {
  holder?: Place | undefined;
  waiting: Place[];
}

/** Makes the lock manager of one origin. */
export function createFakeTurns(options: TurnOptions): FakeTurns {
  const { clock, random, conditions } = options;
  const lines = new Map<string, Line>();

  function lineOf(name: string): Line {
    const line = lines.get(name) ?? { waiting: [] };
    lines.set(name, line);
    return line;
  }

  function next(line: Line): void {
    if (line.holder || conditions.turns === 'hung') return;
    const place = line.waiting.shift();
    if (!place) return;
    // A page in the back/forward cache cannot be given anything: the browser destroys it instead.
    if (place.page.state() === 'parked') {
      options.evict(place.page);
      return next(line);
    }
    grant(line, place);
  }

  /** A stopped page has the turn from now on, though it learns of it only when it runs again. */
  function grant(line: Line, place: Place): void {
    line.holder = place;
    clock.wait(within(random, conditions.turnDelay), () => {
      place.page.deliver(() => {
        if (place.lost.signal.aborted) return place.over();
        void place
          .granted(place.lost.signal)
          .catch(() => {})
          .then(() => release(line, place));
      });
    });
  }

  function release(line: Line, place: Place): void {
    place.over();
    if (line.holder !== place) return;
    line.holder = undefined;
    next(line);
  }

  function take(line: Line, thief: Place): void {
    const robbed = line.holder;
    grant(line, thief);
    if (robbed) robbed.page.deliver(() => robbed.lost.abort());
  }

  return {
    holder: (name) => lines.get(name)?.holder?.page,
    for: (page) => ({
      queue(name, { signal, steal }, granted) {
        return new Promise<void>((resolve) => {
          if (signal.aborted || page.isGone()) return resolve();
          if (conditions.turns === 'missing') {
            void granted(new AbortController().signal)
              .catch(() => {})
              .then(() => resolve());
            return;
          }
          const line = lineOf(name);
          const place: Place = { page, granted, lost: new AbortController(), over: resolve };
          page.whenGone(() => {
            line.waiting = line.waiting.filter((one) => one !== place);
            if (line.holder === place) {
              line.holder = undefined;
              next(line);
            }
          });
          signal.addEventListener('abort', () => {
            if (!line.waiting.includes(place)) return;
            line.waiting = line.waiting.filter((one) => one !== place);
            resolve();
          });
          if (steal && conditions.turns !== 'hung') return take(line, place);
          line.waiting.push(place);
          if (line.holder?.page.state() === 'parked') options.evict(line.holder.page);
          next(line);
        });
      },
    }),
  };
}
