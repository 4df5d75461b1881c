/** The instants at which a limit passes or a right is taken away, and what each comes to. */
import type { NightlatchErrorCode } from '../../src/errors.js';
import type { OperationView } from '../../src/rules/freshness.js';
import type { TestServer } from './start-test-server.js';
import type { Client } from './support/client.js';

export interface Scene {
  readonly server: TestServer;
  readonly client: Client;
}

export interface Moment {
  readonly name: string;
  /** Before anybody signs in. */
  readonly before?: (server: TestServer) => Promise<unknown>;
  /** It comes by itself so many milliseconds after the sign-in; or somebody brings it about. */
  readonly comes: number | ((scene: Scene) => Promise<unknown>);
  /** What the API answers from then on. */
  readonly problem: string;
  /** What the page's own calls come to, without a request. */
  readonly code: NightlatchErrorCode;
  readonly state: OperationView['state'];
  readonly phase: 'active' | 'locked' | 'ended';
  /** What the stream says last; null: nothing, for everybody who follows the session has known when. */
  readonly event: 'session' | 'session-revoked' | null;
}

/** The operation that all of them are about. */
export const payments = 'payments:write';

const over = {
  problem: 'session-ended',
  code: 'ERR_SESSION_ENDED',
  state: 'denied',
  event: 'session-revoked',
} as const;
const denied = {
  problem: 'operation-denied',
  code: 'ERR_OPERATION_DENIED',
  state: 'denied',
  phase: 'active',
  event: 'session',
} as const;

export const moments: readonly Moment[] = [
  {
    name: 'the idle limit passes',
    before: (server) => server.setPolicy('teller', { idle_timeout: 60, on_idle: 'end' }),
    comes: 60_000,
    ...over,
    phase: 'ended',
  },
  {
    name: 'the absolute limit passes',
    before: (server) => server.setPolicy('teller', { absolute_timeout: 60 }),
    comes: 60_000,
    ...over,
    phase: 'ended',
  },
  {
    name: 'the idle limit locks',
    before: (server) => server.setPolicy('teller', { idle_timeout: 60, on_idle: 'lock', lock_timeout: null }),
    comes: 60_000,
    problem: 'session-locked',
    code: 'ERR_SESSION_LOCKED',
    state: 'denied',
    phase: 'locked',
    event: 'session',
  },
  {
    name: 'the authentication becomes too old',
    before: (server) => server.setRules([{ name: 'fresh', when: { operation: payments }, set: { max_age: 60 } }]),
    comes: 60_000,
    problem: 'reauthentication-required',
    code: 'ERR_REAUTHENTICATION_REQUIRED',
    state: 'needs-authentication',
    phase: 'active',
    event: null,
  },
  {
    name: 'an administrator ends the session',
    comes: ({ server, client }) => server.endSession(client.sessionId ?? ''),
    ...over,
    phase: 'ended',
  },
  {
    name: 'the risk ends the session',
    comes: ({ server, client }) => server.signal(client.sessionId ?? '', { riskScore: 90 }),
    ...over,
    phase: 'ended',
  },
  {
    name: 'the person is locked out in another tab',
    comes: ({ client }) => client.copy().call('POST', '/session/lock', { body: {} }),
    problem: 'session-locked',
    code: 'ERR_SESSION_LOCKED',
    state: 'denied',
    phase: 'locked',
    event: 'session',
  },
  {
    name: 'a rule takes the right away',
    comes: ({ server }) => server.setRules([{ name: 'closed', when: { operation: payments }, set: { allow: false } }]),
    ...denied,
  },
  {
    name: 'the device takes the right away',
    comes: ({ server, client }) => server.signal(client.sessionId ?? '', { device: 'not-compliant' }),
    ...denied,
  },
  {
    name: 'the person is given another role',
    comes: ({ server }) => server.changeRole('tess', 'auditor'),
    ...denied,
  },
  {
    name: 'a rule asks for a fresh authentication',
    comes: ({ server }) =>
      server.setRules([{ name: 'strong', when: { operation: payments }, set: { acr_values: 'phr' } }]),
    problem: 'reauthentication-required',
    code: 'ERR_REAUTHENTICATION_REQUIRED',
    state: 'needs-authentication',
    phase: 'active',
    event: 'session',
  },
];
