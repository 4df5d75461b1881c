/** A server for each test of a file, on a clock that stands still, and a check that nothing of it is left afterwards. */
import { afterEach, beforeEach, expect } from 'vitest';
import { startTestServer, type TestServer, type TestServerOptions } from '../start-test-server.js';
import { type Client, createClient } from './client.js';

export interface ServerPerTest {
  readonly server: TestServer;
  /** A browser of its own, which knows of no session. */
  browser(): Client;
  /** A browser with somebody signed in. */
  signedIn(username?: string): Promise<Client>;
  /** A browser with the administrator signed in. */
  administrator(): Promise<Client>;
}

export function serverPerTest(options: TestServerOptions = {}): ServerPerTest {
  let server: TestServer | undefined;

  beforeEach(async () => {
    server = await startTestServer({ clock: 'stands', ...options });
  });

  afterEach(async () => {
    await running().stop();
    expect(running().clock.alarms(), 'alarms left after the server stopped').toBe(0);
    expect(running().openStreams(), 'streams left after the server stopped').toBe(0);
  });

  function running(): TestServer {
    if (server === undefined) throw new Error('the server runs in tests only');
    return server;
  }

  const browser = (): Client => createClient(running().origin);

  return {
    get server() {
      return running();
    },
    browser,
    async signedIn(username = 'tess') {
      const client = browser();
      await client.signIn(username);
      return client;
    },
    async administrator() {
      const client = browser();
      await client.signIn('root-admin', undefined, '/admin/api/session');
      return client;
    },
  };
}
