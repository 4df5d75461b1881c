/** A rule: what it is about, and what then holds. Data, so that people can read, compare and change it. */
import type { Operation, Role } from '../people/rights.js';
import { resourceOf } from '../people/rights.js';
import type { Context, DeviceTrust, HintName, NetworkTrust, RiskLevel } from './context.js';
import type { Limits } from './limits.js';

/** All that is named must be so; of each list one is enough. Nothing named: always. */
export interface Conditions {
  readonly role?: readonly Role[];
  readonly risk?: readonly RiskLevel[];
  readonly device?: readonly DeviceTrust[];
  readonly network?: readonly NetworkTrust[];
  /** Any of these hints is another than the one the person authenticated with. */
  readonly changed?: readonly HintName[];
  readonly operation?: readonly Operation[];
  /** What comes before the colon of an operation's name. */
  readonly resource?: readonly string[];
}

/** What a rule sets; what it leaves out, it says nothing about. */
export interface Outcome extends Partial<Limits> {
  /** The part of the idle limit that is left, above 0 and up to 1, whatever the limit is. */
  readonly idleFactor?: number;
  /** Takes the right away. Rights are given by roles, never by rules. */
  readonly allow?: false;
  readonly maxAge?: number;
  readonly acrValues?: string;
  /** Ends the session as soon as this is so; or locks it when it comes to be so, until the person authenticates. */
  readonly atOnce?: 'end' | 'lock';
}

export interface Rule {
  /** Unique, and what `explain` calls it. */
  readonly name: string;
  readonly when: Conditions;
  readonly set: Outcome;
  /** The standard its numbers come from. */
  readonly source: string | null;
  /** Why they deviate from it (ASVS 7.1.1). */
  readonly justification: string | null;
}

/** What an operation can have: a rule about operations can set nothing else. Its two limits are then those of the operation. */
export const operationOutcomes = [
  'allow',
  'maxAge',
  'acrValues',
  'idleTimeout',
  'absoluteTimeout',
] as const satisfies readonly (keyof Outcome)[];

/** Whether the rule names operations, by name or by resource. */
export const isAboutOperations = ({ when }: Pick<Rule, 'when'>): boolean =>
  when.operation !== undefined || when.resource !== undefined;

export function isInContext({ when }: Pick<Rule, 'when'>, context: Context): boolean {
  return (
    isAmong(when.role, context.role) &&
    isAmong(when.risk, context.risk) &&
    isAmong(when.device, context.device) &&
    isAmong(when.network, context.network) &&
    (when.changed === undefined || when.changed.some((hint) => context.changed.includes(hint)))
  );
}

export function isForOperation({ when }: Pick<Rule, 'when'>, operation: Operation): boolean {
  return isAmong(when.operation, operation) && isAmong(when.resource, resourceOf(operation));
}

const isAmong = <T>(list: readonly T[] | undefined, value: T): boolean => list === undefined || list.includes(value);
