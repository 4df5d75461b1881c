/** Whether an operation may run now, by what a session has been told. */
import type { Session } from '../sessions/session.js';

export type Decision =
  /** `until`: when it will need another authentication, where it will. */
  | { readonly outcome: 'allow'; readonly until: number | null }
  | { readonly outcome: 'deny'; readonly reason: 'ended' | 'locked' | 'not-allowed' | 'unknown-operation' }
  | { readonly outcome: 'reauthenticate'; readonly requirement: Requirement };

/** What an authentication must be to do. */
export interface Requirement {
  /** Milliseconds it may lie back; null: any time. */
  readonly maxAge: number | null;
  readonly acrValues: string | null;
}

/** What a decision needs of a session. */
export type JudgedSession = Pick<Session, 'end' | 'lockedAt' | 'authenticatedAt' | 'acr' | 'policy'>;

/** `session` is as time and the rules have left it. Ages are exclusive: at the instant itself it is too old. */
export function judge(session: JudgedSession, operation: string, now: number): Decision {
  const { end, lockedAt, authenticatedAt, acr, policy } = session;
  if (end !== null) return { outcome: 'deny', reason: 'ended' };
  if (lockedAt !== null) return { outcome: 'deny', reason: 'locked' };
  const rule = Object.hasOwn(policy.operations, operation) ? policy.operations[operation] : undefined;
  if (rule === undefined) return { outcome: 'deny', reason: 'unknown-operation' };
  if (!rule.allow) return { outcome: 'deny', reason: 'not-allowed' };
  const { maxAge, acrValues } = rule;
  const until = maxAge === null ? null : authenticatedAt + maxAge;
  const isFresh = until === null || now < until;
  const isStrong = acrValues === null || acrValues.split(' ').includes(acr);
  return isFresh && isStrong
    ? { outcome: 'allow', until }
    : { outcome: 'reauthenticate', requirement: { maxAge, acrValues } };
}
