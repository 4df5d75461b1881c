/** The reference server in this process, with its clock, its policies and its faults in the test's hands. */
import type { RequestListener } from 'node:http';
import type { AuditEntry } from '../../demo/server/audit/audit-log.js';
import { createServer } from '../../demo/server/create-server.js';
import type { Endpoint } from '../../demo/server/http/endpoints.js';
import type { DraftKeys } from '../../demo/server/keys/draft-keys.js';
import { listen } from '../../demo/server/listen.js';
import type { OpenidOptions } from '../../demo/server/openid/relying-party.js';
import type { Role } from '../../demo/server/people/rights.js';
import type { PolicySigner } from '../../demo/server/policies/policy-signer.js';
import { rulesChanged } from '../../demo/server/policies/rulebook.js';
import type { Signals } from '../../demo/server/policies/trust.js';
import { sessionRow } from '../../demo/server/wire/admin-codec.js';
import type { JsonObject } from '../../demo/server/wire/json.js';
import { readPolicyChange } from '../../demo/server/wire/policy-codec.js';
import { readRules } from '../../demo/server/wire/rule-codec.js';
import { createFaults, type Fault } from './support/faults.js';
import { createMovableClock, type MovableClock } from './support/movable-clock.js';

export interface TestServerOptions {
  /** Built pages and the built SDK, where a browser needs them. */
  readonly pagesDir?: string;
  readonly sdkDir?: string;
  /** `runs` with the machine's time, which browsers need, or `stands` until it is advanced. Default: `runs`. */
  readonly clock?: 'runs' | 'stands';
  /** Default: any free one. */
  readonly port?: number;
  /** `Secure`, `__Host-` cookies, as behind HTTPS. Default: false. */
  readonly secure?: boolean;
  readonly origin?: string;
  /** Takes the address of a request from `X-Forwarded-For`. */
  readonly behindProxy?: boolean;
  /** Milliseconds between periodic rotations of a secret. Default: none. */
  readonly rotateEvery?: number;
  /** Default: policies are not signed. */
  readonly policySigner?: PolicySigner;
  /** Default: a master key of its own. */
  readonly draftKeys?: DraftKeys;
  /** Trusts an OpenID provider. Default: none. */
  readonly openid?: OpenidOptions;
  /** Default: true. */
  readonly demo?: boolean;
  /** Stands in front of everything; what it answers itself is not logged. */
  readonly inFront?: (listener: RequestListener) => RequestListener;
}

export interface LoggedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** When it came, by the server's clock, in milliseconds. */
  readonly at: number;
  /** Null while it is unanswered, and for ever if it stays so. */
  readonly status: number | null;
}

export interface TestServer {
  /** `http://localhost:PORT` */
  readonly origin: string;
  readonly clock: MovableClock;
  /** Changes a role's policy as an administrator would: wire names, seconds. */
  setPolicy(role: Role, change: JsonObject): Promise<void>;
  /** Adds or replaces rules, as they are on the wire. */
  setRules(rules: readonly JsonObject[]): Promise<void>;
  /** Says of a session what an administrator would, or a risk engine. */
  signal(id: string, signals: Partial<Signals>): Promise<boolean>;
  /** Gives a person another role. */
  changeRole(username: string, role: Role): Promise<boolean>;
  /** Ends a session as an administrator would; false if it was over. */
  endSession(id: string, reason?: string): Promise<boolean>;
  /** The live sessions, newest first, as the admin API lists them. */
  sessions(): Promise<readonly JsonObject[]>;
  openStreams(sessionId?: string): number;
  /** All calls it answers. */
  readonly endpoints: readonly Endpoint[];
  /** All requests so far, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** The audit log, oldest first. */
  audit(): readonly AuditEntry[];
  /** Makes the server misbehave. Default paths: all but the pages. */
  fault(fault: Fault, paths?: readonly string[]): void;
  stop(): Promise<void>;
}

/** Weak on purpose: what is tested is not scrypt. */
export const cheapPasswords = { N: 2 ** 4, r: 1, p: 1 };

const apiPaths = ['/session', '/api', '/admin/api', '/demo', '/.well-known'];

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { clock: kind = 'runs', port = 0, secure = false, demo = true, inFront = (all) => all, ...rest } = options;
  const clock = createMovableClock({ runs: kind === 'runs' });
  const server = await createServer({ ...rest, clock, secure, demo, passwordCost: cheapPasswords });
  const faults = createFaults(server.listener, apiPaths);
  const requests: LoggedRequest[] = [];
  await server.start();
  const listening = await listen(inFront(logged(faults.listener, requests, clock)), { host: 'localhost', port });
  const { administration, audit, streams, endpoints } = server;

  return {
    origin: `http://localhost:${listening.port}`,
    clock,
    async setPolicy(role, change) {
      await administration.changePolicy(role, readPolicyChange(change));
    },
    async setRules(rules) {
      const change = { put: readRules(rules, 'rules'), remove: [] };
      await administration.publish((current) => rulesChanged(current, change), { by: 'system', reason: null });
    },
    signal: administration.signal,
    changeRole: administration.changeRole,
    endSession: (id, reason = 'revoked') => administration.end(id, { reason }),
    async sessions() {
      const sessions = await administration.liveSessions();
      return sessions.map((session) => sessionRow(session, { streams: streams.count(session.id), current: false }));
    },
    openStreams: (sessionId) => streams.count(sessionId),
    endpoints,
    requests,
    audit: () => [...audit.recent(Number.MAX_SAFE_INTEGER)].reverse(),
    fault: faults.set,
    async stop() {
      await server.stop();
      await listening.close();
    },
  };
}

function logged(listener: RequestListener, requests: LoggedRequest[], clock: MovableClock): RequestListener {
  return (request, response) => {
    requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      at: clock.now(),
      get status() {
        return response.headersSent ? response.statusCode : null;
      },
    });
    listener(request, response);
  };
}
