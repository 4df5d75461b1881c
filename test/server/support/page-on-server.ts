/** A page with the real SDK and its real backend, against the reference server over real HTTP, on one clock that tests move. */
import type { NightlatchEvent } from '../../../src/events.js';
import type { Nightlatch } from '../../../src/latch.js';
import { createNightlatch } from '../../../src/nightlatch.js';
import type { NightlatchOptions } from '../../../src/options.js';
import type { VerifyPolicy } from '../../../src/ports.js';
import { createHttpBackend } from '../../../src/server/http-backend.js';
import { verifyPolicyWith } from '../../../src/server/signed-policy.js';
import { createFakeBrowser, type FakePage } from '../../../src/testing/fake-tabs.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import type { TestServer } from '../start-test-server.js';
import type { Client } from './client.js';

export interface PageOptions {
  readonly server: TestServer;
  /** Whose cookies the page has. */
  readonly client: Client;
  /** Where the session's calls are. Default: the bank's. */
  readonly path?: string;
  /** Whether the page hears of changes by the stream. Default: true. */
  readonly streams?: boolean;
  /** Takes policies that these sign, by the server's keys. */
  readonly signedBy?: { readonly issuer: string; readonly audience: string };
  readonly latch?: Partial<NightlatchOptions>;
}

export interface PageOnServer {
  readonly latch: Nightlatch;
  readonly page: FakePage;
  readonly events: readonly NightlatchEvent[];
  /** How many requests `latch.fetch` has sent. */
  sent(): number;
  /** Sent with every request from now on, such as another `User-Agent`. */
  readonly headers: Map<string, string>;
  /** Whose cookies it has from now on. */
  client: Client;
  /** As the app would call it, with the cookies and without the latch. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Time passes, here and at the server, timer by timer; requests are answered in between. */
  pass(milliseconds: number): Promise<void>;
  /** Time is suddenly later, here and at the server. Nothing is waited for but what is due. */
  jump(milliseconds: number): Promise<void>;
  /** Time passes, as above, until it is so. */
  until(isSo: () => boolean): Promise<void>;
  /** What became of it, with the time that it takes. */
  outcome<T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly problem: unknown }>;
  stop(): void;
}

/** Nothing that the SDK waits for takes longer. */
const PATIENCE = 120_000;

export function openPage({ server, client, path = '/session', streams = true, ...rest }: PageOptions): PageOnServer {
  const clock = createManualClock({ wall: server.clock.now() });
  const headers = new Map<string, string>();
  const events: NightlatchEvent[] = [];
  let underWay = 0;
  /** The server's clock follows the page's: nothing is sent while it is behind. */
  let moving: Promise<void> = Promise.resolve();

  async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    // What has a stream for a body goes on as the test says, and is answered when that has ended.
    const isSlow = init.body instanceof ReadableStream;
    if (!isSlow) underWay += 1;
    try {
      await moving;
      const { cookies } = self.client;
      const all = new Headers(init.headers);
      if (cookies.size > 0) all.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
      all.set('Sec-Fetch-Site', 'same-origin');
      for (const [name, value] of headers) all.set(name, value);
      const response = await fetch(`${server.origin}${String(input)}`, { ...init, headers: all });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      if (/event-stream/.test(response.headers.get('Content-Type') ?? '')) return response;
      // Whole, so that nothing is under way any more once it is answered.
      const body = await response.arrayBuffer();
      const { status } = response;
      return new Response(status === 204 ? null : body, { status, headers: response.headers });
    } finally {
      if (!isSlow) underWay -= 1;
    }
  }

  /** Signatures are verified on another thread: that, too, is waited for. */
  function verifier(signedBy: NonNullable<PageOptions['signedBy']>): VerifyPolicy {
    const verify = verifyPolicyWith('/.well-known/jwks.json', { ...signedBy, fetch: send });
    return async (token, about) => {
      underWay += 1;
      try {
        return await verify(token, about);
      } finally {
        underWay -= 1;
      }
    };
  }

  let sent = 0;
  const browser = createFakeBrowser({
    clock,
    fetch(...request) {
      sent += 1;
      return send(...request);
    },
  });
  const { page } = browser.openTab();
  const { stream, ...calls } = createHttpBackend({ baseUrl: path, fetch: send });
  const latch = createNightlatch(
    {
      name: 'test',
      backend: streams && stream ? { ...calls, stream } : calls,
      onEvent: (event) => events.push(event),
      ...(rest.signedBy && { verifyPolicy: verifier(rest.signedBy) }),
      ...rest.latch,
    },
    page.world,
  );

  /** What waits only for promises, or for the server, has gone on. */
  async function quiet(): Promise<void> {
    for (let turns = 0; turns < 3; turns = underWay === 0 ? turns + 1 : 0) await turn();
  }

  async function pass(milliseconds: number): Promise<void> {
    const until = clock.read().monotonic + milliseconds;
    await quiet();
    for (let isOver = false; !isOver; ) {
      const before = clock.read().monotonic;
      let arrived = (): void => {};
      moving = new Promise((resolve) => {
        arrived = resolve;
      });
      isOver = !clock.step(until - before);
      if (isOver) clock.advance(until - before);
      await server.clock.advance(clock.read().monotonic - before);
      arrived();
      await quiet();
    }
  }

  async function until(isSo: () => boolean): Promise<void> {
    // What comes by the stream comes without a request that could be waited for.
    for (let turns = 0; turns < 200 && !isSo(); turns += 1) await turn();
    for (let waited = 0; !isSo(); waited += 250) {
      if (waited > PATIENCE) throw new Error(`after ${PATIENCE} ms it is still not so`);
      await pass(250);
    }
  }

  async function jump(milliseconds: number): Promise<void> {
    let arrived = (): void => {};
    moving = new Promise((resolve) => {
      arrived = resolve;
    });
    clock.advance(milliseconds);
    await server.clock.advance(milliseconds);
    arrived();
  }

  const self: PageOnServer = {
    latch,
    page,
    events,
    sent: () => sent,
    headers,
    client,
    fetch: send,
    pass,
    jump,
    until,
    async outcome<T>(work: Promise<T>) {
      let is: { readonly value: T } | { readonly problem: unknown } | undefined;
      work.then(
        (value) => {
          is = { value };
        },
        (problem: unknown) => {
          is = { problem };
        },
      );
      await quiet();
      await until(() => is !== undefined);
      return is as NonNullable<typeof is>;
    },
    stop: latch.stop,
  };
  latch.start();
  return self;
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
