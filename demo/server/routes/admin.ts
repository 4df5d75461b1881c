/** The administrator's API: who is signed in, ending sessions, and policy and risk while they run. */
import { type Context, Hono } from 'hono';
import type { Administration } from '../administration/administration.js';
import type { AuditLog } from '../audit/audit-log.js';
import { about } from '../audit/session-audit.js';
import { claimOf, type Door } from '../http/door.js';
import { jsonBody } from '../http/json-body.js';
import { notFound, Problem } from '../http/problem.js';
import { type Role, roles } from '../people/rights.js';
import { rolePolicy } from '../policies/role-policy.js';
import type { Rulebook } from '../policies/rulebook.js';
import { scoreOf } from '../policies/trust.js';
import { admit, unchanged } from '../sessions/admit.js';
import { admissions } from '../sessions/refusal.js';
import type { Session } from '../sessions/session.js';
import type { SessionPorts } from '../sessions/update-session.js';
import type { SessionStreams } from '../streams/session-streams.js';
import { readNewPassword, readRevocation, readRisk, sessionRow } from '../wire/admin-codec.js';
import { administeredPolicy, readPolicyChange } from '../wire/policy-codec.js';

export interface AdminRoutesOptions {
  readonly ports: SessionPorts & { readonly audit: Pick<AuditLog, 'record'> };
  readonly door: Door;
  readonly administration: Administration;
  readonly rulebook: Pick<Rulebook, 'current'>;
  readonly streams: Pick<SessionStreams, 'count'>;
}

export function adminRoutes({ ports, door, administration, rulebook, streams }: AdminRoutesOptions): Hono {
  const routes = new Hono();

  const looking = async (c: Context): Promise<Session> =>
    (await admit(ports, claimOf(c, door), admissions.read, unchanged)).session;

  /** Every act of an administrator is logged, with what it was about. */
  async function acting(c: Context, target: string): Promise<Session> {
    const claim = claimOf(c, door);
    const { session } = await admit(ports, claim, admissions.act, unchanged);
    const detail = { resource: claim.resource, target };
    ports.audit.record({ event: 'authz_admin', level: 'WARN', ...about(session), detail });
    return session;
  }

  routes.get('/sessions', async (c) => {
    const own = await looking(c);
    const sessions = await administration.liveSessions();
    return c.json({
      sessions: sessions.map((session) =>
        sessionRow(session, { streams: streams.count(session.id), current: session.id === own.id }),
      ),
    });
  });

  routes.post('/sessions/:id/end', async (c) => {
    const id = c.req.param('id');
    const body = await jsonBody(c);
    await acting(c, id);
    if (!(await administration.end(id, readRevocation(body())))) throw new Problem(notFound);
    return c.json({ ended: [id] });
  });

  routes.post('/sessions/:id/risk', async (c) => {
    const id = c.req.param('id');
    const body = await jsonBody(c);
    await acting(c, id);
    const level = readRisk(body());
    if (!(await administration.signal(id, { riskScore: scoreOf[level] }))) throw new Problem(notFound);
    return c.json({ id, level });
  });

  routes.post('/people/:username/end', async (c) => {
    const username = c.req.param('username');
    const body = await jsonBody(c);
    await acting(c, username);
    return c.json({ ended: await administration.endAllOf(username, readRevocation(body())) });
  });

  routes.post('/people/:username/password', async (c) => {
    const username = c.req.param('username');
    const body = await jsonBody(c);
    await acting(c, username);
    if (!(await administration.resetPassword(username, readNewPassword(body())))) throw new Problem(notFound);
    return c.body(null, 204);
  });

  routes.get('/policies', async (c) => {
    await looking(c);
    const edition = rulebook.current();
    return c.json({
      policies: Object.fromEntries(roles.map((role) => [role, administeredPolicy(rolePolicy(edition, role))])),
    });
  });

  routes.patch('/policies/:role', async (c) => {
    const body = await jsonBody(c);
    await acting(c, c.req.param('role'));
    const role = knownRole(c.req.param('role'));
    return c.json(administeredPolicy(await administration.changePolicy(role, readPolicyChange(body()))));
  });

  return routes;
}

function knownRole(word: string): Role {
  const role = roles.find((known) => known === word);
  if (role === undefined) throw new Problem(notFound);
  return role;
}
