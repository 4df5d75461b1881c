/** The policy's wire form: how it is read, and how it is written, one text for one policy. */
import type { Duration } from '../time/instant.js';
import { clampPolicy, type OperationRule, type Policy, type PolicyRead, type Route } from './policy.js';

/** Durations on the wire are seconds; above this they look like milliseconds (366 days). */
const LONGEST_SECONDS = 366 * 86_400;
const MOST_ENTRIES = 1_000;
const LONGEST_STRING = 1_000;

/** Why a policy was not taken: names the member and what is wrong with it. */
export class PolicyProblem extends Error {}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a policy in its wire form (`docs/server-contract.md` section 1), filling in the defaults.
 *
 * Throws a {@link PolicyProblem} that names the first bad member; a policy is taken whole or not at all. Leads and
 * touch intervals that do not fit their limit are clamped, and named in `clamped`.
 */
export function decodePolicy(input: unknown): PolicyRead {
  const wire = members(input, 'policy');
  const policy: Policy = {
    version: integer(wire, 'version'),
    idleTimeout: limit(wire, 'idle_timeout'),
    absoluteTimeout: limit(wire, 'absolute_timeout'),
    absoluteFrom: choice(wire, 'absolute_from', ['session_start', 'auth_time']),
    warnBefore: duration(wire, 'warn_before', 120),
    warnBeforeAbsolute: duration(wire, 'warn_before_absolute', 600),
    touchEvery: duration(wire, 'touch_every', 60),
    pollEvery: duration(wire, 'poll_every', 60),
    holdMax: duration(wire, 'hold_max', 0),
    onIdle: choice(wire, 'on_idle', ['end', 'lock']),
    lockTimeout: limit(wire, 'lock_timeout'),
    extendable: boolean(wire, 'extendable', true),
    operations: operations(wire['operations']),
    routes: routes(wire['routes']),
    defaultOperation: optionalText(wire, 'default_operation'),
    source: optionalText(wire, 'source'),
    justification: optionalText(wire, 'justification'),
  };
  return clampPolicy(policy);
}

/** The policy in its wire form, for the mirror and the channel. */
export function encodePolicy(policy: Policy): Record<string, unknown> {
  return {
    version: policy.version,
    idle_timeout: toSeconds(policy.idleTimeout),
    absolute_timeout: toSeconds(policy.absoluteTimeout),
    absolute_from: policy.absoluteFrom,
    warn_before: toSeconds(policy.warnBefore),
    warn_before_absolute: toSeconds(policy.warnBeforeAbsolute),
    touch_every: toSeconds(policy.touchEvery),
    poll_every: toSeconds(policy.pollEvery),
    hold_max: toSeconds(policy.holdMax),
    on_idle: policy.onIdle,
    lock_timeout: toSeconds(policy.lockTimeout),
    extendable: policy.extendable,
    operations: Object.fromEntries(
      Object.entries(policy.operations).map(([name, rule]) => [
        name,
        {
          allow: rule.allow,
          ...(rule.maxAge === undefined ? {} : { max_age: toSeconds(rule.maxAge) }),
          ...(rule.acrValues === undefined ? {} : { acr_values: rule.acrValues }),
          ...(rule.idleTimeout === undefined ? {} : { idle_timeout: toSeconds(rule.idleTimeout) }),
          ...(rule.absoluteTimeout === undefined ? {} : { absolute_timeout: toSeconds(rule.absoluteTimeout) }),
        },
      ]),
    ),
    routes: policy.routes,
    default_operation: policy.defaultOperation,
    source: policy.source,
    justification: policy.justification,
  };
}

/** Policies are values: one object's text never changes. */
const canonicalTexts = new WeakMap<Policy, string>();

/** One text for one policy: keys in order, so that two equal policies compare equal as strings. */
export function canonicalPolicy(policy: Policy): string {
  const known = canonicalTexts.get(policy);
  if (known !== undefined) return known;
  const text = JSON.stringify(encodePolicy(policy), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  canonicalTexts.set(policy, text);
  return text;
}

function toSeconds(duration: Duration | null): number | null {
  return duration === null ? null : duration / 1_000;
}

function members(input: unknown, name: string): Members {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new PolicyProblem(`${name} is not an object`);
  }
  return input as Members;
}

function integer(wire: Members, name: string): number {
  const value = wire[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new PolicyProblem(`${name} is not a whole number of 0 or more`);
  }
  return value;
}

function duration(wire: Members, name: string, byDefault: number): Duration {
  const value = wire[name] ?? byDefault;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new PolicyProblem(`${name} is not a finite number of seconds of 0 or more`);
  }
  if (value > LONGEST_SECONDS) throw new PolicyProblem(`${name} looks like milliseconds, or too long`);
  return Math.round(value * 1_000);
}

function limit(wire: Members, name: string): Duration | null {
  if (wire[name] === undefined || wire[name] === null) return null;
  const value = duration(wire, name, 0);
  if (value === 0) throw new PolicyProblem(`${name} is 0; leave it out for no limit`);
  return value;
}

function boolean(wire: Members, name: string, byDefault: boolean): boolean {
  const value = wire[name] ?? byDefault;
  if (typeof value !== 'boolean') throw new PolicyProblem(`${name} is not true or false`);
  return value;
}

function choice<const T extends string>(wire: Members, name: string, choices: readonly [T, ...T[]]): T {
  const value = wire[name] ?? choices[0];
  const found = choices.find((one) => one === value);
  if (found === undefined) throw new PolicyProblem(`${name} is none of ${choices.join(', ')}`);
  return found;
}

function optionalText(wire: Members, name: string): string | null {
  const value = wire[name] ?? null;
  return value === null ? null : text(value, name);
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new PolicyProblem(`${name} is not a string`);
  if (value.length > LONGEST_STRING) throw new PolicyProblem(`${name} is longer than ${LONGEST_STRING} characters`);
  return value;
}

function operations(input: unknown): Policy['operations'] {
  const entries = Object.entries(members(input ?? {}, 'operations'));
  if (entries.length > MOST_ENTRIES) throw new PolicyProblem(`operations has more than ${MOST_ENTRIES} entries`);
  // No prototype: an operation may have any name, `__proto__` included.
  const read: Record<string, OperationRule> = Object.create(null);
  for (const [name, value] of entries) {
    const wire = members(value, `operations.${text(name, 'operations')}`);
    const acrValues = optionalText(wire, 'acr_values');
    const idleTimeout = limit(wire, 'idle_timeout');
    const absoluteTimeout = limit(wire, 'absolute_timeout');
    read[name] = {
      allow: boolean(wire, 'allow', true),
      ...(wire['max_age'] === undefined || wire['max_age'] === null ? {} : { maxAge: duration(wire, 'max_age', 0) }),
      ...(acrValues === null ? {} : { acrValues }),
      ...(idleTimeout === null ? {} : { idleTimeout }),
      ...(absoluteTimeout === null ? {} : { absoluteTimeout }),
    };
  }
  return read;
}

function routes(input: unknown): readonly Route[] {
  const list = input ?? [];
  if (!Array.isArray(list)) throw new PolicyProblem('routes is not a list');
  if (list.length > MOST_ENTRIES) throw new PolicyProblem(`routes has more than ${MOST_ENTRIES} entries`);
  return list.map((value: unknown, index) => {
    const wire = members(value, `routes[${index}]`);
    return {
      method: text(wire['method'], `routes[${index}].method`),
      path: text(wire['path'], `routes[${index}].path`),
      operation: text(wire['operation'], `routes[${index}].operation`),
    };
  });
}
