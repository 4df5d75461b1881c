/** A policy on the wire: as a session is told it, and as an administrator sees and changes it. */
import type { Policy, PolicyChange } from '../policies/policy.js';
import {
  type Body,
  count,
  duration,
  flag,
  limit,
  oneOf,
  orNull,
  type Reader,
  readBody,
  rejectUnknownMembers,
  text,
} from './input.js';
import type { Json, JsonObject } from './json.js';
import { toSeconds, toSecondsOrNull } from './units.js';

interface Member {
  readonly name: string;
  write(policy: Policy): Json;
  read(body: Body): PolicyChange;
}

function member<Key extends keyof PolicyChange>(
  name: string,
  key: Key,
  read: Reader<Policy[Key]>,
  write: (value: Policy[Key]) => Json,
): Member {
  return {
    name,
    write: (policy) => write(policy[key]),
    read: (body) => (name in body ? ({ [key]: read(body[name], name) } as PolicyChange) : {}), // TypeScript widens computed keys to string
  };
}

const asIs = <T extends Json>(value: T): T => value;

const members: readonly Member[] = [
  member('idle_timeout', 'idleTimeout', orNull(limit), toSecondsOrNull),
  member('absolute_timeout', 'absoluteTimeout', orNull(limit), toSecondsOrNull),
  member('absolute_from', 'absoluteFrom', oneOf('session_start', 'auth_time'), asIs),
  member('warn_before', 'warnBefore', duration, toSeconds),
  member('warn_before_absolute', 'warnBeforeAbsolute', duration, toSeconds),
  member('touch_every', 'touchEvery', duration, toSeconds),
  member('poll_every', 'pollEvery', duration, toSeconds),
  member('hold_max', 'holdMax', duration, toSeconds),
  member('on_idle', 'onIdle', oneOf('end', 'lock'), asIs),
  member('lock_timeout', 'lockTimeout', orNull(limit), toSecondsOrNull),
  member('extendable', 'extendable', flag, asIs),
  member('source', 'source', orNull(text()), asIs),
  member('justification', 'justification', orNull(text()), asIs),
];

/** A session is told how many are left (`extensions_left`), not the rule. */
const administeredMembers: readonly Member[] = [
  ...members,
  member('max_extensions', 'maxExtensions', orNull(count), asIs),
];

const written = (policy: Policy, told: readonly Member[]): JsonObject =>
  Object.fromEntries(told.map(({ name, write }) => [name, write(policy)]));

/** What the session document carries. Rules for operations have their place in it, and none is made yet. */
export function policyDocument(policy: Policy): JsonObject {
  const rules = { operations: {}, routes: [], default_operation: null };
  return { version: policy.version, ...written(policy, members), ...rules };
}

export function administeredPolicy(policy: Policy): JsonObject {
  return { version: policy.version, ...written(policy, administeredMembers) };
}

/** Reads any of the named members, or all an administrator may change. Throws `InvalidInput` at the first that is wrong. */
export function readPolicyChange(
  value: unknown,
  allowed: readonly string[] = administeredMembers.map(({ name }) => name),
): PolicyChange {
  const body = readBody(value);
  rejectUnknownMembers(body, allowed);
  return Object.assign({}, ...administeredMembers.map(({ read }) => read(body)));
}
