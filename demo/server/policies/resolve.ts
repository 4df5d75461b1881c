/** What the rules make of one session: its policy, and which rule each part of it comes from. */
import { type DoorName, doorOf, type Operation, operationsBehind, operationsOf, type Role } from '../people/rights.js';
import { type Contexts, contextText } from './context.js';
import { defaultLimits, isStricter, type Limits, limitNames } from './limits.js';
import type { OperationRule, Policy, Route } from './policy.js';
import { isAboutOperations, isForOperation, isInContext, type Rule } from './rule.js';

/** The requests behind each door, as their operations. */
export type Routes = Readonly<Record<DoorName, readonly Route[]>>;

export interface Resolved {
  /** Its version is for the session to say. */
  readonly policy: Policy;
  /** By limit, the rule whose value holds; absent: none says anything. */
  readonly limits: Readonly<Partial<Record<keyof Limits, Rule>>>;
  /** The rule that cuts the idle limit, and by how much. */
  readonly idleCut: Rule | null;
  readonly operations: Readonly<Partial<Record<Operation, OperationOrigin>>>;
  /** Ends the session. */
  readonly ends: Rule | null;
  /** Locks it, because of what came after the person authenticated. */
  readonly locks: Rule | null;
}

/** Where what is asked of an operation comes from. */
export interface OperationOrigin {
  /** A role without the right, which the person has or had since they authenticated. */
  readonly withoutRight: Role | null;
  readonly denied: Rule | null;
  readonly maxAge: Rule | null;
  readonly acrValues: readonly Rule[];
  readonly idleTimeout: Rule | null;
  readonly absoluteTimeout: Rule | null;
}

/** Editions of the rules are values: what they make of a context stays so. */
const resolvedBefore = new WeakMap<Routes, WeakMap<readonly Rule[], Map<string, Resolved>>>();
const mostRemembered = 1_000;

/** The strictest of what holds in any of the contexts, rule by rule and limit by limit. */
export function resolve(rules: readonly Rule[], contexts: Contexts, routes: Routes): Resolved {
  const byRules = resolvedBefore.get(routes) ?? new WeakMap<readonly Rule[], Map<string, Resolved>>();
  const known = byRules.get(rules) ?? new Map<string, Resolved>();
  resolvedBefore.set(routes, byRules.set(rules, known));
  const text = contexts.map(contextText).join('\n');
  const remembered = known.get(text);
  if (remembered !== undefined) return remembered;
  if (known.size >= mostRemembered) known.clear();
  const resolved = resolveAnew(rules, contexts, routes);
  known.set(text, resolved);
  return resolved;
}

function resolveAnew(rules: readonly Rule[], contexts: Contexts, routes: Routes): Resolved {
  const holding = rules.filter((rule) => contexts.some((context) => isInContext(rule, context)));
  const forSession = holding.filter((rule) => !isAboutOperations(rule));
  const [authenticated] = contexts;
  const door = doorOf(authenticated.role);
  const origins = operationsBehind(door).map(
    (operation) => [operation, originOf(operation, holding, contexts)] as const,
  );
  const { limits, origin } = strictestLimits(forSession);
  const idleCut = least(forSession, ({ set }) => set.idleFactor);
  const named = origin.idleTimeout ?? origin.absoluteTimeout ?? null;
  return {
    policy: {
      version: 0,
      ...limits,
      idleTimeout: cut(limits.idleTimeout, idleCut?.set.idleFactor),
      operations: Object.fromEntries(origins.map(([operation, found]) => [operation, operationRule(found)])),
      routes: routes[door],
      source: named?.source ?? null,
      justification: named?.justification ?? null,
    },
    limits: origin,
    idleCut,
    operations: Object.fromEntries(origins),
    ends: forSession.find(({ set }) => set.atOnce === 'end') ?? null,
    // Under what a person has authenticated, they have authenticated.
    locks: forSession.find((rule) => rule.set.atOnce === 'lock' && !isInContext(rule, authenticated)) ?? null,
  };
}

function strictestLimits(rules: readonly Rule[]): {
  readonly limits: Limits;
  readonly origin: Partial<Record<keyof Limits, Rule>>;
} {
  const limits: { -readonly [Name in keyof Limits]: Limits[Name] } = { ...defaultLimits };
  const origin: Partial<Record<keyof Limits, Rule>> = {};
  function take<Name extends keyof Limits>(name: Name): void {
    for (const rule of rules) {
      const set: Partial<Limits> = rule.set;
      const value = set[name];
      if (value === undefined || (origin[name] !== undefined && !isStricter(name, value, limits[name]))) continue;
      limits[name] = value;
      origin[name] = rule;
    }
  }
  for (const name of limitNames) take(name);
  return { limits, origin };
}

function originOf(operation: Operation, rules: readonly Rule[], contexts: Contexts): OperationOrigin {
  const asking = rules.filter((rule) => isForOperation(rule, operation));
  // The limits of other rules are the session's.
  const limiting = asking.filter(isAboutOperations);
  return {
    withoutRight: contexts.find(({ role }) => !operationsOf(role).includes(operation))?.role ?? null,
    denied: asking.find(({ set }) => set.allow === false) ?? null,
    maxAge: least(asking, ({ set }) => set.maxAge),
    acrValues: asking.filter(({ set }) => set.acrValues !== undefined),
    idleTimeout: least(limiting, ({ set }) => set.idleTimeout ?? undefined),
    absoluteTimeout: least(limiting, ({ set }) => set.absoluteTimeout ?? undefined),
  };
}

const closed: OperationRule = { allow: false, maxAge: null, acrValues: null, idleTimeout: null, absoluteTimeout: null };

function operationRule({ withoutRight, denied, acrValues, ...asked }: OperationOrigin): OperationRule {
  const acr = commonAcrValues(acrValues);
  // Two rules that no one authentication satisfies leave no way in.
  if (withoutRight !== null || denied !== null || acr === '') return closed;
  return {
    allow: true,
    maxAge: asked.maxAge?.set.maxAge ?? null,
    acrValues: acr,
    idleTimeout: asked.idleTimeout?.set.idleTimeout ?? null,
    absoluteTimeout: asked.absoluteTimeout?.set.absoluteTimeout ?? null,
  };
}

/** What satisfies all of them; null: none asks for anything. */
function commonAcrValues(rules: readonly Rule[]): string | null {
  const [first, ...others] = rules.map(({ set }) => (set.acrValues ?? '').split(' '));
  if (first === undefined) return null;
  return first.filter((value) => others.every((list) => list.includes(value))).join(' ');
}

/** The rule with the smallest number, the first of equals. */
function least(rules: readonly Rule[], numberOf: (rule: Rule) => number | undefined): Rule | null {
  return rules.reduce<Rule | null>((best, rule) => {
    const number = numberOf(rule);
    if (number === undefined) return best;
    return best === null || number < (numberOf(best) ?? Number.POSITIVE_INFINITY) ? rule : best;
  }, null);
}

const cut = (limit: number | null, factor = 1): number | null =>
  limit === null ? null : Math.max(Math.round(limit * factor), 1);
