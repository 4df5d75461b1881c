/** What the audit log says about a session's end, its lock, its circumstances and refused calls. */

import type { Requirement } from '../policies/judge.js';
import { contextNow } from '../policies/trust.js';
import type { Refusal } from '../sessions/refusal.js';
import type { Session, SessionEnd } from '../sessions/session.js';
import { toSecondsOrNull } from '../wire/units.js';
import type { AuditLog, AuditRecord } from './audit-log.js';

type Log = Pick<AuditLog, 'record'>;

export const about = ({ username, id }: Session): Pick<AuditRecord, 'userid' | 'session'> => ({
  userid: username,
  session: id,
});

export function recordEnd(audit: Log, session: Session, end: SessionEnd): void {
  const detail = { reason: end.reason, initiating_entity: end.initiatingEntity };
  const event = end.reason === 'signed-out' ? 'session_logout' : 'session_expired';
  audit.record({ event, level: 'INFO', ...about(session), detail });
}

/** What is known of risk, device or network is other than it was, and rights may be with it. */
export function recordContext(audit: Log, before: Session, after: Session): void {
  const [was, is] = [contextNow(before.trust), contextNow(after.trust)];
  const changed = (['risk', 'device', 'network'] as const).filter((name) => was[name] !== is[name]);
  if (changed.length === 0) return;
  const detail = Object.fromEntries(changed.map((name) => [name, `${was[name]} to ${is[name]}`]));
  audit.record({ event: 'authz_change', level: 'WARN', ...about(after), detail });
}

/** In the units of the wire, as all that people read. */
const requirementDetail = ({ maxAge, acrValues }: Requirement) => ({
  max_age: toSecondsOrNull(maxAge),
  acr_values: acrValues,
});

/** Denied and expired attempts are logged; a call that names the wrong session is a mistake, not an attempt. */
export function recordRefusal(audit: Log, session: Session, refusal: Refusal, resource: string): void {
  switch (refusal.type) {
    case 'session-ended':
      audit.record({
        event: 'session_use_after_expire',
        level: 'WARN',
        ...about(session),
        detail: { resource, reason: refusal.end.reason },
      });
      return;
    case 'session-rotated':
      audit.record({ event: 'authn_token_reuse', level: 'WARN', ...about(session), detail: { resource } });
      return;
    case 'session-locked':
      audit.record({ event: 'authz_fail', level: 'WARN', ...about(session), detail: { resource, reason: 'locked' } });
      return;
    case 'operation-denied':
      audit.record({
        event: 'authz_fail',
        level: 'WARN',
        ...about(session),
        detail: { resource, operation: refusal.operation, reason: 'denied' },
      });
      return;
    case 'reauthentication-required':
      audit.record({
        event: 'authz_fail',
        level: 'WARN',
        ...about(session),
        detail: { resource, operation: refusal.operation, reason: 'stale', ...requirementDetail(refusal.requirement) },
      });
      return;
    case 'no-session':
    case 'session-unnamed':
    case 'session-mismatch':
      return;
  }
}
