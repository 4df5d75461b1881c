/** The rules, and changing them, as the server has them: durations are seconds, instants are Unix seconds. */
import { call } from '../session.js';
import type { Value } from '../sessions-api.js';

/** Of all that is named one has to be so. */
export type Conditions = Readonly<Record<string, readonly string[]>>;

export interface Rule {
  readonly name: string;
  readonly when: Conditions;
  readonly set: Readonly<Record<string, Value>>;
  readonly source: string | null;
  readonly justification: string | null;
}

export interface Finding {
  readonly role: string;
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly source: { readonly title: string; readonly section: string; readonly url: string };
}

export interface Edition {
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly reason: string | null;
}

export interface Rules extends Edition {
  /** By role, all operations behind its door. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
}

export interface Difference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface RuleChange {
  readonly put: readonly Rule[];
  readonly remove: readonly string[];
}

/** A change, or an edition to go back to. */
export type Proposal = RuleChange | { readonly revert_to: number };

/** What was, and what would be. */
type Pair<T> = readonly [T, T];

export interface OperationRule {
  readonly allow: boolean;
  readonly max_age?: number;
  readonly acr_values?: string;
  readonly idle_timeout?: number;
  readonly absolute_timeout?: number;
}

export interface SessionDryRun {
  readonly id: string;
  readonly username: string;
  readonly role: string;
  readonly outcome: 'changed' | 'locked' | 'ended';
  readonly reason: string | null;
  readonly idle_expiry: Pair<number | null>;
  readonly session_expiry: Pair<number | null>;
  readonly limits: Readonly<Record<string, Pair<Value>>>;
  readonly operations: Readonly<Record<string, Pair<OperationRule | null>>>;
}

export interface DryRun {
  readonly digest: string;
  readonly version: number;
  readonly rules: Difference;
  readonly sessions: readonly SessionDryRun[];
  readonly unchanged: number;
  readonly findings: readonly Finding[];
}

export interface Plan extends RuleChange {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly reason: string | null;
}

const BASE = '/admin/api/rules';

/** What is in force, what was, and what is planned: asked for together, so that they fit each other on the page. */
export interface Rulebook {
  readonly current: Rules;
  readonly editions: readonly (Edition & Difference)[];
  readonly plans: readonly Plan[];
}

export async function loadRulebook(signal: AbortSignal): Promise<Rulebook> {
  const [current, { editions }, { scheduled }] = await Promise.all([
    call<Rules>(BASE, { signal }),
    call<{ editions: readonly (Edition & Difference)[] }>(`${BASE}/history`, { signal }),
    call<{ scheduled: readonly Plan[] }>(`${BASE}/scheduled`, { signal }),
  ]);
  return { current, editions, plans: scheduled };
}

export const tryOut = (proposal: Proposal): Promise<DryRun> =>
  call(`${BASE}/dry-run`, { method: 'POST', body: proposal });

/** What goes with a proposal that was tried out. */
export interface Consent {
  readonly digest: string;
  readonly reason?: string;
}

export const putInForce = (proposal: Proposal, consent: Consent): Promise<Edition> =>
  call(BASE, { method: 'POST', body: { ...proposal, ...consent } });

export const schedule = (change: RuleChange, consent: Consent & { readonly at: number }): Promise<Plan> =>
  call(`${BASE}/scheduled`, { method: 'POST', body: { ...change, ...consent } });

export const cancelPlan = (id: string): Promise<void> =>
  call(`${BASE}/scheduled/${encodeURIComponent(id)}`, { method: 'DELETE' });
