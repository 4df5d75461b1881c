/** Each call names its operation: one that does not keeps the server from starting. */
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { createEndpoints, type Endpoint, requireOperations, routesOf } from '../../demo/server/http/endpoints.js';
import { operations } from '../../demo/server/people/rights.js';
import { serverPerTest } from './support/server-per-test.js';

const use = serverPerTest();

const logs: Endpoint = { method: 'GET', path: '/api/logs', operation: 'logs:read', door: 'bank', call: 'read' };

const answer = () => new Response('all the secrets');

/** The paths of an API on which somebody has mounted something, and what is written down of it. */
function start(mount: (app: Hono) => unknown, endpoints: readonly Endpoint[] = [logs]): void {
  const app = new Hono();
  app.get('/api/logs', answer);
  mount(app);
  requireOperations(app.routes, { endpoints, under: ['/api', '/session'], except: [] });
}

describe('a server', () => {
  test('starts where each call under its API is written down with its operation', () => {
    expect(() => start(() => {})).not.toThrow();
    expect(() => start((app) => app.get('/apiary', answer))).not.toThrow();
  });

  test.each<[string, (app: Hono) => unknown]>([
    ['GET /api/vault', (app) => app.get('/api/vault', answer)],
    ['POST /api/logs', (app) => app.post('/api/logs', answer)],
    ['GET /api', (app) => app.get('/api', answer)],
    ['GET /api/logs/:id', (app) => app.get('/api/logs/:id', answer)],
    ['ALL /api/anything', (app) => app.all('/api/anything', answer)],
    ['ALL /api/*', (app) => app.use('/api/*', async () => answer())],
    ['DELETE /session', (app) => app.route('/session', new Hono().delete('/', answer))],
    ['PUT /api/vault', (app) => app.route('/api', new Hono().put('/vault', answer))],
  ])('does not start with %s', (name, mount) => {
    expect(() => start(mount)).toThrow(`${name} names no operation`);
  });

  test('does not start with an operation that no rule could be about, and with one call twice', () => {
    const endpoints = createEndpoints();
    const named = (operation: string): Endpoint => ({ ...logs, operation: operation as never });
    for (const operation of ['logs:delete', '', 'logs', 'session:', 'open', 'session:Touch']) {
      expect(() => endpoints.add(named(operation)), operation).toThrow('names no operation');
    }
    endpoints.add(logs);
    expect(() => endpoints.add({ ...logs, operation: 'accounts:read' })).toThrow('is there already');
    expect(endpoints.list()).toEqual([logs]);
  });
});

test('each operation that rules can be about is one of some call', () => {
  const called = new Set(use.server.endpoints.map(({ operation }) => operation));
  for (const operation of operations) expect(called, operation).toContain(operation);
});

test('browsers are told which request is which operation, of their own door', () => {
  const approve: Endpoint = {
    ...logs,
    method: 'POST',
    path: '/api/payments/:id/approve',
    operation: 'payments:approve',
  };
  const touch: Endpoint = { ...logs, path: '/session/touch', operation: 'session:touch' };
  expect(routesOf([logs, approve, touch])).toEqual({
    bank: [
      { method: 'GET', path: '/api/logs', operation: 'logs:read' },
      { method: 'POST', path: '/api/payments/*/approve', operation: 'payments:approve' },
    ],
    admin: [],
  });
});
