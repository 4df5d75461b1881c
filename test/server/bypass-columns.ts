/** All that may be wrong with a call: what is done before it, and what it is then answered. */
import type { Endpoint } from '../../demo/server/http/endpoints.js';
import { resources } from '../../demo/server/people/rights.js';
import { bodyOf, cookieOf, isOperation, pathOf, peopleFor, signInPath } from './bypass-calls.js';
import type { TestServer } from './start-test-server.js';
import { type Answer, type Client, createClient } from './support/client.js';

interface Scene {
  readonly server: TestServer;
  readonly endpoint: Endpoint;
  /** A browser with somebody signed in who may make the call. */
  readonly browser: Client;
}

export async function signedIn(at: TestServer, endpoint: Endpoint): Promise<Client> {
  const browser = createClient(at.origin);
  const { username, password } = peopleFor(endpoint).person;
  await browser.signIn(username, password, signInPath(endpoint));
  return browser;
}

/** The answer of a stream has no end: its head is enough. */
export async function make(endpoint: Endpoint, browser: Client): Promise<Answer> {
  const { method, call } = endpoint;
  const path = pathOf(endpoint);
  if (call === 'stream') {
    const stream = await browser.stream({ path });
    const { status, headers } = stream.response;
    if (status === 200) {
      await stream.close();
      return { status, headers, body: null, problem: undefined };
    }
    await stream.close();
  }
  const body = bodyOf(endpoint);
  return browser.call(method, path, body === undefined ? {} : { body });
}

const admin = async (at: TestServer): Promise<Client> => {
  const browser = createClient(at.origin);
  await browser.signIn('root-admin', undefined, '/admin/api/session');
  return browser;
};

/** A way to come without the right: what is done before, and what the call is then answered. */
interface Column {
  readonly name: string;
  readonly spoil: (scene: Scene) => Promise<Client | undefined>;
  /** Null: the call passes, for it is about just that, or the rules do not touch it. */
  readonly expected: (endpoint: Endpoint) => readonly [status: number, problem: string] | null;
}

const always =
  (status: number, problem: string): Column['expected'] =>
  () => [status, problem];

/** Signing out of what is over is no failure. */
const unlessSignOut =
  (status: number, problem: string): Column['expected'] =>
  ({ call }) =>
    call === 'signOut' ? null : [status, problem];

const ofOperations =
  (status: number, problem: string): Column['expected'] =>
  (endpoint) =>
    isOperation(endpoint) ? [status, problem] : null;

export const columns: readonly Column[] = [
  {
    name: 'no session',
    spoil: async ({ browser }) => void browser.cookies.clear(),
    expected: always(401, 'no-session'),
  },
  {
    name: 'a secret that nobody has',
    spoil: async ({ browser, endpoint }) => void browser.cookies.set(cookieOf(endpoint), 'A'.repeat(43)),
    expected: always(401, 'no-session'),
  },
  {
    name: 'a session of the other door',
    spoil: async ({ server: at, endpoint }) => {
      const other = createClient(at.origin);
      const [username, path, cookie] =
        endpoint.door === 'admin'
          ? ['sam', '/session', 'nightlatch']
          : ['root-admin', '/admin/api/session', 'nightlatch-admin'];
      await other.signIn(username, undefined, path);
      other.cookies.set(cookieOf(endpoint), other.cookies.get(cookie) ?? '');
      return other;
    },
    expected: always(401, 'no-session'),
  },
  {
    name: 'signed out',
    spoil: async ({ browser, endpoint }) => void (await browser.call('DELETE', signInPath(endpoint))),
    expected: unlessSignOut(401, 'session-ended'),
  },
  {
    name: 'revoked',
    spoil: async ({ server: at, browser }) => void (await at.endSession(browser.sessionId ?? '')),
    expected: unlessSignOut(401, 'session-ended'),
  },
  {
    name: 'past the idle limit',
    spoil: async ({ server: at, endpoint }) => {
      const { role } = peopleFor(endpoint).person;
      await at.setPolicy(role, { on_idle: 'end', idle_timeout: 60 });
      const browser = await signedIn(at, endpoint);
      await at.clock.advance(60_000);
      return browser;
    },
    expected: unlessSignOut(401, 'session-ended'),
  },
  {
    name: 'past the absolute limit',
    spoil: async ({ server: at, endpoint }) => {
      await at.setPolicy(peopleFor(endpoint).person.role, { absolute_timeout: 60 });
      const browser = await signedIn(at, endpoint);
      await at.clock.advance(60_000);
      return browser;
    },
    expected: unlessSignOut(401, 'session-ended'),
  },
  {
    name: 'locked',
    spoil: async ({ browser, endpoint }) =>
      void (await browser.call('POST', `${signInPath(endpoint)}/lock`, { body: {} })),
    expected: ({ call }) =>
      call === 'peek' ||
      call === 'stream' ||
      call === 'lock' ||
      call === 'reauthenticate' ||
      call === 'passkeyOptions' ||
      call === 'signOut'
        ? null
        : [401, 'session-locked'],
  },
  {
    name: 'locked by the idle limit, unnoticed',
    spoil: async ({ server: at, browser, endpoint }) => {
      const { role } = peopleFor(endpoint).person;
      await at.setPolicy(role, { on_idle: 'lock', idle_timeout: 60, lock_timeout: null });
      await at.clock.advance(60_000);
      return browser;
    },
    expected: ({ call }) =>
      call === 'peek' ||
      call === 'stream' ||
      call === 'lock' ||
      call === 'reauthenticate' ||
      call === 'passkeyOptions' ||
      call === 'signOut'
        ? null
        : [401, 'session-locked'],
  },
  {
    name: 'an authentication that is too old',
    spoil: async ({ server: at }) => {
      await at.setRules([{ name: 'fresh', set: { max_age: 30 } }]);
      await at.clock.advance(30_000);
      return undefined;
    },
    expected: ofOperations(401, 'reauthentication-required'),
  },
  {
    name: 'an authentication of another kind',
    spoil: async ({ server: at }) => void (await at.setRules([{ name: 'strong', set: { acr_values: 'phr' } }])),
    expected: ofOperations(401, 'reauthentication-required'),
  },
  {
    name: 'nobody there for longer than the operation bears, though somebody is there again',
    spoil: async ({ server: at, browser, endpoint }) => {
      await at.setRules([{ name: 'attended', when: { resource: resources }, set: { idle_timeout: 30 } }]);
      await at.clock.advance(30_000);
      await browser.call('POST', `${signInPath(endpoint)}/touch`, { body: { idle_for: 0 } });
      return undefined;
    },
    expected: ofOperations(401, 'reauthentication-required'),
  },
  {
    name: 'past the absolute limit of the operation',
    spoil: async ({ server: at }) => {
      await at.setRules([{ name: 'early', when: { resource: resources }, set: { absolute_timeout: 30 } }]);
      await at.clock.advance(30_000);
      return undefined;
    },
    expected: ofOperations(403, 'operation-denied'),
  },
  {
    name: 'denied by a rule',
    spoil: async ({ server: at }) => void (await at.setRules([{ name: 'closed', set: { allow: false } }])),
    expected: ofOperations(403, 'operation-denied'),
  },
  {
    name: 'denied at this risk',
    spoil: async ({ server: at, browser }) => {
      await at.setRules([{ name: 'careful', when: { risk: 'MEDIUM' }, set: { allow: false } }]);
      await at.signal(browser.sessionId ?? '', { riskScore: 50 });
      return undefined;
    },
    expected: ofOperations(403, 'operation-denied'),
  },
  {
    name: 'demoted in the middle of the session',
    spoil: async ({ server: at, endpoint }) => {
      const { person, other } = peopleFor(endpoint);
      if (other === undefined) return undefined;
      const root = await admin(at);
      await root.call('POST', `/admin/api/people/${person.username}/role`, { body: { role: other.role } });
      return undefined;
    },
    expected: (endpoint) => (peopleFor(endpoint).other === undefined ? null : [403, 'operation-denied']),
  },
  {
    name: 'moved to the other door in the middle of the session',
    spoil: async ({ server: at, endpoint }) => {
      await at.changeRole(peopleFor(endpoint).person.username, endpoint.door === 'admin' ? 'teller' : 'admin');
      return undefined;
    },
    expected: unlessSignOut(401, 'session-ended'),
  },
  {
    name: 'a role that never had the right',
    spoil: async ({ server: at, endpoint }) => {
      const { other } = peopleFor(endpoint);
      if (other === undefined) return undefined;
      const browser = createClient(at.origin);
      await browser.signIn(other.username, other.password, signInPath(endpoint));
      return browser;
    },
    expected: (endpoint) => (peopleFor(endpoint).other === undefined ? null : [403, 'operation-denied']),
  },
  {
    name: 'a superseded secret',
    spoil: async ({ browser, endpoint }) => {
      const old = browser.copy();
      await browser.call('POST', `${signInPath(endpoint)}/reauthenticate`, {
        body: { method: 'password', password: peopleFor(endpoint).person.password },
      });
      await browser.call('GET', signInPath(endpoint));
      return old;
    },
    expected: ({ call }) => (call === 'signOut' ? null : [401, 'session-rotated']),
  },
  {
    name: 'another session named',
    spoil: async ({ server: at, browser, endpoint }) => {
      browser.sessionId = (await signedIn(at, endpoint)).sessionId;
      return undefined;
    },
    expected: ({ call }) => (call === 'peek' ? null : [409, 'session-mismatch']),
  },
  {
    name: 'no session named',
    spoil: async ({ browser }) => {
      browser.sessionId = null;
      return undefined;
    },
    expected: ({ call }) => (call === 'peek' || call === 'read' ? null : [400, 'invalid-request']),
  },
  {
    name: 'another device, where a rule demands an authentication',
    spoil: async ({ server: at, browser }) => {
      await at.setRules([{ name: 'this browser only', when: { changed: 'device' }, set: { at_once: 'lock' } }]);
      return browser.copy({ 'User-Agent': 'Thief/1.0' });
    },
    expected: ({ call }) =>
      call === 'peek' ||
      call === 'stream' ||
      call === 'lock' ||
      call === 'reauthenticate' ||
      call === 'passkeyOptions' ||
      call === 'signOut'
        ? null
        : [401, 'session-locked'],
  },
  {
    name: 'another device, where a rule ends the session',
    spoil: async ({ server: at, browser }) => {
      await at.setRules([{ name: 'this browser only', when: { changed: 'device' }, set: { at_once: 'end' } }]);
      return browser.copy({ 'User-Agent': 'Thief/1.0' });
    },
    expected: unlessSignOut(401, 'session-ended'),
  },
  {
    name: 'another site',
    spoil: async ({ browser }) => browser.copy({ 'Sec-Fetch-Site': 'cross-site' }),
    // Reading is harmless to others' pages, which cannot see the answer; keys are given to none but our own.
    expected: ({ method, call }) => (method === 'GET' && call !== 'keys' ? null : [403, 'cross-site']),
  },
];
