/** The ways in which a question can be answered: which of them give what is asked for, and whether there is a passkey. */
import type { Requirement } from '../rules/freshness.js';
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import type { PasskeyWay, PasswordWay, ProofQuestion } from '../ways.js';

/** The ways that an app offers. */
export interface SignInWays {
  /** How a password is proved: `password({ url })` of `nightlatch/reauth`. */
  readonly password?: PasswordWay;
  /** How a passkey is proved: `passkey({ optionsUrl, url })` of `nightlatch/reauth`. */
  readonly passkey?: PasskeyWay;
}

/** Whoever has no passkey, or whose server is slow, is not kept waiting for longer before the password is asked for. */
const LOOKING: Duration = seconds(3);

/** Those that give what is asked for. */
export function waysFor({ password, passkey }: SignInWays, { acrValues }: Requirement): SignInWays {
  const fits = ({ acr }: { readonly acr: string }) => acrValues === undefined || acrValues.split(' ').includes(acr);
  return {
    ...(password && fits(password) ? { password } : {}),
    ...(passkey && fits(passkey) ? { passkey } : {}),
  };
}

/** Whether there is a passkey: as far as is known by then, and in the end. */
export function isThere(
  clock: Clock,
  way: PasskeyWay,
  question: ProofQuestion,
): { readonly found: Promise<boolean>; readonly there: Promise<boolean>; callOff(): void } {
  let callOff = (): void => {};
  const patience = new Promise<false>((resolve) => {
    callOff = clock.wait(LOOKING, () => resolve(false));
  });
  const there = way.isThere(question);
  const found = Promise.race([there, patience]).finally(callOff);
  return { found, there, callOff };
}
