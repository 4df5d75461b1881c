import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bodyKind, type ReplayObstacle, replayObstacle, type SentRequest } from '../../../src/rules/replay.js';
import { minutes } from '../../../src/time/instant.js';

const GET: SentRequest = { method: 'GET', body: 'none', idempotencyKey: null, sessionId: 's1' };
const POST: SentRequest = { ...GET, method: 'POST', body: 'repeatable' };
const NOW = { sessionId: 's1', heldFor: minutes(1), longest: minutes(5) };

describe('a request', () => {
  it.each<[what: string, request: SentRequest, moment: Partial<typeof NOW>, is: ReplayObstacle | undefined]>([
    ['that only reads', GET, {}, undefined],
    ['in small letters, which fetch makes capitals', { ...GET, method: 'delete' }, {}, undefined],
    ['HEAD', { ...GET, method: 'HEAD' }, {}, undefined],
    ['OPTIONS', { ...GET, method: 'OPTIONS' }, {}, undefined],
    ['PUT, which twice is once', { ...POST, method: 'PUT' }, {}, undefined],
    ['DELETE', { ...POST, method: 'DELETE' }, {}, undefined],
    ['POST', POST, {}, 'not-idempotent'],
    ['PATCH', { ...POST, method: 'PATCH' }, {}, 'not-idempotent'],
    ['of a method nobody knows', { ...POST, method: 'GETALL' }, {}, 'not-idempotent'],
    ['POST without a body', { ...POST, body: 'none' }, {}, 'not-idempotent'],
    ['POST with a key', { ...POST, idempotencyKey: '"8e03978e-40d5-43dd-bc93-6894a57f9324"' }, {}, undefined],
    ['POST with a bare key', { ...POST, idempotencyKey: 'k1' }, {}, undefined],
    ['POST with an empty key', { ...POST, idempotencyKey: '' }, {}, 'not-idempotent'],
    ['POST with a key of blanks in quotes', { ...POST, idempotencyKey: '" "' }, {}, 'not-idempotent'],
    ['POST that the app calls repeatable', { ...POST, repeatable: true }, {}, undefined],
    ['GET that the app does not', { ...GET, repeatable: false }, {}, 'forbidden'],
    ['POST with a key that the app does not', { ...POST, idempotencyKey: 'k1', repeatable: false }, {}, 'forbidden'],
    ['PUT whose body is gone', { ...POST, method: 'PUT', body: 'once' }, {}, 'body-used'],
    ['POST with a key whose body is gone', { ...POST, idempotencyKey: 'k1', body: 'once' }, {}, 'body-used'],
    ['whose body is gone, whatever the app says', { ...POST, body: 'once', repeatable: true }, {}, 'body-used'],
    ['of another session', GET, { sessionId: 's2' }, 'another-session'],
    [
      'of another session, whatever the app says',
      { ...POST, repeatable: true },
      { sessionId: 's2' },
      'another-session',
    ],
    ['held for five minutes', GET, { heldFor: minutes(5) }, undefined],
    ['held for longer', GET, { heldFor: minutes(5) + 1 }, 'too-late'],
  ])('%s', (_, request, moment, is) => {
    expect(replayObstacle(request, { ...NOW, ...moment })).toBe(is);
  });

  it('is never sent for another session, never without its body, and never twice where that does twice', () => {
    const sent: fc.Arbitrary<SentRequest> = fc.record(
      {
        method: fc.oneof(fc.constantFrom('GET', 'POST', 'put', 'PATCH'), fc.string()),
        body: fc.constantFrom('none' as const, 'repeatable' as const, 'once' as const),
        idempotencyKey: fc.option(fc.constantFrom('', '""', 'k1', '"k1"'), { nil: null }),
        sessionId: fc.constantFrom('s1', 's2'),
        repeatable: fc.boolean(),
      },
      { requiredKeys: ['method', 'body', 'idempotencyKey', 'sessionId'] },
    );
    fc.assert(
      fc.property(sent, fc.nat(minutes(10)), (request, heldFor) => {
        if (replayObstacle(request, { sessionId: 's1', heldFor, longest: minutes(5) }) !== undefined) return;
        expect(request.sessionId).toBe('s1');
        expect(request.body).not.toBe('once');
        expect(request.repeatable).not.toBe(false);
        expect(heldFor).toBeLessThanOrEqual(minutes(5));
        const isOnce = /^(get|head|options|trace|put|delete)$/i.test(request.method);
        expect(isOnce || request.repeatable === true || (request.idempotencyKey ?? '').includes('k1')).toBe(true);
      }),
      { numRuns: 2_000, seed: 20_261_126 },
    );
  });
});

test.each<[what: string, body: unknown, is: string]>([
  ['nothing', undefined, 'none'],
  ['null', null, 'none'],
  ['a text', '{}', 'repeatable'],
  ['an empty text', '', 'repeatable'],
  ['a form', new FormData(), 'repeatable'],
  ['parameters', new URLSearchParams('a=b'), 'repeatable'],
  ['a blob', new Blob(['x']), 'repeatable'],
  ['a buffer', new ArrayBuffer(1), 'repeatable'],
  ['a view', new Uint8Array(1), 'repeatable'],
  ['a stream', new Blob(['x']).stream(), 'once'],
  // Safari's streams cannot be iterated over: https://bugs.webkit.org/show_bug.cgi?id=194379
  ['a stream that cannot be iterated over', { getReader: () => ({}) }, 'once'],
  ['what can be iterated over like one', (async function* chunks() {})(), 'once'],
  ['what fetch makes a text of', { toString: () => 'x' }, 'repeatable'],
])('%s is a body to be sent: %#', (_, body, is) => {
  expect(bodyKind(body)).toBe(is);
});
