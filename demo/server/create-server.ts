/** The reference server, put together: the only place where its parts meet. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Administration, createAdministration } from './administration/administration.js';
import { createPolicyUpdates } from './administration/policy-updates.js';
import { createApp } from './app.js';
import { type AuditLog, createAuditLog } from './audit/audit-log.js';
import { createAccounts } from './bank/accounts.js';
import { createPayments } from './bank/payments.js';
import { createEndpoints, type Endpoint, routesOf } from './http/endpoints.js';
import { createSessionCookie } from './http/session-cookie.js';
import { createDraftKeys, type DraftKeys } from './keys/draft-keys.js';
import { createRateLimit } from './keys/rate-limit.js';
import { createProviderSessions } from './openid/provider-sessions.js';
import { createRelyingParty, type OpenidOptions } from './openid/relying-party.js';
import { createAttemptLimit } from './people/attempts.js';
import { createPasskeys } from './people/passkeys.js';
import { defaultPasswordCost, type PasswordCost } from './people/password.js';
import { createPeople } from './people/people.js';
import { bankRoles } from './people/rights.js';
import { seededPeople } from './people/seed.js';
import { defaultRules } from './policies/default-rules.js';
import type { PolicySigner } from './policies/policy-signer.js';
import { resolve } from './policies/resolve.js';
import { createRulebook } from './policies/rulebook.js';
import type { Trust } from './policies/trust.js';
import { createExpiry } from './sessions/expiry.js';
import { createMemoryStore } from './sessions/memory-store.js';
import type { SessionStore } from './sessions/store.js';
import { createSessionStreams, type SessionStreams } from './streams/session-streams.js';
import { type Clock, systemClock } from './time/clock.js';
import { minutes } from './time/durations.js';
import { sessionDocument, signedDocument } from './wire/session-document.js';

export interface ServerOptions {
  /** Built pages; left out, there are none. */
  readonly pagesDir?: string;
  /** The built SDK, served under `/dist/`. */
  readonly sdkDir?: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: in memory, by this clock. */
  readonly store?: SessionStore;
  /** The site is reached over HTTPS: cookies are `Secure` and `__Host-`. Default true; false is for loopback only. */
  readonly secure?: boolean;
  /** The origin the site is reached under, such as `https://bank.example`. Default: what each request was sent to. */
  readonly origin?: string;
  /** A proxy stands in front and says in `X-Forwarded-For` whom it serves. Default false: then that header is anybody's. */
  readonly behindProxy?: boolean;
  /** Offers `/demo`: names and passwords to sign in with, and timeouts anybody may set. Default false. */
  readonly demo?: boolean;
  /** Milliseconds after which a busy session gets a new secret. Default: only by re-authentication. */
  readonly rotateEvery?: number;
  /** What a password hash costs. Default: what OWASP recommends. */
  readonly passwordCost?: PasswordCost;
  /** Signs the policies, publishes its keys, and has the pages take no others. Default: they are not signed. */
  readonly policySigner?: PolicySigner;
  /** Trusts an OpenID provider: people sign in there, and prove anew there who they are. Default: nobody's word but one's own. */
  readonly openid?: OpenidOptions;
  /** Whose keys drafts are sealed with. Default: a master key made now; drafts then live as long as this process. */
  readonly draftKeys?: DraftKeys;
  /** Gets each audit entry as a line of JSON. */
  readonly writeAuditLine?: (line: string) => void;
}

export interface ReferenceServer {
  /** For `node:http`. Answers before `start` too, but notices no expiry by itself. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  start(): Promise<void>;
  /** Closes all streams and takes back all alarms. Sessions stay in the store. */
  stop(): Promise<void>;
  readonly administration: Administration;
  readonly audit: AuditLog;
  readonly streams: Pick<SessionStreams, 'count'>;
  /** All calls it answers. */
  readonly endpoints: readonly Endpoint[];
}

/** A page asks once, and once more for each older key: dozens of tabs, or one that is loaded again and again, stay below this. */
const keysAllowed = { allowed: 60, window: minutes(1) } as const;

/** Opens no socket: `listen` does, or whatever wants to stand in front. */
export async function createServer(options: ServerOptions = {}): Promise<ReferenceServer> {
  const { clock = systemClock, secure = true, rotateEvery = null, policySigner } = options;
  const { draftKeys = createDraftKeys() } = options;
  const documentOf = policySigner === undefined ? sessionDocument : signedDocument(policySigner);
  const { store = createMemoryStore(clock), passwordCost = defaultPasswordCost, writeAuditLine } = options;
  const audit = createAuditLog({ clock, ...(writeAuditLine === undefined ? {} : { writeLine: writeAuditLine }) });
  const people = await createPeople(seededPeople, passwordCost);
  const rulebook = createRulebook(defaultRules, await store.now());
  const endpoints = createEndpoints();
  let routes = routesOf([]);
  const circumstances = (username: string) => ({
    rules: rulebook.current().rules,
    routes,
    role: people.find(username)?.role ?? null,
  });
  const policyFor = (trust: Trust) => {
    const { rules, version } = rulebook.current();
    return { ...resolve(rules, trust.contexts, routes).policy, version };
  };
  const ports = {
    store,
    audit,
    people,
    rulebook,
    circumstances,
    policyFor,
    attempts: createAttemptLimit(clock),
    passkeys: createPasskeys(),
  };
  const administration = createAdministration(ports);
  const updates = createPolicyUpdates({ ports, rulebook, administration, clock, routes: () => routes });
  const streams = createSessionStreams({ store, clock, documentOf });
  const expiry = createExpiry({ ...ports, clock });
  const accounts = createAccounts(clock.now);
  const { openid: trusted, ...rest } = options;
  const openid = trusted && {
    relyingParty: createRelyingParty(trusted, clock),
    providerSessions: createProviderSessions(store),
  };
  const app = createApp({
    ...rest,
    ...(openid ? { openid } : {}),
    ports,
    endpoints,
    secure,
    rotateEvery,
    clock,
    documentOf,
    draftKeys,
    keyRate: createRateLimit(clock, keysAllowed),
    administration,
    updates,
    rulebook,
    routes: () => routes,
    streams,
    accounts,
    payments: createPayments(accounts, clock.now),
    doors: {
      bank: { name: 'bank', cookie: createSessionCookie('nightlatch', { secure }), roles: bankRoles },
      admin: { name: 'admin', cookie: createSessionCookie('nightlatch-admin', { secure }), roles: ['admin'] },
    },
  });

  routes = routesOf(endpoints.list());

  return {
    // Without this, the adapter replaces the global Request and Response of the whole process.
    listener: getRequestListener(app.fetch, { overrideGlobalObjects: false }),
    async start() {
      streams.start();
      await expiry.start();
      updates.start();
      audit.record({ event: 'sys_startup', level: 'INFO', userid: null });
    },
    async stop() {
      streams.stop();
      expiry.stop();
      updates.stop();
      audit.record({ event: 'sys_shutdown', level: 'INFO', userid: null });
    },
    administration,
    audit,
    streams,
    endpoints: endpoints.list(),
  };
}
