/** What a raised risk does to a policy. */
import type { Policy } from './policy.js';

/** CAEP's words for `risk-level-change`. */
export type RiskLevel = 'LOW' | 'MEDIUM' | 'HIGH';

/** At medium risk the idle limit is halved. At high risk there is no policy to follow: the session is ended. */
export function policyAtRisk(policy: Policy, risk: Exclude<RiskLevel, 'HIGH'>): Policy {
  switch (risk) {
    case 'LOW':
      return policy;
    case 'MEDIUM':
      return { ...policy, idleTimeout: policy.idleTimeout === null ? null : policy.idleTimeout / 2 };
  }
}
