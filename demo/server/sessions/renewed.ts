/** A session gets a new secret: so often, and no oftener. */
import { ended } from './ended.js';
import { absoluteExpiry } from './limits.js';
import { secretRotated } from './secrets.js';
import type { Session } from './session.js';

/**
 * The old secret stays good for `grace` (milliseconds), which never reaches beyond the absolute limit. One renewal more than
 * the policy allows is the end: a session that is kept alive for ever is somebody's who should sign in.
 */
export function renewed(
  session: Session,
  now: number,
  { hash, grace }: { readonly hash: string; readonly grace: number | null },
): Session {
  const { maxRenewals } = session.policy;
  if (maxRenewals !== null && session.secrets.length > maxRenewals) {
    return ended(session, { reason: 'absolute', at: now, initiatingEntity: 'policy' });
  }
  const limit = absoluteExpiry(session) ?? Number.POSITIVE_INFINITY;
  const goodUntil = grace === null ? null : Math.min(now + grace, limit);
  return secretRotated(session, { hash, issuedAt: now, goodUntil });
}
