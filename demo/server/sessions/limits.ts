/** When a session's limits fall, and when the server has to look at it again. */
import { days } from '../time/durations.js';
import { graceEnd } from './secrets.js';
import type { Session } from './session.js';

/** How long the server remembers why a session ended, at least (docs/server-contract.md, 3). */
export const memoryOfEnds: number = days(1);

/** When the idle limit falls; of a locked session, when its lock ends. */
export function idleExpiry({ lockedAt, lastActivityAt, policy }: Session): number | null {
  return lockedAt === null ? after(lastActivityAt, policy.idleTimeout) : after(lockedAt, policy.lockTimeout);
}

export function absoluteExpiry({ startedAt, authenticatedAt, policy }: Session): number | null {
  return after(policy.absoluteFrom === 'session_start' ? startedAt : authenticatedAt, policy.absoluteTimeout);
}

/** The next instant at which time itself changes this session, or allows to forget it. */
export function nextChange(session: Session): number | null {
  if (session.end !== null) return session.end.at + memoryOfEnds;
  return earliest(idleExpiry(session), absoluteExpiry(session), graceEnd(session));
}

export function extensionsLeft({ policy, extensionsUsed }: Session): number | null {
  if (!policy.extendable) return 0;
  return policy.maxExtensions === null ? null : Math.max(policy.maxExtensions - extensionsUsed, 0);
}

const after = (start: number, duration: number | null): number | null => (duration === null ? null : start + duration);

function earliest(...instants: readonly (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** How many challenges of one purpose a session has open at most: more windows than a person has in view, and nothing that grows with asking. */
export const openChallenges = 8;
