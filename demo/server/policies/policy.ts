/** A policy: what the rules make of one session, as that session is told it. */
import { canonicalText } from './canonical.js';
import type { Limits } from './limits.js';

/** What an operation asks for. */
export interface OperationRule {
  readonly allow: boolean;
  /** How long after authentication it may run (milliseconds); null: any time. */
  readonly maxAge: number | null;
  /** The kinds of authentication it may run after (OpenID Connect `acr_values`); null: any. */
  readonly acrValues: string | null;
  /** How long the person may have done nothing, at any time since they authenticated (milliseconds); null: any time. */
  readonly idleTimeout: number | null;
  /** How long it may run, from where the session's absolute limit runs (milliseconds); null: as long as the session lasts. */
  readonly absoluteTimeout: number | null;
}

/** Which request is which operation; `*` in the path matches any characters. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
}

export interface Policy extends Limits {
  /** Grows with each change that touches the session; equal versions are equal policies. */
  readonly version: number;
  readonly operations: Readonly<Record<string, OperationRule>>;
  readonly routes: readonly Route[];
  /** The standard the numbers come from. */
  readonly source: string | null;
  /** Why they deviate from it (ASVS 7.1.1). */
  readonly justification: string | null;
}

/** One text for one policy, its version aside. Policies are values, so that one object's text never changes. */
const texts = new WeakMap<Policy, string>();

export function isSamePolicy(a: Policy, b: Policy): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(policy: Policy): string {
  const known = texts.get(policy);
  if (known !== undefined) return known;
  const text = canonicalText({ ...policy, version: 0 });
  texts.set(policy, text);
  return text;
}
