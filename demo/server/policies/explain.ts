/** Why a session may do what it may: which rule, for each limit and each operation, and where that rule comes from. */
import type { Operation, Role } from '../people/rights.js';
import type { Session } from '../sessions/session.js';
import type { Context } from './context.js';
import { type Decision, judge } from './judge.js';
import { type Limits, limitNames } from './limits.js';
import { type OperationOrigin, type Resolved, type Routes, resolve } from './resolve.js';
import { isAboutOperations, isInContext, type Rule } from './rule.js';

/** A rule as a reason. */
export type Reason = Pick<Rule, 'name' | 'source' | 'justification'>;

export interface LimitExplanation {
  readonly limit: keyof Limits;
  readonly value: Limits[keyof Limits];
  /** Null: no rule says anything, and this is the default. */
  readonly rule: Reason | null;
  /** The rule that has cut it, of the idle limit. */
  readonly cutBy: Reason | null;
  /** What other rules would have it, all of them no stricter. */
  readonly others: readonly { readonly rule: string; readonly value: Limits[keyof Limits] }[];
}

export interface OperationExplanation {
  readonly operation: Operation;
  readonly decision: Decision;
  /** The role that has no right to it, of those the person has or had since they authenticated. */
  readonly withoutRight: Role | null;
  readonly denied: Reason | null;
  readonly maxAge: Reason | null;
  readonly acrValues: readonly Reason[];
  readonly idleTimeout: Reason | null;
  readonly absoluteTimeout: Reason | null;
}

export interface Explanation {
  /** Since the person authenticated, first to last: what holds is the strictest that any of them asks for. */
  readonly contexts: readonly Context[];
  readonly limits: readonly LimitExplanation[];
  readonly operations: readonly OperationExplanation[];
  readonly ends: Reason | null;
  readonly locks: Reason | null;
}

/** `session` is as time and these rules have left it. */
export function explain(
  session: Session,
  { rules, routes, now }: { readonly rules: readonly Rule[]; readonly routes: Routes; readonly now: number },
): Explanation {
  const { contexts } = session.trust;
  const resolved = resolve(rules, contexts, routes);
  const matching = rules.filter((rule) => contexts.some((context) => isInContext(rule, context)));
  const origins = Object.entries(resolved.operations) as [Operation, OperationOrigin][]; // its keys are operations
  return {
    contexts,
    limits: limitNames.map((limit) => limitExplanation(limit, resolved, matching)),
    operations: origins.map(([operation, { withoutRight, denied, acrValues, ...limited }]) => ({
      operation,
      decision: judge(session, operation, now),
      withoutRight,
      denied: reason(denied),
      maxAge: reason(limited.maxAge),
      acrValues: acrValues.map(asReason),
      idleTimeout: reason(limited.idleTimeout),
      absoluteTimeout: reason(limited.absoluteTimeout),
    })),
    ends: reason(resolved.ends),
    locks: reason(resolved.locks),
  };
}

function limitExplanation(
  limit: keyof Limits,
  { policy, limits, idleCut }: Resolved,
  rules: readonly Rule[],
): LimitExplanation {
  const decisive = limits[limit] ?? null;
  return {
    limit,
    value: policy[limit],
    rule: reason(decisive),
    cutBy: limit === 'idleTimeout' && policy.idleTimeout !== null ? reason(idleCut) : null,
    others: rules.flatMap((rule) => {
      const value = isAboutOperations(rule) ? undefined : rule.set[limit];
      return rule === decisive || value === undefined ? [] : [{ rule: rule.name, value }];
    }),
  };
}

const asReason = ({ name, source, justification }: Rule): Reason => ({ name, source, justification });

const reason = (rule: Rule | null): Reason | null => (rule === null ? null : asReason(rule));
