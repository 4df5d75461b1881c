/** The linter of policies: one for pages, builds and servers. */
import { deviationFindings } from './deviation.js';
import type { LintedPolicy, LintOptions, PolicyFinding } from './finding.js';
import { limitFindings } from './lint-limits.js';
import { operationFindings } from './lint-operations.js';
import { readUnits } from './lint-units.js';

/**
 * What somebody should know about a policy before people work under it: accessibility, standards, slips.
 *
 * It is for policies that validate: it judges what they mean, and refuses nothing. An empty list means that nothing was found,
 * not that the policy complies with anything.
 *
 * @example
 * for (const { severity, member, message } of lintPolicy(policy, { preset: 'pci-dss-4' })) report(severity, member, message);
 *
 * @throws RangeError where `preset` names none.
 */
export function lintPolicy(policy: LintedPolicy, options: LintOptions = {}): readonly PolicyFinding[] {
  const { findings, meant } = readUnits(policy);
  return [
    ...findings,
    ...limitFindings(meant, options),
    ...operationFindings(meant),
    ...deviationFindings(meant, options),
  ].filter(({ code }) => !options.accept?.includes(code));
}
