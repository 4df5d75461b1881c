/** Whether an operation may run now, by what a session has been told. */
import type { Session } from '../sessions/session.js';
import type { OperationRule } from './policy.js';

export type Decision =
  /** `until`: when it will be so no longer, if nothing happens. */
  | { readonly outcome: 'allow'; readonly until: number | null }
  | {
      readonly outcome: 'deny';
      readonly reason: 'ended' | 'locked' | 'not-allowed' | 'over-time' | 'unknown-operation';
    }
  | { readonly outcome: 'reauthenticate'; readonly requirement: Requirement };

/** What an authentication must be to do. */
export interface Requirement {
  /** Milliseconds it may lie back; null: any time. */
  readonly maxAge: number | null;
  readonly acrValues: string | null;
}

/** What a decision needs of a session. */
export type JudgedSession = Pick<
  Session,
  'end' | 'lockedAt' | 'startedAt' | 'authenticatedAt' | 'acr' | 'lastActivityAt' | 'longestPause' | 'policy'
>;

/** `session` is as time and the rules have left it. Limits are exclusive: at the instant itself it is too late. */
export function judge(session: JudgedSession, operation: string, now: number): Decision {
  const { end, lockedAt, startedAt, authenticatedAt, acr, policy } = session;
  if (end !== null) return { outcome: 'deny', reason: 'ended' };
  if (lockedAt !== null) return { outcome: 'deny', reason: 'locked' };
  const rule = Object.hasOwn(policy.operations, operation) ? policy.operations[operation] : undefined;
  if (rule === undefined) return { outcome: 'deny', reason: 'unknown-operation' };
  if (!rule.allow) return { outcome: 'deny', reason: 'not-allowed' };
  const { absoluteTimeout, acrValues } = rule;
  const runsFromStart = policy.absoluteFrom === 'session_start';
  const over = runsFromStart ? after(startedAt, absoluteTimeout) : null;
  if (over !== null && now >= over) return { outcome: 'deny', reason: 'over-time' };
  const maxAge = least(rule.maxAge, runsFromStart ? null : absoluteTimeout);
  const tooOld = after(authenticatedAt, maxAge);
  const tooIdle = idleEnd(session, rule);
  const isFresh = (tooOld === null || now < tooOld) && (tooIdle === null || now < tooIdle);
  const isStrong = acrValues === null || acrValues.split(' ').includes(acr);
  if (isFresh && isStrong) return { outcome: 'allow', until: least(tooOld, tooIdle, over) };
  // The authentication is at least as old as the pause is long: what is asked for is one since.
  const isIdle = tooIdle !== null && now >= tooIdle;
  return {
    outcome: 'reauthenticate',
    requirement: { maxAge: least(maxAge, isIdle ? rule.idleTimeout : null), acrValues },
  };
}

/** A pause that was too long stays so until the next authentication: who moves the mouse then may be anybody. */
function idleEnd({ authenticatedAt, lastActivityAt, longestPause }: JudgedSession, { idleTimeout }: OperationRule) {
  const isPast = idleTimeout !== null && longestPause >= idleTimeout;
  return after(isPast ? authenticatedAt : lastActivityAt, idleTimeout);
}

const after = (start: number, duration: number | null): number | null => (duration === null ? null : start + duration);

function least(...numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.min(...known);
}
