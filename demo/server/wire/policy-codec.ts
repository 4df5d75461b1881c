/** A policy on the wire: as a session is told it, and as an administrator sees and changes it. */
import type { Limits } from '../policies/limits.js';
import type { OperationRule, Policy } from '../policies/policy.js';
import type { RolePolicy, RolePolicyChange } from '../policies/role-policy.js';
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

interface Named extends Limits {
  readonly source: string | null;
  readonly justification: string | null;
}

/** One member, under its name on the wire. */
export interface PolicyMember {
  readonly name: string;
  readonly key: keyof Named;
  /** Of a policy, or of a part of one. */
  write(policy: Partial<Named>): Json | undefined;
  read(body: Body, prefix?: string): RolePolicyChange;
}

function member<Key extends keyof Named>(
  name: string,
  key: Key,
  read: Reader<Named[Key]>,
  write: (value: Named[Key]) => Json,
): PolicyMember {
  return {
    name,
    key,
    write: (policy) => {
      const value: Named[Key] | undefined = policy[key];
      return value === undefined ? undefined : write(value);
    },
    // TypeScript widens computed keys to string.
    read: (body, prefix = '') =>
      Object.hasOwn(body, name) ? ({ [key]: read(body[name], `${prefix}${name}`) } as RolePolicyChange) : {},
  };
}

const asIs = <T extends Json>(value: T): T => value;

/** A session is told how many extensions are left (`extensions_left`), not the rule; and of renewals nothing. */
const untold: readonly PolicyMember[] = [
  member('max_extensions', 'maxExtensions', orNull(count), asIs),
  member('max_renewals', 'maxRenewals', orNull(count), asIs),
];

const told: readonly PolicyMember[] = [
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
];

/** Browsers take no policy with a longer text (docs/server-contract.md, 1). */
export const policyText: Reader<string> = text({ most: 1000 });

const provenance: readonly PolicyMember[] = [
  member('source', 'source', orNull(policyText), asIs),
  member('justification', 'justification', orNull(policyText), asIs),
];

/** All limits that rules set. */
export const limitMembers: readonly PolicyMember[] = [...told, ...untold];

const administered: readonly PolicyMember[] = [...told, ...provenance, ...untold];

export const written = (policy: Partial<Named>, members: readonly PolicyMember[]): JsonObject =>
  Object.fromEntries(
    members.flatMap(({ name, write }) => {
      const value = write(policy);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What the session document carries. */
export function policyDocument(policy: Policy): JsonObject {
  return {
    version: policy.version,
    ...written(policy, [...told, ...provenance]),
    operations: Object.fromEntries(
      Object.entries(policy.operations).map(([operation, rule]) => [operation, operationDocument(rule)]),
    ),
    routes: policy.routes.map(({ method, path, operation }) => ({ method, path, operation })),
    default_operation: null,
  };
}

export function operationDocument(rule: OperationRule): JsonObject {
  const { allow, maxAge, acrValues, idleTimeout, absoluteTimeout } = rule;
  return {
    allow,
    ...(maxAge === null ? {} : { max_age: toSeconds(maxAge) }),
    ...(acrValues === null ? {} : { acr_values: acrValues }),
    ...(idleTimeout === null ? {} : { idle_timeout: toSeconds(idleTimeout) }),
    ...(absoluteTimeout === null ? {} : { absolute_timeout: toSeconds(absoluteTimeout) }),
  };
}

export function administeredPolicy(policy: RolePolicy): JsonObject {
  return { version: policy.version, ...written(policy, administered) };
}

/** Reads any of the named members, or all an administrator may change. Throws `InvalidInput` at the first that is wrong. */
export function readPolicyChange(
  value: unknown,
  allowed: readonly string[] = administered.map(({ name }) => name),
): RolePolicyChange {
  const body = readBody(value);
  rejectUnknownMembers(body, allowed);
  return Object.assign({}, ...administered.map(({ read }) => read(body)));
}
