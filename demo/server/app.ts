/** Which path leads where, and what holds for every request. Throws where a call names no operation. */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Administration } from './administration/administration.js';
import type { PolicyUpdates } from './administration/policy-updates.js';
import type { AuditLog } from './audit/audit-log.js';
import type { Accounts } from './bank/accounts.js';
import type { Payments } from './bank/payments.js';
import { type Api, createApi } from './http/api.js';
import { claimOf, type Door } from './http/door.js';
import { type Endpoints, requireOperations } from './http/endpoints.js';
import { trustForwardedFor } from './http/hints.js';
import { notFound, Problem, problemOf, problemResponse } from './http/problem.js';
import { originOf, sameOriginOnly } from './http/same-origin.js';
import { strictHeaders } from './http/secure-headers.js';
import type { ProviderSessions } from './openid/provider-sessions.js';
import type { RelyingParty } from './openid/relying-party.js';
import type { Passkeys } from './people/passkeys.js';
import type { People } from './people/people.js';
import { keysPath, type PolicySigner } from './policies/policy-signer.js';
import type { Routes } from './policies/resolve.js';
import type { Rulebook } from './policies/rulebook.js';
import { addAdminCalls } from './routes/admin.js';
import { addBankCalls } from './routes/bank.js';
import { addDemoCalls } from './routes/demo.js';
import { addKeysCalls, type KeysParts } from './routes/keys.js';
import { addOpenidCalls, createBindingCookie, openidCallback, openidLogout } from './routes/openid.js';
import { type DataFor, pageRoutes } from './routes/pages.js';
import { addPasskeyCalls } from './routes/passkeys.js';
import { addRulesCalls } from './routes/rules.js';
import { addSessionCalls } from './routes/session.js';
import { admit, Refused, unchanged } from './sessions/admit.js';
import { admissions } from './sessions/refusal.js';
import type { SignInPorts } from './sessions/sign-in.js';
import type { SessionStreams } from './streams/session-streams.js';
import type { Clock } from './time/clock.js';
import type { DocumentOf } from './wire/session-document.js';

export interface AppParts {
  readonly ports: SignInPorts & { readonly audit: AuditLog; readonly people: People; readonly passkeys: Passkeys };
  readonly doors: { readonly bank: Door; readonly admin: Door };
  readonly endpoints: Endpoints;
  readonly administration: Administration;
  readonly updates: PolicyUpdates;
  readonly rulebook: Rulebook;
  readonly routes: () => Routes;
  readonly streams: SessionStreams;
  readonly accounts: Accounts;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly documentOf: DocumentOf;
  readonly policySigner?: PolicySigner;
  /** Where an OpenID provider is trusted. */
  readonly openid?: { readonly relyingParty: RelyingParty; readonly providerSessions: ProviderSessions };
  readonly draftKeys: KeysParts['draftKeys'];
  readonly keyRate: KeysParts['keyRate'];
  readonly secure: boolean;
  readonly rotateEvery: number | null;
  readonly origin?: string;
  readonly behindProxy?: boolean;
  readonly demo?: boolean;
  readonly pagesDir?: string;
  readonly sdkDir?: string;
}

export function createApp(parts: AppParts): Hono {
  const { ports, doors, endpoints, administration, streams, documentOf, rotateEvery, policySigner } = parts;
  const app = new Hono();
  const siteOf = (c: Context) => ({ origin: originOf(c.req.url, parts.origin) });

  const openid = parts.openid && {
    relyingParty: parts.openid.relyingParty,
    ports: { ...ports, providerSessions: parts.openid.providerSessions },
    door: doors.bank,
    siteOf,
    binds: createBindingCookie(parts),
  };

  const issuer = openid?.relyingParty.issuer;
  app.use(strictHeaders({ secure: parts.secure, issuer }));
  if (openid) app.route('/', openidLogout(openid, endpoints));
  app.use(sameOriginOnly(parts.origin));
  if (parts.behindProxy === true) app.use(trustForwardedFor);
  for (const root of apiRoots) app.use(`${root}/*`, neverStored);

  const mount = (base: string, door: Door, add: (api: Api) => void): void => {
    const api = createApi({ ports, endpoints, door, base });
    add(api);
    app.route(base, api.routes);
  };
  const keys = { store: ports.store, draftKeys: parts.draftKeys, keyRate: parts.keyRate };
  mount('/session', doors.bank, (api) => {
    addSessionCalls(api, { ports, streams, documentOf, door: doors.bank, rotateEvery, siteOf });
    addKeysCalls(api, keys);
    if (openid) addOpenidCalls(api, openid);
  });
  if (openid) app.route('/', openidCallback(openid, endpoints));
  mount('/admin/api/session', doors.admin, (api) => {
    addSessionCalls(api, { ports, streams, documentOf, door: doors.admin, rotateEvery, siteOf });
    addKeysCalls(api, keys);
  });
  mount('/admin/api', doors.admin, (api) => {
    addAdminCalls(api, parts);
    addRulesCalls(api, parts);
  });
  mount('/api', doors.bank, (api) => {
    addBankCalls(api, parts);
    addPasskeyCalls(api, { ports, siteOf });
  });
  if (parts.demo === true) mount('/demo', doors.bank, (api) => addDemoCalls(api, administration));
  for (const root of apiRoots) app.all(`${root}/*`, unknownCall);
  if (policySigner !== undefined)
    app.get(keysPath, (c) => c.json(policySigner.keys(), 200, { 'Cache-Control': 'no-cache' }));
  const pages = issuer === undefined ? parts : { ...parts, provider: { issuer } };
  app.route('/', pageRoutes(pages, dataOf(ports, doors.bank, documentOf)));
  requireOperations(app.routes, { endpoints: endpoints.list(), under: apiRoots, except: [neverStored, unknownCall] });

  app.notFound(async () => problemResponse(notFound, await ports.store.now()));
  app.onError(async (error) => {
    const content = problemOf(error);
    if (content.status === 500) {
      const detail = { error: error.stack ?? error.message };
      ports.audit.record({ event: 'sys_crash', level: 'CRITICAL', userid: null, detail });
    }
    return problemResponse(content, await ports.store.now());
  });
  return app;
}

/** Whose session it is, also while it is locked, and what a peek would answer. Loading a page is no activity. */
const dataOf =
  (ports: AppParts['ports'], door: Door, documentOf: DocumentOf): DataFor =>
  async (c) => {
    try {
      const { session, now } = await admit(ports, claimOf(c, door), admissions.peek, unchanged);
      const { id, username } = session;
      const person = { session: id, username, name: ports.people.find(username)?.name ?? username };
      return { person, session: documentOf(session, now) };
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  };

/** What is under these is never a page, never kept, and each of it names its operation. */
const apiRoots = ['/session', '/admin/api', '/api', '/demo'];

const unknownCall = () => Promise.reject(new Problem(notFound));

const neverStored: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('Cache-Control', 'no-store');
};
