/** A session to try pure functions and stores on. */

import type { Role } from '../../../demo/server/people/rights.js';
import { defaultRules } from '../../../demo/server/policies/default-rules.js';
import { type Routes, resolve } from '../../../demo/server/policies/resolve.js';
import type { Rule } from '../../../demo/server/policies/rule.js';
import { type Trust, trusted } from '../../../demo/server/policies/trust.js';
import type { Circumstances } from '../../../demo/server/sessions/followed.js';
import { startedSession } from '../../../demo/server/sessions/memory-store.js';
import type { Session, SessionStart } from '../../../demo/server/sessions/session.js';

export const noRoutes: Routes = { bank: [], admin: [] };

/** Where the person of these tests sits. */
export const here = { device: 'browser', address: 'office' };

export function sessionStart({
  role = 'teller',
  rules = defaultRules,
  trust = trusted(role, here),
}: {
  readonly role?: Role;
  readonly rules?: readonly Rule[];
  readonly trust?: Trust;
} = {}): SessionStart {
  return {
    id: 'session-1',
    username: 'tess',
    subject: 'u_1',
    trust,
    acr: 'pwd',
    amr: ['pwd'],
    policy: { ...resolve(rules, trust.contexts, noRoutes).policy, version: 1 },
    secretHash: 'hash-1',
  };
}

/** Started at `now`, as a store does it. */
export const plainSession = (now: number, options: Parameters<typeof sessionStart>[0] = {}): Session =>
  startedSession(sessionStart(options), 1, now);

export const around = (rules: readonly Rule[], role: Role | null = 'teller'): Circumstances => ({
  rules,
  routes: noRoutes,
  role,
});
