/** A session is trusted otherwise than before: its streams hear of it, in CAEP's words. */
import { contextNow, type Trust } from '../policies/trust.js';
import { noticed } from './noticed.js';
import type { InitiatingEntity, Notice, Session } from './session.js';

/** The very same session where the trust is. What comes of it is for the rules. */
export function trustChanged(
  session: Session,
  trust: Trust,
  { now, initiatingEntity }: { readonly now: number; readonly initiatingEntity: InitiatingEntity },
): Session {
  if (trust === session.trust) return session;
  const before = contextNow(session.trust);
  const after = contextNow(trust);
  const told: Pick<Notice, 'event' | 'members'>[] = [];
  if (before.risk !== after.risk) {
    const members = { principal: 'SESSION', current_level: after.risk, previous_level: before.risk };
    told.push({ event: 'risk-level-change', members });
  }
  if (before.device !== after.device) {
    const members = { current_status: after.device, previous_status: before.device };
    told.push({ event: 'device-compliance-change', members });
  }
  if (before.role !== after.role)
    told.push({ event: 'token-claims-change', members: { claims: { role: after.role } } });
  return told.reduce<Session>((current, notice) => noticed(current, { ...notice, at: now, initiatingEntity }), {
    ...session,
    trust,
  });
}
