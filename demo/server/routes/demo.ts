/** What only a demo has: a list of people to sign in as, and timeouts short enough to watch. */
import type { Administration } from '../administration/administration.js';
import type { Api } from '../http/api.js';
import { bankOperations, bankRoles } from '../people/rights.js';
import { seededPeople } from '../people/seed.js';
import { rolePolicy, rolePolicyChanged } from '../policies/role-policy.js';
import type { Rule } from '../policies/rule.js';
import { readBody } from '../wire/input.js';
import { administeredPolicy, readPolicyChange } from '../wire/policy-codec.js';
import { type MaxAges, readMaxAges } from '../wire/rule-codec.js';

/** The members of a policy that `POST /demo/timeouts` sets, for all roles of the bank at once. */
const timeouts = ['idle_timeout', 'absolute_timeout', 'warn_before', 'warn_before_absolute'];

/** Anybody on this machine may change the bank's timeouts here. Never mount this where it matters. */
export function addDemoCalls(api: Pick<Api, 'open'>, administration: Pick<Administration, 'publish'>): void {
  api.open('GET', '/people', 'demo-people', (c) =>
    c.json({ people: seededPeople.map(({ username, name, role, password }) => ({ username, name, role, password })) }),
  );

  api.open('POST', '/timeouts', 'demo-timeouts', async (c, body) => {
    const { max_age: ages, ...limits } = readBody(body());
    const change = readPolicyChange(limits, timeouts);
    const maxAges = ages === undefined ? {} : readMaxAges(ages, 'max_age', bankOperations);
    const edition = await administration.publish(
      (rules) =>
        withMaxAges(
          bankRoles.reduce((all, role) => rolePolicyChanged(all, role, change), rules),
          maxAges,
        ),
      { by: 'demo', reason: null },
    );
    return c.json({
      policies: Object.fromEntries(bankRoles.map((role) => [role, administeredPolicy(rolePolicy(edition, role))])),
    });
  });
}

/** Of each operation the rule that is about nothing else; those that ask about risk or device stay as they are. */
function withMaxAges(rules: readonly Rule[], ages: MaxAges): readonly Rule[] {
  return Object.entries(ages).reduce((all, [operation, maxAge]) => {
    const known = all.find((rule) => isAbout(rule, operation));
    return known === undefined
      ? all
      : all.map((rule) => (rule === known ? { ...rule, set: { ...rule.set, maxAge } } : rule));
  }, rules);
}

const isAbout = ({ when, set }: Rule, operation: string): boolean =>
  set.maxAge !== undefined &&
  Object.keys(when).length === 1 &&
  when.operation?.length === 1 &&
  when.operation[0] === operation;
