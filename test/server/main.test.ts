/** Starting the demo as people do: `node --import tsx demo/server/main.ts`. */

import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createPolicySigner } from '../../demo/server/policies/policy-signer.js';
import { createClient } from './support/client.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let main: ChildProcess | undefined;

afterEach(() => {
  main?.kill('SIGKILL');
});

/** Starts it and waits for the line that says where it is. */
async function started(
  environment: Record<string, string>,
  ...asked: readonly string[]
): Promise<{ origin: string; said: () => string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/server/main.ts', ...asked], {
    cwd: root,
    env: { ...process.env, PAGES_DIR: '/nowhere', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  main = child;
  let said = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    const origin = /^Nightlatch demo: (http:\/\/[^/]+)\/$/m.exec(said)?.[1];
    if (origin !== undefined) return { origin, said: () => said };
  }
  throw new Error(`it ended, having said: ${said}`);
}

async function occupied(port: number, host = 'localhost'): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

describe('the demo', () => {
  test('says where it is, serves there, keeps its log, and on SIGTERM closes its streams and ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightlatch-audit-'));
    const auditFile = join(folder, 'audit.jsonl');
    const { origin } = await started({ PORT: '0', AUDIT_FILE: auditFile });
    const browser = createClient(origin);
    await browser.signIn('tess');
    expect([...browser.cookies.keys()]).toEqual(['nightlatch']);
    expect((await browser.call('GET', '/demo/people')).status).toBe(200);
    const stream = await browser.stream();
    await stream.next();
    const exit = once(main as ChildProcess, 'exit'); // `started` has set it
    main?.kill('SIGTERM');
    expect(await stream.ended()).toEqual([]);
    expect(await exit).toEqual([0, null]);
    const lines = readFileSync(auditFile, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).event)).toEqual([
      'sys_startup',
      'authn_login_success',
      'session_created',
      'sys_shutdown',
    ]);
    rmSync(folder, { recursive: true });
  });

  test('takes the next free port where the one it wants is taken', async () => {
    const first = await occupied(0);
    const { port } = first.address() as AddressInfo; // it listens on a port
    const { origin } = await started({ PORT: String(port) });
    first.close();
    expect(Number(new URL(origin).port)).toBeGreaterThan(port);
  });

  test('signs its policies where it is asked to, by the keys that it is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightlatch-keys-'));
    const files = ['old.pem', 'new.pem'].map((name) => join(folder, name));
    const keys = files.map((file) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      return privateKey;
    });
    const { origin } = await started({ PORT: '0', POLICY_KEYS: files.join(', ') }, '--sign-policies');
    const browser = createClient(origin);
    const { policy, policy_token: token } = await browser.signIn('tess');
    expect([policy, String(token).split('.')]).toEqual([
      undefined,
      [expect.any(String), expect.any(String), expect.any(String)],
    ]);
    const { body } = await browser.call('GET', '/.well-known/jwks.json');
    expect(body).toEqual(createPolicySigner({ issuer: '-', audience: '-', keys }).keys());
    rmSync(folder, { recursive: true });
  });

  test('does not start with a key that lasts less long than pages take to learn of the next', async () => {
    const environment = { PORT: '0', POLICY_KEY_EVERY: '20' };
    await expect(started(environment, '--sign-policies')).rejects.toThrow('it ended, having said');
  });

  test('listens on loopback only, unless told otherwise, and is then no demo', async () => {
    const { origin } = await started({ PORT: '0', HOST: '0.0.0.0' });
    const local = origin.replace('0.0.0.0', '127.0.0.1');
    const browser = createClient(local);
    await browser.signIn('tess');
    expect([...browser.cookies.keys()]).toEqual(['__Host-nightlatch']);
    expect((await browser.call('GET', '/demo/people')).status).toBe(404);
  });

  test('starts an OpenID provider beside it where it is told to, and trusts it', async () => {
    const port = await occupied(0, '127.0.0.1');
    const taken = (port.address() as AddressInfo).port; // it listens on a port
    const { origin, said } = await started({ PORT: '0', OIDC_PORT: String(taken) }, '--oidc');
    port.close();
    const issuer = /^OpenID provider: (http:\/\/127\.0\.0\.1:\d+)\/$/m.exec(said())?.[1];
    const browser = createClient(origin);
    const { body } = await browser.call('GET', '/session/openid');
    expect(body.issuer).toBe(issuer);
    const begun = await browser.call('POST', '/session/openid', { body: { state: 'page' } });
    expect(new URL(begun.body.url).origin).toBe(issuer);
    // It knows the bank, and where to lead people back to: else it would say so, and not ask who it is.
    const asked = await fetch(begun.body.url, { redirect: 'manual' });
    expect(asked.headers.get('Location')).toMatch(/^\/interaction\//);
  });

  test('knows of no provider without that', async () => {
    const { origin, said } = await started({ PORT: '0' });
    expect(said()).not.toContain('OpenID');
    expect((await createClient(origin).call('GET', '/session/openid')).status).toBe(404);
  });
});
