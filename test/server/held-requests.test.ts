/**
 * Many calls at once through `latch.fetch` against the reference server, while something between answers some of them with a challenge
 * after the work was done: the person is asked, everything gets its own answer, and a payment with a key is made exactly once.
 */
import { expect, test } from 'vitest';
import { isNightlatchError } from '../../src/errors.js';
import type { Nightlatch } from '../../src/latch.js';
import { createGuardedFetch } from '../../src/nightlatch.js';
import { startTestServer } from './start-test-server.js';
import { createClient } from './support/client.js';
import { openPage } from './support/page-on-server.js';

const CALLS = 200;
const KINDS = ['keyed payment', 'payment', 'accounts', 'payments'] as const;
type Kind = (typeof KINDS)[number];

const challenge = {
  status: 401,
  headers: { 'Content-Type': 'application/problem+json' },
  body: JSON.stringify({ type: 'https://nightlatch.example/problems/reauthentication-required', max_age: 10 }),
};

const order = (index: number) => ({
  from: 'acc-1',
  payee: 'Mill & Flour',
  iban: 'DE02 1203 0000 0000 2020 51',
  amount: 1 + index,
  reference: `call ${index}`,
});

test.each([7, 9])(
  'of 200 mixed calls each gets its own answer, and keyed payments are made once (%d)',
  async (seed) => {
    const server = await startTestServer({ clock: 'stands' });
    const client = createClient(server.origin);
    await client.signIn('tess', 'teller-demo-1');
    const asked: unknown[] = [];
    const page = openPage({
      server,
      client,
      latch: {
        async reauthenticate(requirement, { session }) {
          asked.push(requirement);
          const response = await page.fetch('/session/reauthenticate', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'Session-Id': session.id },
            body: JSON.stringify({ method: 'password', password: 'teller-demo-1' }),
          });
          if (!response.ok) throw new Error(`not taken: ${response.status}`);
        },
      },
    });
    try {
      await page.pass(20_000);
      // The app's own: what a request bears is fresh at each sending.
      let sendings = 0;
      const tokens = new Map<string, string[]>();
      const call = createGuardedFetch(page.latch, (input, init) => {
        sendings += 1;
        const headers = new Headers(init?.headers);
        headers.set('X-Csrf-Token', `token ${sendings}`);
        const key = headers.get('X-Call') ?? '';
        tokens.set(key, [...(tokens.get(key) ?? []), `token ${sendings}`]);
        return page.fetch(input, { ...init, headers });
      });
      // The first answers of half the calls are lost to a challenge, whatever the server has done; not of every other one, for
      // where they arrive in the order of the calls those would be of two kinds only.
      const isChallenged = (nth: number): boolean => nth < CALLS && (nth * 5 + seed) % 13 < 7;
      server.fault({ rewrite: (answer, { nth }) => (isChallenged(nth) ? challenge : answer) }, ['/api/']);

      const kindOf = (index: number): Kind => KINDS[(index * seed) % KINDS.length]!;
      const results = await page.outcome(
        Promise.allSettled(Array.from({ length: CALLS }, (_, index) => made(call, kindOf(index), index))),
      );
      if (!('value' in results)) throw results.problem;
      server.fault(null);

      const list = (await (await page.fetch('/api/payments')).json()) as { payments: { reference: string }[] };
      const times = (index: number): number =>
        list.payments.filter(({ reference }) => reference === `call ${index}`).length;
      const counts = { answered: 0, 'not sent again': 0, 'sent twice': 0 };
      for (const [index, result] of results.value.entries()) {
        const kind = kindOf(index);
        const sent = tokens.get(`${index}`) ?? [];
        expect(new Set(sent).size).toBe(sent.length);
        expect(sent.length).toBeLessThanOrEqual(2);
        if (sent.length === 2) counts['sent twice'] += 1;
        if (kind === 'keyed payment' || kind === 'payment')
          expect({ index, times: times(index) }).toEqual({ index, times: 1 });
        if (result.status === 'fulfilled') {
          counts.answered += 1;
          expect(result.value).toBe(kind === 'keyed payment' || kind === 'payment' ? `call ${index}` : kind);
          continue;
        }
        // Twice is not the same as once: the person is told, and decides.
        counts['not sent again'] += 1;
        const code = isNightlatchError(result.reason) ? result.reason.code : result.reason;
        expect({ kind, code }).toEqual({ kind: 'payment', code: 'ERR_REQUEST_NOT_REPLAYED' });
      }
      expect(counts['sent twice']).toBeGreaterThan(50);
      expect(counts['not sent again']).toBeGreaterThan(5);
      expect(counts.answered + counts['not sent again']).toBe(CALLS);
      expect(asked).toHaveLength(1);
      const told = (type: string): number => page.events.filter((event) => event.type === type).length;
      expect(told('request-held')).toBe(counts['sent twice'] + counts['not sent again']);
      expect(told('request-replayed')).toBe(counts['sent twice']);
    } finally {
      page.stop();
      await server.stop();
    }
  },
);

async function made(call: Nightlatch['fetch'], kind: Kind, index: number): Promise<unknown> {
  const headers: Record<string, string> = { 'X-Call': `${index}`, 'Content-Type': 'application/json' };
  if (kind === 'accounts' || kind === 'payments') {
    const response = await call(`/api/${kind}`, { headers });
    return Object.keys((await response.json()) as object)[0];
  }
  if (kind === 'keyed payment') headers['Idempotency-Key'] = `key ${index}`;
  const response = await call('/api/payments', { method: 'POST', headers, body: JSON.stringify(order(index)) });
  const answer = (await response.json()) as { payment?: { reference: string }; reference?: string };
  return answer.payment?.reference ?? answer.reference;
}
