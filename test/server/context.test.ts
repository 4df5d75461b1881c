/** Circumstances that change while a session runs: what falls, falls at once and in all tabs; what rises waits for an authentication. */
import { describe, expect, test } from 'vitest';
import type { Answer, Client } from './support/client.js';
import type { EventReader } from './support/event-reader.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const order = { from: 'acc-1', payee: 'Mill', iban: 'DE02120300000000202051', amount: 1, reference: '' };
const pay = (browser: Client): Promise<Answer> => browser.call('POST', '/api/payments', { body: order });
const reauthenticate = (browser: Client, password = 'teller-demo-1'): Promise<Answer> =>
  browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password } });
const signal = async (browser: Client, body: unknown): Promise<Answer> =>
  (await use.administrator()).call('POST', `/admin/api/sessions/${browser.sessionId}/context`, { body });

async function open(browser: Client): Promise<EventReader> {
  const stream = await browser.stream();
  await stream.next();
  return stream;
}

const row = async (browser: Client) => (await use.server.sessions()).find(({ id }) => id === browser.sessionId);

describe('a risk that rises', () => {
  test('takes rights away in every open page, and denies from that moment', async () => {
    const browser = await use.signedIn('sam');
    const streams = [await open(browser), await open(browser)];
    const { body: payment } = await pay(browser);
    await signal(browser, { risk_score: 55 });
    expect((await browser.call('POST', `/api/payments/${payment.id}/approve`)).problem).toBe('operation-denied');
    for (const stream of streams) {
      expect(await stream.next()).toMatchObject({
        event: 'risk-level-change',
        data: { current_level: 'MEDIUM', previous_level: 'LOW', initiating_entity: 'admin' },
      });
      expect(await stream.next()).toMatchObject({
        event: 'session',
        data: {
          rev: 2,
          policy: {
            version: 2,
            idle_timeout: 300,
            operations: { 'payments:approve': { allow: false }, 'payments:write': { allow: true, max_age: 120 } },
          },
        },
      });
    }
  });

  test('and falls again gives nothing back before the next authentication, and then everything', async () => {
    const browser = await use.signedIn('sam');
    const { body: payment } = await pay(browser);
    const approve = async () => (await browser.call('POST', `/api/payments/${payment.id}/approve`)).status;
    await signal(browser, { risk_score: 55 });
    await signal(browser, { risk_score: 0 });
    expect(await row(browser)).toMatchObject({ risk: 'LOW', risk_score: 0 });
    expect(await approve()).toBe(403);
    await reauthenticate(browser, 'supervisor-demo-1');
    expect(await approve()).toBe(200);
  });

  test('and stays gives nothing back with an authentication either', async () => {
    const browser = await use.signedIn('sam');
    await signal(browser, { risk_score: 55 });
    await reauthenticate(browser, 'supervisor-demo-1');
    expect((await browser.call('POST', '/api/payments/none/approve')).problem).toBe('operation-denied');
    expect((await browser.call('GET', '/session')).body.policy.idle_timeout).toBe(300);
  });

  test('to the highest level is the end, by policy', async () => {
    const browser = await use.signedIn();
    const stream = await open(browser);
    await signal(browser, { risk_score: 80 });
    expect((await stream.ended()).map(({ event, data }) => [event, data.reason])).toEqual([
      ['risk-level-change', undefined],
      ['session-revoked', 'risk'],
    ]);
    expect((await pay(browser)).body).toMatchObject({ reason: 'risk', initiating_entity: 'policy' });
  });

  test('that makes no level changes no right', async () => {
    const browser = await use.signedIn();
    await signal(browser, { risk_score: 39 });
    expect(await row(browser)).toMatchObject({ risk: 'LOW', risk_score: 39, policy_version: 1 });
  });

  test('of a person is that of all their sessions, and of nobody else', async () => {
    const [here, there, other] = [await use.signedIn(), await use.signedIn(), await use.signedIn('sam')];
    const admin = await use.administrator();
    const { body } = await admin.call('POST', '/admin/api/people/tess/context', { body: { risk_score: 50 } });
    expect([...body.changed].sort()).toEqual([here.sessionId, there.sessionId].sort());
    expect([await row(here), await row(there), await row(other)].map((one) => one?.['risk'])).toEqual([
      'MEDIUM',
      'MEDIUM',
      'LOW',
    ]);
  });
});

test('what changes in risk, device and network is logged, whoever says it', async () => {
  const browser = await use.signedIn();
  await signal(browser, { risk_score: 50, network: 'untrusted' });
  expect(use.server.audit().at(-1)).toMatchObject({
    event: 'authz_change',
    userid: 'tess',
    session: browser.sessionId,
    detail: { risk: 'LOW to MEDIUM', network: 'unknown to untrusted' },
  });
  const other = await use.signedIn('sam');
  await other.copy({ 'User-Agent': 'Thief/1.0' }).call('GET', '/session');
  expect(use.server.audit().at(-1)).toMatchObject({ event: 'authz_change', detail: { risk: 'LOW to MEDIUM' } });
});

describe('a device that is found out of order', () => {
  test('is told in CAEP’s words, pays nothing, and pays again once it is mended and somebody has authenticated', async () => {
    const browser = await use.signedIn();
    const stream = await open(browser);
    await signal(browser, { device: 'not-compliant' });
    expect(await stream.next()).toMatchObject({
      event: 'device-compliance-change',
      data: { session_id: browser.sessionId, current_status: 'not-compliant', previous_status: 'unknown' },
    });
    expect((await stream.next()).data.policy.operations['payments:write']).toEqual({ allow: false });
    expect((await pay(browser)).problem).toBe('operation-denied');
    await signal(browser, { device: 'compliant' });
    expect((await pay(browser)).problem).toBe('operation-denied');
    await reauthenticate(browser);
    expect((await pay(browser)).status).toBe(201);
  });
});

test('a network that is not to be trusted is what rules make of it', async () => {
  await use.server.setRules([
    { name: 'in a café', when: { network: 'untrusted' }, set: { idle_timeout: 60, max_age: 120 } },
  ]);
  const browser = await use.signedIn();
  await signal(browser, { network: 'untrusted' });
  expect((await browser.call('GET', '/session')).body.policy).toMatchObject({
    idle_timeout: 60,
    operations: { 'accounts:read': { max_age: 120 } },
  });
});

test('a limit that has fallen into the past ends the session when it falls, not before', async () => {
  const browser = await use.signedIn();
  await use.server.clock.advance(500_000);
  await signal(browser, { risk_score: 50 });
  expect((await browser.call('GET', '/api/accounts')).body).toMatchObject({
    reason: 'idle',
    ended_at: use.server.clock.now() / 1000,
  });
});

test.each([
  ['risk_score', { risk_score: 101 }],
  ['risk_score', { risk_score: -1 }],
  ['risk_score', { risk_score: 'MEDIUM' }],
  ['device', { device: 'rooted' }],
  ['network', { risk_score: 50, network: '10.0.0.0/8' }],
  ['score', { score: 50 }],
  [null, {}],
])('what is said of it wrongly, %s, is refused by name and changes nothing', async (member, body) => {
  const browser = await use.signedIn();
  expect(await signal(browser, body)).toMatchObject({ status: 400, body: { member } });
  expect(await row(browser)).toMatchObject({ risk: 'LOW' });
  expect((await browser.call('GET', '/session')).body.rev).toBe(1);
});

describe('the browser that a session is tied to', () => {
  const from = (browser: Client, userAgent: string) => browser.copy({ 'User-Agent': userAgent });
  const firefox = (version: string) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${version}) Gecko/20100101 Firefox/${version}`;

  test('is another one: the risk rises, all pages hear of it, and the session goes on', async () => {
    const browser = await use.signedIn();
    const stream = await open(browser);
    const elsewhere = from(browser, firefox('153.0'));
    expect((await elsewhere.call('GET', '/api/accounts')).status).toBe(200);
    expect(await stream.next()).toMatchObject({
      event: 'risk-level-change',
      data: { current_level: 'MEDIUM', initiating_entity: 'system' },
    });
    expect((await stream.next()).data.policy).toMatchObject({ idle_timeout: 450 });
    expect(await row(browser)).toMatchObject({ risk: 'MEDIUM', changed: ['device'] });
    await use.server.clock.advance(120_000);
    expect((await pay(browser)).problem).toBe('reauthentication-required');
  });

  test('is the same after an update', async () => {
    const browser = from(use.browser(), firefox('153.0'));
    await browser.signIn();
    expect((await from(browser, firefox('154.0.1')).call('GET', '/session')).body.rev).toBe(1);
  });

  test('says nothing any more: that is another one, too', async () => {
    const browser = await use.signedIn();
    await from(browser, '').call('GET', '/session');
    expect(await row(browser)).toMatchObject({ changed: ['device'] });
  });

  test('is the one in which the person has authenticated last', async () => {
    const browser = await use.signedIn();
    const elsewhere = from(browser, firefox('153.0'));
    await elsewhere.call('GET', '/session');
    await reauthenticate(elsewhere);
    expect(await row(browser)).toMatchObject({ risk: 'LOW', changed: [] });
  });

  test('locks where a rule demands an authentication, and opens with it', async () => {
    await use.server.setRules([{ name: 'one browser', when: { changed: 'device' }, set: { at_once: 'lock' } }]);
    const browser = await use.signedIn();
    const elsewhere = from(browser, firefox('153.0'));
    expect((await elsewhere.call('GET', '/api/accounts')).problem).toBe('session-locked');
    expect((await browser.call('GET', '/api/accounts')).problem).toBe('session-locked');
    await reauthenticate(browser);
    expect((await browser.call('GET', '/api/accounts')).status).toBe(200);
  });

  test('does not change by a call for another session, or with a secret that is no longer good', async () => {
    const browser = await use.signedIn();
    const old = from(browser, 'Thief/1.0');
    const mistaken = from(browser, 'Thief/1.0');
    mistaken.sessionId = 'another';
    expect((await mistaken.call('GET', '/api/accounts')).problem).toBe('session-mismatch');
    await reauthenticate(browser);
    await browser.call('GET', '/session');
    expect((await old.call('GET', '/api/accounts')).problem).toBe('session-rotated');
    expect(await row(browser)).toMatchObject({ risk: 'LOW', changed: [] });
  });
});

describe('the network that a session is tied to', () => {
  const proxied = serverPerTest({ behindProxy: true });
  const at = (browser: Client, address: string) => browser.copy({ 'X-Forwarded-For': address });
  const rowOf = async (browser: Client) => (await proxied.server.sessions()).find(({ id }) => id === browser.sessionId);

  async function signedInAt(address: string): Promise<Client> {
    const browser = at(proxied.browser(), address);
    await browser.signIn();
    return browser;
  }

  test('is another one: the score rises, and nobody is thrown out, however often it changes', async () => {
    const browser = await signedInAt('192.0.2.7');
    for (let n = 0; n < 6; n += 1) {
      await proxied.server.clock.advance(149_000);
      expect((await at(browser, `198.51.${n}.9`).call('GET', '/api/accounts')).status).toBe(200);
    }
    const { body } = await browser.call('GET', '/session');
    expect(body.policy).toMatchObject({ version: 1, idle_timeout: 900 });
    expect(await rowOf(browser)).toMatchObject({ risk: 'LOW', risk_score: 30, changed: ['address'] });
  });

  test.each([
    ['192.0.2.7', '192.0.2.250'],
    ['192.0.2.7', '::ffff:192.0.2.8'],
    ['2001:db8:77:1::1', '2001:db8:77:ffff:9:8:7:6'],
    ['2001:db8:77::1', '2001:0db8:0077:0:1::'],
    ['127.0.0.1', '::1'],
    ['127.0.0.1', '127.1.2.3'],
  ])('is the same at %s and %s', async (one, other) => {
    const browser = await signedInAt(one);
    await at(browser, other).call('GET', '/session');
    expect(await rowOf(browser)).toMatchObject({ risk_score: 0, changed: [] });
  });

  test.each([
    ['192.0.2.7', '192.0.3.7'],
    ['2001:db8:77::1', '2001:db8:78::1'],
    ['192.0.2.7', '2001:db8:77::1'],
  ])('is another one at %s and %s', async (one, other) => {
    const browser = await signedInAt(one);
    await at(browser, other).call('GET', '/session');
    expect(await rowOf(browser)).toMatchObject({ changed: ['address'] });
  });

  test('is what the proxy has seen, and not what a client writes before it', async () => {
    const browser = await signedInAt('192.0.2.7');
    await at(browser, '203.0.113.5, 192.0.2.8').call('GET', '/session');
    expect(await rowOf(browser)).toMatchObject({ changed: [] });
    await at(browser, '192.0.2.7, 203.0.113.5').call('GET', '/session');
    expect(await rowOf(browser)).toMatchObject({ changed: ['address'] });
  });

  test('is nobody’s to write where there is no proxy', async () => {
    const browser = await use.signedIn();
    await at(browser, '203.0.113.5').call('GET', '/session');
    expect(await row(browser)).toMatchObject({ changed: [] });
  });
});
