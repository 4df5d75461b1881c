/** Which news the other tabs must hear at once, and which can wait a second. */
import type { Facts } from '../facts/facts.js';
import type { ServerTime } from '../time/instant.js';

/**
 * Whether a change is urgent: another session, an end, a lock, an authentication, a policy, an earlier deadline, or more
 * time granted so late that other tabs may be warning already. Activity, and time granted early, can wait.
 */
export function isUrgent(before: Facts, after: Facts): boolean {
  if (before.session?.id !== after.session?.id || after.end !== before.end) return true;
  if (before.lockedAt !== after.lockedAt || before.authenticatedAt !== after.authenticatedAt) return true;
  if (before.policy?.version !== after.policy?.version) return true;
  const [old, now] = [before.lease, after.lease];
  if (isShorter(old?.idleExpiry, now?.idleExpiry) || isShorter(old?.absoluteExpiry, now?.absoluteExpiry)) return true;
  return wasNear(old?.idleExpiry, now?.idleExpiry, after);
}

function isShorter(before: ServerTime | undefined, after: ServerTime | undefined): boolean {
  return after !== undefined && (before === undefined || after < before);
}

function wasNear(before: ServerTime | undefined, after: ServerTime | undefined, { policy }: Facts): boolean {
  if (before === undefined || after === undefined || !policy) return false;
  return after - before > (policy.idleTimeout ?? 0) - 2 * policy.warnBefore;
}
