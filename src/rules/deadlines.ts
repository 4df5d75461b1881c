/** When the session ends if nothing more happens, and of what. */
import type { Facts } from '../facts/facts.js';
import { isLocked } from '../facts/facts.js';
import { type Duration, later, plus, type ServerTime } from '../time/instant.js';

/** What a deadline comes from: idleness, the session's length, or a credential that runs out. */
export type DeadlineCause = 'idle' | 'absolute' | 'credential';

/** An instant at which the session ends, and of what. */
export interface Deadline {
  readonly at: ServerTime;
  readonly cause: DeadlineCause;
}

/** The deadlines there are, by cause. While locked, `idle` is the end of the lock. */
export type Deadlines = { readonly [cause in DeadlineCause]?: ServerTime };

/**
 * The deadlines of a session. Each is exclusive: at the instant itself the session is over.
 *
 * With a server its lease is the truth. Without one, the idle clock runs from the last activity and the absolute one
 * from the start (or the last authentication, where the policy says so).
 */
export function deadlines(facts: Facts, credentialExpiry?: ServerTime): Deadlines {
  const absolute = absoluteDeadline(facts);
  const idle = isLocked(facts) ? lockEnd(facts) : idleDeadline(facts);
  return {
    ...(idle === undefined ? {} : { idle }),
    ...(absolute === undefined ? {} : { absolute }),
    ...(credentialExpiry === undefined ? {} : { credential: credentialExpiry }),
  };
}

/** Until when the person may do nothing, were the session not locked. */
export function idleDeadline(facts: Facts): ServerTime | undefined {
  if (facts.lease) return facts.lease.whileLocked ? undefined : facts.lease.idleExpiry;
  const start = later(later(facts.lastActivityAt, facts.authenticatedAt), facts.session?.startedAt);
  return after(start, facts.policy?.idleTimeout);
}

/** Until when the session may last at all. */
export function absoluteDeadline(facts: Facts): ServerTime | undefined {
  if (facts.lease) return facts.lease.absoluteExpiry;
  const fromAuthentication = facts.policy?.absoluteFrom === 'auth_time';
  const start = fromAuthentication ? later(facts.authenticatedAt, facts.session?.startedAt) : facts.session?.startedAt;
  return after(start, facts.policy?.absoluteTimeout);
}

/**
 * When a lock ends the session: as the lease says if it was issued while locked, else by our own count, for a lock
 * that the server does not know yet does not end the session sooner than its idle limit would have.
 */
export function lockEnd(facts: Facts): ServerTime | undefined {
  if (facts.lease?.whileLocked) return facts.lease.idleExpiry;
  const timeout = facts.policy?.lockTimeout ?? null;
  if (facts.lockedAt === undefined || timeout === null) return undefined;
  return later(idleDeadline(facts), plus(facts.lockedAt, timeout));
}

/** In this order, so that on a tie the one that no activity moves comes first. */
const CAUSES: readonly DeadlineCause[] = ['absolute', 'credential', 'idle'];

/** The first of the deadlines, or of those that count; on a tie the one that no activity moves. */
export function firstDeadline(
  all: Deadlines,
  counts: (at: ServerTime, cause: DeadlineCause) => boolean = () => true,
): Deadline | undefined {
  let first: Deadline | undefined;
  for (const cause of CAUSES) {
    const at = all[cause];
    if (at === undefined || (first !== undefined && at >= first.at)) continue;
    if (counts(at, cause)) first = { at, cause };
  }
  return first;
}

function after(start: ServerTime | undefined, limit: Duration | null | undefined): ServerTime | undefined {
  return start === undefined || limit === null || limit === undefined ? undefined : plus(start, limit);
}
