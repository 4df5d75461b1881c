/** What an administrator sees and changes while sessions run (docs/server-contract.md, 6). */
import { describe, expect, test } from 'vitest';
import type { Answer, Client } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const seconds = (): number => use.server.clock.now() / 1000;

const reauthenticate = (browser: Client, password = 'teller-demo-1'): Promise<Answer> =>
  browser.call('POST', '/session/reauthenticate', { body: { method: 'password', password } });

describe('the door', () => {
  test.each([
    ['GET', '/admin/api/sessions'],
    ['GET', '/admin/api/policies'],
    ['POST', '/admin/api/people/tess/end'],
    ['PATCH', '/admin/api/policies/teller'],
  ])('%s %s is closed to who is not signed in as an administrator', async (method, path) => {
    const options = method === 'GET' ? {} : { body: {} };
    expect(await use.browser().call(method, path, options)).toMatchObject({ status: 401, problem: 'no-session' });
    const supervisor = await use.signedIn('sam');
    supervisor.cookies.set('nightlatch-admin', supervisor.cookies.get('nightlatch') ?? '');
    expect(await supervisor.call(method, path, options)).toMatchObject({ status: 401, problem: 'no-session' });
  });

  test('has a cookie and a session of its own, beside one of the bank', async () => {
    const browser = await use.signedIn('tess');
    const bankSession = browser.sessionId;
    await browser.signIn('root-admin', undefined, '/admin/api/session');
    expect([...browser.cookies.keys()]).toEqual(['nightlatch', 'nightlatch-admin']);
    expect((await browser.call('GET', '/session')).body.session.id).toBe(bankSession);
    expect((await browser.call('GET', '/admin/api/session')).body.session.id).toBe(browser.sessionId);
  });

  test('does not let an administrator into the bank', async () => {
    const admin = await use.administrator();
    admin.cookies.set('nightlatch', admin.cookies.get('nightlatch-admin') ?? '');
    expect((await admin.call('GET', '/api/accounts')).problem).toBe('no-session');
  });

  test('offers the same calls about the session: touch, stream, sign-out', async () => {
    const admin = await use.administrator();
    await use.server.clock.advance(1000);
    const touched = await admin.call('POST', '/admin/api/session/touch', { body: { idle_for: 0 } });
    expect(touched.body.last_activity).toBe(seconds());
    const stream = await admin.stream({ path: '/admin/api/session/events' });
    expect((await stream.next()).event).toBe('session');
    expect((await admin.call('DELETE', '/admin/api/session')).status).toBe(204);
    expect((await stream.ended()).at(-1)?.event).toBe('session-revoked');
  });

  test('closes at the idle limit of the role', async () => {
    const admin = await use.administrator();
    await use.server.clock.advance(600_000);
    expect((await admin.call('GET', '/admin/api/sessions')).problem).toBe('session-ended');
  });
});

describe('the list of sessions', () => {
  test('has every live session with its times, newest first, and no secret', async () => {
    const teller = await use.signedIn('tess');
    const start = seconds();
    await use.server.clock.advance(5000);
    const gone = await use.signedIn('sam');
    await gone.call('DELETE', '/session');
    const admin = await use.administrator();
    await teller.stream();
    const { body } = await admin.call('GET', '/admin/api/sessions');
    expect(body.sessions).toEqual([
      expect.objectContaining({ id: admin.sessionId, username: 'root-admin', role: 'admin', current: true }),
      {
        id: teller.sessionId,
        username: 'tess',
        role: 'teller',
        started_at: start,
        auth_time: start,
        last_activity: start,
        idle_expiry: start + 900,
        session_expiry: start + 28_800,
        locked_at: null,
        risk: 'LOW',
        risk_score: 0,
        device: 'unknown',
        network: 'unknown',
        changed: [],
        policy_version: 1,
        streams: 1,
        current: false,
      },
    ]);
    expect(JSON.stringify(body)).not.toContain(teller.cookies.get('nightlatch'));
  });
});

describe('ending sessions', () => {
  test('ends one, with the reason given, and not the others', async () => {
    const [here, there] = [await use.signedIn('tess'), await use.signedIn('tess')];
    const admin = await use.administrator();
    const { status, body } = await admin.call('POST', `/admin/api/sessions/${here.sessionId}/end`, {
      body: { reason: 'risk' },
    });
    expect({ status, body }).toEqual({ status: 200, body: { ended: [here.sessionId] } });
    expect((await here.call('GET', '/session')).body).toMatchObject({ reason: 'risk', initiating_entity: 'admin' });
    expect((await there.call('GET', '/session')).status).toBe(200);
  });

  test('says `revoked` where no reason is given', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/end`, { body: {} });
    expect((await browser.call('GET', '/session')).body.reason).toBe('revoked');
  });

  test('ends all of a person, and nobody else', async () => {
    const browsers = [await use.signedIn('tess'), await use.signedIn('tess')];
    const other = await use.signedIn('sam');
    const admin = await use.administrator();
    const { body } = await admin.call('POST', '/admin/api/people/tess/end', { body: {} });
    expect([...body.ended].sort()).toEqual(browsers.map(({ sessionId }) => sessionId).sort());
    for (const browser of browsers) expect((await browser.call('GET', '/session')).problem).toBe('session-ended');
    expect((await other.call('GET', '/session')).status).toBe(200);
  });

  test('answers 404 for a session that is not live', async () => {
    const browser = await use.signedIn();
    await browser.call('DELETE', '/session');
    const admin = await use.administrator();
    for (const id of [browser.sessionId, 'nobody']) {
      expect((await admin.call('POST', `/admin/api/sessions/${id}/end`, { body: {} })).status).toBe(404);
    }
    expect((await browser.call('GET', '/session')).body.reason).toBe('signed-out');
  });

  test.each([
    ['reason', { reason: 'Because I say so' }],
    ['reason', { reason: 7 }],
    ['reason_user', { reason_user: 'text' }],
    ['resaon', { resaon: 'risk' }],
  ])('names the member %s that makes no sense, and ends nothing', async (member, body) => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    const answer = await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/end`, { body });
    expect(answer).toMatchObject({ status: 400, body: { member } });
    expect((await browser.call('GET', '/session')).status).toBe(200);
  });

  test('needs the name of the own session, as every change does', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    admin.sessionId = null;
    const answer = await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/end`, { body: {} });
    expect(answer).toMatchObject({ status: 400, body: { member: 'Session-Id' } });
    expect((await browser.call('GET', '/session')).status).toBe(200);
  });
});

describe('policies', () => {
  test('are listed for each role, in wire names and seconds', async () => {
    const admin = await use.administrator();
    const { body } = await admin.call('GET', '/admin/api/policies');
    expect(Object.keys(body.policies)).toEqual(['teller', 'supervisor', 'auditor', 'admin']);
    expect(body.policies.teller).toEqual({
      version: 1,
      idle_timeout: 900,
      absolute_timeout: 28_800,
      absolute_from: 'session_start',
      warn_before: 120,
      warn_before_absolute: 600,
      touch_every: 60,
      poll_every: 60,
      hold_max: 0,
      on_idle: 'end',
      lock_timeout: null,
      extendable: true,
      max_extensions: null,
      max_renewals: 200,
      source: 'PCI DSS 4.0.1 8.2.8',
      justification: null,
    });
  });

  test('change for running sessions of the role at once, leases computed anew, and for no other role', async () => {
    const teller = await use.signedIn('tess');
    const start = seconds();
    const supervisor = await use.signedIn('sam');
    const stream = await teller.stream();
    await stream.next();
    const admin = await use.administrator();
    await use.server.clock.advance(10_000);
    const { status, body } = await admin.call('PATCH', '/admin/api/policies/teller', {
      body: { idle_timeout: 300, absolute_timeout: 3600, warn_before: 30 },
    });
    expect({ status, version: body.version }).toEqual({ status: 200, version: 2 });
    const { data } = await stream.next();
    expect(data).toMatchObject({
      rev: 2,
      idle_expiry: start + 300,
      session_expiry: start + 3600,
      policy: { version: 2, idle_timeout: 300, absolute_timeout: 3600, warn_before: 30 },
    });
    expect((await supervisor.call('GET', '/session')).body).toMatchObject({ rev: 1, policy: { version: 1 } });
  });

  test('hold for sessions that start later', async () => {
    await use.server.setPolicy('teller', { idle_timeout: 300 });
    expect((await use.browser().signIn('tess')).policy).toMatchObject({ version: 2, idle_timeout: 300 });
  });

  test('end a session that the shorter limit has passed, at that moment, by policy', async () => {
    const browser = await use.signedIn();
    const stream = await browser.stream();
    await use.server.clock.advance(400_000);
    await use.server.setPolicy('teller', { idle_timeout: 300 });
    expect((await stream.ended()).at(-1)).toMatchObject({
      event: 'session-revoked',
      data: { reason: 'idle', ended_at: seconds(), initiating_entity: 'policy' },
    });
  });

  test('never revive a session that is over', async () => {
    const browser = await use.signedIn();
    await use.server.clock.advance(900_000);
    await use.server.setPolicy('teller', { idle_timeout: 3600 });
    expect((await browser.call('GET', '/session')).problem).toBe('session-ended');
  });

  test('longer limits move the expiry the server watches for', async () => {
    const browser = await use.signedIn();
    await browser.stream();
    await use.server.setPolicy('teller', { idle_timeout: 1800 });
    await use.server.clock.advance(1_799_999);
    expect(use.server.openStreams()).toBe(1);
    await use.server.clock.advance(1);
    expect(use.server.openStreams()).toBe(0);
  });

  test('have a version that grows with each change, and with none that changes nothing', async () => {
    const browser = await use.signedIn();
    const versions: number[] = [];
    for (const change of [{ idle_timeout: 300 }, { idle_timeout: 300 }, {}, { max_extensions: 12 }]) {
      await use.server.setPolicy('teller', change);
      versions.push((await browser.call('GET', '/session')).body.policy.version);
    }
    expect(versions).toEqual([2, 2, 2, 3]);
  });

  test('never have the same version for a change of the role and one of the risk', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    const seen = new Map<number, unknown>();
    for (const change of [
      () => admin.call('POST', `/admin/api/sessions/${browser.sessionId}/risk`, { body: { level: 'MEDIUM' } }),
      () => use.server.setPolicy('teller', { idle_timeout: 600 }),
      async () => {
        await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/risk`, { body: { level: 'LOW' } });
        await reauthenticate(browser);
      },
      () => use.server.setPolicy('teller', { idle_timeout: 500 }),
    ]) {
      await change();
      const { policy } = (await browser.call('GET', '/session')).body;
      expect(seen.has(policy.version)).toBe(false);
      seen.set(policy.version, policy);
    }
    expect([...seen.values()]).toMatchObject([
      { idle_timeout: 450 },
      { idle_timeout: 300 },
      { idle_timeout: 600 },
      { idle_timeout: 500 },
    ]);
  });

  test.each([
    ['idle_timeout', 0],
    ['idle_timeout', -1],
    ['idle_timeout', '900'],
    ['idle_timeout', true],
    ['absolute_timeout', 0],
    ['absolute_timeout', 31_622_401],
    ['absolute_from', 'login'],
    ['warn_before', null],
    ['warn_before', -5],
    ['warn_before_absolute', 'ten'],
    ['touch_every', {}],
    ['on_idle', 'explode'],
    ['lock_timeout', 0],
    ['extendable', 'yes'],
    ['max_extensions', 1.5],
    ['max_extensions', -1],
    ['source', 7],
    ['version', 9],
    ['idle_timeuot', 900],
  ])('reject %s: %j by name, and keep everything as it was', async (member, value) => {
    const admin = await use.administrator();
    const { body: before } = await admin.call('GET', '/admin/api/policies');
    const answer = await admin.call('PATCH', '/admin/api/policies/teller', {
      body: { justification: 'a part that is right', [member]: value },
    });
    expect(answer).toMatchObject({ status: 400, problem: 'invalid-request', body: { member } });
    expect(answer.body.title).toContain(member);
    expect((await admin.call('GET', '/admin/api/policies')).body).toEqual(before);
  });

  test('reject a number that is not finite', async () => {
    const admin = await use.administrator();
    const answer = await admin.call('PATCH', '/admin/api/policies/teller', { body: '{"idle_timeout":1e999}' });
    expect(answer).toMatchObject({ status: 400, body: { member: 'idle_timeout' } });
  });

  test('reject a text of more than 1 kB', async () => {
    const admin = await use.administrator();
    const patch = (source: string) => admin.call('PATCH', '/admin/api/policies/teller', { body: { source } });
    expect((await patch('x'.repeat(1000))).status).toBe(200);
    expect(await patch('x'.repeat(1001))).toMatchObject({ status: 400, body: { member: 'source' } });
  });

  test('exist only for roles that exist', async () => {
    const admin = await use.administrator();
    expect((await admin.call('PATCH', '/admin/api/policies/janitor', { body: {} })).status).toBe(404);
  });
});

describe('risk', () => {
  test('that falls again gives the limits of the role back with the next authentication, not before', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    const set = (level: string) =>
      admin.call('POST', `/admin/api/sessions/${browser.sessionId}/risk`, { body: { level } });
    await set('MEDIUM');
    expect((await browser.call('GET', '/session')).body.policy.idle_timeout).toBe(450);
    await set('LOW');
    expect((await browser.call('GET', '/session')).body.policy.idle_timeout).toBe(450);
    await reauthenticate(browser);
    expect((await browser.call('GET', '/session')).body.policy.idle_timeout).toBe(900);
  });

  test('that stays as it is changes nothing, and of a session that is over there is none', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    const set = () => admin.call('POST', `/admin/api/sessions/${browser.sessionId}/risk`, { body: { level: 'LOW' } });
    expect((await set()).status).toBe(200);
    expect((await browser.call('GET', '/session')).body.rev).toBe(1);
    await browser.call('DELETE', '/session');
    expect((await set()).status).toBe(404);
  });

  test('must be one of three words', async () => {
    const browser = await use.signedIn();
    const admin = await use.administrator();
    const answer = await admin.call('POST', `/admin/api/sessions/${browser.sessionId}/risk`, {
      body: { level: 'low' },
    });
    expect(answer).toMatchObject({ status: 400, body: { member: 'level' } });
  });
});

describe('a new password', () => {
  test('is what the person signs in with from now on', async () => {
    const admin = await use.administrator();
    const reset = await admin.call('POST', '/admin/api/people/tess/password', { body: { password: 'teller-demo-2' } });
    expect(reset.status).toBe(204);
    await expect(use.browser().signIn('tess', 'teller-demo-1')).rejects.toThrow('authentication-failed');
    await expect(use.browser().signIn('tess', 'teller-demo-2')).resolves.toBeDefined();
  });

  test('is for people that exist, and long enough', async () => {
    const admin = await use.administrator();
    const set = (username: string, password: string) =>
      admin.call('POST', `/admin/api/people/${username}/password`, { body: { password } });
    expect((await set('nobody', 'long-enough')).status).toBe(404);
    expect(await set('tess', 'short')).toMatchObject({ status: 400, body: { member: 'password' } });
  });
});
