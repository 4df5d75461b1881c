/** What only a demo has: a list of people to sign in as, and timeouts short enough to watch. */
import type { Administration } from '../administration/administration.js';
import type { Api } from '../http/api.js';
import { bankRoles } from '../people/rights.js';
import { seededPeople } from '../people/seed.js';
import { administeredPolicy, readPolicyChange } from '../wire/policy-codec.js';

/** The members of a policy that `POST /demo/timeouts` sets, for all roles of the bank at once. */
const timeouts = ['idle_timeout', 'absolute_timeout', 'warn_before', 'warn_before_absolute'];

/** Anybody on this machine may change the bank's timeouts here. Never mount this where it matters. */
export function addDemoCalls(api: Pick<Api, 'open'>, administration: Pick<Administration, 'changePolicy'>): void {
  api.open('GET', '/people', 'demo-people', (c) =>
    c.json({ people: seededPeople.map(({ username, name, role, password }) => ({ username, name, role, password })) }),
  );

  api.open('POST', '/timeouts', 'demo-timeouts', async (c, body) => {
    const change = readPolicyChange(body(), timeouts);
    const changed = await Promise.all(
      bankRoles.map(
        async (role) => [role, administeredPolicy(await administration.changePolicy(role, change, 'demo'))] as const,
      ),
    );
    return c.json({ policies: Object.fromEntries(changed) });
  });
}
