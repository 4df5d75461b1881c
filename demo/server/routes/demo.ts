/** What only a demo has: a list of people to sign in as, and timeouts short enough to watch. */
import { Hono } from 'hono';
import type { Administration } from '../administration/administration.js';
import { jsonBody } from '../http/json-body.js';
import { bankRoles } from '../people/rights.js';
import { seededPeople } from '../people/seed.js';
import { administeredPolicy, readPolicyChange } from '../wire/policy-codec.js';

/** The members of a policy that `POST /demo/timeouts` sets, for all roles of the bank at once. */
const timeouts = ['idle_timeout', 'absolute_timeout', 'warn_before', 'warn_before_absolute'];

/** Anybody on this machine may change the bank's timeouts here. Never mount this where it matters. */
export function demoRoutes(administration: Pick<Administration, 'changePolicy'>): Hono {
  const routes = new Hono();

  routes.get('/people', (c) =>
    c.json({ people: seededPeople.map(({ username, name, role, password }) => ({ username, name, role, password })) }),
  );

  routes.post('/timeouts', async (c) => {
    const change = readPolicyChange((await jsonBody(c))(), timeouts);
    const changed = await Promise.all(
      bankRoles.map(
        async (role) => [role, administeredPolicy(await administration.changePolicy(role, change))] as const,
      ),
    );
    return c.json({ policies: Object.fromEntries(changed) });
  });

  return routes;
}
