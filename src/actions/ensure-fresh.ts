/** Freshness before it is needed, and after a challenge: what an operation asks for is there, or the person is asked for it. */
import { NightlatchError } from '../errors.js';
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Operations } from '../operations.js';
import { ahead, type Requirement } from '../rules/freshness.js';
import { type Attempt, isFresh, type StepUp, stepUp } from '../rules/step-up.js';
import type { ActiveView, WarningView } from '../rules/view.js';
import { type Duration, serverTime } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import type { Loops } from './loops.js';
import type { Proof } from './proof.js';
import type { Reauthentication } from './reauthenticate.js';

export interface FreshnessParts {
  readonly ledger: Pick<Ledger, 'view' | 'reading'>;
  readonly operations: Pick<Operations, 'read'>;
  readonly proof: Pick<Proof, 'newest'>;
  readonly reauthentication: Pick<Reauthentication, 'run'>;
  readonly loops: Loops;
  /** Asks the server what is so, and what time it is. */
  readonly askServer: (() => Promise<boolean>) | undefined;
  readonly report: Report;
}

type Open = ActiveView | WarningView;

export interface Freshness {
  /**
   * What the person has to be asked for before an operation runs, or what a requirement names: nothing if it is there. Throws
   * `ERR_OPERATION_DENIED` where no authentication would help.
   */
  missing(view: Open, needed: string | Requirement, margin: Duration): Requirement | undefined;
  /** Has the person asked for it. */
  ask(requirement: Requirement, signal: AbortSignal | undefined): Promise<void>;
  /** Where something that can be challenged begins. */
  attempt(): Attempt;
  /**
   * Does what a challenge asks for, and resolves with the attempt to go on with: it may be tried again. Rejects with
   * `ERR_REAUTHENTICATION_FAILED` where the challenge asks for what is there, for that would go on for ever.
   */
  answer(attempt: Attempt, asked: Requirement, signal: AbortSignal | undefined): Promise<Attempt>;
}

export function createFreshness(parts: FreshnessParts): Freshness {
  const { ledger, operations, proof, reauthentication, loops, askServer, report } = parts;

  function newestIn({ authenticatedAt, acr }: Open): { authenticatedAt: Open['authenticatedAt']; acr?: string } {
    return { authenticatedAt, ...(acr === undefined ? {} : { acr }) };
  }

  function missing(view: Open, needed: string | Requirement, margin: Duration): Requirement | undefined {
    const now = ledger.reading()?.latest;
    let requirement = needed;
    if (typeof requirement === 'string') {
      const word = operations.read(view, requirement, margin);
      if (word.state === 'denied') throw denied(view, requirement);
      if (word.state !== 'needs-authentication') return undefined;
      requirement = word.requirement;
    } else requirement = ahead(requirement, margin);
    // A rule may ask for a new one each time: then the one that was given a moment ago is it.
    return now !== undefined && isFresh(requirement, newestIn(view), now) ? undefined : requirement;
  }

  function denied({ session }: Open, operation: string): NightlatchError {
    report({ type: 'operation-refused', sessionId: session.id, operation, by: 'client' });
    return new NightlatchError('ERR_OPERATION_DENIED', `${operation} is not allowed in this session`);
  }

  function attempt(): Attempt {
    return { authenticatedAt: proof.newest()?.authenticatedAt ?? serverTime(0), answered: [] };
  }

  function step(asked: Requirement, before: Attempt): StepUp {
    const newest = proof.newest();
    const now = ledger.reading()?.latest;
    return newest && now !== undefined ? stepUp(asked, before, newest, now) : 'authenticate';
  }

  return {
    missing,
    ask: (requirement, signal) => reauthentication.run(requirement, signal),
    attempt,
    async answer(before, asked, signal) {
      let next = step(asked, before);
      // To a clock that is behind, what is too old looks fresh: before anybody is refused for it, the server says how late it is.
      if (next === 'loop' && before.answered.length === 0 && askServer) {
        await untilAborted(askServer(), signal);
        next = step(asked, before);
      }
      if (next === 'authenticate' && loops.isKnown(asked)) next = 'loop';
      else if (next === 'loop') loops.note(asked);
      if (next === 'loop') {
        const message = 'the server asks again for an authentication that it has';
        throw new NightlatchError('ERR_REAUTHENTICATION_FAILED', message);
      }
      if (next === 'authenticate') await reauthentication.run(asked, signal);
      return { ...attempt(), answered: [...before.answered, asked] };
    },
  };
}
