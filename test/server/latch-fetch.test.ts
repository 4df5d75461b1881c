/**
 * Every call of the server through `latch.fetch`, and every way to come without the right to it: the error is the right one, and
 * where the page knows that the answer would be no, nothing is sent. The rows are the server's own list, as in `bypass.test.ts`.
 */
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../demo/server/http/endpoints.js';
import { isNightlatchError } from '../../src/errors.js';
import { bodyOf, pathOf, peopleFor, refusals, signInPath } from './bypass-calls.js';
import { type Way, ways } from './latch-fetch-columns.js';
import { startTestServer } from './start-test-server.js';
import { createClient } from './support/client.js';
import { openPage, type PageOnServer } from './support/page-on-server.js';

/** The list as the server has it; it cannot be asked for before tests are made. */
const listing = await startTestServer({ clock: 'stands' });
const guarded = listing.endpoints.filter(({ call }) => call !== null);
await listing.stop();

const nothing: Way = { name: 'nothing wrong', spoil: () => undefined };

/** What a call came to: an error's code, or that it passed; and how many requests it took. */
async function played(endpoint: Endpoint, way: Way, how: 'known' | 'unnoticed') {
  const server = await startTestServer({ clock: 'stands' });
  const client = createClient(server.origin);
  const { person } = peopleFor(endpoint);
  const path = signInPath(endpoint);
  try {
    // A policy that is set before holds for who signs in after, and for who is signed in.
    await client.signIn(person.username, person.password, path);
    await way.before?.({ server, endpoint, client });
    // Signing out is itself the end, which may come by the stream before the answer does.
    const streams = how === 'known' && endpoint.call !== 'signOut';
    const page = openPage({ server, client, path, streams, ...(way.latch && { latch: way.latch }) });
    try {
      const elapse = how === 'known' ? page.pass : server.clock.advance;
      await page.pass(1_000);
      await way.spoil({ server, endpoint, client, page, elapse });
      if (how === 'known') await page.outcome(page.latch.check());
      return await called(page, endpoint);
    } finally {
      page.stop();
    }
  } finally {
    await server.stop();
  }
}

async function called({ latch, outcome, sent }: PageOnServer, endpoint: Endpoint) {
  const body = bodyOf(endpoint);
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const result = await outcome(latch.fetch(pathOf(endpoint), { method: endpoint.method, ...init }));
  const requests = sent();
  if ('value' in result) {
    const { status, headers } = result.value;
    const isProblem = /problem\+json/.test(headers.get('Content-Type') ?? '');
    const problem = isProblem
      ? String((await result.value.json()).type)
          .split('/')
          .at(-1)
      : undefined;
    void result.value.body?.cancel().catch(() => undefined);
    return { code: null, status, problem, requests };
  }
  const { problem } = result;
  if (!isNightlatchError(problem)) throw problem;
  return { code: problem.code, status: undefined, problem: undefined, requests };
}

test('the table has all calls but those that are open to everybody', () => {
  expect(guarded.length).toBeGreaterThan(25);
});

describe.each(guarded.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  '%s',
  (_name, endpoint) => {
    test.each(cells('known'))('with %s, which is known', async (_what, way, expected) => {
      const { code, problem, requests } = await played(endpoint, way, 'known');
      const right = expected(endpoint);
      expect({ code, requests }).toEqual({ code: right, requests: right === null ? 1 : 0 });
      expect(refusals).not.toContain(problem);
    });

    test.each(cells('unnoticed'))('with %s, unnoticed', async (_what, way, expected) => {
      const { code, problem, requests } = await played(endpoint, way, 'unnoticed');
      expect({ code, requests }).toEqual({ code: expected(endpoint), requests: 1 });
      expect(refusals).not.toContain(problem);
    });

    test('with nothing wrong it passes, so that the refusals above mean something', async () => {
      const { code, status, problem, requests } = await played(endpoint, nothing, 'known');
      expect({ code, requests }).toEqual({ code: null, requests: 1 });
      expect(refusals).not.toContain(problem);
      expect(status).toBeLessThan(500);
    });
  },
);

function cells(how: 'known' | 'unnoticed') {
  return ways.flatMap((way) => {
    const expected = way[how];
    return expected === undefined ? [] : [[way.name, way, expected] as const];
  });
}
