/** Whether an operation may run now, as far as the client can know: a hint to ask early, for the server decides. */
import type { OperationRule, Policy } from '../facts/policy.js';
import { type Duration, plus, type ServerTime } from '../time/instant.js';
import { isOpen, type SessionView } from './view.js';

/**
 * What an operation needs of the person's last authentication.
 *
 * A policy asks by `maxAge` and `acrValues`, and these the client can judge. The others come with a server's refusal only, and
 * go to whoever authenticates: whether they are met is known when the server has answered again.
 */
export interface Requirement {
  /** It must not lie further back than this; 0 asks for a new one (OpenID Connect `max_age`). */
  readonly maxAge?: Duration;
  /** It must have been one of these (OpenID Connect `acr_values`, separated by spaces). */
  readonly acrValues?: string;
  /** The claims request of a claims challenge, as JSON text (Entra `insufficient_claims`; MSAL's `claims`). */
  readonly claims?: string;
  /** What the access token has to be good for, separated by spaces (RFC 6750 `insufficient_scope`). */
  readonly scope?: string;
  /** Which factors have to be verified anew (Clerk's reverification `level`). */
  readonly factors?: 'first' | 'second' | 'both';
}

/** The client's word on one operation. */
export type OperationView =
  | { readonly state: 'open' /** Until when it stays so. */; readonly until?: ServerTime }
  | { readonly state: 'needs-authentication'; readonly requirement: Requirement }
  | { readonly state: 'denied' }
  | { readonly state: 'unknown' };

/** The rule for an operation: its own, else the default one, else none. */
export function ruleFor(policy: Policy, operation: string): OperationRule | undefined {
  const { operations, defaultOperation } = policy;
  if (Object.hasOwn(operations, operation)) return operations[operation];
  if (defaultOperation !== null && Object.hasOwn(operations, defaultOperation)) return operations[defaultOperation];
  return undefined;
}

/**
 * Whether `operation` may run. `now` is the latest that server time can be, so that doubt asks early.
 *
 * With a margin it has to be able to run for that long: what will have run out by then needs authentication now.
 */
export function operationView(
  view: SessionView,
  operation: string,
  now: ServerTime,
  margin: Duration = 0,
): OperationView {
  if (view.phase === 'pending') return { state: 'unknown' };
  if (!isOpen(view)) return { state: 'denied' };
  const rule = ruleFor(view.policy, operation);
  if (!rule) return { state: 'open' };
  if (!rule.allow) return { state: 'denied' };
  const requirement = ahead(requirementOf(rule), margin);
  if (!satisfies(view, requirement, now)) return { state: 'needs-authentication', requirement };
  return rule.maxAge === undefined
    ? { state: 'open' }
    : { state: 'open', until: plus(view.authenticatedAt, rule.maxAge) };
}

/** When time alone will change what `operationView` says; nothing where only the session can change it. */
export function freshnessEnd(view: SessionView, operation: string, margin: Duration): ServerTime | undefined {
  const rule = isOpen(view) ? ruleFor(view.policy, operation) : undefined;
  if (!isOpen(view) || !rule?.allow) return undefined;
  const { maxAge } = ahead(requirementOf(rule), margin);
  return maxAge === undefined ? undefined : plus(view.authenticatedAt, maxAge);
}

/**
 * The requirement of whoever needs the authentication to last for a margin longer.
 *
 * A margin takes half of the age at most: with more, a person who has just authenticated could be asked again at once.
 */
export function ahead(requirement: Requirement, margin: Duration): Requirement {
  const { maxAge } = requirement;
  return maxAge === undefined || margin === 0
    ? requirement
    : { ...requirement, maxAge: maxAge - Math.min(margin, Math.floor(maxAge / 2)) };
}

function requirementOf({ maxAge, acrValues }: OperationRule): Requirement {
  return { ...(maxAge === undefined ? {} : { maxAge }), ...(acrValues === undefined ? {} : { acrValues }) };
}

/** The person's last authentication, as far as the client knows it. */
export interface Authentication {
  readonly authenticatedAt: ServerTime;
  readonly acr?: string;
}

/** Whether the person's last authentication is recent enough and of the kind asked for; no, where only the server could tell. */
export function satisfies(known: Authentication, requirement: Requirement, now: ServerTime): boolean {
  const { maxAge, acrValues, claims, scope, factors } = requirement;
  if (claims !== undefined || scope !== undefined || factors !== undefined) return false;
  if (maxAge !== undefined && now >= plus(known.authenticatedAt, maxAge)) return false;
  return acrValues === undefined || (known.acr !== undefined && acrValues.split(' ').includes(known.acr));
}
