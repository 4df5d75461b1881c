/** Answers that were not taken: what is said of them, and for how long no other one counts. */
import type { Clock } from '../time/clock.js';
import { type Duration, seconds, serverTime } from '../time/instant.js';
import type { PasskeyReply } from '../ways.js';
import type { Cell } from './cell.js';
import type { OpenSignIn, SignInState, SignInWay } from './sign-in-state.js';

/** Whoever waits for as long as they were told gets in: a second more than the server says, for the way there. */
const SURELY: Duration = seconds(1);

export type Untaken = Exclude<PasskeyReply, { readonly type: 'accepted' | 'settled' }>;

export interface Refusals {
  /** Says why, and says again when the wait is over. */
  tell(now: OpenSignIn, way: SignInWay, reply: Untaken): void;
  /** Another answer is given, or nobody is asked any more. */
  forget(): void;
}

export function createRefusals(state: Cell<SignInState>, time: () => Clock): Refusals {
  let callOff = (): void => {};

  return {
    tell({ problem: _, ...now }, way, reply) {
      const rest = { ...now, pending: false };
      if (reply.type !== 'wrong' && reply.type !== 'too-many') return state.set({ ...rest, problem: reply });
      const { retryAfter, ...refused } = reply;
      const problem = refused.type === 'wrong' ? { ...refused, way } : refused;
      if (retryAfter === undefined) return state.set({ ...rest, problem });
      const clock = time();
      const wait = retryAfter + SURELY;
      callOff = clock.wait(wait, () => {
        const then = state.get();
        if (then.open) state.set({ ...then, problem: { type: 'again' } });
      });
      // Not in a rule: it is shown to somebody who has the same clock before them.
      const until = serverTime(clock.read().wall + wait);
      state.set({ ...rest, problem: { ...problem, wait, until } });
    },
    forget: () => callOff(),
  };
}
