/** The built pages and the SDK as browsers get them: files, headers, content security policy. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createPolicySigner } from '../../demo/server/policies/policy-signer.js';
import { serverPerTest } from './support/server-per-test.js';

const folder = mkdtempSync(join(tmpdir(), 'nightlatch-pages-'));
const files: Readonly<Record<string, string>> = {
  'pages/app/index.html': '<!doctype html><html><head><title>bank</title></head><body></body></html>',
  'pages/app/assets/app.js': 'export {}',
  'pages/app/assets/app.css': 'body{}',
  'pages/admin/index.html': '<!doctype html><html><head><title>admin</title></head></html>',
  'pages/admin/assets/admin.js': 'export {}',
  'pages/script-tag/index.html': `<!doctype html><title>script tag</title>
<script src="nightlatch.js" data-backend="/session" data-sign-in="/"></script>
<pre>&lt;script
  data-backend="/session"&gt;</pre>`,
  'pages/tokens/index.html': '<!doctype html><html><head><title>tokens</title></head></html>',
  'pages/tokens/callback.html': '<!doctype html><html><head><title>callback</title></head></html>',
  'dist/nightlatch.global.js': 'var nightlatch',
  'dist/nightlatch.global.js.map': '{"version":3}',
  'secret.txt': 'outside',
};
for (const [path, content] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
afterAll(() => rmSync(folder, { recursive: true }));

const use = serverPerTest({ pagesDir: join(folder, 'pages'), sdkDir: join(folder, 'dist') });
const get = (path: string, headers: Record<string, string> = {}) => use.browser().call('GET', path, { headers });

describe('pages', () => {
  test.each([
    ['/', 'bank', 'text/html'],
    ['/payments/new', 'bank', 'text/html'],
    ['/assets/app.js', 'export {}', 'text/javascript'],
    ['/assets/app.css', 'body{}', 'text/css'],
    ['/admin/', 'admin', 'text/html'],
    ['/admin/assets/admin.js', 'export {}', 'text/javascript'],
    ['/script-tag/', 'script tag', 'text/html'],
    ['/dist/nightlatch.global.js', 'var nightlatch', 'text/javascript'],
    ['/dist/nightlatch.global.js.map', 'version', 'application/json'],
  ])('%s is served as what it is', async (path, content, type) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toContain(type);
    expect(JSON.stringify(body)).toContain(content);
  });

  test.each(['/assets/none.js', '/dist/none.js', '/none.html', '/..%2fsecret.txt', '/dist/..%2f..%2fsecret.txt'])(
    '%s is not there',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(JSON.stringify(answer.body)).not.toContain('outside');
    },
  );

  test.each([
    ['/admin', '/admin/'],
    ['/script-tag', '/script-tag/'],
  ])('%s leads to %s', async (path, target) => {
    const { status, headers } = await get(path);
    expect({ status, location: headers.get('Location') }).toEqual({ status: 302, location: target });
  });

  test('browsers ask each time whether what they kept is still so', async () => {
    const { headers } = await get('/');
    expect(headers.get('Cache-Control')).toBe('no-cache');
    const again = await get('/', { 'If-None-Match': headers.get('ETag') ?? '' });
    expect(again.status).toBe(304);
    expect(again.body).toBeNull();
    expect((await get('/', { 'If-None-Match': '"another"' })).status).toBe(200);
  });
});

describe('a page of the app, for somebody signed in,', () => {
  const block = /<script type="application\/json" id="session">([^<]*)<\/script><\/head>/;
  const documentIn = (body: unknown) => JSON.parse(block.exec(String(body))?.[1] ?? 'null');

  test.each(['/', '/index.html', '/payments/new'])(
    'has what the server knows of the session in it: %s',
    async (path) => {
      const teller = await use.signedIn();
      const { headers, body } = await teller.call('GET', path);
      const peek = await teller.call('GET', '/session');
      expect(documentIn(body)).toEqual(peek.body);
      expect(documentIn(body)).toMatchObject({ session: { id: teller.sessionId } });
      // Kept nowhere, and not to be found unchanged.
      expect(headers.get('Cache-Control')).toBe('no-store');
      expect(headers.get('Last-Modified')).toBeNull();
      expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'");
    },
  );

  test('says nothing that could end it: text of the policy is data', async () => {
    const justification = '</script><script>alert(1)</script><!-- $& $` \u2028';
    await use.server.setPolicy('teller', { justification });
    const { body } = await (await use.signedIn()).call('GET', '/');
    expect(documentIn(body)).toMatchObject({ policy: { justification } });
    expect(String(body).match(/<script/g)).toHaveLength(2);
    expect(String(body)).toContain('<title>bank</title>');
  });

  test('says whose session it is, also while it is locked', async () => {
    const teller = await use.signedIn('tess');
    const person = { session: teller.sessionId, username: 'tess', name: 'Tess Teller' };
    const personIn = (body: unknown) => JSON.parse(/id="person">([^<]*)<\/script>/.exec(String(body))?.[1] ?? 'null');
    expect(personIn((await teller.call('GET', '/')).body)).toEqual(person);
    await teller.call('POST', '/session/lock', { body: {} });
    expect(personIn((await teller.call('GET', '/')).body)).toEqual(person);
  });

  test('is no activity', async () => {
    const teller = await use.signedIn();
    const before = await teller.call('GET', '/session');
    await use.server.clock.advance(60_000);
    await teller.call('GET', '/');
    const after = await teller.call('GET', '/session');
    expect(after.body).toMatchObject({ rev: (before.body as { rev: number }).rev });
  });

  test.each(['/admin/', '/script-tag/', '/assets/app.js'])('is the only one: %s is what it was', async (path) => {
    const { headers, body } = await (await use.signedIn()).call('GET', path);
    expect(headers.get('Cache-Control')).toBe('no-cache');
    expect(JSON.stringify(body)).not.toContain('started_at');
  });

  test('has nothing in it once the session is over, nor for an administrator', async () => {
    const teller = await use.signedIn();
    await teller.call('DELETE', '/session');
    for (const client of [teller, await use.administrator(), use.browser()]) {
      const { headers, body } = await client.call('GET', '/');
      expect(String(body)).not.toContain('application/json');
      expect(headers.get('Cache-Control')).toBe('no-cache');
    }
  });
});

describe('the pages of a server that signs its policies', () => {
  const policySigner = createPolicySigner({ issuer: 'https://bank.example/?"&', audience: 'backoffice' });
  const signing = serverPerTest({ pagesDir: join(folder, 'pages'), policySigner });
  const said = { keys: '/.well-known/jwks.json', issuer: 'https://bank.example/?"&', audience: 'backoffice' };
  const saidIn = (body: unknown) =>
    JSON.parse(/id="signed-policies">([^<]*)<\/script>/.exec(String(body))?.[1] ?? 'null');

  test.each(['/', '/payments/new', '/admin/'])('say whose policies to take, to everybody: %s', async (path) => {
    const { headers, body } = await signing.browser().call('GET', path);
    expect(saidIn(body)).toEqual(said);
    expect(headers.get('Cache-Control')).toBe('no-cache');
    const again = await signing
      .browser()
      .call('GET', path, { headers: { 'If-None-Match': headers.get('ETag') ?? '' } });
    expect(again.status).toBe(304);
  });

  test('say it beside the session, too, which nobody keeps', async () => {
    const { headers, body } = await (await signing.signedIn()).call('GET', '/');
    expect(saidIn(body)).toEqual(said);
    expect(String(body)).toContain('policy_token');
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  test('say it in their script tag, and where they show it', async () => {
    const { body } = await signing.browser().call('GET', '/script-tag/');
    const attributes =
      'data-policy-keys="/.well-known/jwks.json" data-policy-issuer="https://bank.example/?&quot;&amp;" data-policy-audience="backoffice"';
    expect(String(body)).toContain(
      `<script src="nightlatch.js" data-backend="/session" ${attributes} data-sign-in="/">`,
    );
    expect(String(body)).toContain(`\n  data-backend="/session"\n  ${attributes.replaceAll('" ', '"\n  ')}`);
  });

  test('the publication of the keys is open to all, and asked for each time', async () => {
    const { status, headers, body } = await signing.browser().call('GET', '/.well-known/jwks.json');
    expect([status, headers.get('Cache-Control'), body]).toEqual([200, 'no-cache', policySigner.keys()]);
  });

  test('where policies are not signed, nothing is said and no keys are there', async () => {
    for (const path of ['/', '/admin/']) expect(saidIn((await get(path)).body)).toBeNull();
    expect(String((await get('/script-tag/')).body)).not.toContain('data-policy');
    expect((await get('/.well-known/jwks.json')).status).toBe(404);
  });
});

describe('the headers', () => {
  test.each(['/', '/assets/app.js', '/admin/', '/script-tag/', '/dist/nightlatch.global.js', '/session', '/none.html'])(
    'of %s are strict',
    async (path) => {
      const { headers } = await get(path);
      const policy = headers.get('Content-Security-Policy') ?? '';
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "base-uri 'none'",
          "object-src 'none'",
          "form-action 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
        ]),
      );
      expect(policy).not.toMatch(/unsafe|data:|\*/);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers.get('X-Powered-By')).toBeNull();
    },
  );

  test('promise HTTPS only where the site is reached over it', async () => {
    expect((await get('/')).headers.get('Strict-Transport-Security')).toBeNull();
  });
});

describe('pages that hold tokens of their own', () => {
  const issuer = 'https://id.example';
  const trusting = serverPerTest({
    pagesDir: join(folder, 'pages'),
    openid: { issuer, clientId: 'bank', clientSecret: 'secret' },
  });

  test.each([
    ['/tokens/', 'same-origin-allow-popups'],
    ['/tokens/callback.html', 'unsafe-none'],
  ])('%s know their provider, reach it, and can be reached by its window', async (path, opener) => {
    const { status, headers, body } = await trusting.browser().call('GET', path);
    expect(status).toBe(200);
    expect(String(body)).toContain(`<script type="application/json" id="openid">{"issuer":"${issuer}"}</script>`);
    expect(headers.get('Content-Security-Policy')).toContain(`connect-src 'self' ${issuer}`);
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'");
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe(opener);
  });

  test.each(['/', '/admin/', '/session', '/tokensof'])('and no others: %s', async (path) => {
    const { headers } = await trusting.browser().call('GET', path);
    expect(headers.get('Content-Security-Policy')).not.toContain(issuer);
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
  });

  test('are like all others where there is no provider', async () => {
    const { headers } = await get('/tokens/');
    expect(headers.get('Content-Security-Policy')).not.toContain('connect-src');
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
  });
});

describe('behind HTTPS', () => {
  const secure = serverPerTest({ secure: true });

  test('browsers are told to come over HTTPS only', async () => {
    const { headers } = await secure.browser().call('GET', '/session');
    expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d{8}/);
  });
});

describe('a server without pages', () => {
  const bare = serverPerTest();

  test('still answers the API', async () => {
    expect((await bare.browser().call('GET', '/')).status).toBe(404);
    expect((await bare.signedIn()).sessionId).not.toBeNull();
  });
});
