/** Changing rules on the wire: proposals, dry runs, editions, plans and explanations. */
import type { DryRun, SessionDryRun } from '../administration/dry-run.js';
import type { Proposal, Scheduled } from '../administration/policy-updates.js';
import type { Explanation, OperationExplanation, Reason } from '../policies/explain.js';
import type { RoleFinding } from '../policies/findings.js';
import type { Policy } from '../policies/policy.js';
import type { Edition, RuleChange } from '../policies/rulebook.js';
import { ruleDifference } from '../policies/rulebook.js';
import { contextNow } from '../policies/trust.js';
import { absoluteExpiry, idleExpiry } from '../sessions/limits.js';
import {
  count,
  InvalidInput,
  instant,
  listOf,
  optional,
  type Reader,
  readBody,
  rejectUnknownMembers,
  text,
} from './input.js';
import type { Json, JsonObject } from './json.js';
import { limitMembers, operationDocument } from './policy-codec.js';
import { readRuleName, readRules, ruleDocument } from './rule-codec.js';
import { toSeconds, toSecondsOrNull } from './units.js';

const changeMembers = ['put', 'remove'] as const;
const mostRemoved = 200;

export function readProposal(value: unknown, also: readonly string[] = []): Proposal {
  const body = readBody(value);
  rejectUnknownMembers(body, [...changeMembers, 'revert_to', ...also]);
  if (!('revert_to' in body)) return readChange(value, also);
  const change = changeMembers.find((member) => member in body);
  if (change !== undefined) throw new InvalidInput(change, `${change} and revert_to exclude each other.`);
  return { revertTo: count(body['revert_to'], 'revert_to') };
}

function readChange(value: unknown, also: readonly string[]): RuleChange {
  const body = readBody(value);
  rejectUnknownMembers(body, [...changeMembers, ...also]);
  const put = optional(readRules)(body['put'], 'put') ?? [];
  const remove = optional(listOf(readRuleName, mostRemoved, 0))(body['remove'], 'remove') ?? [];
  if (put.length + remove.length === 0) throw new InvalidInput(null, 'The change puts no rule and removes none.');
  const both = put.findIndex(({ name }) => remove.includes(name));
  if (both >= 0) throw new InvalidInput(`put[${both}].name`, `"${put[both]?.name}" is put and removed.`);
  return { put, remove };
}

/** A proposal that was tried out. */
export function readUpdate(value: unknown) {
  const body = readBody(value);
  return {
    proposal: readProposal(value, ['digest', 'reason']),
    ...readConsent(value),
    reason: readReason(body['reason']),
  };
}

export function readPlan(value: unknown) {
  const body = readBody(value);
  return {
    change: readChange(value, ['digest', 'reason', 'at']),
    ...readConsent(value),
    reason: readReason(body['reason']),
    at: instant(body['at'], 'at'),
  };
}

const readConsent = (value: unknown) => ({ digest: text({ most: 64 })(readBody(value)['digest'], 'digest') });

const readReason = (value: unknown): string | null => optional(text())(value, 'reason') ?? null;

export const readVersion: Reader<number> = (value, member) => count(Number(value), member);

export function editionDocument({ version, at, by, reason }: Edition): JsonObject {
  return { version, at: toSeconds(at), by, reason };
}

/** Newest first, each with what it changed. */
export function historyDocument(editions: readonly Edition[]): JsonObject {
  return {
    editions: editions.map((edition, index) => ({
      ...editionDocument(edition),
      ...ruleDifference(editions[index + 1]?.rules ?? [], edition.rules),
    })),
  };
}

export const rulesDocument = (edition: Edition, findings: readonly RoleFinding[]): JsonObject => ({
  ...editionDocument(edition),
  rules: edition.rules.map(ruleDocument),
  findings: findings.map(findingDocument),
});

const findingDocument = ({ role, code, severity, member, message, source }: RoleFinding): JsonObject => ({
  role,
  code,
  severity,
  member,
  message,
  source: { title: source.title, section: source.section, url: source.url },
});

export function dryRunDocument({ digest, version, rules, sessions, unchanged, findings }: DryRun): JsonObject {
  return {
    digest,
    version,
    rules,
    sessions: sessions.map(sessionDryRun),
    unchanged,
    findings: findings.map(findingDocument),
  };
}

function sessionDryRun({ session, policy, outcome, reason }: SessionDryRun): JsonObject {
  return {
    id: session.id,
    username: session.username,
    role: contextNow(session.trust).role,
    outcome,
    reason,
    idle_expiry: [toSecondsOrNull(idleExpiry(session)), toSecondsOrNull(idleExpiry({ ...session, policy }))],
    session_expiry: [toSecondsOrNull(absoluteExpiry(session)), toSecondsOrNull(absoluteExpiry({ ...session, policy }))],
    limits: differences(limitsOf(session.policy), limitsOf(policy)),
    operations: differences(operationsOf(session.policy), operationsOf(policy)),
  };
}

const limitsOf = (policy: Policy) => new Map(limitMembers.map(({ name, write }) => [name, write(policy) ?? null]));

const operationsOf = ({ operations }: Policy) =>
  new Map(Object.entries(operations).map(([name, rule]) => [name, operationDocument(rule)]));

/** By name, what was and what would be. */
function differences(before: ReadonlyMap<string, Json>, after: ReadonlyMap<string, Json>): JsonObject {
  const changed = [...after].filter(([name, value]) => JSON.stringify(before.get(name)) !== JSON.stringify(value));
  return Object.fromEntries(changed.map(([name, value]) => [name, [before.get(name) ?? null, value]]));
}

export const planDocument = ({ id, at, change, by, reason }: Scheduled): JsonObject => ({
  id,
  at: toSeconds(at),
  put: change.put.map(ruleDocument),
  remove: change.remove,
  by,
  reason,
});

export function explanationDocument({ contexts, limits, operations, ends, locks }: Explanation): JsonObject {
  return {
    contexts: contexts.map((context) => ({ ...context })),
    limits: limits.map(({ limit, value, rule, cutBy, others }) => {
      const member = limitMembers.find(({ key }) => key === limit);
      const write = (one: typeof value): Json => member?.write({ [limit]: one }) ?? null;
      return {
        limit: member?.name ?? limit,
        value: write(value),
        rule: reasonDocument(rule),
        cut_by: reasonDocument(cutBy),
        others: others.map((other) => ({ rule: other.rule, value: write(other.value) })),
      };
    }),
    operations: operations.map(operationExplanation),
    ends: reasonDocument(ends),
    locks: reasonDocument(locks),
  };
}

function operationExplanation(explained: OperationExplanation): JsonObject {
  const { operation, decision, withoutRight, denied, maxAge, acrValues } = explained;
  return {
    operation,
    decision: decision.outcome,
    ...(decision.outcome === 'allow' ? { until: toSecondsOrNull(decision.until) } : {}),
    ...(decision.outcome === 'deny' ? { reason: decision.reason } : {}),
    role_without_right: withoutRight,
    denied_by: reasonDocument(denied),
    max_age_by: reasonDocument(maxAge),
    acr_values_by: acrValues.map(reasonDocument),
    idle_timeout_by: reasonDocument(explained.idleTimeout),
    absolute_timeout_by: reasonDocument(explained.absoluteTimeout),
  };
}

const reasonDocument = (reason: Reason | null): JsonObject | null =>
  reason === null ? null : { rule: reason.name, source: reason.source, justification: reason.justification };
