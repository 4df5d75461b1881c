/** What a session may do with its time: the result of role and risk, as one session is told it. */
export interface Policy {
  /** Grows with each change that touches the session; equal versions are equal policies. */
  readonly version: number;
  /** How long nobody may act; null: no such limit. */
  readonly idleTimeout: number | null;
  /** How long a session may last at all; null: no such limit. */
  readonly absoluteTimeout: number | null;
  readonly absoluteFrom: 'session_start' | 'auth_time';
  /** How long before the idle deadline the person is warned. */
  readonly warnBefore: number;
  /** How long before the absolute deadline the person is warned. */
  readonly warnBeforeAbsolute: number;
  /** How often a busy browser reports activity. */
  readonly touchEvery: number;
  /** How often a browser without a stream asks. */
  readonly pollEvery: number;
  /** How long after the last real activity a hold (an upload, a film) still counts. */
  readonly holdMax: number;
  readonly onIdle: 'end' | 'lock';
  /** How long a session may stay locked; null: until the absolute limit. */
  readonly lockTimeout: number | null;
  readonly extendable: boolean;
  /** How many extensions one session gets; null: any number. WCAG 2.2.1 asks for at least ten. */
  readonly maxExtensions: number | null;
  /** The rule the numbers come from. */
  readonly source: string | null;
  /** Why they deviate from it (ASVS 7.1.1). */
  readonly justification: string | null;
}

export type PolicyChange = Partial<Omit<Policy, 'version'>>;

/** The policy with the change applied and the next version, or the very same policy where the change changes nothing. */
export function changedPolicy(policy: Policy, change: PolicyChange): Policy {
  const changed: Policy = { ...policy, ...change, version: policy.version + 1 };
  const members = Object.keys(change) as (keyof PolicyChange)[]; // keyof, because the type admits no others
  return members.some((member) => changed[member] !== policy[member]) ? changed : policy;
}
