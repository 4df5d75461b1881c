/** The limits of a role, as an administrator sees and changes them: those of the rule that has the role's name. */
import type { Role } from '../people/rights.js';
import { defaultLimits, type Limits, limitNames } from './limits.js';
import type { Rule } from './rule.js';
import { type Edition, versionOf } from './rulebook.js';

export interface RolePolicy extends Limits {
  readonly version: number;
  readonly source: string | null;
  readonly justification: string | null;
}

export type RolePolicyChange = Partial<Omit<RolePolicy, 'version'>>;

export function rolePolicy(edition: Edition, role: Role): RolePolicy {
  const { set, source, justification } = ruleOfRole(edition.rules, role);
  const said = Object.fromEntries(Object.entries(set).filter(([name]) => limitNames.some((known) => known === name)));
  return { ...defaultLimits, ...said, source, justification, version: versionOf(edition, role) };
}

export function rolePolicyChanged(rules: readonly Rule[], role: Role, change: RolePolicyChange): readonly Rule[] {
  const rule = ruleOfRole(rules, role);
  const { source = rule.source, justification = rule.justification, ...limits } = change;
  const changed = { ...rule, set: { ...rule.set, ...limits }, source, justification };
  return rules.map((known) => (known === rule ? changed : known));
}

/** Every edition has it: one without is not taken. */
function ruleOfRole(rules: readonly Rule[], role: Role): Rule {
  const rule = rules.find(({ name }) => name === role);
  if (rule === undefined) throw new Error(`there is no rule for the limits of the role ${role}`);
  return rule;
}
