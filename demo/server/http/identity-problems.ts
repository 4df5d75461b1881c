/** Problems of proving who one is, and of asking for more time. */

import type { Proof } from '../people/prove.js';
import type { ExtensionRefusal } from '../sessions/activity.js';
import { toSeconds } from '../wire/units.js';
import type { ProblemContent } from './problem.js';

/** The same for a wrong password, an unknown name and the wrong door: the answer tells nothing about who exists. */
export function proofProblem(proof: Exclude<Proof, { readonly outcome: 'proved' }>): ProblemContent {
  switch (proof.outcome) {
    case 'failed':
      return {
        type: 'authentication-failed',
        status: 401,
        title: 'That did not prove who you are.',
        members: {
          attempts_left: proof.attemptsLeft,
          ...(proof.retryAfter === null ? {} : { retry_after: Math.ceil(toSeconds(proof.retryAfter)) }),
        },
      };
    case 'limited':
      return tooManyRequests(proof.retryAfter);
  }
}

export function tooManyRequests(retryAfter: number): ProblemContent {
  return {
    type: 'too-many-requests',
    status: 429,
    title: 'Too many attempts. Try again later.',
    headers: { 'Retry-After': String(Math.ceil(toSeconds(retryAfter))) },
  };
}

export function extensionRefused(reason: ExtensionRefusal): ProblemContent {
  return { type: 'extension-refused', status: 403, title: 'The session cannot be extended.', members: { reason } };
}
