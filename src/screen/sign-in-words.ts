/** Why an answer was not taken, in words. */
import type { Messages } from './messages.js';
import type { SignInProblem } from './sign-in-state.js';

export function problemText(problem: SignInProblem | undefined, messages: Messages): string {
  switch (problem?.type) {
    case undefined:
      return '';
    case 'wrong':
      return problem.way === 'password' ? messages.passwordWrong(problem) : messages.passkeyWrong(problem);
    case 'cancelled':
      return messages.passkeyCancelled;
    case 'timed-out':
      return messages.passkeyTimedOut;
    case 'unusable':
      return messages.passkeyUnusable;
    case 'too-many':
      return messages.tooManyAttempts(problem);
    case 'unreachable':
      return messages.proofUnreachable;
    case 'again':
      return messages.proofAgain;
  }
}
