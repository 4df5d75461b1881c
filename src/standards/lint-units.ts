/** Durations in the wrong unit: seconds where milliseconds are meant, or the other way round. */
import type { OperationRule } from '../facts/policy.js';
import { type Duration, hours, minutes, seconds } from '../time/instant.js';
import { OIDC_SECONDS } from './citations.js';
import { type LintedPolicy, type PolicyFinding, spoken } from './finding.js';

type Span = readonly [least: Duration, most: Duration];

/** What a duration is like where somebody has meant it. Outside of this, and a thousandth or a thousandfold inside: a slip. */
const USUAL = {
  idleTimeout: [seconds(5), hours(48)],
  absoluteTimeout: [minutes(1), hours(24 * 60)],
  lockTimeout: [seconds(5), hours(24 * 60)],
  warnBefore: [seconds(1), hours(24)],
  warnBeforeAbsolute: [seconds(1), hours(48)],
  touchEvery: [seconds(1), hours(1)],
  pollEvery: [seconds(1), hours(1)],
  holdMax: [seconds(1), hours(24)],
} as const satisfies Partial<Record<keyof LintedPolicy, Span>>;

const USUAL_OF_OPERATIONS = {
  maxAge: [seconds(1), hours(24 * 60)],
  idleTimeout: USUAL.idleTimeout,
  absoluteTimeout: USUAL.absoluteTimeout,
} as const satisfies Partial<Record<keyof OperationRule, Span>>;

const OPERATION_DURATIONS = [
  'maxAge',
  'idleTimeout',
  'absoluteTimeout',
] as const satisfies readonly (keyof typeof USUAL_OF_OPERATIONS)[];

/** The slips, and the policy that is probably meant: what else there is to say is said of that. */
export interface Units {
  readonly findings: readonly PolicyFinding[];
  readonly meant: LintedPolicy;
}

export function readUnits(policy: LintedPolicy): Units {
  const findings: PolicyFinding[] = [];

  /** The duration that is meant. */
  function meant(member: string, duration: Duration, usual: Span): Duration {
    const slip = slipOf(duration, usual);
    if (slip === undefined) return duration;
    findings.push({
      code: slip.code,
      severity: 'warning',
      member,
      message: `${member} is ${spoken(duration)}. If ${spoken(slip.meant)} are meant: ${slip.advice}.`,
      source: OIDC_SECONDS,
    });
    return slip.meant;
  }

  const members = Object.entries(USUAL).flatMap(([member, usual]) => {
    const duration = policy[member as keyof typeof USUAL]; // a constant: it has no other keys
    return duration ? [[member, meant(member, duration, usual)] as const] : [];
  });
  const operations = Object.entries(policy.operations ?? {}).map(([name, rule]) => {
    const durations = OPERATION_DURATIONS.flatMap((member) => {
      const duration = rule[member];
      return duration ? [[member, meant(`operations.${name}.${member}`, duration, USUAL_OF_OPERATIONS[member])]] : [];
    });
    return [name, { ...rule, ...Object.fromEntries(durations) }];
  });
  return { findings, meant: { ...policy, ...Object.fromEntries(members), operations: Object.fromEntries(operations) } };
}

interface Slip {
  readonly code: 'looks-like-milliseconds' | 'looks-like-seconds';
  readonly meant: Duration;
  readonly advice: string;
}

function slipOf(duration: Duration, [least, most]: Span): Slip | undefined {
  const isUsual = (value: Duration): boolean => value >= least && value <= most;
  if (duration < least && isUsual(duration * 1_000)) {
    return {
      code: 'looks-like-seconds',
      meant: duration * 1_000,
      advice: 'durations are milliseconds in code, and seconds(), minutes() and hours() make them',
    };
  }
  if (duration > most && isUsual(duration / 1_000)) {
    return {
      code: 'looks-like-milliseconds',
      meant: duration / 1_000,
      advice: 'durations are seconds on the wire, and milliseconds only in code',
    };
  }
  return undefined;
}
