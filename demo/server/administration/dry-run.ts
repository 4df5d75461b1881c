/** What a change of the rules would do to the sessions that are open, before it does it. */
import { createHash } from 'node:crypto';
import { canonicalText } from '../policies/canonical.js';
import { findingsOf, type RoleFinding } from '../policies/findings.js';
import type { Policy } from '../policies/policy.js';
import { isSamePolicy } from '../policies/policy.js';
import type { Routes } from '../policies/resolve.js';
import type { Rule } from '../policies/rule.js';
import { type Edition, ruleDifference } from '../policies/rulebook.js';
import { type Circumstances, followed } from '../sessions/followed.js';
import type { Session } from '../sessions/session.js';

export interface DryRun {
  /** Names these rules on top of this edition: only what has been looked at can be put in force. */
  readonly digest: string;
  /** The edition that the change would follow. */
  readonly version: number;
  readonly rules: RuleDifference;
  /** The open sessions for which something would change. */
  readonly sessions: readonly SessionDryRun[];
  /** How many others are open. */
  readonly unchanged: number;
  /** What the linter says to the rules as they would be. */
  readonly findings: readonly RoleFinding[];
}

export type RuleDifference = ReturnType<typeof ruleDifference>;

export interface SessionDryRun {
  readonly session: Session;
  /** Its policy as it would be. */
  readonly policy: Policy;
  readonly outcome: 'changed' | 'locked' | 'ended';
  /** Why it would end. */
  readonly reason: string | null;
}

export const digestOf = (version: number, rules: readonly Rule[]): string =>
  createHash('sha256')
    .update(canonicalText([version, rules]))
    .digest('base64url')
    .slice(0, 22);

export function dryRun(
  edition: Edition,
  rules: readonly Rule[],
  around: {
    readonly sessions: readonly Session[];
    readonly circumstances: (username: string) => Circumstances;
    readonly routes: Routes;
    readonly now: number;
  },
): DryRun {
  const { sessions, circumstances, routes, now } = around;
  const looked = sessions.flatMap((session): SessionDryRun[] => {
    const after = followed(session, now, { ...circumstances(session.username), rules });
    const outcome = outcomeOf(session, after);
    return outcome === null ? [] : [{ session, policy: after.policy, outcome, reason: after.end?.reason ?? null }];
  });
  return {
    digest: digestOf(edition.version, rules),
    version: edition.version,
    rules: ruleDifference(edition.rules, rules),
    sessions: looked,
    unchanged: sessions.length - looked.length,
    findings: findingsOf(rules, routes),
  };
}

function outcomeOf(before: Session, after: Session): SessionDryRun['outcome'] | null {
  if (after.end !== null) return 'ended';
  if (after.lockedAt !== before.lockedAt) return 'locked';
  return isSamePolicy(before.policy, after.policy) ? null : 'changed';
}
