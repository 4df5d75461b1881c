import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createGlob } from '../../../src/rules/glob.js';
import { routedOperation } from '../../../src/rules/routes.js';
import { countedText } from '../support/counted-text.js';

describe('a request', () => {
  const routes = [
    { method: 'GET', path: '/api/payments/export', operation: 'payments:export' },
    { method: 'POST', path: '/api/payments/*', operation: 'payments:write' },
    { method: 'Post', path: '/api/payments', operation: 'payments:write' },
    { method: '*', path: '*/approvals', operation: 'approve' },
    { method: 'P*T', path: '/api/a*b*c', operation: 'stars' },
    { method: 'DELETE', path: '/api/*?soft=true', operation: 'erase' },
    { method: 'GET', path: '/zahlungen/fällig*', operation: 'due' },
    { method: 'GET', path: '/a b/{id}', operation: 'odd' },
    { method: 'GET', path: '/*/log', operation: 'log' },
    { method: 'GET', path: '/api/payments/*', operation: 'payments:read' },
  ];

  it.each<[method: string, path: string, is: string | undefined]>([
    ['GET', '/api/payments/export', 'payments:export'],
    ['GET', '/api/payments/7', 'payments:read'],
    ['POST', '/api/payments/7', 'payments:write'],
    ['POST', '/api/payments/7/items/8', 'payments:write'],
    ['POST', '/api/payments/', 'payments:write'],
    ['POST', '/api/payments', 'payments:write'],
    ['POST', '/api/payments#part', 'payments:write'],
    ['POST', '/api/paymentsx', undefined],
    ['post', '/api/payments', 'payments:write'],
    ['GET', '/api/payments?id=7', undefined],
    ['GET', '/api/payments/7?export', 'payments:read'],
    ['GET', '/api/payments/7#part', 'payments:read'],
    ['HEAD', '/x/y/approvals', 'approve'],
    ['GET', '/approvals', 'approve'],
    ['GET', '/approvals/', undefined],
    ['PUT', '/api/abc', 'stars'],
    ['PATCH', '/api/abc', undefined],
    ['PT', '/api/a/b/c', 'stars'],
    ['PUT', '/api/ac', undefined],
    ['PUT', '/api/abcb', undefined],
    ['DELETE', '/api/7', 'erase'],
    ['GET', '/zahlungen/f%C3%A4llig/heute', 'due'],
    ['GET', '/zahlungen/f%c3%a4llig', 'due'],
    ['GET', '/zahlungen/fällig', 'due'],
    ['GET', '/a%20b/%7Bid%7D', 'odd'],
    ['POST', '/%61pi/p%41yments', undefined],
    ['POST', '/%61pi/p%61yments', 'payments:write'],
    ['POST', '/api%2Fpayments', undefined],
    ['GET', '/x/log', 'log'],
    ['GET', '//log', 'log'],
    ['GET', '/log', undefined],
    ['GET', '', undefined],
    ['', '/api/payments', undefined],
    ['GET', '/\ud800', undefined],
    ['GET', '/%', undefined],
  ])('%s %s is %s', (method, path, is) => {
    expect(routedOperation(routes, method, path)).toBe(is);
  });

  it('is none where there are no routes, and what a browser makes of an address is what a route says', () => {
    expect(routedOperation([], 'GET', '/')).toBeUndefined();
    for (const path of ['/ä ö/"<>^`{|}', '/a/../b', '/\ud800x', '/%zz%4', "/!$&'()*+,;=:@"]) {
      const sent = new URL(path, 'https://bank.example').pathname;
      const route = { method: 'GET', path: path === '/a/../b' ? '/b' : path, operation: 'it' };
      expect(routedOperation([route], 'GET', sent)).toBe('it');
    }
  });

  it('is the first that fits, however the list is', () => {
    const part = fc.constantFrom('/', 'a', 'b', '*', '/a', '/*');
    const path = fc.array(part, { maxLength: 5 }).map((parts) => `/${parts.join('')}`);
    const list = fc.array(fc.record({ method: fc.constantFrom('GET', 'POST', '*'), path }), { maxLength: 8 });
    fc.assert(
      fc.property(list, fc.constantFrom('GET', 'POST'), path, (patterns, method, sent) => {
        const named = patterns.map((pattern, index) => ({ ...pattern, operation: String(index) }));
        const first = patterns.findIndex(
          (pattern) => (pattern.method === '*' || pattern.method === method) && byExpression(pattern.path).test(sent),
        );
        expect(routedOperation(named, method, sent)).toBe(first < 0 ? undefined : String(first));
      }),
      { numRuns: 2_000, seed: 20_261_126 },
    );
  });
});

/** The same by a regular expression, which may go back. */
function byExpression(pattern: string): RegExp {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 's');
}

describe('a pattern', () => {
  const text = (maxLength: number, characters: string) =>
    fc.string({ unit: fc.constantFrom(...characters), maxLength });

  it('fits what the same regular expression fits', () => {
    fc.assert(
      fc.property(text(10, 'ab*'), text(16, 'ab'), (pattern, whole) => {
        expect(createGlob(pattern)(whole)).toBe(byExpression(pattern).test(whole));
      }),
      { numRuns: 5_000, seed: 20_261_126 },
    );
  });

  it('fits what was made from it', () => {
    fc.assert(
      fc.property(
        fc.array(text(6, 'ab/%'), { minLength: 1, maxLength: 5 }),
        fc.array(text(6, 'ab/%*'), { minLength: 5 }),
        (pieces, fill) => {
          expect(
            createGlob(pieces.join('*'))(
              pieces.map((piece, i) => piece + (i < pieces.length - 1 ? fill[i] : '')).join(''),
            ),
          ).toBe(true);
        },
      ),
      { numRuns: 1_000, seed: 20_261_126 },
    );
  });
});

test.each([
  ['*'.repeat(1_000), 'a'],
  [`${'*a'.repeat(500)}*b`, 'a'],
  [`*${'a'.repeat(500)}b*`, 'a'],
  [`*${'ab'.repeat(250)}b*c`, 'ab'],
  [`*${'a'.repeat(250)}b${'a'.repeat(249)}*c`, `${'a'.repeat(250)}b`],
  [`${'a'.repeat(1_000)}*`, 'a'],
  [`*${'a'.repeat(1_000)}`, 'a'],
])('looks a bounded number of times at each character (%#)', (pattern, piece) => {
  const text = countedText(piece.repeat(Math.ceil(100_000 / piece.length)));
  createGlob(pattern)(text);
  expect(text.looks()).toBeLessThan(2 * text.length + 2 * pattern.length);
});
