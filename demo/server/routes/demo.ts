/** What only a demo has: a list of people to sign in as, and times short enough to watch. */
import type { Administration } from '../administration/administration.js';
import type { Api } from '../http/api.js';
import { bankRoles } from '../people/rights.js';
import { seededPeople } from '../people/seed.js';
import { paymentsRule } from '../policies/default-rules.js';
import { rolePolicy, rolePolicyChanged } from '../policies/role-policy.js';
import type { Rule } from '../policies/rule.js';
import { optional, readBody, rejectUnknownMembers, wholeSeconds } from '../wire/input.js';
import { administeredPolicy, readPolicyChange } from '../wire/policy-codec.js';

/** The members of a policy that `POST /demo/timeouts` sets, for all roles of the bank at once. */
const timeouts = ['idle_timeout', 'absolute_timeout', 'warn_before', 'warn_before_absolute'];

/** Anybody on this machine may change the bank's timeouts here. Never mount this where it matters. */
export function addDemoCalls(api: Pick<Api, 'open'>, administration: Pick<Administration, 'publish'>): void {
  api.open('GET', '/people', 'demo-people', (c) =>
    c.json({ people: seededPeople.map(({ username, name, role, password }) => ({ username, name, role, password })) }),
  );

  api.open('POST', '/timeouts', 'demo-timeouts', async (c, body) => {
    const { payments_max_age: age, ...limits } = readBody(body());
    rejectUnknownMembers({ ...limits }, timeouts);
    const change = readPolicyChange(limits);
    const maxAge = optional(wholeSeconds)(age, 'payments_max_age');
    const edition = await administration.publish(
      (rules) =>
        bankRoles.reduce((changed, role) => rolePolicyChanged(changed, role, change), withPaymentsAge(rules, maxAge)),
      { by: 'demo', reason: null },
    );
    return c.json({
      policies: Object.fromEntries(bankRoles.map((role) => [role, administeredPolicy(rolePolicy(edition, role))])),
    });
  });
}

/** How long after an authentication a payment can be made. An administrator may have taken the rule away. */
const withPaymentsAge = (rules: readonly Rule[], maxAge: number | undefined): readonly Rule[] =>
  maxAge === undefined
    ? rules
    : rules.map((rule) => (rule.name === paymentsRule ? { ...rule, set: { ...rule.set, maxAge } } : rule));
