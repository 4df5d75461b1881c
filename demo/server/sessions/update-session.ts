/** Changing a session, with the audit log knowing how it went: the only way to the store's `update`. */
import type { AuditLog } from '../audit/audit-log.js';
import { recordContext, recordEnd } from '../audit/session-audit.js';
import { type Circumstances, followed } from './followed.js';
import type { Session } from './session.js';
import { settled } from './settled.js';
import type { Changed, SessionStore, Updated } from './store.js';

export interface SessionPorts {
  readonly store: SessionStore;
  readonly audit: Pick<AuditLog, 'record'>;
  /** The rules in force, and who the person is: asked for at each look, so that nothing has to be remembered to be forgotten. */
  readonly circumstances: (username: string) => Circumstances;
}

/**
 * `change` gets the session as time, the rules and its person have left it: over or locked, if a limit has passed unnoticed.
 * What the change means to the rules is in force with it.
 */
export async function updateSession<T>(
  { store, audit, circumstances }: SessionPorts,
  id: string,
  change: (session: Session, now: number) => Changed<T>,
): Promise<Updated<T> | undefined> {
  const updated = await store.update(id, (session, now) => {
    const around = circumstances(session.username);
    const { session: changed, result } = change(asOf(session, now, around), now);
    return { session: followed(changed, now, around), result };
  });
  if (updated === undefined) return undefined;
  const { before, session } = updated;
  recordContext(audit, before, session);
  if (before.end === null && session.end !== null) recordEnd(audit, session, session.end);
  return updated;
}

/** The session as it is by now, without writing that down. */
export function lookAt({ circumstances }: Pick<SessionPorts, 'circumstances'>, session: Session, now: number): Session {
  return asOf(session, now, circumstances(session.username));
}

const asOf = (session: Session, now: number, around: Circumstances): Session =>
  followed(settled(session, now), now, around);

/** A change that has nothing to say about itself. */
export function changeSession(
  ports: SessionPorts,
  id: string,
  change: (session: Session, now: number) => Session,
): Promise<Updated<null> | undefined> {
  return updateSession(ports, id, (session, now) => ({ session: change(session, now), result: null }));
}
