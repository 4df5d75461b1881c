import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Requirement } from '../../../src/rules/freshness.js';
import { type StepUp, stepUp } from '../../../src/rules/step-up.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { NOON, past } from '../support/facts.js';

const M = minutes;
const S = seconds;

describe('a refused request', () => {
  // Sent with the authentication of noon, unless `newest` says that there is a newer one since.
  it.each<[what: string, asked: Requirement, now: number, newest: number, acr: string, is: StepUp]>([
    ['asks the person where the last time is too long ago', { maxAge: M(10) }, M(11), 0, 'pwd', 'authenticate'],
    ['asks at the very end of the time allowed', { maxAge: M(10) }, M(10), 0, 'pwd', 'authenticate'],
    ['is a loop where it is not', { maxAge: M(10) }, M(10) - 1, 0, 'pwd', 'loop'],
    ['asks the person for another kind', { acrValues: 'phr phrh' }, M(1), 0, 'pwd', 'authenticate'],
    ['is a loop where the kind is there', { acrValues: 'phr phrh' }, M(1), 0, 'phr', 'loop'],
    ['asks where the kind is there, and too old', { maxAge: M(10), acrValues: 'phr' }, M(11), 0, 'phr', 'authenticate'],
    [
      'asks where it is recent, and of another kind',
      { maxAge: M(10), acrValues: 'phr' },
      M(1),
      0,
      'pwd',
      'authenticate',
    ],
    ['is sent again after somebody else has authenticated', { maxAge: M(10) }, M(21), M(20), 'pwd', 'send-again'],
    ['is sent again after somebody else has, with that kind', { acrValues: 'phr' }, M(21), M(20), 'phr', 'send-again'],
    ['asks where that was of another kind', { acrValues: 'phr' }, M(21), M(20), 'pwd', 'authenticate'],
    ['asks where that, too, is too old by now', { maxAge: M(10) }, M(31), M(20), 'pwd', 'authenticate'],
    ['asks for a new authentication', { maxAge: 0 }, M(1), 0, 'pwd', 'authenticate'],
    ['is a loop where the person has just given one', { maxAge: 0 }, S(5) - 1, 0, 'pwd', 'loop'],
    ['asks again a moment later', { maxAge: 0 }, S(5), 0, 'pwd', 'authenticate'],
    ['is sent again where somebody has just given one', { maxAge: 0 }, M(20) + S(4), M(20), 'pwd', 'send-again'],
    ['asks for claims, which only the server can judge', { claims: '{}' }, M(1), 0, 'pwd', 'authenticate'],
    ['asks for a scope', { scope: 'pay' }, M(1), 0, 'pwd', 'authenticate'],
    ['asks for factors, however recent', { maxAge: M(10), factors: 'second' }, M(1), 0, 'pwd', 'authenticate'],
    ['is sent again, for the newer one may have them', { claims: '{}' }, M(21), M(20), 'pwd', 'send-again'],
    [
      'asks for factors where the newer one is too old',
      { maxAge: M(10), factors: 'both' },
      M(31),
      M(20),
      'pwd',
      'authenticate',
    ],
  ])('%s', (_, asked, now, newest, acr, is) => {
    const attempt = { authenticatedAt: NOON, answered: [] };
    expect(stepUp(asked, attempt, { authenticatedAt: past(newest), acr }, past(now))).toBe(is);
  });

  it.each<Requirement>([
    { maxAge: 0 },
    { maxAge: M(10), acrValues: 'phr' },
    { claims: '{"a":1}' },
    { scope: 'pay' },
    { maxAge: M(10), factors: 'both' },
  ])('is a loop where %j has been answered and is asked again', (asked) => {
    const newest = { authenticatedAt: past(M(60)), acr: 'pwd' };
    const attempt = { authenticatedAt: past(M(60)), answered: [{ acrValues: 'other' }, { ...asked }] };
    expect(stepUp(asked, attempt, newest, past(M(90)))).toBe('loop');
    expect(stepUp({ ...asked, acrValues: 'more' }, attempt, newest, past(M(90)))).toBe('authenticate');
  });

  it.each<[answered: Requirement, asked: Requirement]>([
    [
      { maxAge: M(10), scope: 'pay' },
      { maxAge: M(5), scope: 'pay' },
    ],
    [{ claims: '{"a":1}' }, { claims: '{"a":2}' }],
    [{ scope: 'pay' }, { scope: 'pay read' }],
    [{ factors: 'first' }, { factors: 'both' }],
  ])('is no loop where %j has been answered and %j is asked', (answered, asked) => {
    const attempt = { authenticatedAt: NOON, answered: [answered] };
    expect(stepUp(asked, attempt, { authenticatedAt: NOON, acr: 'pwd' }, past(M(1)))).toBe('authenticate');
  });

  it('may be asked for in steps, and not without end', () => {
    const asked = (n: number): Requirement => ({ acrValues: `level-${n}` });
    const newest = { authenticatedAt: NOON, acr: 'pwd' };
    const next = (answered: Requirement[]) =>
      stepUp(asked(answered.length), { authenticatedAt: NOON, answered }, newest, past(M(1)));
    expect([[], [asked(0)], [asked(0), asked(1)], [asked(0), asked(1), asked(2)]].map(next)).toEqual([
      'authenticate',
      'authenticate',
      'authenticate',
      'loop',
    ]);
  });
});

test('no server gets more than three prompts for one request, nor more repeats than there were authentications', () => {
  const requirement: fc.Arbitrary<Requirement> = fc.record(
    {
      maxAge: fc.constantFrom(0, S(1), M(10)),
      acrValues: fc.constantFrom('pwd', 'phr', 'pwd phr'),
      claims: fc.constantFrom('{"a":1}', '{"a":2}'),
      factors: fc.constantFrom('first' as const, 'both' as const),
    },
    { requiredKeys: [] },
  );
  // The server asks, time passes, and at times another tab authenticates.
  const turn = fc.record({ asked: requirement, passes: fc.integer({ min: 0, max: M(12) }), elsewhere: fc.boolean() });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 12, maxLength: 40 }), (turns) => {
      let now = 0;
      let newest = { authenticatedAt: NOON, acr: 'pwd' };
      let attempt = { authenticatedAt: NOON, answered: [] as Requirement[] };
      const count = { prompts: 0, repeats: 0, authentications: 0 };
      for (const { asked, passes, elsewhere } of turns) {
        now += passes + 1;
        if (elsewhere) {
          newest = { authenticatedAt: past(now), acr: 'phr' };
          count.authentications += 1;
        }
        const step = stepUp(asked, attempt, newest, past(now));
        if (step === 'loop') break;
        if (step === 'authenticate') {
          count.prompts += 1;
          now += 1;
          newest = { authenticatedAt: past(now), acr: 'pwd' };
          attempt = { authenticatedAt: newest.authenticatedAt, answered: [...attempt.answered, asked] };
        } else {
          count.repeats += 1;
          attempt = { ...attempt, authenticatedAt: newest.authenticatedAt };
        }
      }
      expect(count.prompts).toBeLessThanOrEqual(3);
      expect(count.repeats).toBeLessThanOrEqual(count.authentications);
    }),
    { numRuns: 2_000, seed: 20_261_126 },
  );
});
