/** Limits, leads and extensions: what people need to answer in time, and what ends a session at all. */
import { type Duration, hours, seconds } from '../time/instant.js';
import { asvs, HTML_TIMERS, NIST_TERMINATION, OWASP_EXPIRATION, WCAG_TIMING } from './citations.js';
import { type LintedPolicy, type LintOptions, type PolicyFinding, spoken } from './finding.js';

/** WCAG 2.2.1: at least this long to answer, and at least this often. Limits longer than 20 hours are left out of it. */
const LEAST_WARNING: Duration = seconds(20);
const LEAST_EXTENSIONS = 10;
const LONG_LIMIT: Duration = hours(20);
/** What is longer fires at once in a timer that takes it in one piece. */
const LONGEST_TIMER: Duration = 2 ** 31 - 1;

export function limitFindings(policy: LintedPolicy, options: LintOptions): PolicyFinding[] {
  const { idleTimeout: idle = null, absoluteTimeout: absolute = null } = policy;
  return [
    ...leadFindings('warnBefore', policy.warnBefore, 'idleTimeout', idle),
    ...leadFindings('warnBeforeAbsolute', policy.warnBeforeAbsolute, 'absoluteTimeout', absolute),
    ...missing(idle, absolute),
    ...extensionFindings(policy, options),
    ...endFindings(policy, options),
    ...timerFindings(policy),
  ];
}

function leadFindings(
  lead: 'warnBefore' | 'warnBeforeAbsolute',
  given: Duration | undefined,
  limit: 'idleTimeout' | 'absoluteTimeout',
  duration: Duration | null,
): PolicyFinding[] {
  if (duration === null) return [];
  const half = duration / 2;
  const effective = Math.min(given ?? Number.POSITIVE_INFINITY, half);
  const findings: PolicyFinding[] = [];
  if (effective < LEAST_WARNING && duration <= LONG_LIMIT) {
    const remedy =
      half < LEAST_WARNING
        ? `Make ${limit} at least ${spoken(2 * LEAST_WARNING)}`
        : `Set ${lead} to at least ${spoken(LEAST_WARNING)}`;
    findings.push({
      code: 'warning-too-short',
      severity: 'warning',
      member: lead,
      message: `The warning comes ${spoken(effective)} before ${limit} is over, and people must have at least ${spoken(LEAST_WARNING)} to answer. ${remedy}.`,
      source: WCAG_TIMING,
    });
  }
  if (given !== undefined && given > half) {
    findings.push({
      code: 'lead-cut',
      severity: given >= duration ? 'warning' : 'notice',
      member: lead,
      message: `${lead} (${spoken(given)}) is more than half of ${limit} (${spoken(duration)}), and will be cut to ${spoken(half)}, so that the warning does not stand from the start.`,
      source: WCAG_TIMING,
    });
  }
  return findings;
}

function missing(idle: Duration | null, absolute: Duration | null): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  if (absolute === null) {
    findings.push({
      code: 'no-absolute-limit',
      severity: 'warning',
      member: 'absoluteTimeout',
      message: 'Nothing ends a session that is kept busy, by its person or by a thief. Set absoluteTimeout.',
      source: asvs('7.3.2'),
    });
  }
  if (idle === null) {
    findings.push({
      code: 'no-idle-limit',
      severity: 'notice',
      member: 'idleTimeout',
      message:
        'A session stays open where nobody works. Set idleTimeout, unless the level of assurance does without (NIST AAL1).',
      source: asvs('7.3.1'),
    });
  }
  if (idle !== null && absolute !== null && idle > absolute) {
    findings.push({
      code: 'idle-above-absolute',
      severity: 'warning',
      member: 'idleTimeout',
      message: `idleTimeout (${spoken(idle)}) is longer than absoluteTimeout (${spoken(absolute)}), so it never ends a session. Are they mixed up?`,
      source: OWASP_EXPIRATION,
    });
  }
  return findings;
}

function extensionFindings(policy: LintedPolicy, { essential }: LintOptions): PolicyFinding[] {
  if (essential !== undefined && essential.trim() !== '') return [];
  const { idleTimeout: idle = null, absoluteTimeout: absolute = null, maxExtensions = null } = policy;
  const findings: PolicyFinding[] = [];
  const exception = 'If a longer session would defeat its purpose, say why (`essential`).';
  if (idle !== null && idle <= LONG_LIMIT) {
    if (policy.extendable === false) {
      findings.push({
        code: 'not-extendable',
        severity: 'warning',
        member: 'extendable',
        message: `People are warned and cannot ask for more time. Allow extensions. ${exception}`,
        source: WCAG_TIMING,
      });
    } else if (maxExtensions !== null && maxExtensions < LEAST_EXTENSIONS) {
      findings.push({
        code: 'too-few-extensions',
        severity: 'warning',
        member: 'maxExtensions',
        message: `A session can be extended ${maxExtensions} times, and it must be at least ${LEAST_EXTENSIONS}. ${exception}`,
        source: WCAG_TIMING,
      });
    }
  }
  if (absolute !== null && absolute <= LONG_LIMIT && policy.absoluteFrom !== 'auth_time') {
    findings.push({
      code: 'absolute-not-extendable',
      severity: 'notice',
      member: 'absoluteTimeout',
      message: `After ${spoken(absolute)} the session is over, whatever the person does, and limits up to ${spoken(LONG_LIMIT)} must be extendable. Let a new authentication start the limit again (absoluteFrom: 'auth_time'), and warn early enough to save work. ${exception}`,
      source: WCAG_TIMING,
    });
  }
  return findings;
}

function endFindings(policy: LintedPolicy, { credentialLifetime }: LintOptions): PolicyFinding[] {
  const { absoluteTimeout: absolute = null, lockTimeout = null } = policy;
  const findings: PolicyFinding[] = [];
  if (policy.onIdle === 'lock' && lockTimeout === null && absolute === null) {
    findings.push({
      code: 'lock-without-end',
      severity: 'warning',
      member: 'lockTimeout',
      message: 'A locked session stays locked for ever and never ends. Set lockTimeout or absoluteTimeout.',
      source: NIST_TERMINATION,
    });
  }
  if (credentialLifetime !== undefined && absolute !== null && credentialLifetime > absolute) {
    findings.push({
      code: 'credential-outlives-session',
      severity: 'warning',
      member: 'absoluteTimeout',
      message: `A credential is good for ${spoken(credentialLifetime)}, and its session for ${spoken(absolute)}: it goes on opening doors after the end. Give it no longer a life than the session.`,
      source: asvs('10.4.8'),
    });
  }
  return findings;
}

function timerFindings(policy: LintedPolicy): PolicyFinding[] {
  return (['idleTimeout', 'absoluteTimeout', 'lockTimeout'] as const).flatMap((member): PolicyFinding[] => {
    const duration = policy[member] ?? 0;
    if (duration <= LONGEST_TIMER) return [];
    return [
      {
        code: 'long-timer',
        severity: 'notice',
        member,
        message: `${member} is ${spoken(duration)}. Nightlatch waits for it in parts; a plain setTimeout elsewhere would ring at once.`,
        source: HTML_TIMERS,
      },
    ];
  });
}
