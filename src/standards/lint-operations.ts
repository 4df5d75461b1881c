/** Rules for operations: ages that never or always ask, and names that no rule has. */
import type { OperationRule } from '../facts/policy.js';
import type { Duration } from '../time/instant.js';
import { asvs, MAX_AGE_LOOP } from './citations.js';
import { type LintedPolicy, type PolicyFinding, spoken } from './finding.js';

export function operationFindings(policy: LintedPolicy): PolicyFinding[] {
  const { operations = {}, routes = [], defaultOperation = null } = policy;
  const isMissing = (operation: string): boolean => !Object.hasOwn(operations, operation);
  const withoutRule = (member: string, operation: string): PolicyFinding => ({
    code: 'operation-without-rule',
    severity: 'warning',
    member,
    message: `${member} names ${JSON.stringify(operation)}, which operations has no rule for, so that it is open to everybody. Add the rule, or mend the name.`,
    source: asvs('8.2.1'),
  });
  return [
    ...Object.entries(operations).flatMap(([name, rule]) =>
      rule.allow
        ? [
            ...(rule.maxAge === undefined ? [] : ageFindings(`operations.${name}.maxAge`, rule.maxAge, policy)),
            ...limitFindings(`operations.${name}`, rule, policy),
          ]
        : [],
    ),
    // With a default rule, a name without one of its own follows that.
    ...(defaultOperation === null
      ? routes.flatMap(({ operation }, index) =>
          isMissing(operation) ? [withoutRule(`routes[${index}].operation`, operation)] : [],
        )
      : []),
    ...(defaultOperation !== null && isMissing(defaultOperation)
      ? [withoutRule('defaultOperation', defaultOperation)]
      : []),
  ];
}

/** Limits of an operation that never have their turn, because another one falls first. */
function limitFindings(operation: string, rule: OperationRule, policy: LintedPolicy): PolicyFinding[] {
  const { idleTimeout: sessionIdle = null, absoluteTimeout: sessionAbsolute = null } = policy;
  const idle = withoutEffect(`${operation}.idleTimeout`, rule.idleTimeout, [
    ['idleTimeout', sessionIdle],
    // Who has just authenticated has just acted.
    [`${operation}.maxAge`, rule.maxAge ?? null],
  ]);
  const absolute = withoutEffect(`${operation}.absoluteTimeout`, rule.absoluteTimeout, [
    ['absoluteTimeout', sessionAbsolute],
  ]);
  return [...idle, ...absolute];
}

function withoutEffect(
  member: string,
  limit: Duration | undefined,
  others: readonly (readonly [name: string, limit: Duration | null])[],
): PolicyFinding[] {
  const first = others.find(([, other]) => other !== null && limit !== undefined && limit >= other);
  if (limit === undefined || first === undefined) return [];
  const [name, other] = first;
  return [
    {
      code: 'operation-limit-without-effect',
      severity: 'notice',
      member,
      message: `${member} (${spoken(limit)}) is not shorter than ${name} (${spoken(other ?? 0)}), which falls first.`,
      source: asvs('7.5.3'),
    },
  ];
}

function ageFindings(
  member: string,
  maxAge: number,
  { absoluteTimeout: absolute = null }: LintedPolicy,
): PolicyFinding[] {
  if (maxAge === 0) {
    return [
      {
        code: 'max-age-zero',
        severity: 'warning',
        member,
        message: `${member} is 0: no authentication is ever recent enough, so that the person would be asked again and again. Allow some seconds at least.`,
        source: MAX_AGE_LOOP,
      },
    ];
  }
  if (absolute === null || maxAge < absolute) return [];
  return [
    {
      code: 'max-age-without-effect',
      severity: 'notice',
      member,
      message: `${member} (${spoken(maxAge)}) is not shorter than absoluteTimeout (${spoken(absolute)}): a session is over before it asks for anything.`,
      source: asvs('7.5.3'),
    },
  ];
}
