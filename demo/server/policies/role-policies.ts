/** The policy of each role, which an administrator may change while sessions run. */
import type { Role } from '../people/rights.js';
import { changedPolicy, type Policy, type PolicyChange } from './policy.js';

export interface RolePolicies {
  of(role: Role): Policy;
  /** Returns the policy that now holds, which is the old one where nothing changed. */
  change(role: Role, change: PolicyChange): Policy;
}

/** Keeps them in memory. A server of many nodes keeps them where its sessions are. */
export function createRolePolicies(initial: Readonly<Record<Role, Policy>>): RolePolicies {
  const policies: Record<Role, Policy> = { ...initial };
  return {
    of: (role) => policies[role],
    change(role, change) {
      policies[role] = changedPolicy(policies[role], change);
      return policies[role];
    },
  };
}
