/** The end of a session. */
import type { Session, SessionEnd } from './session.js';

/** Dead is dead: the first end stays. */
export function ended(session: Session, end: SessionEnd): Session {
  return session.end === null ? { ...session, end } : session;
}
