/** Changing rules: tried out first, in force in one step, signed, planned, and taken back. */
import { describe, expect, test } from 'vitest';
import type { Answer, Client, Document } from './support/client.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const seconds = (): number => use.server.clock.now() / 1000;
const last = () => use.server.audit().at(-1);

const short = { name: 'short', when: { role: 'teller' }, set: { idle_timeout: 300 } };
const order = { from: 'acc-1', payee: 'Mill', iban: 'DE02120300000000202051', amount: 1, reference: '' };

const tryOut = (admin: Client, body: unknown): Promise<Answer> =>
  admin.call('POST', '/admin/api/rules/dry-run', { body });
const rules = async (admin: Client): Promise<Document> => (await admin.call('GET', '/admin/api/rules')).body;

/** Tries out, and puts in force. */
async function apply(admin: Client, change: object, reason?: string): Promise<Answer> {
  const { body } = await tryOut(admin, change);
  return admin.call('POST', '/admin/api/rules', { body: { ...change, digest: body.digest, reason } });
}

describe('a dry run', () => {
  test('says for each open session what would change, of how many nothing would, and changes nothing', async () => {
    const [teller, supervisor] = [await use.signedIn('tess'), await use.signedIn('sam')];
    const start = seconds();
    const admin = await use.administrator();
    const { status, body } = await tryOut(admin, {
      put: [short, { name: 'closed', when: { operation: 'payments:write' }, set: { allow: false } }],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 1, rules: { added: ['short', 'closed'], changed: [], removed: [] } });
    expect(body.unchanged).toBe(1);
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions).toContainEqual({
      id: teller.sessionId,
      username: 'tess',
      role: 'teller',
      outcome: 'changed',
      reason: null,
      idle_expiry: [start + 900, start + 300],
      session_expiry: [start + 28_800, start + 28_800],
      limits: { idle_timeout: [900, 300] },
      operations: { 'payments:write': [{ allow: true, max_age: 600 }, { allow: false }] },
    });
    expect(body.sessions).toContainEqual(expect.objectContaining({ id: supervisor.sessionId, limits: {} }));
    for (const browser of [teller, supervisor]) expect((await browser.call('GET', '/session')).body.rev).toBe(1);
    expect((await rules(admin)).version).toBe(1);
  });

  test('says who would be out, or locked, and why', async () => {
    const idle = await use.signedIn('tess');
    await use.server.clock.advance(310_000);
    const busy = await use.signedIn('tess');
    const admin = await use.administrator();
    const outcome = async (change: object, browser: Client) =>
      (await tryOut(admin, change)).body.sessions.find(({ id }: Document) => id === browser.sessionId);
    expect(await outcome({ put: [short] }, idle)).toMatchObject({ outcome: 'ended', reason: 'idle' });
    expect(await outcome({ put: [short] }, busy)).toMatchObject({ outcome: 'changed', reason: null });
    const locking = { put: [{ ...short, set: { ...short.set, on_idle: 'lock' } }] };
    // The limits of the role say end, which is the stricter.
    expect(await outcome(locking, idle)).toMatchObject({ outcome: 'ended' });
    const teller = { name: 'teller', when: { role: 'teller' }, set: { idle_timeout: 300, on_idle: 'lock' } };
    expect(await outcome({ put: [teller] }, idle)).toMatchObject({ outcome: 'locked' });
    expect((await idle.call('GET', '/session')).status).toBe(200);
  });

  test('and what then happens are the same', async () => {
    const browsers = [await use.signedIn('tess'), await use.signedIn('sam'), await use.signedIn('ada')];
    await use.server.clock.advance(200_000);
    const admin = await use.administrator();
    const change = {
      put: [
        { name: 'auditor', when: { role: 'auditor' }, set: { idle_timeout: 100, on_idle: 'lock' } },
        { ...short, set: { idle_timeout: 150 } },
        { name: 'fresh', when: { resource: 'payments' }, set: { max_age: 60 } },
      ],
    };
    const { body } = await tryOut(admin, change);
    await apply(admin, change);
    for (const { id, outcome, idle_expiry, operations } of body.sessions) {
      const browser = browsers.find(({ sessionId }) => sessionId === id);
      if (browser === undefined) continue;
      const { status, body: document } = await browser.call('GET', '/session');
      if (outcome === 'ended') expect(document).toMatchObject({ status: 401, reason: 'idle' });
      else expect(status).toBe(200);
      if (outcome === 'locked') expect(document.locked_at).not.toBeNull();
      if (outcome !== 'changed') continue;
      expect(document.idle_expiry).toBe(idle_expiry[1]);
      for (const [name, [, after]] of Object.entries<Document>(operations)) {
        expect(document.policy.operations[name]).toEqual(after);
      }
    }
    expect(body.sessions.map(({ outcome }: Document) => outcome).sort()).toEqual(['changed', 'ended', 'locked']);
  });

  test('says what the linter says', async () => {
    const admin = await use.administrator();
    const { body } = await tryOut(admin, { put: [{ ...short, set: { idle_timeout: 20 } }] });
    expect(body.findings).toContainEqual(
      expect.objectContaining({ role: 'teller', code: 'warning-too-short', severity: 'warning' }),
    );
  });
});

describe('a change', () => {
  test('is in force in one step, for requests, open pages and those who sign in later', async () => {
    const browser = await use.signedIn('tess');
    const stream = await browser.stream();
    await stream.next();
    const admin = await use.administrator();
    const { status, body } = await apply(admin, { put: [short], remove: ['logs within an hour'] }, 'audit finding 7');
    expect({ status, body }).toEqual({
      status: 200,
      body: { version: 2, at: seconds(), by: 'root-admin', reason: 'audit finding 7' },
    });
    expect((await stream.next()).data.policy).toMatchObject({ version: 2, idle_timeout: 300 });
    expect((await use.browser().signIn('tess')).policy).toMatchObject({ version: 2, idle_timeout: 300 });
    expect((await use.browser().signIn('ada')).policy.operations['logs:read']).toEqual({ allow: true });
  });

  test('counts for a request that comes before its page has heard of it', async () => {
    const browser = await use.signedIn('tess');
    const admin = await use.administrator();
    const change = { put: [{ name: 'closed', when: { operation: 'payments:write' }, set: { allow: false } }] };
    const { body } = await tryOut(admin, change);
    const [applied, ...paid] = await Promise.all([
      admin.call('POST', '/admin/api/rules', { body: { ...change, digest: body.digest } }),
      ...Array.from({ length: 5 }, () => browser.call('POST', '/api/payments', { body: order })),
    ]);
    expect(applied.status).toBe(200);
    // Each before it, or after it, and nothing in between.
    for (const { status } of paid) expect([201, 403]).toContain(status);
    expect((await browser.call('POST', '/api/payments', { body: order })).status).toBe(403);
  });

  test('tells those for whom nothing changes nothing', async () => {
    const browser = await use.signedIn('sam');
    await apply(await use.administrator(), { put: [short] });
    expect((await browser.call('GET', '/session')).body).toMatchObject({ rev: 1, policy: { version: 1 } });
  });

  test('needs a dry run of just that, on top of just these rules', async () => {
    const admin = await use.administrator();
    const { body } = await tryOut(admin, { put: [short] });
    const put = (change: object, digest: unknown) =>
      admin.call('POST', '/admin/api/rules', { body: { ...change, digest } });
    expect(await put({ put: [short] }, undefined)).toMatchObject({ status: 400, body: { member: 'digest' } });
    expect(await put({ put: [short] }, 'x')).toMatchObject({ status: 409, problem: 'dry-run-outdated' });
    const longer = { ...short, set: { idle_timeout: 3000 } };
    expect(await put({ put: [longer] }, body.digest)).toMatchObject({ status: 409, problem: 'dry-run-outdated' });
    await use.server.setPolicy('auditor', { idle_timeout: 800 });
    expect(await put({ put: [short] }, body.digest)).toMatchObject({ status: 409, problem: 'dry-run-outdated' });
    expect((await rules(admin)).version).toBe(2);
  });

  test('of two that were tried out at the same time, one is put in force', async () => {
    const admins = [await use.administrator(), await use.administrator()];
    const changes = [{ put: [short] }, { put: [{ ...short, set: { idle_timeout: 200 } }] }];
    const digests = await Promise.all(admins.map(async (one, n) => (await tryOut(one, changes[n]!)).body.digest));
    const answers = await Promise.all(
      admins.map((one, n) => one.call('POST', '/admin/api/rules', { body: { ...changes[n], digest: digests[n] } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('is signed in the audit log, with who, when, why and what it followed', async () => {
    await apply(await use.administrator(), { put: [short] }, 'audit finding 7');
    expect(last()).toMatchObject({
      event: 'authz_admin',
      userid: 'root-admin',
      datetime: new Date(use.server.clock.now()).toISOString(),
      detail: { change: 'rules', version: 2, previous: 1, reason: 'audit finding 7' },
    });
  });

  test.each<[string, string | null, object]>([
    ['nothing', null, {}],
    ['nothing by name', null, { put: [], remove: [] }],
    ['a rule that makes no sense', 'put[0].set.idle_timeout', { put: [{ ...short, set: { idle_timeout: 0 } }] }],
    ['the limits of a role gone', 'rules', { remove: ['teller'] }],
    ['one rule put and removed', 'put[0].name', { put: [short], remove: ['short'] }],
    [
      'a warning of the session for an operation',
      'rules[14].set',
      { put: [{ ...short, when: { resource: 'logs' }, set: { warn_before: 30 } }] },
    ],
    ['an edition nobody knows', 'revert_to', { revert_to: 7 }],
    ['an edition and rules', 'put', { revert_to: 1, put: [short] }],
    ['a member nobody knows', 'rules', { rules: [short] }],
  ])('is refused where it is %s, and nothing of it is in force', async (_what, member, change) => {
    const admin = await use.administrator();
    const before = await rules(admin);
    expect(await tryOut(admin, change)).toMatchObject({ status: 400, problem: 'invalid-request', body: { member } });
    const update = await admin.call('POST', '/admin/api/rules', { body: { ...change, digest: 'x' } });
    expect(update).toMatchObject({ status: 400, body: { member } });
    expect(await rules(admin)).toEqual(before);
  });
});

describe('the history', () => {
  test('has every edition, newest first, with who, when, why and which rules; and each in full', async () => {
    const admin = await use.administrator();
    const start = seconds();
    await use.server.clock.advance(60_000);
    await apply(admin, { put: [short] }, 'a try');
    await admin.call('PATCH', '/admin/api/policies/auditor', { body: { idle_timeout: 800 } });
    const { body } = await admin.call('GET', '/admin/api/rules/history');
    expect(body.editions).toMatchObject([
      { version: 3, by: 'root-admin', reason: null, added: [], changed: ['auditor'], removed: [] },
      { version: 2, by: 'root-admin', reason: 'a try', at: start + 60, added: ['short'], changed: [] },
      { version: 1, by: 'system', at: start },
    ]);
    const first = (await admin.call('GET', '/admin/api/rules/history/1')).body;
    expect(first.rules.map(({ name }: Document) => name)).not.toContain('short');
    expect((await admin.call('GET', '/admin/api/rules/history/9')).status).toBe(404);
  });

  test('is the way back: an old edition becomes the newest, tried out like any other', async () => {
    const browser = await use.signedIn('tess');
    const admin = await use.administrator();
    const before = await rules(admin);
    await apply(admin, { put: [short] });
    expect((await browser.call('GET', '/session')).body.policy.idle_timeout).toBe(300);
    expect((await tryOut(admin, { revert_to: 1 })).body).toMatchObject({
      rules: { removed: ['short'] },
      sessions: [{ limits: { idle_timeout: [300, 900] } }],
    });
    expect((await apply(admin, { revert_to: 1 }, 'too short')).body).toMatchObject({ version: 3, reason: 'too short' });
    expect((await rules(admin)).rules).toEqual(before.rules);
    expect((await browser.call('GET', '/session')).body.policy).toMatchObject({ version: 3, idle_timeout: 900 });
  });
});

describe('a plan', () => {
  const plan = async (admin: Client, at: number, change: object = { put: [short] }): Promise<Answer> => {
    const { body } = await tryOut(admin, change);
    return admin.call('POST', '/admin/api/rules/scheduled', {
      body: { ...change, digest: body.digest, at, reason: 'evening' },
    });
  };
  const planned = async (admin: Client) => (await admin.call('GET', '/admin/api/rules/scheduled')).body.scheduled;

  test('is carried out at its instant, by whoever made it, and is then none any more', async () => {
    const browser = await use.signedIn('tess');
    const stream = await browser.stream();
    await stream.next();
    const admin = await use.administrator();
    const { status, body } = await plan(admin, seconds() + 120);
    expect({ status, ...body }).toMatchObject({
      status: 201,
      at: seconds() + 120,
      by: 'root-admin',
      reason: 'evening',
    });
    await use.server.clock.advance(119_999);
    expect((await browser.call('GET', '/session')).body.policy.idle_timeout).toBe(900);
    expect(await planned(admin)).toHaveLength(1);
    await use.server.clock.advance(1);
    expect((await stream.next()).data.policy.idle_timeout).toBe(300);
    expect(await planned(admin)).toEqual([]);
    expect(last()).toMatchObject({
      event: 'authz_admin',
      userid: 'root-admin',
      detail: { version: 2, reason: 'evening' },
    });
  });

  test('goes on top of what is in force by then', async () => {
    const admin = await use.administrator();
    await plan(admin, seconds() + 120);
    await use.server.setPolicy('teller', { warn_before: 60 });
    await use.server.clock.advance(120_000);
    const { policy } = await use.browser().signIn('tess');
    expect(policy).toMatchObject({ idle_timeout: 300, warn_before: 60 });
  });

  test('that does not hold together any more is dropped, and that is logged', async () => {
    const admin = await use.administrator();
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => ({
        name: `rule ${from + n}`,
        when: { role: 'auditor' },
        set: { max_age: 60 },
      }));
    await plan(admin, seconds() + 120, { put: many(0, 100) });
    await use.server.setRules(many(200, 100));
    await use.server.clock.advance(120_000);
    expect((await rules(admin)).version).toBe(2);
    expect(last()).toMatchObject({
      event: 'authz_admin',
      userid: 'root-admin',
      detail: { failed: expect.stringContaining('more than 200') },
    });
  });

  test('can be cancelled, once', async () => {
    const admin = await use.administrator();
    const { body } = await plan(admin, seconds() + 120);
    const cancel = () => admin.call('DELETE', `/admin/api/rules/scheduled/${body.id}`);
    expect((await cancel()).status).toBe(204);
    expect((await cancel()).status).toBe(404);
    await use.server.clock.advance(120_000);
    expect((await rules(admin)).version).toBe(1);
  });

  test.each([
    ['at', -1],
    ['at', 0],
    ['at', 1_795_245_600_000],
    ['at', undefined],
  ])('needs a time that lies ahead: %s by %j', async (member, offset) => {
    const admin = await use.administrator();
    const { body } = await tryOut(admin, { put: [short] });
    const at = offset === undefined ? undefined : seconds() + offset;
    const answer = await admin.call('POST', '/admin/api/rules/scheduled', {
      body: { put: [short], digest: body.digest, at },
    });
    expect(answer).toMatchObject({ status: 400, body: { member } });
    expect(await planned(admin)).toEqual([]);
  });

  test('needs a dry run like any change', async () => {
    const admin = await use.administrator();
    const answer = await admin.call('POST', '/admin/api/rules/scheduled', {
      body: { put: [short], digest: 'x', at: seconds() + 60 },
    });
    expect(answer).toMatchObject({ status: 409, problem: 'dry-run-outdated' });
  });
});

describe('why a session may do what it may', () => {
  test('is told limit by limit and operation by operation, in wire names', async () => {
    const browser = await use.signedIn('tess');
    await use.server.signal(browser.sessionId ?? '', { riskScore: 50 });
    const admin = await use.administrator();
    const { body } = await admin.call('GET', `/admin/api/sessions/${browser.sessionId}/explain`);
    expect(body.contexts.map(({ risk }: Document) => risk)).toEqual(['LOW', 'MEDIUM']);
    expect(body.limits).toContainEqual({
      limit: 'idle_timeout',
      value: 450,
      rule: { rule: 'teller', source: 'PCI DSS 4.0.1 8.2.8', justification: null },
      cut_by: { rule: 'raised risk: half the idle time', source: null, justification: null },
      others: [],
    });
    expect(body.operations).toContainEqual({
      operation: 'payments:write',
      decision: 'allow',
      until: seconds() + 120,
      role_without_right: null,
      denied_by: null,
      max_age_by: { rule: 'raised risk: fresh authentication for payments', source: null, justification: null },
      acr_values_by: [],
      idle_timeout_by: null,
      absolute_timeout_by: null,
    });
    expect(body.operations).toContainEqual(
      expect.objectContaining({
        operation: 'payments:approve',
        decision: 'deny',
        reason: 'not-allowed',
        role_without_right: 'teller',
      }),
    );
  });

  test('is told of live sessions', async () => {
    const admin = await use.administrator();
    expect((await admin.call('GET', '/admin/api/sessions/nobody/explain')).status).toBe(404);
  });
});
