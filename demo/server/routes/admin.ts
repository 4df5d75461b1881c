/** The administrator's API: who is signed in, ending sessions, and what is known of people while their sessions run. */
import type { Administration } from '../administration/administration.js';
import type { AuditLog } from '../audit/audit-log.js';
import { about } from '../audit/session-audit.js';
import type { Api, Permitted } from '../http/api.js';
import { notFound, Problem } from '../http/problem.js';
import { type Operation, type Role, roles } from '../people/rights.js';
import { rolePolicy } from '../policies/role-policy.js';
import type { Rulebook } from '../policies/rulebook.js';
import { scoreOf } from '../policies/trust.js';
import type { SessionStreams } from '../streams/session-streams.js';
import { readNewPassword, readRevocation, readRisk, readRole, readSignals, sessionRow } from '../wire/admin-codec.js';
import { administeredPolicy, readPolicyChange } from '../wire/policy-codec.js';

export interface AdminParts {
  readonly ports: { readonly audit: Pick<AuditLog, 'record'> };
  readonly administration: Administration;
  readonly rulebook: Pick<Rulebook, 'current'>;
  readonly streams: Pick<SessionStreams, 'count'>;
}

export function addAdminCalls(api: Api, { ports, administration, rulebook, streams }: AdminParts): void {
  const acting = actingOn(api, ports.audit);

  api.operation('GET', '/sessions', 'sessions:read', async ({ c, session: own }) => {
    const sessions = await administration.liveSessions();
    return c.json({
      sessions: sessions.map((session) =>
        sessionRow(session, { streams: streams.count(session.id), current: session.id === own.id }),
      ),
    });
  });

  acting('POST', '/sessions/:id/end', 'sessions:end', async ({ c, body }, id) => {
    if (!(await administration.end(id, readRevocation(body())))) throw new Problem(notFound);
    return c.json({ ended: [id] });
  });

  acting('POST', '/sessions/:id/risk', 'context:write', async ({ c, body }, id) => {
    const level = readRisk(body());
    if (!(await administration.signal(id, { riskScore: scoreOf[level] }))) throw new Problem(notFound);
    return c.json({ id, level });
  });

  acting('POST', '/sessions/:id/context', 'context:write', async ({ c, body }, id) => {
    if (!(await administration.signal(id, readSignals(body())))) throw new Problem(notFound);
    return c.json({ changed: [id] });
  });

  acting('POST', '/people/:username/context', 'context:write', async ({ c, body }, username) =>
    c.json({ changed: await administration.signalAllOf(username, readSignals(body())) }),
  );

  acting('POST', '/people/:username/end', 'sessions:end', async ({ c, body }, username) =>
    c.json({ ended: await administration.endAllOf(username, readRevocation(body())) }),
  );

  acting('POST', '/people/:username/password', 'people:write', async ({ c, body }, username) => {
    if (!(await administration.resetPassword(username, readNewPassword(body())))) throw new Problem(notFound);
    return c.body(null, 204);
  });

  acting('POST', '/people/:username/role', 'people:write', async ({ c, body }, username) => {
    const role = readRole(body());
    if (!(await administration.changeRole(username, role))) throw new Problem(notFound);
    return c.json({ username, role });
  });

  api.operation('GET', '/policies', 'policies:read', ({ c }) => {
    const edition = rulebook.current();
    return c.json({
      policies: Object.fromEntries(roles.map((role) => [role, administeredPolicy(rolePolicy(edition, role))])),
    });
  });

  acting('PATCH', '/policies/:role', 'policies:write', async ({ c, body, session }, word) => {
    const role = knownRole(word);
    const policy = await administration.changePolicy(role, readPolicyChange(body()), session.username);
    return c.json(administeredPolicy(policy));
  });
}

/** Every act of an administrator is logged, with what it was about: the one parameter of its path. */
export function actingOn(api: Api, audit: Pick<AuditLog, 'record'>) {
  return (
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    operation: Operation,
    run: (request: Permitted, target: string) => Response | Promise<Response>,
  ): void => {
    const [, name = ''] = /:([a-z]+)/.exec(path) ?? [];
    api.operation(method, path, operation, (request) => {
      const { c, session } = request;
      const target = name === '' ? operation : request.param(name);
      const detail = { resource: `${c.req.method} ${c.req.path}`, target };
      audit.record({ event: 'authz_admin', level: 'WARN', ...about(session), detail });
      return run(request, target);
    });
  };
}

function knownRole(word: string): Role {
  const role = roles.find((known) => known === word);
  if (role === undefined) throw new Problem(notFound);
  return role;
}
