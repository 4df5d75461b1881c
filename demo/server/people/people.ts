/** Who may sign in. */
import { hashPassword, isPassword, type PasswordCost, type PasswordHash } from './password.js';
import type { Role } from './rights.js';

export interface Person {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  /** A pseudonym: what the browser is told instead of a name. */
  readonly subject: string;
}

export interface People {
  find(username: string): Person | undefined;
  /** Whose pseudonym that is. */
  withSubject(subject: string): Person | undefined;
  /** The person, if that is their password. Takes as long for a name nobody has. */
  verify(username: string, password: string): Promise<Person | null>;
  /** Returns false if there is no such person. */
  changeRole(username: string, role: Role): boolean;
  /** Returns false if there is no such person. */
  changePassword(username: string, password: string): Promise<boolean>;
}

export async function createPeople(
  seed: readonly (Person & { readonly password: string })[],
  cost: PasswordCost,
): Promise<People> {
  const enrolled = await Promise.all(
    seed.map(async ({ password, ...person }) => ({ person, hash: await hashPassword(password, cost) })),
  );
  const entries = new Map<string, { readonly person: Person; readonly hash: PasswordHash }>(
    enrolled.map((entry) => [entry.person.username, entry]),
  );
  const nobody = await hashPassword('', cost);
  return {
    find: (username) => entries.get(username)?.person,
    withSubject: (subject) => [...entries.values()].find(({ person }) => person.subject === subject)?.person,

    async verify(username, password) {
      const entry = entries.get(username);
      const isRight = await isPassword(password, entry?.hash ?? nobody);
      return entry !== undefined && isRight ? entry.person : null;
    },

    changeRole(username, role) {
      const entry = entries.get(username);
      if (entry === undefined) return false;
      entries.set(username, { ...entry, person: { ...entry.person, role } });
      return true;
    },

    async changePassword(username, password) {
      const entry = entries.get(username);
      if (entry === undefined) return false;
      const hash = await hashPassword(password, cost);
      // The person as they are by now: hashing takes its time, and their role may have changed meanwhile.
      entries.set(username, { ...(entries.get(username) ?? entry), hash });
      return true;
    },
  };
}
