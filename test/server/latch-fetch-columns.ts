/** All ways to come through `latch.fetch` without the right, and the error that each has to be. */
import type { Endpoint } from '../../demo/server/http/endpoints.js';
import { resources } from '../../demo/server/people/rights.js';
import type { NightlatchErrorCode } from '../../src/errors.js';
import type { NightlatchOptions } from '../../src/options.js';
import { cookieOf, isOperation, peopleFor, signInPath } from './bypass-calls.js';
import type { TestServer } from './start-test-server.js';
import { type Client, createClient } from './support/client.js';
import type { PageOnServer } from './support/page-on-server.js';

interface Scene {
  readonly server: TestServer;
  readonly endpoint: Endpoint;
  /** A browser with somebody signed in who may make the call. */
  readonly client: Client;
  readonly page: PageOnServer;
  /** Time passes: for both, or where the page is to notice nothing, for the server alone. */
  readonly elapse: (milliseconds: number) => Promise<void>;
}

/** Null: the call passes, for it is about just that, or the rules do not touch it. */
type Expected = (endpoint: Endpoint) => NightlatchErrorCode | null;

/** A way to come without the right. */
export interface Way {
  readonly name: string;
  readonly latch?: Partial<NightlatchOptions>;
  /** Before the page opens. */
  readonly before?: (scene: Pick<Scene, 'server' | 'endpoint' | 'client'>) => Promise<unknown> | void;
  readonly spoil: (scene: Scene) => Promise<unknown> | void;
  /** The page knows of it: nothing is sent. Left out: it cannot know. */
  readonly known?: Expected;
  /** The page has not heard of it: the server says so, to one request. Left out: it must know. */
  readonly unnoticed?: Expected;
}

const always =
  (code: NightlatchErrorCode): Expected =>
  () =>
    code;

const ofOperations =
  (code: NightlatchErrorCode): Expected =>
  (endpoint) =>
    isOperation(endpoint) ? code : null;

/** Signing out of what is over is no failure. */
const unlessSignOut =
  (code: NightlatchErrorCode): Expected =>
  ({ call }) =>
    call === 'signOut' ? null : code;

const passWhileLocked: readonly Endpoint['call'][] = [
  'peek',
  'stream',
  'lock',
  'reauthenticate',
  'passkeyOptions',
  'signOut',
];

const unlessOfTheLock: Expected = ({ call }) => (passWhileLocked.includes(call) ? null : 'ERR_SESSION_LOCKED');

const ofOthers =
  (code: NightlatchErrorCode): Expected =>
  (endpoint) =>
    peopleFor(endpoint).other === undefined ? null : code;

const ended = always('ERR_SESSION_ENDED');
const locked = always('ERR_SESSION_LOCKED');
const endedUnlessSignOut = unlessSignOut('ERR_SESSION_ENDED');

const signInAs = async (client: Client, endpoint: Endpoint, who: { username: string; password: string }) =>
  client.signIn(who.username, who.password, signInPath(endpoint));

const needsAgain = {
  before: ({ server }: Pick<Scene, 'server'>) => server.setRules([{ name: 'fresh', set: { max_age: 30 } }]),
  spoil: ({ elapse }: Scene) => elapse(30_000),
};

export const ways: readonly Way[] = [
  {
    name: 'nobody signed in',
    before: ({ client }) => client.cookies.clear(),
    spoil: () => undefined,
    known: ended,
  },
  {
    name: 'a server that says nothing, to a page that has just come',
    before: ({ server }) => server.fault('down'),
    spoil: () => undefined,
    known: always('ERR_BACKEND_UNREACHABLE'),
  },
  {
    name: 'cookies that are gone',
    spoil: ({ client }) => client.cookies.clear(),
    known: ended,
    unnoticed: ended,
  },
  {
    name: 'a secret that nobody has',
    spoil: ({ client, endpoint }) => void client.cookies.set(cookieOf(endpoint), 'A'.repeat(43)),
    known: ended,
    unnoticed: ended,
  },
  {
    name: 'a session that was signed out here',
    spoil: ({ page }) => page.outcome(page.latch.signOut()),
    known: ended,
  },
  {
    name: 'a session that was signed out elsewhere',
    spoil: ({ client, endpoint }) => client.copy().call('DELETE', signInPath(endpoint)),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a session that was revoked',
    spoil: ({ server, client }) => server.endSession(client.sessionId ?? ''),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a session past the idle limit',
    before: ({ server, endpoint }) =>
      server.setPolicy(peopleFor(endpoint).person.role, { on_idle: 'end', idle_timeout: 60 }),
    spoil: ({ elapse }) => elapse(60_000),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a session past the idle limit of which it was told while it was open',
    spoil: async ({ server, endpoint, elapse }) => {
      await server.setPolicy(peopleFor(endpoint).person.role, { on_idle: 'end', idle_timeout: 60 });
      await elapse(60_000);
    },
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a session past the absolute limit',
    before: ({ server, endpoint }) => server.setPolicy(peopleFor(endpoint).person.role, { absolute_timeout: 60 }),
    spoil: ({ elapse }) => elapse(60_000),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a session that was locked here',
    spoil: ({ page }) => void page.latch.lock(),
    known: locked,
  },
  {
    name: 'a session that was locked elsewhere',
    spoil: ({ client, endpoint }) => client.copy().call('POST', `${signInPath(endpoint)}/lock`, { body: {} }),
    known: locked,
    unnoticed: unlessOfTheLock,
  },
  {
    name: 'a session locked by the idle limit',
    before: ({ server, endpoint }) =>
      server.setPolicy(peopleFor(endpoint).person.role, { on_idle: 'lock', idle_timeout: 60, lock_timeout: null }),
    spoil: ({ elapse }) => elapse(60_000),
    known: locked,
    unnoticed: unlessOfTheLock,
  },
  {
    name: 'an authentication that is too old, and no way to ask',
    ...needsAgain,
    known: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
    unnoticed: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
  },
  {
    name: 'an authentication that is too old by a rule made meanwhile',
    spoil: async ({ server, elapse }) => {
      await elapse(30_000);
      await server.setRules([{ name: 'fresh', set: { max_age: 30 } }]);
    },
    known: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
    unnoticed: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
  },
  {
    name: 'an authentication that is too old, and a person who says no',
    latch: { reauthenticate: () => Promise.reject(new DOMException('no', 'AbortError')) },
    ...needsAgain,
    known: ofOperations('ERR_REAUTHENTICATION_CANCELLED'),
    unnoticed: ofOperations('ERR_REAUTHENTICATION_CANCELLED'),
  },
  {
    name: 'an authentication that is too old, and an app that claims a new one',
    latch: { reauthenticate: () => Promise.resolve() },
    ...needsAgain,
    known: ofOperations('ERR_REAUTHENTICATION_FAILED'),
    unnoticed: ofOperations('ERR_REAUTHENTICATION_FAILED'),
  },
  {
    name: 'an authentication of another kind',
    spoil: ({ server }) => server.setRules([{ name: 'strong', set: { acr_values: 'phr' } }]),
    known: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
    unnoticed: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
  },
  {
    name: 'nobody there for longer than the operation bears, and somebody there again',
    before: ({ server }) =>
      server.setRules([{ name: 'attended', when: { resource: resources }, set: { idle_timeout: 30 } }]),
    async spoil({ page, client, endpoint, elapse }) {
      await elapse(30_000);
      // In this page nobody knows of it, and elsewhere the server does: an act opens nothing.
      await client.copy().call('POST', `${signInPath(endpoint)}/touch`, { body: { idle_for: 0 } });
      page.latch.noteActivity();
    },
    known: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
    unnoticed: ofOperations('ERR_REAUTHENTICATION_REQUIRED'),
  },
  {
    name: 'an operation past its own absolute limit',
    before: ({ server }) =>
      server.setRules([{ name: 'early', when: { resource: resources }, set: { absolute_timeout: 30 } }]),
    spoil: ({ elapse }) => elapse(30_000),
    known: ofOperations('ERR_OPERATION_DENIED'),
    unnoticed: ofOperations('ERR_OPERATION_DENIED'),
  },
  {
    name: 'a right that a rule takes away',
    spoil: ({ server }) => server.setRules([{ name: 'closed', set: { allow: false } }]),
    known: ofOperations('ERR_OPERATION_DENIED'),
    unnoticed: ofOperations('ERR_OPERATION_DENIED'),
  },
  {
    name: 'a right that the risk takes away',
    before: ({ server }) => server.setRules([{ name: 'careful', when: { risk: 'MEDIUM' }, set: { allow: false } }]),
    spoil: ({ server, client }) => server.signal(client.sessionId ?? '', { riskScore: 50 }),
    known: ofOperations('ERR_OPERATION_DENIED'),
    unnoticed: ofOperations('ERR_OPERATION_DENIED'),
  },
  {
    name: 'a risk that ends the session',
    spoil: ({ server, client }) => server.signal(client.sessionId ?? '', { riskScore: 90 }),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a role that was taken away',
    spoil: async ({ server, endpoint }) => {
      const { person, other } = peopleFor(endpoint);
      if (other !== undefined) await server.changeRole(person.username, other.role);
    },
    known: ofOthers('ERR_OPERATION_DENIED'),
    unnoticed: ofOthers('ERR_OPERATION_DENIED'),
  },
  {
    name: 'a role of the other door',
    spoil: ({ server, endpoint }) =>
      server.changeRole(peopleFor(endpoint).person.username, endpoint.door === 'admin' ? 'teller' : 'admin'),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
  {
    name: 'a role that never had the right',
    before: async ({ client, endpoint }) => {
      const { other } = peopleFor(endpoint);
      if (other !== undefined) await signInAs(client, endpoint, other);
    },
    spoil: () => undefined,
    known: ofOthers('ERR_OPERATION_DENIED'),
  },
  {
    name: 'a superseded secret',
    spoil: async ({ client, endpoint, page }) => {
      const old = client.copy();
      const path = signInPath(endpoint);
      const { password } = peopleFor(endpoint).person;
      await client.call('POST', `${path}/reauthenticate`, { body: { method: 'password', password } });
      await client.call('GET', path);
      page.client = old;
    },
    // Nothing says whether the session is open.
    unnoticed: unlessSignOut('ERR_BACKEND_UNREACHABLE'),
  },
  {
    name: 'the session of another person in this browser',
    spoil: async ({ server, endpoint, page }) => {
      const { person, other } = peopleFor(endpoint);
      page.client = createClient(server.origin);
      // Where all may do it, whoever comes is another person all the same.
      if (other !== undefined) await signInAs(page.client, endpoint, other);
      else if (endpoint.door === 'bank')
        await page.client.signIn(person.username === 'sam' ? 'tess' : 'sam', undefined, '/session');
      else await signInAs(page.client, endpoint, person);
    },
    unnoticed: ({ call }) => (call === 'peek' ? null : 'ERR_SESSION_MISMATCH'),
  },
  {
    name: 'another session of the same person in this browser',
    spoil: async ({ server, endpoint, page }) => {
      page.client = createClient(server.origin);
      await signInAs(page.client, endpoint, peopleFor(endpoint).person);
    },
    unnoticed: ({ call }) => (call === 'peek' ? null : 'ERR_SESSION_MISMATCH'),
  },
  {
    name: 'another device, where a rule demands an authentication',
    before: ({ server }) =>
      server.setRules([{ name: 'this browser only', when: { changed: 'device' }, set: { at_once: 'lock' } }]),
    spoil: ({ page }) => void page.headers.set('User-Agent', 'Thief/1.0'),
    known: locked,
    unnoticed: unlessOfTheLock,
  },
  {
    name: 'another device, where a rule ends the session',
    before: ({ server }) =>
      server.setRules([{ name: 'this browser only', when: { changed: 'device' }, set: { at_once: 'end' } }]),
    spoil: ({ page }) => void page.headers.set('User-Agent', 'Thief/1.0'),
    known: ended,
    unnoticed: endedUnlessSignOut,
  },
];
