/** What other sites make a browser send is refused (docs/server-contract.md, 2). */
import { describe, expect, test } from 'vitest';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const signIn = { username: 'tess', password: 'teller-demo-1' };

describe.each([
  ['signing in', 'POST', '/session', { body: signIn }],
  ['touching', 'POST', '/session/touch', { body: { idle_for: 0 } }],
  ['signing out', 'DELETE', '/session', {}],
  ['paying', 'POST', '/api/payments', { body: {} }],
  ['signing in as an administrator', 'POST', '/admin/api/session', { body: signIn }],
  ['changing a policy', 'PATCH', '/admin/api/policies/teller', { body: {} }],
  ['setting the timeouts of the demo', 'POST', '/demo/timeouts', { body: {} }],
])('%s', (_what, method, path, options) => {
  test.each(['cross-site', 'same-site', 'none'])('is refused where Sec-Fetch-Site is %s', async (site) => {
    const browser = await use.signedIn();
    const headers = { 'Sec-Fetch-Site': site, Origin: use.server.origin };
    expect(await browser.call(method, path, { ...options, headers })).toMatchObject({
      status: 403,
      problem: 'cross-site',
    });
  });

  test.each([
    ['another', 'http://evil.example'],
    ['another port', 'http://localhost:1'],
    ['the same but longer', 'suffix'],
    ['opaque', 'null'],
    ['absent as well', null],
  ])('is refused where Sec-Fetch-Site is absent and Origin is %s', async (_which, origin) => {
    const browser = await use.signedIn();
    const headers = {
      'Sec-Fetch-Site': null,
      Origin: origin === 'suffix' ? `${use.server.origin}.evil.example` : origin,
    };
    expect((await browser.call(method, path, { ...options, headers })).status).toBe(403);
    expect((await browser.call('GET', '/session')).body.rev).toBe(1);
  });

  test('is heard where Sec-Fetch-Site is absent and Origin is our own', async () => {
    const browser = await use.signedIn();
    const headers = { 'Sec-Fetch-Site': null, Origin: use.server.origin };
    expect((await browser.call(method, path, { ...options, headers })).status).not.toBe(403);
  });
});

describe('reading', () => {
  test('is possible without either header, and allows no other origin to read along', async () => {
    const browser = await use.signedIn();
    const { status, headers } = await browser.call('GET', '/session', {
      headers: { 'Sec-Fetch-Site': null, Origin: 'http://evil.example' },
    });
    expect(status).toBe(200);
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
  });
});

describe('where the site is reached under a name of its own', () => {
  const named = serverPerTest({ origin: 'https://bank.example' });

  test('that is the origin which counts', async () => {
    const from = (origin: string) =>
      named.browser().call('POST', '/session', { body: signIn, headers: { 'Sec-Fetch-Site': null, Origin: origin } });
    expect((await from('https://bank.example')).status).toBe(200);
    expect((await from(named.server.origin)).status).toBe(403);
  });
});
