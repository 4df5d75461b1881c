/** The administrator's calls about rules: what holds and why, what a change would do, and the change itself. */
import type { Administration } from '../administration/administration.js';
import { DryRunOutdated, type PolicyUpdates } from '../administration/policy-updates.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Api } from '../http/api.js';
import { notFound, Problem } from '../http/problem.js';
import { explain } from '../policies/explain.js';
import { findingsOf } from '../policies/findings.js';
import type { Routes } from '../policies/resolve.js';
import type { Rulebook } from '../policies/rulebook.js';
import type { SessionStore } from '../sessions/store.js';
import {
  dryRunDocument,
  editionDocument,
  explanationDocument,
  historyDocument,
  planDocument,
  readPlan,
  readProposal,
  readUpdate,
  readVersion,
  rulesDocument,
} from '../wire/rules-administration-codec.js';
import { actingOn } from './admin.js';

export interface RulesParts {
  readonly ports: { readonly audit: Pick<AuditLog, 'record'>; readonly store: Pick<SessionStore, 'now'> };
  readonly administration: Pick<Administration, 'liveSessions'>;
  readonly updates: PolicyUpdates;
  readonly rulebook: Rulebook;
  readonly routes: () => Routes;
}

export function addRulesCalls(api: Api, { ports, administration, updates, rulebook, routes }: RulesParts): void {
  const acting = actingOn(api, ports.audit);

  api.operation('GET', '/sessions/:id/explain', 'sessions:read', async ({ c, param }) => {
    const session = (await administration.liveSessions()).find(({ id }) => id === param('id'));
    if (session === undefined) throw new Problem(notFound);
    const around = { rules: rulebook.current().rules, routes: routes(), now: await ports.store.now() };
    return c.json(explanationDocument(explain(session, around)));
  });

  api.operation('GET', '/rules', 'policies:read', ({ c }) => {
    const edition = rulebook.current();
    return c.json(rulesDocument(edition, findingsOf(edition.rules, routes())));
  });

  api.operation('POST', '/rules/dry-run', 'policies:read', async ({ c, body }) =>
    c.json(dryRunDocument(await updates.tryOut(readProposal(body())))),
  );

  acting('POST', '/rules', 'policies:write', async ({ c, body, session }) => {
    const { proposal, digest, reason } = readUpdate(body());
    const edition = await asDryRun(() => updates.apply(proposal, digest, { by: session.username, reason }));
    return c.json(editionDocument(edition));
  });

  api.operation('GET', '/rules/history', 'policies:read', ({ c }) => c.json(historyDocument(rulebook.history())));

  api.operation('GET', '/rules/history/:version', 'policies:read', ({ c, param }) => {
    const version = readVersion(param('version'), 'version');
    const edition = rulebook.history().find((one) => one.version === version);
    if (edition === undefined) throw new Problem(notFound);
    return c.json(rulesDocument(edition, findingsOf(edition.rules, routes())));
  });

  api.operation('GET', '/rules/scheduled', 'policies:read', ({ c }) =>
    c.json({ scheduled: updates.scheduled().map(planDocument) }),
  );

  acting('POST', '/rules/scheduled', 'policies:write', async ({ c, body, session }) => {
    const { change, digest, reason, at } = readPlan(body());
    const plan = await asDryRun(() => updates.schedule(change, digest, { at, by: session.username, reason }));
    return c.json(planDocument(plan), 201);
  });

  acting('DELETE', '/rules/scheduled/:id', 'policies:write', ({ c }, id) => {
    if (!updates.cancel(id)) throw new Problem(notFound);
    return c.body(null, 204);
  });
}

async function asDryRun<T>(apply: () => Promise<T>): Promise<T> {
  try {
    return await apply();
  } catch (error) {
    if (error instanceof DryRunOutdated) throw new Problem(dryRunOutdated);
    throw error;
  }
}

const dryRunOutdated = {
  type: 'dry-run-outdated',
  status: 409,
  title: 'This is not what was tried out: other rules are in force by now, or these are others. Try it out again.',
} as const;
