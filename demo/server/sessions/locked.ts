/** Locking a session until the person proves again who they are. */
import type { Session } from './session.js';

/**
 * Locking twice is locking once. The instant is later than the last proof of identity even where the clock was
 * set back in between: browsers tell locked from unlocked by which of the two is later.
 */
export function locked(session: Session, at: number): Session {
  if (session.lockedAt !== null) return session;
  return { ...session, lockedAt: Math.max(at, session.authenticatedAt + 1) };
}
