/** A secret that stays superseded: the new cookie did not come, and a page that has shown nothing waits no longer. */
import type { Ledger } from '../ledger.js';
import type { Reply } from '../ports.js';
import { ROTATED } from './calls.js';

/** After this many answers in a row, with the waits between them (1, 2 and 4 s), the new cookie is not on its way. */
const MOST: number = 4;

/** Whether this page has taken it that nobody is signed in here, and hears it once more: no answer decides until somebody authenticates. */
export function isVain(ledger: Pick<Ledger, 'standing'>, reply: Reply): boolean {
  const { none, superseded } = ledger.standing();
  return none && superseded === true && isSuperseded(reply);
}

/** Makes the function that is told of each reply to a peek (`docs/architecture.md`, T3). */
export function createRotationWatch(ledger: Ledger): (reply: Reply) => void {
  let count = 0;

  return (reply) => {
    count = isSuperseded(reply) ? count + 1 : 0;
    const isNewcomer = ledger.standing().opened === undefined;
    if (count < MOST || !isNewcomer || ledger.facts().end) return;
    ledger.overrule({});
    ledger.stand({ none: true, superseded: true });
  };
}

function isSuperseded(reply: Reply): boolean {
  return reply.type === 'unknown' && reply.problem === ROTATED;
}
