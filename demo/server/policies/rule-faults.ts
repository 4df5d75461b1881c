/** What is wrong with a set of rules as a whole, each of which can be read. */
import { resourceOf, roles } from '../people/rights.js';
import { plainContext } from './context.js';
import { resolve } from './resolve.js';
import { isAboutOperations, operationOutcomes, type Rule } from './rule.js';

export interface RuleFault {
  /** Where, as in the rules on the wire: `rules[2].set.idle_timeout`. */
  readonly member: string;
  readonly message: string;
}

/** Rules that do not hold together: nothing of them is in force. */
export class InvalidRules extends Error {
  override readonly name = 'InvalidRules' as const;
  readonly fault: RuleFault;

  constructor(fault: RuleFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** More than anybody can keep in mind; and each request is judged by all of them. */
export const mostRules = 200;

/** The first fault, or null. */
export function ruleFault(rules: readonly Rule[]): RuleFault | null {
  if (rules.length > mostRules) return { member: 'rules', message: `rules has more than ${mostRules} entries.` };
  return (
    rules.map((rule, index) => faultOf(rule, `rules[${index}]`)).find((fault) => fault !== null) ??
    twin(rules) ??
    missing(rules) ??
    wayOut(rules)
  );
}

function faultOf(rule: Rule, member: string): RuleFault | null {
  const { name, when } = rule;
  const outcomes = Object.keys(rule.set);
  if (outcomes.length === 0) return { member: `${member}.set`, message: `The rule "${name}" sets nothing.` };
  if (!isAboutOperations(rule)) return null;
  const other = outcomes.find((outcome) => !operationOutcomes.some((known) => known === outcome));
  if (other !== undefined) {
    return {
      member: `${member}.set`,
      message: `The rule "${name}" is about operations, which have allow, max_age, acr_values, idle_timeout and absolute_timeout. What else it sets is the session's: give that a rule of its own.`,
    };
  }
  const limit = operationLimits.find(([key]) => !isOperationLimit(rule.set[key]));
  if (limit !== undefined) {
    const [, limitMember] = limit;
    return {
      member: `${member}.set.${limitMember}`,
      message: `The rule "${name}" is about operations: its ${limitMember} is a number of whole seconds. What no rule limits has no limit.`,
    };
  }
  const { operation, resource } = when;
  if (
    operation !== undefined &&
    resource !== undefined &&
    !operation.some((one) => resource.includes(resourceOf(one)))
  ) {
    return {
      member: `${member}.when`,
      message: `The rule "${name}" is about nothing: none of its operations is of its resources.`,
    };
  }
  return null;
}

const operationLimits = [
  ['idleTimeout', 'idle_timeout'],
  ['absoluteTimeout', 'absolute_timeout'],
] as const;

/** What has passed is asked for as `max_age`, which is whole seconds (RFC 9470). */
const isOperationLimit = (duration: number | null | undefined): boolean =>
  duration === undefined || (duration !== null && duration % 1000 === 0);

function twin(rules: readonly Rule[]): RuleFault | null {
  const names = rules.map(({ name }) => name);
  const index = names.findIndex((name, at) => names.indexOf(name) !== at);
  return index < 0 ? null : { member: `rules[${index}].name`, message: `There are two rules named "${names[index]}".` };
}

/** Without limits of its role, a session would have none. */
function missing(rules: readonly Rule[]): RuleFault | null {
  const role = roles.find((one) => !rules.some((rule) => rule.name === one && isFor(rule, one)));
  return role === undefined
    ? null
    : {
        member: 'rules',
        message: `There must be a rule named "${role}", which is about the role ${role} and nothing else: the limits of that role.`,
      };
}

const isFor = ({ when }: Rule, role: string): boolean =>
  Object.keys(when).length === 1 && when.role?.length === 1 && when.role[0] === role;

/** Nobody could mend the rules any more: not even an administrator of whom nothing bad is known. */
function wayOut(rules: readonly Rule[]): RuleFault | null {
  const { policy, ends } = resolve(rules, [plainContext('admin')], { bank: [], admin: [] });
  const isOpen = (['policies:read', 'policies:write'] as const).every((name) => policy.operations[name]?.allow);
  return isOpen && ends === null
    ? null
    : { member: 'rules', message: 'These rules would keep every administrator from changing rules again.' };
}
