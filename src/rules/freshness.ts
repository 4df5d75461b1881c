/** Whether an operation may run now, as far as the client can know: a hint to ask early, for the server decides. */
import type { Lease } from '../facts/facts.js';
import type { OperationRule, Policy } from '../facts/policy.js';
import { type Duration, earlier, later, plus, type ServerTime } from '../time/instant.js';
import { type ActiveView, isOpen, type SessionView, type WarningView } from './view.js';

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

/** What an operation is asked about. */
export interface Asked {
  readonly operation: string;
  /** The latest that server time can be, so that doubt asks early. */
  readonly now: ServerTime;
  /** The server's word on the session; there may be no server. */
  readonly lease: Lease | undefined;
  /** For how long it has to be able to run: what will have run out by then needs authentication now. */
  readonly margin?: Duration;
}

type Open = ActiveView | WarningView;

/** Whether the operation may run. */
export function operationView(view: SessionView, { operation, now, lease, margin = 0 }: Asked): OperationView {
  if (view.phase === 'pending') return { state: 'unknown' };
  if (!isOpen(view)) return { state: 'denied' };
  const rule = ruleFor(view.policy, operation);
  if (!rule) return { state: 'open' };
  const lastInstant = absoluteEnd(rule, view);
  if (!rule.allow || (lastInstant !== undefined && now >= lastInstant)) return { state: 'denied' };
  const idle = idleEnd(rule, view, lease);
  const requirement = ahead(requirementOf(rule, view, idle !== undefined && now >= idle), margin);
  if (!satisfies(view, requirement, now)) return { state: 'needs-authentication', requirement };
  const until = earlier(earlier(ageEnd(oldest(rule, view), view), idle), lastInstant);
  return { state: 'open', ...(until === undefined ? {} : { until }) };
}

/** When time alone will next change what `operationView` says; nothing where only the session can change it. */
export function operationChange(
  view: SessionView,
  { operation, now, lease, margin = 0 }: Asked,
): ServerTime | undefined {
  const rule = isOpen(view) ? ruleFor(view.policy, operation) : undefined;
  if (!isOpen(view) || !rule?.allow) return undefined;
  const idle = idleEnd(rule, view, lease);
  const { maxAge } = ahead(requirementOf(rule, view, false), margin);
  return [ageEnd(maxAge, view), idle, absoluteEnd(rule, view)]
    .filter((at) => at !== undefined && at > now)
    .reduce(earlier, undefined);
}

/**
 * Until when somebody may do nothing and the operation stays open. It runs by what the server is known to have accepted, for the
 * activity that it has not heard of yet opens nothing there. A pause that was too long stays so until the next authentication.
 */
function idleEnd({ idleTimeout }: OperationRule, view: Open, lease: Lease | undefined): ServerTime | undefined {
  if (idleTimeout === undefined) return undefined;
  const { authenticatedAt } = view;
  if (lease?.longestPause !== undefined && lease.longestPause >= idleTimeout) return plus(authenticatedAt, idleTimeout);
  // An authentication is an activity. Without a server, what this browser has seen is all that there is.
  const accepted = later(authenticatedAt, lease ? lease.lastActivityAt : view.lastActivityAt);
  return plus(accepted ?? authenticatedAt, idleTimeout);
}

/** From when on no authentication helps. */
function absoluteEnd({ absoluteTimeout }: OperationRule, { policy, session }: Open): ServerTime | undefined {
  return absoluteTimeout === undefined || policy.absoluteFrom === 'auth_time'
    ? undefined
    : plus(session.startedAt, absoluteTimeout);
}

/** How old an authentication may be: where the absolute limit runs from it, that is one more limit on its age. */
function oldest({ maxAge, absoluteTimeout }: OperationRule, { policy }: Open): Duration | undefined {
  return policy.absoluteFrom === 'auth_time' ? shorter(maxAge, absoluteTimeout) : maxAge;
}

function ageEnd(maxAge: Duration | undefined, { authenticatedAt }: Open): ServerTime | undefined {
  return maxAge === undefined ? undefined : plus(authenticatedAt, maxAge);
}

function shorter(a: Duration | undefined, b: Duration | undefined): Duration | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
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

/**
 * What an authentication has to be for the operation to run. After too long a pause it has to be one since: the last one is at
 * least as old as the pause is long, so that the idle limit, asked for as an age, is what it does not satisfy and the next one does.
 */
function requirementOf(rule: OperationRule, view: Open, isIdle: boolean): Requirement {
  const { acrValues, idleTimeout } = rule;
  const maxAge = shorter(oldest(rule, view), isIdle ? idleTimeout : undefined);
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
