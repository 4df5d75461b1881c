/** Single members of what a server sends: each reader answers what can be trusted, or throws naming the member. */
import { type Duration, type ServerTime, serverTime } from '../time/instant.js';

/** What was wrong with something a server sent: names the member and says what is wrong with it. */
export class WireProblem extends Error {}

export type Members = Readonly<Record<string, unknown>>;

/** Instants lie after 2001 and before 2286, as in the facts' codec: what seconds put later was milliseconds already. */
const FIRST_INSTANT = 1_000_000_000_000;
const LAST_INSTANT = 10_000_000_000_000;
/** As in a policy: what is longer looks like milliseconds (366 days). */
const LONGEST_SECONDS = 366 * 86_400;
/** The bound of the facts' codec: what is longer could not be told to other tabs. */
const LONGEST_TEXT = 1_000;

/** JSON from text. */
export function json(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    throw new WireProblem('not JSON');
  }
}

export function members(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WireProblem(`${name} is not an object`);
  return value as Members;
}

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new WireProblem(`${name} is not a string`);
  if (value.length > LONGEST_TEXT) throw new WireProblem(`${name} is longer than ${LONGEST_TEXT} characters`);
  return value;
}

/** The name of a session. It travels in a header (`Session-Id`), so it must survive one unchanged. */
export function sessionId(value: unknown, name: string): string {
  const id = text(value, name);
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(id)) throw new WireProblem(`${name} is empty or cannot stand in a header`);
  return id;
}

export function whole(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new WireProblem(`${name} is not a whole number of 0 or more`);
  }
  // JSON can say -0, which is not the same to `Object.is`.
  return value + 0;
}

/** An instant, from Unix seconds. */
export function instant(value: unknown, name: string): ServerTime {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new WireProblem(`${name} is not a number of seconds`);
  const milliseconds = Math.round(value * 1_000);
  if (milliseconds >= LAST_INSTANT) throw new WireProblem(`${name} looks like milliseconds`);
  if (milliseconds < FIRST_INSTANT) throw new WireProblem(`${name} is no instant in Unix seconds`);
  return serverTime(milliseconds);
}

/** A duration, from seconds. */
export function duration(value: unknown, name: string): Duration {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new WireProblem(`${name} is not a finite number of seconds of 0 or more`);
  }
  if (value > LONGEST_SECONDS) throw new WireProblem(`${name} looks like milliseconds, or too long`);
  return Math.round(value * 1_000) + 0;
}

/** An instant as Unix seconds. */
export function toSeconds(at: ServerTime): number {
  return at / 1_000;
}

/** A member that may be missing or null. */
export function optional<T>(value: unknown, name: string, read: (value: unknown, name: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, name);
}

/** The members that have a value: optional ones are absent from what we hand on, never `undefined`. */
export function given<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(all).filter(([, value]) => value !== undefined);
  // `fromEntries` forgets the names; they are those of `all`.
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
