/** The people whom the provider knows: the bank's, by the pseudonyms that the bank has for them, each with a secret for one-time codes. */
import { createHmac, randomBytes } from 'node:crypto';
import { createAttemptLimit } from '../server/people/attempts.js';
import { defaultPasswordCost, type PasswordCost } from '../server/people/password.js';
import { createPeople, type People } from '../server/people/people.js';
import { seededPeople } from '../server/people/seed.js';
import { systemClock } from '../server/time/clock.js';
import { isOneTimeCode, oneTimeCode } from './one-time-code.js';

export interface Account {
  readonly subject: string;
  readonly username: string;
  readonly name: string;
}

/** What became of one attempt. `acr` and `amr` are of the kind that was proved (RFC 8176). */
export type Attempt =
  | { readonly outcome: 'proved'; readonly account: Account; readonly acr: string; readonly amr: readonly string[] }
  | { readonly outcome: 'failed' | 'limited' };

export interface Accounts {
  withSubject(subject: string): Account | undefined;
  /** `code` where a second factor is asked for. */
  prove(given: { readonly username: string; readonly password: string; readonly code?: string }): Promise<Attempt>;
  /** The code that counts now: a demonstration shows it, for nobody has its authenticator app. */
  codeOf(username: string): string | undefined;
}

export function createAccounts(cost: PasswordCost = defaultPasswordCost): Accounts {
  let hashed: Promise<People> | undefined;
  /** When somebody signs in first: hashing takes its time, on purpose, and the start waits for nobody. */
  const people = (): Promise<People> => {
    hashed ??= createPeople(seededPeople, cost);
    return hashed;
  };
  const attempts = createAttemptLimit(systemClock);
  const master = randomBytes(32);
  const secretOf = (username: string): Buffer => createHmac('sha256', master).update(username).digest();

  return {
    withSubject(subject) {
      const known = seededPeople.find((person) => person.subject === subject);
      return known && { subject, username: known.username, name: known.name };
    },

    async prove({ username, password, code }) {
      if (!(await attempts.take({ subject: username })).allowed) return { outcome: 'limited' };
      const person = await (await people()).verify(username, password);
      const isSecond = code === undefined || isOneTimeCode(secretOf(username), code, systemClock.now());
      if (person === null || !isSecond) return { outcome: 'failed' };
      await attempts.forgive({ subject: username });
      const { subject, name } = person;
      const kind = code === undefined ? { acr: 'pwd', amr: ['pwd'] } : { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };
      return { outcome: 'proved', account: { subject, username, name }, ...kind };
    },

    codeOf: (username) =>
      seededPeople.some((person) => person.username === username)
        ? oneTimeCode(secretOf(username), systemClock.now())
        : undefined,
  };
}
