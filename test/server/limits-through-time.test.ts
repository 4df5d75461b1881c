/**
 * The instant at which a limit passes or a right is taken away, for what has begun before: a request on its way, a stream that is
 * open, a form that is half filled in. The API denies from that instant, the store has not changed, and the page follows.
 */
import { describe, expect, test } from 'vitest';
import type { OperationView } from '../../src/rules/freshness.js';
import { type Moment, moments, payments, type Scene } from './moments.js';
import type { TestServer } from './start-test-server.js';
import type { Client } from './support/client.js';
import { openPage, type PageOnServer } from './support/page-on-server.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const order = { from: 'acc-1', payee: 'Ann', iban: 'DE89370400440532013000', amount: 10, reference: 'rent' };

interface Before extends Scene {
  readonly page: PageOnServer;
  /** How long before the moment it is, in milliseconds. */
  readonly early: number;
}

/** What a page cannot know of the server's clock it takes for the worse: it refuses a little early, and never this much. */
const doubt = 500;

/** Signed in, with whatever has to be so before, an instant before the moment. */
async function shortlyBefore({ before, comes }: Moment, early = 1): Promise<Before> {
  const { server } = use;
  await before?.(server);
  const client = await use.signedIn('tess');
  const page = openPage({ server, client });
  await page.pass(typeof comes === 'number' ? comes - early : 1_000);
  return { server, client, page, early };
}

/** The moment itself. Where it is a limit nobody is told of it: page and server each see for themselves. */
async function come({ comes }: Moment, { page, early, ...scene }: Before): Promise<void> {
  if (typeof comes === 'number') return page.jump(early);
  await comes(scene);
}

async function payingAccount(client: Client): Promise<typeof order> {
  const { body } = await client.call('GET', '/api/accounts');
  return { ...order, from: body.accounts[0].id };
}

/** How many payments there are, as somebody sees who was there all the time. */
async function paymentsIn(witness: Client): Promise<number> {
  return (await witness.call('GET', '/api/payments')).body.payments.length;
}

/** A body of which the last byte is kept back. */
function heldBody(text: string) {
  let finish = (): void => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text.slice(0, -1)));
      finish = () => {
        controller.enqueue(new TextEncoder().encode(text.slice(-1)));
        controller.close();
      };
    },
  });
  return { body, finish: () => finish() };
}

test('when nothing happens a payment that was on its way is made, so that the refusals below mean something', async () => {
  const client = await use.signedIn('tess');
  const page = openPage({ server: use.server, client });
  await page.pass(1_000);
  const before = await paymentsIn(client);
  const { body, finish } = heldBody(JSON.stringify(await payingAccount(client)));
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, duplex: 'half' };
  const call = page.latch.fetch('/api/payments', init as RequestInit);
  await arrived(use.server, '/api/payments');
  finish();
  expect([(await call).status, await paymentsIn(client)]).toEqual([201, before + 1]);
  page.stop();
});

describe.each(moments.map((moment) => [moment.name, moment] as const))('when %s', (_name, moment) => {
  test('a payment that was on its way is not made, whoever sends it', async () => {
    const scene = await shortlyBefore(moment);
    const { page, client } = scene;
    const witness = await use.signedIn('sam');
    const paying = await payingAccount(client);
    const before = await paymentsIn(witness);
    const { body, finish } = heldBody(JSON.stringify(paying));
    const headers = { 'Content-Type': 'application/json', 'Session-Id': client.sessionId ?? '' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const answered = page.fetch('/api/payments', init);
    await arrived(scene.server, '/api/payments');
    await come(moment, scene);
    finish();
    const response = await answered;
    expect([
      String((await response.json()).type)
        .split('/')
        .at(-1),
      await paymentsIn(witness),
    ]).toEqual([moment.problem, before]);
    page.stop();
  });

  test('a payment that the page was sending ends in the right error', async () => {
    const scene = await shortlyBefore(moment, doubt);
    const { page, client } = scene;
    const witness = await use.signedIn('sam');
    const paying = await payingAccount(client);
    const before = await paymentsIn(witness);
    const { body, finish } = heldBody(JSON.stringify(paying));
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, duplex: 'half' };
    const call = page.latch.fetch('/api/payments', init as RequestInit);
    call.catch(() => undefined);
    await arrived(scene.server, '/api/payments');
    await come(moment, scene);
    finish();
    expect(await page.outcome(call)).toMatchObject({ problem: { code: moment.code } });
    expect([page.sent(), await paymentsIn(witness)]).toEqual([1, before]);
    page.stop();
  });

  test('an open stream says so, or is closed, and no other is opened', async () => {
    const scene = await shortlyBefore(moment);
    const { page, client } = scene;
    const watcher = client.copy();
    const stream = await watcher.stream();
    const first = await stream.next();
    expect(first.event).toBe('session');
    await come(moment, scene);
    if (moment.event === null) {
      await stream.close();
    } else if (moment.event === 'session-revoked') {
      expect((await stream.ended()).at(-1)).toMatchObject({ event: 'session-revoked' });
      expect((await watcher.call('GET', '/session/events')).problem).toBe('session-ended');
    } else {
      // What has happened is said before what came of it.
      let told = await stream.next();
      while (told.event !== 'session') told = await stream.next();
      const { locked_at, policy } = told.data as {
        locked_at: unknown;
        policy: { operations: Record<string, unknown> };
      };
      const rule = policy.operations[payments] as { allow: boolean; acr_values?: string };
      const isTold = locked_at !== null || !rule.allow || rule.acr_values === 'phr';
      expect(isTold).toBe(true);
      await stream.close();
    }
    page.stop();
  });

  test('a form that is half filled in hears of it, and what it sends then is not sent', async () => {
    const scene = await shortlyBefore(moment, doubt);
    const { page } = scene;
    const told: OperationView['state'][] = [];
    const { latch } = page;
    expect(latch.operation(payments).state).toBe('open');
    latch.watchOperation(payments, ({ state }) => told.push(state));
    const { endSignal } = latch;
    await come(moment, scene);
    // Without a moment of the page's own time: a limit it knows, and of the rest it hears at once.
    const before = page.page.world.clock.read().monotonic;
    while (told.length === 0) await turn();
    expect([told, latch.operation(payments).state]).toEqual([[moment.state], moment.state]);
    expect(page.page.world.clock.read().monotonic).toBe(before);
    const call = await page.outcome(latch.fetch('/api/payments', { method: 'POST', body: '{}' }));
    expect(call).toMatchObject({ problem: { code: moment.code } });
    expect([page.sent(), latch.getView().phase, endSignal.aborted]).toEqual([
      0,
      moment.phase,
      moment.phase === 'ended',
    ]);
    page.stop();
  });
});

/** The server has begun to read it. */
async function arrived(server: TestServer, path: string): Promise<void> {
  while (
    !server.requests.some((request) => request.path === path && request.status === null && request.method === 'POST')
  )
    await turn();
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
