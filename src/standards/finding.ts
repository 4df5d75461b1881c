/** What a linter of policies takes and says. */
import type { Policy } from '../facts/policy.js';
import type { Duration } from '../time/instant.js';
import type { Citation } from './citations.js';
import type { PresetName } from './presets.js';

/**
 * A policy to be looked at: a whole one, the `policy` option, or a server's own with its number of extensions. Durations are
 * milliseconds; what is absent has the default of the server contract.
 */
export type LintedPolicy = Partial<Omit<Policy, 'version'>> & {
  /** How many extensions one session gets; null or absent: any number. */
  readonly maxExtensions?: number | null;
};

/** What the linter cannot see in the policy. */
export interface LintOptions {
  /** The preset that the policy should keep to. Default: the one whose `source` the policy carries. */
  readonly preset?: PresetName;
  /**
   * Why the limits cannot be extended, if that is so (the essential exception of WCAG 2.2.1): with a reason, nothing is said
   * about extensions.
   */
  readonly essential?: string;
  /** How long a credential given out for a session can be good at the longest: a refresh token, a cookie's `Max-Age`. */
  readonly credentialLifetime?: Duration;
  /** Kinds of findings that somebody has looked at and that are to be left out. */
  readonly accept?: readonly PolicyFindingCode[];
}

/** The kinds of findings. `docs/presets.md` says what each is about. */
export type PolicyFindingCode =
  | 'looks-like-milliseconds'
  | 'looks-like-seconds'
  | 'warning-too-short'
  | 'lead-cut'
  | 'idle-above-absolute'
  | 'no-absolute-limit'
  | 'no-idle-limit'
  | 'too-few-extensions'
  | 'not-extendable'
  | 'absolute-not-extendable'
  | 'lock-without-end'
  | 'credential-outlives-session'
  | 'long-timer'
  | 'max-age-zero'
  | 'max-age-without-effect'
  | 'operation-limit-without-effect'
  | 'operation-without-rule'
  | 'deviates-from-preset';

/** One thing about a policy that somebody should know. */
export interface PolicyFinding {
  readonly code: PolicyFindingCode;
  /** `warning`: breaks a rule, or will not do what it says. `notice`: may be meant so, and should be known. */
  readonly severity: 'warning' | 'notice';
  /** The member it is about, as in the `policy` option: `warnBefore`, `operations.payments:write.maxAge`, `routes[2].operation`. */
  readonly member: string;
  /** What is so, why it matters, and what to do: one or two sentences. */
  readonly message: string;
  readonly source: Citation;
}

/** The length of time as people say it: `90 s`, `15 min`, `8 h`, `30 days`. */
export function spoken(duration: Duration): string {
  const units: readonly (readonly [Duration, string])[] = [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  // A day is 24 h, and a minute 60 s: the larger unit only where there are two of it.
  const [length, name] = units.find(([unit]) => duration >= 2 * unit && duration % unit === 0) ?? [1_000, 's'];
  return `${Math.round((duration / length) * 1_000) / 1_000} ${name}`;
}
