/** Rules and circumstances as they come: for properties of the engine. */

import type * as FastCheck from 'fast-check';
import { array, constantFrom, integer, option, record, subarray, uniqueArray } from 'fast-check';
import { operations, resources, roles } from '../../../demo/server/people/rights.js';
import {
  type Context,
  type Contexts,
  deviceTrusts,
  hintNames,
  networkTrusts,
  riskLevels,
} from '../../../demo/server/policies/context.js';
import { defaultRules } from '../../../demo/server/policies/default-rules.js';
import type { Conditions, Outcome, Rule } from '../../../demo/server/policies/rule.js';

const some = <T>(values: readonly T[]) => subarray([...values], { minLength: 1 });
const maybe: { requiredKeys: [] } = { requiredKeys: [] };

const circumstances = record(
  {
    role: some(roles),
    risk: some(riskLevels),
    device: some(deviceTrusts),
    network: some(networkTrusts),
    changed: some(hintNames),
  },
  maybe,
);

const aboutOperations = record(
  { operation: some(operations), resource: some(resources), role: some(roles), risk: some(riskLevels) },
  maybe,
);

const seconds = integer({ min: 1, max: 400 }).map((count) => count * 1000);

const operationOutcome = record(
  {
    allow: constantFrom<[false]>(false),
    maxAge: seconds,
    acrValues: constantFrom('pwd', 'phr', 'pwd phr', 'phr mfa'),
    idleTimeout: seconds,
    absoluteTimeout: integer({ min: 1, max: 2_000 }).map((count) => count * 1000),
  },
  maybe,
);

const sessionOutcome = record(
  {
    idleTimeout: option(seconds),
    absoluteTimeout: option(seconds),
    absoluteFrom: constantFrom('session_start', 'auth_time'),
    warnBefore: seconds,
    warnBeforeAbsolute: seconds,
    touchEvery: seconds,
    pollEvery: seconds,
    holdMax: seconds,
    onIdle: constantFrom('end', 'lock'),
    lockTimeout: option(seconds),
    extendable: constantFrom(true, false),
    maxExtensions: option(integer({ min: 0, max: 20 })),
    maxRenewals: option(integer({ min: 0, max: 20 })),
    idleFactor: constantFrom(0.25, 0.5, 1),
    atOnce: constantFrom('end', 'lock'),
    maxAge: seconds,
    acrValues: constantFrom('pwd', 'phr'),
  },
  maybe,
);

export const sayingSomething = (set: Outcome): boolean => Object.keys(set).length > 0;

const parts = (when: FastCheck.Arbitrary<Conditions>, set: FastCheck.Arbitrary<Outcome>) =>
  record({
    name: integer({ min: 0, max: 99_999 }).map((number) => `rule ${number}`),
    when,
    set: set.filter(sayingSomething),
    source: option(constantFrom('PCI DSS 4.0.1 8.2.8', 'our own')),
    justification: option(constantFrom('measured', 'asked for')),
  });

export const rule: FastCheck.Arbitrary<Rule> = constantFrom(true, false).chain((isForSessions) =>
  isForSessions
    ? parts(circumstances as FastCheck.Arbitrary<Conditions>, sessionOutcome as FastCheck.Arbitrary<Outcome>)
    : parts(
        (aboutOperations as FastCheck.Arbitrary<Conditions>).map((when) =>
          when.operation === undefined && when.resource === undefined ? { ...when, resource: ['payments'] } : when,
        ),
        operationOutcome as FastCheck.Arbitrary<Outcome>,
      ),
);

/** Rules beside those of the roles. */
export const moreRules: FastCheck.Arbitrary<readonly Rule[]> = uniqueArray(rule, {
  maxLength: 12,
  selector: ({ name }) => name,
});

/** The limits of the roles, which every set of rules has. */
export const roleRules: readonly Rule[] = defaultRules.slice(0, roles.length);

export const context: FastCheck.Arbitrary<Context> = record({
  role: constantFrom('teller', 'supervisor', 'auditor'),
  risk: constantFrom(...riskLevels),
  device: constantFrom(...deviceTrusts),
  network: constantFrom(...networkTrusts),
  changed: subarray([...hintNames]),
});

export const contexts: FastCheck.Arbitrary<Contexts> = array(context, { minLength: 1, maxLength: 4 }).map(
  (list) => list as unknown as Contexts, // at least one
);
