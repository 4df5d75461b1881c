/** A secret that stays superseded: the new cookie did not come, and a page that has shown nothing waits no longer. */
import type { Ledger } from '../ledger.js';
import type { Reply } from '../ports.js';
import { ROTATED } from './calls.js';

/** After this many answers in a row, with the waits between them (1, 2 and 4 s), the new cookie is not on its way. */
const MOST: number = 4;

/** Makes the function that is told of each reply to a peek (`docs/architecture.md`, T3). */
export function createRotationWatch(ledger: Ledger): (reply: Reply) => void {
  let count = 0;

  return (reply) => {
    count = reply.type === 'unknown' && reply.problem === ROTATED ? count + 1 : 0;
    const isNewcomer = ledger.standing().opened === undefined;
    if (count < MOST || !isNewcomer || ledger.facts().end) return;
    ledger.overrule({});
    ledger.stand({ none: true, superseded: true });
  };
}
