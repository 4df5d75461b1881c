/** Signed policies from the reference server to the page: who stands between may read them, and change nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createPolicySigner, type PolicySigner } from '../../demo/server/policies/policy-signer.js';
import type { JsonObject } from '../../demo/server/wire/json.js';
import { startTestServer, type TestServer } from './start-test-server.js';
import { type Client, createClient } from './support/client.js';
import { unsigned, withLongerIdle, withToken } from './support/forged.js';
import { openPage, type PageOnServer } from './support/page-on-server.js';

const signedBy = { issuer: 'https://bank.example', audience: 'backoffice' };

interface Scene {
  readonly server: TestServer;
  readonly signer: PolicySigner;
  readonly client: Client;
  open(how?: { readonly streams?: boolean; readonly unverified?: true }): PageOnServer;
}

let close: () => Promise<void> = async () => undefined;

async function scene(): Promise<Scene> {
  const signer = createPolicySigner(signedBy);
  const server = await startTestServer({ clock: 'stands', policySigner: signer });
  const client = createClient(server.origin);
  await client.signIn('tess');
  const pages: PageOnServer[] = [];
  close = async () => {
    for (const page of pages) page.stop();
    await server.stop();
  };
  return {
    server,
    signer,
    client,
    open({ streams = true, unverified } = {}) {
      const page = openPage({ server, client, streams, ...(unverified ? {} : { signedBy }) });
      pages.push(page);
      return page;
    },
  };
}

beforeEach(() => () => close());

const idleTimeout = ({ latch }: PageOnServer) => {
  const view = latch.getView();
  return view.phase === 'active' ? view.policy.idleTimeout : view.phase;
};

const rejections = ({ events }: PageOnServer) =>
  events.flatMap((event) => (event.type === 'policy-rejected' ? [event.problem] : []));

describe('a page that takes signed policies only', () => {
  test('opens with the one that the server has signed, and follows its changes', async () => {
    const { server, open } = await scene();
    const page = open();
    await page.until(() => idleTimeout(page) === 900_000);
    await server.clock.advance(0);
    await server.setPolicy('teller', { idle_timeout: 300 });
    await page.until(() => idleTimeout(page) === 300_000);
    expect([rejections(page), server.requests.filter(({ path }) => path === '/.well-known/jwks.json').length]).toEqual([
      [],
      1,
    ]);
  });

  test('finds in no document a policy that is not signed', async () => {
    const { client } = await scene();
    const { body } = await client.call('GET', '/session');
    expect([body.policy, typeof body.policy_token, typeof body.idle_expiry]).toEqual([undefined, 'string', 'number']);
  });

  test('takes a policy by a key that is new to it', async () => {
    const { server, signer, open } = await scene();
    const page = open();
    await page.until(() => idleTimeout(page) === 900_000);
    await page.pass(31_000);
    signer.rotate();
    await server.setPolicy('teller', { idle_timeout: 300 });
    await page.until(() => idleTimeout(page) === 300_000);
    expect(rejections(page)).toEqual([]);
  });

  test('keeps the last good one where somebody on the way puts another in its place', async () => {
    const { server, open } = await scene();
    const page = open({ streams: false });
    await page.until(() => idleTimeout(page) === 900_000);
    server.fault({ rewrite: ({ body, ...head }) => ({ ...head, body: withLongerIdle(body) }) }, ['/session']);
    await page.outcome(page.latch.check());
    expect([idleTimeout(page), rejections(page)]).toEqual([900_000, [expect.stringContaining('signature')]]);
  });

  test('keeps the last good one where somebody on the way takes the signature off', async () => {
    const { server, open } = await scene();
    const page = open({ streams: false });
    await page.until(() => idleTimeout(page) === 900_000);
    server.fault({ rewrite: ({ body, ...head }) => ({ ...head, body: unsigned(body) }) }, ['/session']);
    await page.outcome(page.latch.check());
    expect([idleTimeout(page), rejections(page)]).toEqual([900_000, ['the policy is not signed']]);
  });

  test('keeps the newest where somebody on the way brings an old one again', async () => {
    const { server, client, open } = await scene();
    const page = open({ streams: false });
    await page.until(() => idleTimeout(page) === 900_000);
    const { policy_token: old } = (await client.call('GET', '/session')).body;
    await page.pass(2_000);
    await server.setPolicy('teller', { idle_timeout: 300 });
    await page.outcome(page.latch.check());
    expect(idleTimeout(page)).toBe(300_000);
    server.fault({ rewrite: ({ body, ...head }) => ({ ...head, body: withToken(body, old) }) }, ['/session']);
    await page.outcome(page.latch.check());
    expect([idleTimeout(page), rejections(page)]).toEqual([300_000, [expect.stringContaining('lower')]]);
  });

  test('still takes the end of a session whose policy it does not believe', async () => {
    const { server, client, open } = await scene();
    const page = open({ streams: false });
    await page.until(() => idleTimeout(page) === 900_000);
    server.fault({ rewrite: ({ body, ...head }) => ({ ...head, body: unsigned(body) }) }, ['/session']);
    await server.endSession(client.sessionId ?? '');
    await page.outcome(page.latch.check());
    expect(page.latch.getView()).toMatchObject({ phase: 'ended', reason: 'revoked' });
  });

  test('opens nothing while there are no keys, and opens when there are', async () => {
    const { server, open } = await scene();
    server.fault('down', ['/.well-known']);
    const page = open();
    await page.pass(5_000);
    expect([page.latch.getView().phase, rejections(page).length > 0]).toEqual(['pending', true]);
    server.fault(null);
    await page.until(() => idleTimeout(page) === 900_000);
  });

  test('waits for keys that do not come no longer than for a moment', async () => {
    const { server, open } = await scene();
    server.fault('silent', ['/.well-known']);
    const page = open({ streams: false });
    // Which waits for the keys, too.
    const passing = page.pass(10);
    while (!server.requests.some(({ path }) => path === '/.well-known/jwks.json')) await turn();
    await page.jump(2_100);
    while (rejections(page).length === 0) await turn();
    expect(rejections(page)).toEqual(['the signed policy: the keys did not come in time']);
    await passing;
  });
});

describe('the keys', () => {
  const kids = ({ keys }: JsonObject) => (keys as { kid: string }[]).map(({ kid }) => kid);
  const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
  const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  test('are replaced by time, at the first signature after it, and the one before stays published', () => {
    const signer = createPolicySigner({ ...signedBy, rotateEvery: 60_000 });
    const [first, stillFirst] = [1_000_000, 1_059_999].map((now) => kidOf(signer.sign('s', {}, now)));
    expect(stillFirst).toBe(first);
    const second = kidOf(signer.sign('s', {}, 1_060_000));
    expect(kids(signer.keys())).toEqual([second, first]);
    expect(second).not.toBe(first);
    const third = kidOf(signer.sign('s', {}, 1_200_000));
    expect(kids(signer.keys())).toEqual([third, second]);
  });

  test('may be given: the last one signs, and the others are published still', () => {
    const keys = [newKey(), newKey()];
    const signer = createPolicySigner({ ...signedBy, keys });
    const [last, older] = kids(signer.keys());
    expect(kidOf(signer.sign('s', {}, 0))).toBe(last);
    expect(kids(createPolicySigner({ ...signedBy, keys: keys.slice(0, 1) }).keys())).toEqual([older]);
  });

  test('that sign are never published, only their public halves', () => {
    const [jwk] = createPolicySigner(signedBy).keys()['keys'] as JsonObject[];
    expect(Object.keys(jwk ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

test('a page that cannot verify takes no signed policy, and says why', async () => {
  const { open } = await scene();
  const page = open({ unverified: true });
  await page.until(() => rejections(page).length > 0);
  expect(rejections(page)[0]).toContain('verifyPolicy');
  expect(page.latch.getView().phase).toBe('pending');
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
