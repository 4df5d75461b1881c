import { describe, expect, it } from 'vitest';
import type { Requirement } from '../../../src/rules/freshness.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { outcome } from '../support/surroundings.js';
import { createScene, type Tab } from '../support/tabs.js';

const M = minutes;
const S = seconds;
const operations = {
  pay: { allow: true, maxAge: M(10) },
  sign: { allow: true, maxAge: 0 },
  read: { allow: true },
  delete: { allow: false },
};

/** A page with an open session; the app asks the person, who takes five seconds to answer with what was asked for. */
async function createPage(policy: object = {}) {
  const scene = createScene({ policy: { idleTimeout: hours(4), operations, ...policy } });
  const asked: Requirement[] = [];
  const tab: Tab = scene.open({
    async reauthenticate(requirement, { session, signal }) {
      asked.push(requirement);
      await new Promise<void>((resolve, reject) => {
        scene.clock.wait(S(5), resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      const acr = requirement.acrValues?.split(' ')[0] ?? 'pwd';
      const { secret } = scene.server.answer({ type: 'reauthenticate', sessionId: session.id, acr }, scene.jar.secret);
      scene.jar.secret = secret;
    },
  });
  await scene.pass(S(2));
  void tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(S(3));
  return { ...scene, tab, latch: tab.latch, asked };
}

const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined);
  return promise;
};
const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  const is = await outcome(promise);
  if (is instanceof Error) return 'code' in is ? is.code : is.message;
  return is === 'pending' ? is : 'resolved';
};

describe('making sure of freshness', () => {
  it.each<[what: string, needed: string | Requirement, after: number]>([
    ['where the authentication is recent enough', 'pay', M(9)],
    ['where the operation has no rule', 'dance', M(60)],
    ['where its rule asks for none', 'read', M(60)],
    ['where a requirement is met', { maxAge: M(10), acrValues: 'phr pwd' }, M(9)],
  ])('asks nobody %s', async (_, needed, after) => {
    const { latch, asked, pass } = await createPage();
    await pass(after);
    expect([await codeOf(latch.ensureFresh(needed)), asked]).toEqual(['resolved', []]);
  });

  it.each<[what: string, needed: string | Requirement, after: number, is: Requirement]>([
    ['where it is too old', 'pay', M(10), { maxAge: M(10) }],
    ['where it is of another kind', { acrValues: 'phr' }, M(1), { acrValues: 'phr' }],
    ['where only the server could tell', { claims: '{"id_token":{}}' }, M(1), { claims: '{"id_token":{}}' }],
  ])('asks the person %s', async (_, needed, after, is) => {
    const { latch, asked, pass } = await createPage();
    await pass(after);
    const done = quiet(latch.ensureFresh(needed));
    await pass(S(8));
    expect([await codeOf(done), asked]).toEqual(['resolved', [is]]);
  });

  it('asks each time where the rule says so, but not for what the person has done just now', async () => {
    const { latch, asked, pass } = await createPage();
    await pass(M(1));
    const done = quiet(latch.ensureFresh('sign'));
    await pass(S(7));
    expect([await codeOf(done), await codeOf(latch.ensureFresh('sign')), asked.length]).toEqual([
      'resolved',
      'resolved',
      1,
    ]);
    expect(latch.operation('sign').state).toBe('needs-authentication');
    await pass(S(5));
    void quiet(latch.ensureFresh('sign'));
    await pass(S(1));
    expect(asked).toHaveLength(2);
  });

  it('asks ahead where it would run out while a form is filled in, so that nobody is asked when it is sent', async () => {
    const { latch, asked, pass } = await createPage();
    await pass(M(7));
    expect([await codeOf(latch.ensureFresh('pay')), asked]).toEqual(['resolved', []]);
    const done = quiet(latch.ensureFresh('pay', { margin: M(5) }));
    await pass(S(8));
    // A provider that is told ten minutes would find that seven are fresh enough, and ask for nothing.
    expect([await codeOf(done), asked]).toEqual(['resolved', [{ maxAge: M(5) }]]);
    await pass(M(5));
    expect([await codeOf(latch.ensureFresh('pay')), asked.length]).toEqual(['resolved', 1]);
  });

  it('with a margin that is longer than the age allowed does not ask again and again', async () => {
    const { latch, asked, pass } = await createPage();
    await pass(M(9));
    for (let i = 0; i < 3; i += 1) {
      const done = quiet(latch.ensureFresh('pay', { margin: hours(2) }));
      await pass(S(8));
      expect(await codeOf(done)).toBe('resolved');
    }
    expect(asked).toHaveLength(1);
  });

  it('refuses what is denied, without asking anybody', async () => {
    const { latch, asked, tab } = await createPage();
    expect([await codeOf(latch.ensureFresh('delete')), asked]).toEqual(['ERR_OPERATION_DENIED', []]);
    expect(tab.events.at(-1)).toMatchObject({ type: 'operation-refused', operation: 'delete', by: 'client' });
  });

  it('refuses in a session that is locked, over or not there', async () => {
    const { latch, asked, pass, tab } = await createPage({ onIdle: 'lock' });
    latch.lock();
    expect(await codeOf(latch.ensureFresh('pay'))).toBe('ERR_SESSION_LOCKED');
    void latch.signOut();
    await pass(S(1));
    expect(await codeOf(latch.ensureFresh('pay'))).toBe('ERR_SESSION_ENDED');
    expect(tab.events.filter(({ type }) => type === 'use-after-end')).toMatchObject([{ what: 'ensureFresh' }]);
    expect(asked).toEqual([]);
  });

  it('waits where it is not known yet what is so, and goes on when it is', async () => {
    const { network, pass, ...scene } = await createPage();
    network.requestDelay = [S(2), S(2)];
    const page = scene.open();
    const done = quiet(page.latch.ensureFresh('read'));
    await pass(S(1));
    expect([page.phase(), await codeOf(done)]).toEqual(['pending', 'pending']);
    await pass(S(4));
    expect([page.phase(), await codeOf(done)]).toEqual(['active', 'resolved']);
  });

  it('does not wait for longer than ten seconds, and not beyond its signal', async () => {
    const { network, pass, ...scene } = await createPage();
    network.state = 'silent';
    const page = scene.open();
    const leaving = new AbortController();
    const [done, left] = [
      quiet(page.latch.ensureFresh('read')),
      quiet(page.latch.ensureFresh('read', { signal: leaving.signal })),
    ];
    await pass(S(9));
    leaving.abort(new Error('left'));
    expect([await codeOf(done), await codeOf(left)]).toEqual(['pending', 'left']);
    await pass(S(1));
    expect(await codeOf(done)).toBe('ERR_BACKEND_UNREACHABLE');
  });

  it('refuses arguments that are none', async () => {
    const { latch } = await createPage();
    for (const bad of ['', null, 7, { maxAge: Number.NaN }]) {
      await expect(latch.ensureFresh(bad as never)).rejects.toThrow(/needed|requirement/);
      expect(() => latch.guard(bad as never, () => undefined)).toThrow(/needed|requirement/);
    }
    await expect(latch.ensureFresh('pay', { margin: -1 })).rejects.toThrow(RangeError);
    expect(() => latch.guard('pay', undefined as never)).toThrow(TypeError);
  });
});

describe('a guarded operation', () => {
  const challenge = (body: object, headers: Record<string, string> = {}): Response =>
    new Response(JSON.stringify(body), {
      status: 401,
      headers: { 'Content-Type': 'application/problem+json', ...headers },
    });
  const stale = (maxAge: number): Response =>
    challenge({ type: 'urn:x:reauthentication-required', max_age: maxAge / 1_000 });

  it('runs with what it is given, once the person has authenticated, and hands on what it returns', async () => {
    const { latch, asked, pass } = await createPage();
    const ran: unknown[] = [];
    const pay = latch.guard('pay', async (to: string, amount: number) => {
      ran.push([to, amount, asked.length]);
      return `${to} ${amount}`;
    });
    const first = pay('ben', 1);
    expect([await outcome(first), asked.length]).toEqual(['ben 1', 0]);
    await pass(M(11));
    const second = quiet(pay('eva', 2));
    await pass(S(8));
    expect([await outcome(second), ran]).toEqual([
      'eva 2',
      [
        ['ben', 1, 0],
        ['eva', 2, 1],
      ],
    ]);
  });

  it('does not run where it is denied, or where the person cancels', async () => {
    const { latch } = await createPage();
    let ran = 0;
    const run = latch.guard('delete', () => {
      ran += 1;
    });
    expect([await codeOf(run()), ran]).toEqual(['ERR_OPERATION_DENIED', 0]);
  });

  it.each<[what: string, refusal: () => unknown]>([
    ['returns a response that asks for it', () => stale(M(2))],
    [
      'throws an error with such a response (ky)',
      () => Promise.reject(Object.assign(new Error('401'), { response: stale(M(2)) })),
    ],
    [
      'throws an error with such a response, parsed (axios)',
      () => {
        const headers = new Map([
          ['www-authenticate', 'Bearer error="insufficient_user_authentication", max_age="120"'],
        ]);
        throw Object.assign(new Error('401'), { response: { status: 401, headers, data: '' } });
      },
    ],
  ])('runs again after the person has authenticated, where it %s', async (_, refusal) => {
    const { latch, asked, pass } = await createPage();
    await pass(M(5));
    let ran = 0;
    const run = latch.guard('read', () => {
      ran += 1;
      return ran === 1 ? refusal() : 'done';
    });
    const done = quiet(run());
    await pass(S(8));
    expect([await outcome(done), ran, asked]).toEqual(['done', 2, [{ maxAge: M(2) }]]);
  });

  it('that is challenged for what is there ends in an error, not in a second prompt', async () => {
    const { latch, asked, pass } = await createPage();
    let ran = 0;
    const run = latch.guard('read', async () => {
      ran += 1;
      return stale(M(10));
    });
    const done = quiet(run());
    await pass(S(8));
    expect([await codeOf(done), ran, asked]).toEqual(['ERR_REAUTHENTICATION_FAILED', 1, []]);
  });

  it('that is challenged again for the same after it was answered ends in an error', async () => {
    const { latch, asked, pass } = await createPage();
    await pass(M(5));
    const run = latch.guard('read', async () => stale(M(1)));
    const done = quiet(run());
    await pass(S(20));
    expect([await codeOf(done), asked.length]).toEqual(['ERR_REAUTHENTICATION_FAILED', 1]);
  });

  it('hands on every other error and every other response untouched', async () => {
    const { latch, asked } = await createPage();
    const problem = new Error('the app');
    const thrown = latch.guard('read', () => Promise.reject(problem))();
    expect(await outcome(thrown)).toBe(problem);
    for (const response of [
      new Response('ok'),
      new Response('no', { status: 401 }),
      challenge({ type: 'about:blank' }),
    ]) {
      const returned = await outcome(latch.guard('read', async () => response)());
      expect(returned).toBe(response);
      expect(await response.text()).not.toBe('');
    }
    const own = { status: 401, headers: 'none' };
    expect(await outcome(latch.guard('read', () => own)())).toBe(own as never);
    expect(asked).toEqual([]);
  });
});
