/** What time has made of a session. */
import { ended } from './ended.js';
import { absoluteExpiry, idleExpiry } from './limits.js';
import { locked } from './locked.js';
import { graceSettled } from './secrets.js';
import type { Session } from './session.js';

/**
 * The session as it is now: locked or over at the limit that fell first, the very same where none has.
 * Limits are exclusive: at the instant itself it is over. Where a new policy moved a limit into the past,
 * the session was good until `notBefore`.
 */
export function settled(session: Session, now: number, notBefore: number = Number.NEGATIVE_INFINITY): Session {
  if (session.end !== null) return session;
  const idle = idleExpiry(session);
  const absolute = absoluteExpiry(session);
  if (idle !== null && idle <= now && (absolute === null || idle < absolute)) {
    const at = Math.max(idle, notBefore);
    const locks = session.lockedAt === null && session.policy.onIdle === 'lock';
    return locks ? settled(locked(session, at), now, notBefore) : ended(session, expiry('idle', at));
  }
  if (absolute !== null && absolute <= now) return ended(session, expiry('absolute', Math.max(absolute, notBefore)));
  return graceSettled(session, now);
}

const expiry = (reason: 'idle' | 'absolute', at: number) => ({ reason, at, initiatingEntity: 'policy' }) as const;
