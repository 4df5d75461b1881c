/** The timeout policy: what it says, and the bounds within which it is taken. */
import type { Duration } from '../time/instant.js';

/** What an operation asks for. */
export interface OperationRule {
  readonly allow: boolean;
  /** How long after authentication it may run. Absent: any time. */
  readonly maxAge?: Duration;
  /** The authentication it needs (OpenID Connect `acr_values`). */
  readonly acrValues?: string;
  /** How long the person may have done nothing, at any time since they authenticated. Absent: as long as the session lets them. */
  readonly idleTimeout?: Duration;
  /** How long it may run, from where the session's absolute limit runs. Absent: as long as the session lasts. */
  readonly absoluteTimeout?: Duration;
}

/** Which request is which operation: the first match on method and path; `*` matches any characters. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
}

/** The timeouts of one session, as its server resolved them. Durations are milliseconds. */
export interface Policy {
  /** Grows with each change that touches this session; equal versions are equal policies. */
  readonly version: number;
  /** How long a person may do nothing; `null`: no such limit. */
  readonly idleTimeout: Duration | null;
  /** How long a session may last at all; `null`: no such limit. */
  readonly absoluteTimeout: Duration | null;
  readonly absoluteFrom: 'session_start' | 'auth_time';
  /** How long before the idle deadline the person is warned. */
  readonly warnBefore: Duration;
  /** How long before the absolute or credential deadline the person is warned. */
  readonly warnBeforeAbsolute: Duration;
  /** At most this often is the server told of activity. */
  readonly touchEvery: Duration;
  /** How often the server is asked where there is no stream. */
  readonly pollEvery: Duration;
  /** How long after the last real activity a `hold` keeps the session; 0: it does not. */
  readonly holdMax: Duration;
  readonly onIdle: 'end' | 'lock';
  /** How long a lock lasts before the session ends; `null`: until the absolute limit. */
  readonly lockTimeout: Duration | null;
  readonly extendable: boolean;
  readonly operations: { readonly [operation: string]: OperationRule };
  readonly routes: readonly Route[];
  readonly defaultOperation: string | null;
  /** The standard the numbers follow, for people. */
  readonly source: string | null;
  readonly justification: string | null;
}

/** A policy as read, and which members were brought within bounds. */
export interface PolicyRead {
  readonly policy: Policy;
  readonly clamped: readonly string[];
}

/**
 * Brings first a lead above half its limit, then a touch interval above half of what the lead leaves, or above a quarter of an
 * operation's idle limit, within bounds: whoever works must not look idle because the server has not heard of it yet.
 */
export function clampPolicy(policy: Policy): PolicyRead {
  const { idleTimeout, absoluteTimeout } = policy;
  const operationIdle = shortestOperationIdle(policy);
  const warnBefore = atMost(policy.warnBefore, idleTimeout === null ? null : idleTimeout / 2);
  const warnBeforeAbsolute = atMost(policy.warnBeforeAbsolute, absoluteTimeout === null ? null : absoluteTimeout / 2);
  const touchForSession = atMost(policy.touchEvery, idleTimeout === null ? null : (idleTimeout - warnBefore) / 2);
  const touchEvery = atMost(touchForSession, operationIdle === null ? null : operationIdle / 4);
  const clamped: string[] = [];
  if (warnBefore < policy.warnBefore) clamped.push('warn_before');
  if (warnBeforeAbsolute < policy.warnBeforeAbsolute) clamped.push('warn_before_absolute');
  if (touchEvery < policy.touchEvery) clamped.push('touch_every');
  return { policy: { ...policy, warnBefore, warnBeforeAbsolute, touchEvery }, clamped };
}

/** The shortest time after which an operation is not open any more to somebody idle; null: there is no such operation. */
export function shortestOperationIdle({ operations }: Pick<Policy, 'operations'>): Duration | null {
  const limits = Object.values(operations).flatMap(({ allow, idleTimeout }) => (allow && idleTimeout) || []);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** A duration within its bound, in whole milliseconds: so it reads back from the wire as it was written. */
function atMost(duration: Duration, bound: Duration | null): Duration {
  return bound === null || duration <= bound ? duration : Math.floor(bound);
}
