/** The policy of a document, where the app takes signed ones only: verified before anything of the document counts. */
import { decodePolicy } from '../facts/policy-wire.js';
import type { SessionDocument, VerifyPolicy } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, type Reading, seconds } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';

/** The rest of the document waits for no keys longer than this: the last look has to end. */
const LONGEST_WAIT: Duration = seconds(2);

export interface PolicyCheckParts {
  readonly verify: VerifyPolicy;
  readonly clock: Pick<Clock, 'wait'>;
  /** Server time by what was measured before; nothing before the first answer. */
  readonly reading: () => Reading | undefined;
}

/** Replaces a document's policy by the one that is signed, or by the reason why there is none. Never rejects. */
export type PolicyCheck = (document: SessionDocument) => Promise<SessionDocument>;

export function createPolicyCheck({ verify, clock, reading }: PolicyCheckParts): PolicyCheck {
  async function verified(token: string, { session, serverTime }: SessionDocument): Promise<unknown> {
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const callOff = clock.wait(LONGEST_WAIT, () => giveUp.abort(new Error('the keys did not come in time')));
    // The first answer is all that there is to tell the time by.
    const now = reading() ?? { now: serverTime, earliest: serverTime, latest: serverTime };
    try {
      return await untilAborted(verify(token, { sessionId: session.id, now, signal }), signal);
    } finally {
      callOff();
    }
  }

  return async (document) => {
    const { policy: _, policyProblem: __, clamped: ___, policyToken, ...rest } = document;
    if (policyToken === undefined) return { ...rest, policyProblem: 'the policy is not signed' };
    try {
      return { ...rest, ...decodePolicy(await verified(policyToken, document)) };
    } catch (problem) {
      return {
        ...rest,
        policyProblem: `the signed policy: ${problem instanceof Error ? problem.message : String(problem)}`,
      };
    }
  };
}
