/** What moves the idle clock: acting, holding, and choosing to stay. */
import { absoluteExpiry, extensionsLeft, idleExpiry } from './limits.js';
import type { Session } from './session.js';

export interface Touch {
  /** How long ago they acted, by the browser's count. */
  readonly idleFor: number;
  /** `hold`: no person acted, but an upload or a film goes on. */
  readonly source: 'person' | 'hold';
}

/** The person acted: the last activity moves forward, never back. A hold reaches only so far beyond the last real act. */
export function touched(session: Session, now: number, { idleFor, source }: Touch): Session {
  const claimed = now - idleFor;
  const actedAt = source === 'person' ? claimed : Math.min(claimed, session.lastActAt + session.policy.holdMax);
  // Both begin at the session's start, so activity before it counts as the start.
  const lastActivityAt = Math.max(session.lastActivityAt, actedAt);
  const lastActAt = source === 'person' ? Math.max(session.lastActAt, actedAt) : session.lastActAt;
  if (lastActivityAt === session.lastActivityAt && lastActAt === session.lastActAt) return session;
  // Until now nobody had acted, as far as anybody here knew: what was refused because of that stays so.
  const longestPause = Math.max(session.longestPause, now - session.lastActivityAt);
  return { ...session, lastActivityAt, lastActAt, longestPause };
}

export type ExtensionRefusal = 'not-extendable' | 'no-extensions-left' | 'absolute';

/** Why the person may not extend, or null. Whoever saw an earlier deadline repeats an extension already made, which costs nothing. */
export function extensionRefusal(session: Session, seen: number | null): ExtensionRefusal | null {
  if (!session.policy.extendable) return 'not-extendable';
  const idle = idleExpiry(session);
  if (idle !== seen) return null;
  const absolute = absoluteExpiry(session);
  if (absolute !== null && (idle === null || idle >= absolute)) return 'absolute';
  return extensionsLeft(session) === 0 ? 'no-extensions-left' : null;
}

/** The person chose to stay, having seen the idle deadline `seen`: activity now, and one extension if it still was the deadline. */
export function extended(session: Session, now: number, seen: number | null): Session {
  const active = touched(session, now, { idleFor: 0, source: 'person' });
  const costs = seen !== null && idleExpiry(session) === seen;
  return costs ? { ...active, extensionsUsed: active.extensionsUsed + 1 } : active;
}
