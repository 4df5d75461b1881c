/** The rules of a role as somebody types them, and the change that this makes. */
import { readDuration, shortDuration } from '../../../app/src/kit/format.js';
import type { Value } from '../sessions-api.js';
import type { Conditions, Rule, RuleChange } from './rules-api.js';

export const ROLES = ['teller', 'supervisor', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const BANK = [
  'profile:read',
  'accounts:read',
  'payments:read',
  'payments:write',
  'payments:approve',
  'logs:read',
  'passkeys:write',
];
const ADMINISTRATION = [
  'sessions:read',
  'sessions:end',
  'context:write',
  'people:write',
  'policies:read',
  'policies:write',
];

/** The operations behind a role's door, or all of them. */
export function operationsFor(role: Role | undefined): readonly string[] {
  if (role === undefined) return [...BANK, ...ADMINISTRATION];
  return role === 'admin' ? ADMINISTRATION : BANK;
}

/** The limits in text; `on_idle` is one of two words. */
export interface LimitTexts {
  readonly idle_timeout: string;
  readonly warn_before: string;
  readonly absolute_timeout: string;
  readonly warn_before_absolute: string;
  readonly on_idle: string;
  readonly lock_timeout: string;
  /** `any`, `none` or a number. */
  readonly extensions: string;
}

export interface OperationTexts {
  readonly age: string;
  readonly kinds: string;
  readonly denied: boolean;
}

export interface Draft {
  /** Left out for what is about everybody. */
  readonly limits?: LimitTexts;
  readonly operations: Readonly<Record<string, OperationTexts>>;
}

export type Faults = Readonly<Record<string, string>>;

/** The rules of a role, or those about everybody: as they stand on the card. */
export function draftOf(rules: readonly Rule[], role: Role | undefined): Draft {
  const operations = Object.fromEntries(
    operationsFor(role).map((operation) => [operation, operationTexts(ruleAbout(rules, role, operation))]),
  );
  const limits = role === undefined ? undefined : rules.find(({ name }) => name === role);
  return limits === undefined ? { operations } : { limits: limitTexts(limits.set), operations };
}

function limitTexts(set: Rule['set']): LimitTexts {
  const limit = (member: string): string => {
    const value = set[member];
    return typeof value === 'number' ? shortDuration(value) : '';
  };
  return {
    idle_timeout: limit('idle_timeout'),
    warn_before: limit('warn_before'),
    absolute_timeout: limit('absolute_timeout'),
    warn_before_absolute: limit('warn_before_absolute'),
    on_idle: String(set['on_idle'] ?? 'end'),
    lock_timeout: limit('lock_timeout'),
    extensions: extensionsText(set),
  };
}

function extensionsText({ extendable, max_extensions: most }: Rule['set']): string {
  if (extendable === false) return 'none';
  return typeof most === 'number' ? String(most) : 'any';
}

function operationTexts(rule: Rule | undefined): OperationTexts {
  const { max_age: age, acr_values: kinds, allow } = rule?.set ?? {};
  return {
    age: typeof age === 'number' ? shortDuration(age) : '',
    kinds: typeof kinds === 'string' ? kinds : '',
    denied: allow === false,
  };
}

/** The rule that is about this operation, of this role or of everybody, and about nothing else. */
export function ruleAbout(rules: readonly Rule[], role: Role | undefined, operation: string): Rule | undefined {
  const wanted = JSON.stringify(conditions(role, operation));
  return rules.find(({ when }) => JSON.stringify(sorted(when)) === wanted);
}

const conditions = (role: Role | undefined, operation: string): Conditions => ({
  operation: [operation],
  ...(role === undefined ? {} : { role: [role] }),
});

const sorted = (when: Conditions): Conditions =>
  Object.fromEntries(Object.entries(when).sort(([a], [b]) => (a < b ? -1 : 1)));

/** By field: `idle_timeout`, or `payments:write age`. */
export function faultsOf({ limits, operations }: Draft): Faults {
  const faults: Record<string, string> = {};
  if (limits !== undefined) {
    for (const name of ['idle_timeout', 'absolute_timeout', 'lock_timeout'] as const) {
      if (!isLimit(limits[name])) faults[name] = 'Such as 15m, or empty.';
    }
    for (const name of ['warn_before', 'warn_before_absolute'] as const) {
      if (readDuration(limits[name]) === undefined) faults[name] = 'Such as 2m.';
    }
    if (!/^\s*(any|none|\d{1,6})\s*$/i.test(limits.extensions)) faults['extensions'] = 'any, none, or a number.';
  }
  for (const [operation, { age }] of Object.entries(operations)) {
    if (!isLimit(age)) faults[`${operation} age`] = 'Such as 10m.';
  }
  return faults;
}

const isLimit = (text: string): boolean => text.trim() === '' || (readDuration(text) ?? 0) > 0;

/** What of the rules would be others; nothing where the draft says what is so. It must have no faults. */
export function changeOf(rules: readonly Rule[], role: Role | undefined, draft: Draft): RuleChange | undefined {
  const put: Rule[] = [];
  const remove: string[] = [];
  const own = rules.find(({ name }) => name === role);
  if (own !== undefined && draft.limits !== undefined) {
    const next = { ...own, set: { ...own.set, ...limitsOf(draft.limits) } };
    if (!isSame(next.set, own.set)) put.push(next);
  }
  for (const [operation, texts] of Object.entries(draft.operations)) {
    const known = ruleAbout(rules, role, operation);
    const set = outcomeOf(texts);
    if (isSame(set, known?.set ?? {})) continue;
    if (Object.keys(set).length > 0) put.push({ ...(known ?? newRule(role, operation)), set });
    else if (known !== undefined) remove.push(known.name);
  }
  return put.length + remove.length === 0 ? undefined : { put, remove };
}

function limitsOf(limits: LimitTexts): Readonly<Record<string, Value>> {
  const extensions = limits.extensions.trim().toLowerCase();
  return {
    idle_timeout: readLimit(limits.idle_timeout),
    absolute_timeout: readLimit(limits.absolute_timeout),
    warn_before: readDuration(limits.warn_before) ?? 0,
    warn_before_absolute: readDuration(limits.warn_before_absolute) ?? 0,
    on_idle: limits.on_idle,
    lock_timeout: readLimit(limits.lock_timeout),
    extendable: extensions !== 'none',
    max_extensions: /^\d/.test(extensions) ? Number(extensions) : null,
  };
}

function outcomeOf({ age, kinds, denied }: OperationTexts): Readonly<Record<string, Value>> {
  const seconds = readDuration(age);
  const words = kinds.trim().split(/\s+/).join(' ');
  return {
    ...(denied ? { allow: false } : {}),
    ...(seconds === undefined ? {} : { max_age: seconds }),
    ...(words === '' ? {} : { acr_values: words }),
  };
}

const newRule = (role: Role | undefined, operation: string): Omit<Rule, 'set'> => ({
  name: role === undefined ? operation : `${role}: ${operation}`,
  when: conditions(role, operation),
  source: null,
  justification: null,
});

/** Seconds; `null` where the field was left empty. */
function readLimit(text: string): number | null {
  return text.trim() === '' ? null : (readDuration(text) ?? null);
}

function isSame(a: Rule['set'], b: Rule['set']): boolean {
  const members = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...members].every((member) => a[member] === b[member]);
}
