/** Checks of what a caller hands in: each throws a `TypeError` or `RangeError` that names it. */
import type { Requirement } from './rules/freshness.js';
import type { Duration } from './time/instant.js';

/** The longest duration taken: above it, it is surely a mistake of unit (366 days). */
const LONGEST: Duration = 366 * 86_400_000;

/** Checks a duration of an option, in milliseconds. */
export function requireDuration(option: string, value: unknown): void {
  if (typeof value !== 'number') throw expected(option, value, 'a number of milliseconds');
  if (!Number.isFinite(value) || value < 0 || value > LONGEST) {
    throw range(option, value, 'a finite number of milliseconds from 0 to 366 days');
  }
}

const TEXTS = ['acrValues', 'claims', 'scope'] as const;

/** Checks what a caller demands of the person's authentication. */
export function requireRequirement(requirement: Requirement): Requirement {
  if (typeof requirement !== 'object' || requirement === null) throw expected('requirement', requirement, 'an object');
  const { maxAge, factors } = requirement;
  if (maxAge !== undefined) requireDuration('requirement.maxAge', maxAge);
  for (const name of TEXTS) {
    const value: unknown = requirement[name];
    if (value !== undefined && typeof value !== 'string') throw expected(`requirement.${name}`, value, 'a string');
  }
  if (factors !== undefined && factors !== 'first' && factors !== 'second' && factors !== 'both') {
    throw range('requirement.factors', factors, "'first', 'second' or 'both'");
  }
  return requirement;
}

/** Checks what a caller names as needed: an operation, or a requirement. */
export function requireNeeded(needed: string | Requirement): void {
  if (needed === '') throw range('needed', needed, 'the name of an operation, or a requirement');
  if (typeof needed !== 'string') requireRequirement(needed);
}

/** An error that names the option, what was given and what is expected, where the type is wrong. */
export function expected(option: string, given: unknown, what: string): TypeError {
  return new TypeError(`${option} is ${describe(given)}; expected ${what}`);
}

/** The same where the type is right, and the value is not. */
export function range(option: string, given: unknown, what: string): RangeError {
  return new RangeError(`${option} is ${describe(given)}; expected ${what}`);
}

function describe(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.length > 80 ? `${given.slice(0, 80)}…` : given);
  if (typeof given === 'number' || typeof given === 'boolean' || given === null || given === undefined)
    return String(given);
  if (Array.isArray(given)) return 'a list';
  return `a value of type ${typeof given}`;
}
