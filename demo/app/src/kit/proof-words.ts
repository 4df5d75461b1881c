/** What to tell somebody whose password was not taken: how often they may still try, or for how long they may not. */
import { timeOfDay } from './format.js';
import type { Refused } from './requests.js';

/** `wrong` is what is said of a password that is not theirs. */
export function proofWords({ type, message, members }: Refused, wrong: string): string {
  const { attempts_left: left, retry_after: wait } = members;
  const again = typeof wait === 'number' ? `Try again in ${inWords(wait)}, at ${soonest(wait)}.` : 'Try again later.';
  if (type === 'too-many-requests') return `Too many attempts. ${again}`;
  if (type !== 'authentication-failed') return message;
  if (typeof wait === 'number') return `${wrong} No attempt is left. ${again}`;
  return typeof left === 'number'
    ? `${wrong} ${left === 1 ? '1 attempt is left' : `${left} attempts are left`}.`
    : wrong;
}

/** Up, never down: whoever waits for as long as they were told gets in. */
function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? '1 second' : `${Math.ceil(seconds)} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

const soonest = (seconds: number): string => timeOfDay(Date.now() + (Math.ceil(seconds) + 1) * 1_000);
