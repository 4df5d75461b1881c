/** Whether the page is out of the person's sight, so that nothing that is done can be meant for it. */
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';

/** What waited for a page has run this long after it has come into view; nobody can mean anything for it sooner. */
const ARRIVAL: Duration = 100;

/**
 * Answers, event by event, whether the page is away.
 *
 * A process that was stopped gets what was done to its page meanwhile before the messages that came before that, and
 * before it knows that it is in sight again. So a page is away until it has been in sight for a moment.
 */
export function followSight(page: Document, clock: Clock, signal: AbortSignal): (event: Event) => boolean {
  let isAway = page.visibilityState === 'hidden';
  /** The arrival that is under way. */
  let arrival: object | undefined;

  function arrive(): void {
    if (!isAway || arrival) return;
    const mine = {};
    arrival = mine;
    clock.wait(ARRIVAL, () => {
      if (arrival !== mine) return;
      arrival = undefined;
      isAway = false;
    });
  }

  function look(): void {
    if (page.visibilityState !== 'hidden') return arrive();
    isAway = true;
    arrival = undefined;
  }

  page.addEventListener('visibilitychange', look, { capture: true, signal });
  return ({ isTrusted }) => {
    if (!isTrusted) return false;
    // Some shells say hidden of a page that is used all the same: what goes on being done to it counts after a moment.
    arrive();
    return isAway;
  };
}
