/** The answer that came with the page: a session document that the server has written into it. */
import type { Report } from '../events.js';
import type { Memory, SessionDocument } from '../ports.js';
import { doubtAbout } from '../rules/initial.js';
import type { Arrival } from '../time/arrival.js';
import type { Clock } from '../time/clock.js';
import type { DeviceTime } from '../time/instant.js';
import { readDocument } from './document.js';

export interface InitialParts {
  /** What the app has found in its page; nothing if there was no document. */
  readonly given: unknown;
  /** Policies have to be verified first, and that takes a moment. */
  readonly isChecked: boolean;
  readonly arrival: () => Arrival | undefined;
  readonly clock: Pick<Clock, 'read'>;
  readonly memory: Pick<Memory, 'read'>;
  /** Takes the document in, as the reply to a request that was sent then. */
  readonly take: (document: SessionDocument, sentAt: DeviceTime) => void;
  readonly report: Report;
}

/**
 * Makes the function that takes the document in, and returns whether it did; at most once, and before anything else is
 * learnt: what this page hears from others is weighed against it, as against any answer.
 */
export function createInitial({ given, isChecked, arrival, clock, memory, take, report }: InitialParts): () => boolean {
  let left = given ?? undefined;

  return () => {
    if (left === undefined) return false;
    if (isChecked) {
      left = undefined;
      report({ type: 'initial-ignored', because: 'its policy has to be verified' });
      return false;
    }
    const document = read(left, report);
    left = undefined;
    if (!document) return false;
    const arrived = arrival();
    const because = doubtAbout(document, { arrival: arrived, kept: memory.read(), device: clock.read() });
    if (because !== undefined || !arrived) {
      report({ type: 'initial-ignored', because: because ?? '' });
      return false;
    }
    take(document, arrived.requestedAt);
    return true;
  };
}

function read(given: unknown, report: Report): SessionDocument | undefined {
  try {
    if (typeof given === 'string') throw new TypeError('it is a string: parse the JSON first');
    const document = readDocument(given);
    if (document.policy) return document;
    report({ type: 'policy-rejected', problem: document.policyProblem ?? 'the document carries no policy' });
  } catch (problem) {
    report({
      type: 'message-rejected',
      from: 'page',
      problem: problem instanceof Error ? problem.message : String(problem),
    });
  }
  return undefined;
}
