/**
 * Every call of the server, and every way to come without the right to it. The rows are the server's own list of what it
 * answers, so that a new call cannot be forgotten; the columns are all that may be wrong.
 */
import { describe, expect, test } from 'vitest';
import { refusals } from './bypass-calls.js';
import { columns, make, signedIn } from './bypass-columns.js';
import { startTestServer } from './start-test-server.js';

/** The list as the server has it; it cannot be asked for before tests are made. */
const server = await startTestServer({ clock: 'stands' });
const endpoints = server.endpoints;
await server.stop();

const guarded = endpoints.filter(({ call }) => call !== null);

test('the table has all calls but those that are open to everybody', () => {
  expect(guarded.length).toBeGreaterThan(25);
  expect(endpoints.filter(({ call }) => call === null).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /session',
    'POST /admin/api/session',
    'GET /demo/people',
    'POST /demo/timeouts',
  ]);
});

describe.each(guarded.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  '%s',
  (_name, endpoint) => {
    test.each(columns.map((column) => [column.name, column] as const))('with %s', async (_what, column) => {
      const at = await startTestServer({ clock: 'stands' });
      try {
        const browser = await signedIn(at, endpoint);
        const spoilt = (await column.spoil({ server: at, endpoint, browser })) ?? browser;
        const { status, problem } = await make(endpoint, spoilt);
        const expected = column.expected(endpoint);
        if (expected === null) {
          expect(refusals).not.toContain(problem);
          expect(status).toBeLessThan(500);
        } else {
          expect([status, problem]).toEqual(expected);
        }
      } finally {
        await at.stop();
      }
    });

    test('with nothing wrong it passes, so that the refusals above mean something', async () => {
      const at = await startTestServer({ clock: 'stands' });
      try {
        const { problem } = await make(endpoint, await signedIn(at, endpoint));
        expect(refusals).not.toContain(problem);
      } finally {
        await at.stop();
      }
    });
  },
);
