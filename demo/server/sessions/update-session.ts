/** Changing a session, with the audit log knowing how it went: the only way to the store's `update`. */
import type { AuditLog } from '../audit/audit-log.js';
import { recordEnd } from '../audit/session-audit.js';
import type { Session } from './session.js';
import { settled } from './settled.js';
import type { Changed, SessionStore, Updated } from './store.js';

export interface SessionPorts {
  readonly store: SessionStore;
  readonly audit: Pick<AuditLog, 'record'>;
}

/** `change` gets the session as time has left it: over or locked, if a limit has passed unnoticed. */
export async function updateSession<T>(
  { store, audit }: SessionPorts,
  id: string,
  change: (session: Session, now: number) => Changed<T>,
): Promise<Updated<T> | undefined> {
  const updated = await store.update(id, (session, now) => change(settled(session, now), now));
  if (updated === undefined) return undefined;
  const { before, session } = updated;
  if (before.end === null && session.end !== null) recordEnd(audit, session, session.end);
  return updated;
}

/** A change that has nothing to say about itself. */
export function changeSession(
  ports: SessionPorts,
  id: string,
  change: (session: Session, now: number) => Session,
): Promise<Updated<null> | undefined> {
  return updateSession(ports, id, (session, now) => ({ session: change(session, now), result: null }));
}
