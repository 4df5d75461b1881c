/** What somebody should know about rules before people work under them: what the linter of policies says to what each role gets. */
import { lintPolicy, type PolicyFinding } from '../../../src/presets.js';
import { type Role, roles } from '../people/rights.js';
import { plainContext } from './context.js';
import type { Policy } from './policy.js';
import { type Routes, resolve } from './resolve.js';
import type { Rule } from './rule.js';

export interface RoleFinding extends PolicyFinding {
  readonly role: Role;
}

export function findingsOf(rules: readonly Rule[], routes: Routes): readonly RoleFinding[] {
  return roles.flatMap((role) => {
    const { policy } = resolve(rules, [plainContext(role)], routes);
    return lintPolicy(linted(policy)).map((finding) => ({ ...finding, role }));
  });
}

/** The linter leaves out what is not asked for; here it is null. */
function linted({ operations, ...policy }: Policy) {
  const asked = Object.entries(operations).map(([operation, rule]) => [
    operation,
    Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null)),
  ]);
  return { ...policy, operations: Object.fromEntries(asked), defaultOperation: null };
}
