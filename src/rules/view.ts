/** What the facts mean now: a pure function of facts, the tab's own standing, and server time. */
import { type EndReason, type Facts, isLocked, type Session } from '../facts/facts.js';
import type { Policy } from '../facts/policy.js';
import { earlier, plus, type Reading, type ServerTime } from '../time/instant.js';
import {
  absoluteDeadline,
  type Deadline,
  type DeadlineCause,
  type Deadlines,
  deadlines,
  firstDeadline,
  idleDeadline,
} from './deadlines.js';
import { lead } from './leads.js';
import type { Standing, ViewedHold } from './standing.js';

/** Too little is known: nothing sensitive may be shown. */
export interface PendingView {
  readonly phase: 'pending';
  /** Whether the page must be covered while it waits; an ordinary reload is not, for its first second. */
  readonly covered: boolean;
  /** The server has answered, with no policy that this page takes (`policy-rejected`). It goes on asking. */
  readonly policyRefused?: true;
}

/** Nobody is signed in, and this page has shown no session. */
export interface AbsentView {
  readonly phase: 'absent';
  /** How the session before ended, for the sign-in page to say. */
  readonly lastEnd?: { readonly reason: EndReason; readonly detail?: string; readonly at: ServerTime };
}

/** What every open view tells of its session. */
export interface OpenMembers {
  readonly session: Session;
  readonly policy: Policy;
  readonly lastActivityAt: ServerTime;
  readonly authenticatedAt: ServerTime;
  readonly acr?: string;
  /** The holds that are on in this tab; absent where there are none. */
  readonly holds?: readonly ViewedHold[];
}

/** The session is open. */
export interface ActiveView extends OpenMembers {
  readonly phase: 'active';
  /** The next deadline; absent where there is no limit. */
  readonly deadline?: Deadline;
}

/** The session is open, and a deadline is near. */
export interface WarningView extends OpenMembers {
  readonly phase: 'warning';
  readonly deadline: Deadline;
  /** Whether asking for more time can help. */
  readonly extendable: boolean;
}

/** Locked: the page is covered, input is kept, and a light re-authentication opens it. */
export interface LockedView {
  readonly phase: 'locked';
  readonly session: Session;
  readonly since: ServerTime;
  /** When the lock ends the session. */
  readonly deadline?: Deadline;
}

/** Believed over: a deadline has passed. A belief, which the server or another tab may correct. */
export interface ExpiredView {
  readonly phase: 'expired';
  readonly session: Session;
  readonly deadline: Deadline;
}

/** Over, for good. */
export interface EndedView {
  readonly phase: 'ended';
  readonly session: Session;
  readonly reason: EndReason;
  /** The server's own word where it is finer than `reason`. */
  readonly detail?: string;
  readonly at: ServerTime;
}

/** What is so now, in this tab. Instants are epoch milliseconds on the server's clock. */
export type SessionView = PendingView | AbsentView | ActiveView | WarningView | LockedView | ExpiredView | EndedView;

/** Whether the page must be taken out of rendering. */
export function isCovered(view: SessionView): boolean {
  switch (view.phase) {
    case 'pending':
      return view.covered;
    case 'absent':
    case 'active':
    case 'warning':
      return false;
    case 'locked':
    case 'expired':
    case 'ended':
      return true;
  }
}

/** Whether the session is open to the person. */
export function isOpen(view: SessionView): view is ActiveView | WarningView {
  return view.phase === 'active' || view.phase === 'warning';
}

/**
 * The view.
 *
 * Deadlines are judged by the latest that server time can be: a page is covered at the first doubt. Without a reading
 * (before the first word of the server) no deadline is judged and nothing opens.
 */
export function view(facts: Facts, standing: Standing, reading: Reading | undefined): SessionView {
  if (standing.replacedAt !== undefined && standing.shown) {
    return { phase: 'ended', session: standing.shown, reason: 'replaced', at: standing.replacedAt };
  }
  if (standing.doubted && !facts.end) return { phase: 'pending', covered: true };
  const pending: PendingView = { phase: 'pending', covered: standing.waited || standing.shown !== undefined };
  if (!facts.session) return standing.none ? { phase: 'absent' } : pending;
  if (facts.end) return ended(facts.session, facts.end, standing);

  const all = deadlines(facts, standing.credentialExpiry);
  const over = reading && overBy(facts, all, reading.latest);
  const since = lockedSince(facts, all, reading);
  if (since === undefined || over) {
    if (over) return { phase: 'expired', session: facts.session, deadline: over };
    if (standing.opened !== facts.session.id || !reading) return pending;
    if (!facts.policy) return { ...pending, policyRefused: true };
    if (standing.returned) return { phase: 'pending', covered: true };
    return open(facts, facts.session, facts.policy, standing, reading.latest);
  }
  // Hearsay that says locked closes, as hearsay may; what it locks is not shown as this tab's session yet.
  if (standing.opened !== facts.session.id) return { phase: 'pending', covered: true };
  return locked(facts, facts.session, since);
}

/** The next instant at which the view changes by itself, judged as `view` judges. */
export function nextChange(facts: Facts, standing: Standing, reading: Reading | undefined): ServerTime | undefined {
  if (!facts.session || facts.end || !reading || standing.replacedAt !== undefined) return undefined;
  const { policy } = facts;
  const all = deadlines(facts, standing.credentialExpiry);
  const ahead = (at: ServerTime | undefined) => (at !== undefined && at > reading.latest ? at : undefined);
  let first = ahead(beliefEnd(facts));
  for (const cause of CAUSES) {
    const at = all[cause];
    first = earlier(first, ahead(at));
    if (policy && at !== undefined)
      first = earlier(first, ahead(plus(at, -lead(policy, standing.claimedLeads, cause))));
  }
  return first;
}

/** Whether two views say the same, so that the same object can be returned until something changes. */
export function sameView(a: SessionView, b: SessionView): boolean {
  return same(a, b);
}

/** Equality of plain values; shared parts (a policy is one object for hours) compare by identity. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const one = Object.entries(a);
  return (
    one.length === Object.keys(b).length &&
    one.every(([key, value]) => same(value, (b as Record<string, unknown>)[key]))
  );
}

const CAUSES: readonly DeadlineCause[] = ['idle', 'absolute', 'credential'];

function ended(session: Session, end: NonNullable<Facts['end']>, standing: Standing): SessionView {
  const how = { reason: end.reason, ...(end.detail === undefined ? {} : { detail: end.detail }), at: end.at };
  const seen = standing.shown?.id === session.id;
  if (!seen && standing.none && standing.wiped === session.id) return { phase: 'absent', lastEnd: how };
  return { phase: 'ended', session, ...how };
}

/** The deadline that is over at `now`, if one is: of what the person could not have prevented, first. */
function overBy(facts: Facts, all: Deadlines, now: ServerTime): Deadline | undefined {
  const hasPassed = (at: ServerTime) => at <= now;
  if (isLocked(facts) || facts.policy?.onIdle !== 'lock') return firstDeadline(all, hasPassed);
  const { idle: _, ...others } = all;
  const end = beliefEnd(facts);
  return firstDeadline({ ...others, ...(end === undefined ? {} : { idle: end }) }, hasPassed);
}

/** When a lock that follows from idleness, and that nobody has written down yet, would end the session. */
function beliefEnd(facts: Facts): ServerTime | undefined {
  const idle = idleDeadline(facts);
  const timeout = facts.policy?.lockTimeout ?? null;
  if (isLocked(facts) || facts.policy?.onIdle !== 'lock' || idle === undefined || timeout === null) return undefined;
  return plus(idle, timeout);
}

function lockedSince(facts: Facts, all: Deadlines, reading: Reading | undefined): ServerTime | undefined {
  if (isLocked(facts)) return facts.lockedAt;
  if (!reading || facts.policy?.onIdle !== 'lock' || all.idle === undefined) return undefined;
  return all.idle <= reading.latest ? all.idle : undefined;
}

function locked(facts: Facts, session: Session, since: ServerTime): LockedView {
  const end = isLocked(facts) ? deadlines(facts).idle : beliefEnd(facts);
  const absolute = absoluteDeadline(facts);
  const deadline = firstDeadline({
    ...(end === undefined ? {} : { idle: end }),
    ...(absolute === undefined ? {} : { absolute }),
  });
  return { phase: 'locked', session, since, ...(deadline ? { deadline } : {}) };
}

function open(facts: Facts, session: Session, policy: Policy, standing: Standing, now: ServerTime): SessionView {
  const all = deadlines(facts, standing.credentialExpiry);
  const members: OpenMembers = {
    session,
    policy,
    lastActivityAt: facts.lastActivityAt ?? session.startedAt,
    authenticatedAt: facts.authenticatedAt ?? session.startedAt,
    ...(facts.acr === undefined ? {} : { acr: facts.acr }),
    ...(standing.holds === undefined ? {} : { holds: standing.holds }),
  };
  const warned = firstDeadline(all, (at, cause) => at - lead(policy, standing.claimedLeads, cause) <= now);
  if (warned) {
    const extendable = standing.withoutExtend !== session.id && isExtendable(facts, policy, warned);
    return { phase: 'warning', ...members, deadline: warned, extendable };
  }
  const deadline = firstDeadline(all);
  return { phase: 'active', ...members, ...(deadline ? { deadline } : {}) };
}

function isExtendable(facts: Facts, policy: Policy, warned: Deadline): boolean {
  return warned.cause === 'idle' && policy.extendable && facts.lease?.extensionsLeft !== 0;
}
