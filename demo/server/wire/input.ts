/** The door for what a request says: reads a member as what it should be, or says which one is wrong and why. */
import { fromSeconds, instantCeiling, longestDuration } from './units.js';

/** The caller's mistake. `member` is the one it is about, or null for the body as a whole. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput' as const;
  readonly member: string | null;

  constructor(member: string | null, message: string) {
    super(message);
    this.member = member;
  }
}

export type Body = Readonly<Record<string, unknown>>;

/** Reads one value; `member` is its name, for the message. */
export type Reader<T> = (value: unknown, member: string) => T;

export function readBody(value: unknown): Body {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body; // an object: its members are read one by one
  throw new InvalidInput(null, 'The body must be a JSON object.');
}

/** A typo must not pass for "leave it as it is". */
export function rejectUnknownMembers(body: Body, known: readonly string[], prefix = ''): void {
  const unknown = Object.keys(body).find((member) => !known.includes(member));
  if (unknown !== undefined) {
    throw new InvalidInput(
      `${prefix}${unknown}`,
      `${prefix}${unknown} is not known here; known are ${known.join(', ')}.`,
    );
  }
}

export const text =
  ({ most = 1024, least = 1 }: { readonly most?: number; readonly least?: number } = {}): Reader<string> =>
  (value, member) => {
    if (typeof value !== 'string') throw new InvalidInput(member, `${member} must be a string.`);
    if (value.length < least || Buffer.byteLength(value) > most) {
      throw new InvalidInput(member, `${member} must have ${least} to ${most} bytes.`);
    }
    return value;
  };

export const oneOf =
  <T extends string>(...words: readonly T[]): Reader<T> =>
  (value, member) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw new InvalidInput(member, `${member} must be one of ${words.join(', ')}.`);
    return word;
  };

export const flag: Reader<boolean> = (value, member) => {
  if (typeof value !== 'boolean') throw new InvalidInput(member, `${member} must be true or false.`);
  return value;
};

export const finite: Reader<number> = (value, member) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InvalidInput(member, `${member} must be a finite number.`);
  }
  return value;
};

export const count: Reader<number> = (value, member) => {
  const number = finite(value, member);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidInput(member, `${member} must be 0, 1, 2, …`);
  return number;
};

/** Seconds on the wire, milliseconds here. */
export const duration: Reader<number> = (value, member) => {
  const seconds = finite(value, member);
  if (seconds < 0) throw new InvalidInput(member, `${member} must not be negative.`);
  if (seconds > longestDuration) {
    throw new InvalidInput(member, `${member} looks like milliseconds, or is too long: seconds are expected.`);
  }
  return fromSeconds(seconds);
};

/** A duration that is not 0: a session that is over before it begins helps nobody. */
export const limit: Reader<number> = (value, member) => {
  const milliseconds = duration(value, member);
  if (milliseconds === 0) throw new InvalidInput(member, `${member} must be more than 0.`);
  return milliseconds;
};

/** The age of an authentication: at least 1 s, for 0 would ask for ever. */
export const wholeSeconds: Reader<number> = (value, member) => {
  const milliseconds = limit(value, member);
  if (milliseconds % 1000 !== 0) {
    throw new InvalidInput(member, `${member} must be whole seconds, as in OpenID Connect.`);
  }
  return milliseconds;
};

/** Unix seconds on the wire, milliseconds here. */
export const instant: Reader<number> = (value, member) => {
  const seconds = finite(value, member);
  if (seconds < 0 || seconds >= instantCeiling) {
    throw new InvalidInput(member, `${member} looks like milliseconds: Unix seconds are expected.`);
  }
  return fromSeconds(seconds);
};

export const listOf =
  <T>(reader: Reader<T>, most: number, least: number): Reader<readonly T[]> =>
  (value, member) => {
    if (!Array.isArray(value)) throw new InvalidInput(member, `${member} must be a list.`);
    if (value.length < least || value.length > most) {
      throw new InvalidInput(member, `${member} must have ${least} to ${most} entries.`);
    }
    return value.map((entry: unknown, index) => reader(entry, `${member}[${index}]`));
  };

export const orNull =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, member) =>
    value === null ? null : reader(value, member);

/** Undefined where the member is absent. */
export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, member) =>
    value === undefined ? undefined : reader(value, member);
