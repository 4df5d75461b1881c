/** The door for facts from outside: channel messages and stored values become facts here, or are dropped. */
import { type DeviceTime, type ServerTime, serverTime } from '../time/instant.js';
import {
  END_REASONS,
  type EndReason,
  type Facts,
  type Lease,
  type Session,
  type Tombstone,
  withoutSubject,
} from './facts.js';
import type { Policy } from './policy.js';
import { decodePolicy, encodePolicy } from './policy-wire.js';

/** The version of the written form. A tombstone is read from every version; the rest only from this one. */
export const FORMAT = 1;

/** What was wrong with a value from outside. */
export class CodecProblem extends Error {}

/** Ids, `acr` and details longer than this are refused; a policy has bounds of its own. */
const LONGEST_STRING = 1_000;
/** Instants lie after 2001 and before 2286, in milliseconds: seconds, microseconds and nonsense are refused. */
const FIRST_INSTANT = 1_000_000_000_000;
const LAST_INSTANT = 10_000_000_000_000;

type Members = Readonly<Record<string, unknown>>;

/** The written form of facts: plain values only, for the channel and for storage. */
export function encodeFacts(facts: Facts): Record<string, unknown> {
  const { policy, ...rest } = withoutSubject(facts);
  return { format: FORMAT, ...rest, ...(policy ? { policy: encodePolicy(policy) } : {}) };
}

/** Reads facts from their written form. Throws a {@link CodecProblem} that says what is wrong. */
export function decodeFacts(input: unknown): Facts {
  const wire = members(input, 'facts');
  if (wire['session'] === undefined) {
    requireFormat(wire);
    return {};
  }
  const session = decodeSession(wire['session']);
  const end = optional(wire, 'end', decodeEnd);
  if (wire['format'] !== FORMAT) {
    if (end) return { session, end };
    requireFormat(wire);
  }
  const lastActivityAt = optional(wire, 'lastActivityAt', instant);
  const authenticatedAt = optional(wire, 'authenticatedAt', instant);
  const acr = optional(wire, 'acr', text);
  const lease = optional(wire, 'lease', decodeLease);
  const policy = optional(wire, 'policy', readPolicy);
  const lockedAt = optional(wire, 'lockedAt', instant);
  return {
    session,
    ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
    ...(authenticatedAt === undefined ? {} : { authenticatedAt }),
    ...(acr === undefined ? {} : { acr }),
    ...(lease === undefined ? {} : { lease }),
    ...(policy === undefined ? {} : { policy }),
    ...(lockedAt === undefined ? {} : { lockedAt }),
    ...(end === undefined ? {} : { end }),
  };
}

/** Facts as kept for tabs that are not there: with the server time and wall time of the writing. */
export interface Kept {
  readonly facts: Facts;
  /** Absent where the writer had no server time yet. */
  readonly written?: { readonly serverTime: ServerTime; readonly wall: number };
}

/** The text that the mirror stores. */
export function encodeKept(facts: Facts, at: ServerTime | undefined, device: DeviceTime): string {
  return JSON.stringify({ ...encodeFacts(facts), ...(at === undefined ? {} : { written: [at, device.wall] }) });
}

/** Reads what the mirror stored. Throws a {@link CodecProblem} that says what is wrong. */
export function decodeKept(input: string): Kept {
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    throw new CodecProblem('the stored value is not JSON');
  }
  const facts = decodeFacts(value);
  const { format, written } = members(value, 'facts');
  // What another version keeps beside its tombstone is its own business.
  if (format !== FORMAT || !Array.isArray(written)) return { facts };
  return { facts, written: { serverTime: instant(written[0], 'written'), wall: finite(written[1], 'written') } };
}

/** A message between tabs: what the sender knows, and whether it has only just come. */
export interface Message {
  readonly hello: boolean;
  readonly facts: Facts;
}

/** The written form of a message. */
export function encodeMessage(message: Message): unknown {
  return { nightlatch: message.hello ? 'hello' : 'facts', ...encodeFacts(message.facts) };
}

/** Reads a message. Throws a {@link CodecProblem} that says what is wrong. */
export function decodeMessage(input: unknown): Message {
  const kind = members(input, 'message')['nightlatch'];
  if (kind !== 'hello' && kind !== 'facts') throw new CodecProblem('nightlatch is neither hello nor facts');
  return { hello: kind === 'hello', facts: decodeFacts(input) };
}

function requireFormat(wire: Members): void {
  if (wire['format'] !== FORMAT) throw new CodecProblem(`format is not ${FORMAT}`);
}

function members(input: unknown, name: string): Members {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CodecProblem(`${name} is not an object`);
  }
  return input as Members;
}

function optional<T>(wire: Members, name: string, read: (value: unknown, name: string) => T): T | undefined {
  return wire[name] === undefined ? undefined : read(wire[name], name);
}

function decodeSession(input: unknown): Session {
  const wire = members(input, 'session');
  const subject = optional(wire, 'subject', text);
  return {
    id: text(wire['id'], 'session.id'),
    order: whole(wire['order'], 'session.order'),
    startedAt: instant(wire['startedAt'], 'session.startedAt'),
    ...(subject === undefined ? {} : { subject }),
  };
}

function decodeLease(input: unknown): Lease {
  const wire = members(input, 'lease');
  const idleExpiry = optional(wire, 'idleExpiry', instant);
  const absoluteExpiry = optional(wire, 'absoluteExpiry', instant);
  const extensionsLeft = optional(wire, 'extensionsLeft', whole);
  const lastActivityAt = optional(wire, 'lastActivityAt', instant);
  const longestPause = optional(wire, 'longestPause', whole);
  if (wire['whileLocked'] !== undefined && wire['whileLocked'] !== true) {
    throw new CodecProblem('lease.whileLocked is not true');
  }
  return {
    rev: whole(wire['rev'], 'lease.rev'),
    ...(idleExpiry === undefined ? {} : { idleExpiry }),
    ...(absoluteExpiry === undefined ? {} : { absoluteExpiry }),
    ...(extensionsLeft === undefined ? {} : { extensionsLeft }),
    ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
    ...(longestPause ? { longestPause } : {}),
    ...(wire['whileLocked'] === undefined ? {} : { whileLocked: true }),
  };
}

function decodeEnd(input: unknown): Tombstone {
  const wire = members(input, 'end');
  const detail = optional(wire, 'detail', text);
  if (typeof wire['told'] !== 'boolean') throw new CodecProblem('end.told is not true or false');
  return {
    reason: endReason(wire['reason']),
    ...(detail === undefined ? {} : { detail }),
    at: instant(wire['at'], 'end.at'),
    told: wire['told'],
  };
}

/** A reason this version does not know is still a reason: a tombstone is readable across versions. */
function endReason(input: unknown): EndReason {
  const reason = text(input, 'end.reason');
  return END_REASONS.find((one) => one === reason) ?? 'unknown';
}

function readPolicy(input: unknown): Policy {
  try {
    return decodePolicy(input).policy;
  } catch (problem) {
    throw new CodecProblem(problem instanceof Error ? problem.message : 'the policy cannot be read');
  }
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new CodecProblem(`${name} is not a string`);
  if (value.length > LONGEST_STRING) throw new CodecProblem(`${name} is longer than ${LONGEST_STRING} characters`);
  return value;
}

function whole(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new CodecProblem(`${name} is not a whole number of 0 or more`);
  }
  return value;
}

function finite(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new CodecProblem(`${name} is not a finite number`);
  return value;
}

function instant(value: unknown, name: string): ServerTime {
  const number = finite(value, name);
  if (number < FIRST_INSTANT || number >= LAST_INSTANT) throw new CodecProblem(`${name} is no instant in milliseconds`);
  return serverTime(number);
}
