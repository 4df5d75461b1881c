/** What the rules, and who the person is by now, have made of a session. */
import { doorOf, type Role } from '../people/rights.js';
import { isSamePolicy } from '../policies/policy.js';
import { type Resolved, type Routes, resolve } from '../policies/resolve.js';
import type { Rule } from '../policies/rule.js';
import { inRole } from '../policies/trust.js';
import { ended } from './ended.js';
import { locked } from './locked.js';
import { policyApplied } from './policy-applied.js';
import type { Session } from './session.js';
import { trustChanged } from './trust-changed.js';

/** All that the rules go by, besides the session itself. */
export interface Circumstances {
  readonly rules: readonly Rule[];
  readonly routes: Routes;
  /** The role the person has now; null: there is no such person any more. */
  readonly role: Role | null;
}

/** The very same session where nothing has changed for it. `session` is settled: what time has ended stays so. */
export function followed(session: Session, now: number, { rules, routes, role }: Circumstances): Session {
  if (session.end !== null) return session;
  if (role === null) return ended(session, { reason: 'account-disabled', at: now, initiatingEntity: 'admin' });
  // A session is good at one door; its person now comes in by another.
  if (doorOf(role) !== doorOf(session.trust.role)) {
    return ended(session, { reason: 'role-change', at: now, initiatingEntity: 'admin' });
  }
  const trust = inRole(session.trust, role);
  const resolved = resolve(rules, trust.contexts, routes);
  const current = trustChanged(session, trust, { now, initiatingEntity: 'admin' });
  const limited = isSamePolicy(current.policy, resolved.policy)
    ? current
    : policyApplied(current, resolved.policy, now);
  return atOnce(limited, resolved, now);
}

function atOnce(session: Session, { ends, locks }: Resolved, now: number): Session {
  if (ends !== null) return ended(session, { reason: reasonOf(ends), at: now, initiatingEntity: 'policy' });
  return locks === null || session.end !== null ? session : locked(session, now);
}

/** What people are told that it was: the first thing the rule asks about. */
function reasonOf({ when }: Rule): string {
  if (when.risk !== undefined) return 'risk';
  if (when.device !== undefined || when.changed?.includes('device')) return 'device';
  if (when.network !== undefined || when.changed !== undefined) return 'network';
  return 'policy';
}
