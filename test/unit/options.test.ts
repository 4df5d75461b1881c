import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePolicy } from '../../src/facts/policy-wire.js';
import { createNightlatch } from '../../src/nightlatch.js';
import { type NightlatchOptions, readLocalPolicy, readOptions } from '../../src/options.js';
import type { Wiper } from '../../src/ports.js';
import { createFakeBackend } from '../../src/testing/fake-backend.js';
import { createFakeServer, DEFAULT_POLICY } from '../../src/testing/fake-server.js';
import { createFakeBrowser } from '../../src/testing/fake-tabs.js';
import { createManualClock } from '../../src/testing/manual-clock.js';
import { hours, minutes, seconds } from '../../src/time/instant.js';

const clock = createManualClock();
const backend = createFakeBackend(createFakeServer({ clock }), { clock });
const wiper: Wiper = { name: 'tokens', scope: 'shared', wipe: () => undefined };
const good = { name: 'test', policy: { idleTimeout: minutes(15) } };

/** Options as a caller without types may write them. */
const read = (change: object) => readOptions({ ...good, ...change } as unknown as NightlatchOptions);
const readPolicy = (change: object) => readLocalPolicy({ idleTimeout: minutes(15), ...change } as never);

const source = { name: 'camera', start: () => () => undefined };

describe('the options', () => {
  it('need no more than a name and a policy', () => {
    expect(readOptions(good)).toEqual({
      name: 'test',
      backend: undefined,
      policy: { ...DEFAULT_POLICY, version: 0, idleTimeout: minutes(15) },
      initial: undefined,
      holdRequests: { requests: 256, bytes: 4_194_304, age: minutes(5) },
      wipers: [],
      evidence: [],
      onEvent: undefined,
      anyActAnswers: false,
    });
  });

  it('take limits for held requests, one by one', () => {
    expect(read({ holdRequests: { requests: 3 } }).holdRequests).toMatchObject({ requests: 3, age: minutes(5) });
    for (const bad of [5, null, { bytes: -1 }, { age: '5' }, { requests: Number.NaN }])
      expect(() => read({ holdRequests: bad as never })).toThrow(/^holdRequests/);
  });

  it('need no policy where there is a backend', () => {
    expect(readOptions({ name: 'test', backend })).toMatchObject({ backend, policy: undefined });
  });

  it.each([undefined, null])('take an initial document of %s, with a backend and without', (initial) => {
    expect(read({ initial }).initial).toBe(initial);
    expect(read({ backend, initial }).initial).toBe(initial);
  });

  it.each<unknown>([{}, 'text', 5, []])(
    'leave it to the codec to say what is wrong with an initial document: %j',
    (initial) => {
      expect(read({ backend, initial }).initial).toBe(initial);
    },
  );

  it('take all there is', () => {
    const onEvent = () => undefined;
    const tab: Wiper = { ...wiper, scope: 'tab' };
    const settings = read({
      backend,
      onEvent,
      evidence: [source],
      wipe: [[tab, wiper], { ...wiper, name: 'cache' }],
      warningAnsweredBy: 'activity',
    });
    expect(settings.wipers.map(({ name, scope }) => `${scope} ${name}`)).toEqual([
      'tab tokens',
      'shared tokens',
      'shared cache',
    ]);
    expect(settings).toMatchObject({ onEvent, anyActAnswers: true, evidence: [source] });
  });

  it.each<[option: string, value: unknown, error: typeof TypeError | typeof RangeError, says: string]>([
    ['name', undefined, TypeError, 'name is undefined'],
    ['name', 5, TypeError, 'name is 5'],
    ['name', '', RangeError, 'name is ""'],
    ['name', 'a b', RangeError, 'name is "a b"'],
    ['name', 'a:b', RangeError, 'name is "a:b"'],
    ['name', 'x'.repeat(65), RangeError, 'name is "xxx'],
    ['name', 'a\n', RangeError, 'name is "a\\n"'],
    ['backend', null, TypeError, 'backend is null'],
    ['backend', '/session', TypeError, 'backend is "/session"'],
    ['backend', {}, TypeError, 'backend.peek is undefined; expected a function'],
    ['backend', { ...backend, touch: 5 }, TypeError, 'backend.touch is 5'],
    ['backend', { ...backend, extend: undefined }, TypeError, 'backend.extend is undefined'],
    ['backend', { ...backend, lock: null }, TypeError, 'backend.lock is null'],
    ['backend', { ...backend, end: 'end' }, TypeError, 'backend.end is "end"'],
    ['policy', undefined, TypeError, 'policy is missing'],
    ['policy', null, TypeError, 'policy is null'],
    ['policy', 900, TypeError, 'policy is 900'],
    ['policy', {}, TypeError, 'policy.idleTimeout and policy.absoluteTimeout are both missing'],
    ['evidence', source, TypeError, 'evidence is a value of type object; expected a list of sources'],
    ['evidence', [null], TypeError, 'evidence[0] is null'],
    ['evidence', [source, { ...source, name: '' }], TypeError, 'evidence[1].name is ""'],
    ['evidence', [{ name: 'camera' }], TypeError, 'evidence[0].start is undefined'],
    ['wipe', wiper, TypeError, 'wipe is a value of type object; expected a list of wipers'],
    ['wipe', null, TypeError, 'wipe is null'],
    ['wipe', [wiper, null], TypeError, 'wipe[1] is null'],
    ['wipe', ['tokens'], TypeError, 'wipe[0] is "tokens"'],
    ['wipe', [{ ...wiper, name: '' }], TypeError, 'wipe[0].name is ""'],
    ['wipe', [{ ...wiper, name: 5 }], TypeError, 'wipe[0].name is 5'],
    ['wipe', [{ ...wiper, scope: 'all' }], RangeError, 'wipe[0].scope is "all"'],
    ['wipe', [{ ...wiper, wipe: true }], TypeError, 'wipe[0].wipe is true'],
    ['wipe', [wiper, wiper], TypeError, 'wipe[1].name: two shared wipers are called tokens'],
    ['wipe', [[[wiper]]], TypeError, 'wipe[0].name is undefined'],
    ['onEvent', 'log', TypeError, 'onEvent is "log"'],
    ['onEvent', null, TypeError, 'onEvent is null'],
    ['initial', {}, TypeError, 'initial is given without a backend'],
    ['warningAnsweredBy', 'mouse', RangeError, 'warningAnsweredBy is "mouse"'],
    ['warningAnsweredBy', null, RangeError, 'warningAnsweredBy is null'],
    ['warningAnsweredBy', true, RangeError, 'warningAnsweredBy is true'],
  ])('with a bad %s are refused: %j', (option, value, error, says) => {
    expect(() => read({ [option]: value })).toThrow(error);
    expect(() => read({ [option]: value })).toThrow(says);
  });

  it.each([undefined, null, 5, 'test', true])('that are %j are refused', (options) => {
    const create = () => createNightlatch(options as never, createFakeBrowser({ clock }).openTab().page.world);
    expect(create).toThrow(TypeError);
    expect(create).toThrow('options is');
  });
});

describe('a local policy', () => {
  it('has the defaults of the server contract where it says nothing', () => {
    expect(readPolicy({})).toEqual({ ...DEFAULT_POLICY, version: 0, idleTimeout: minutes(15) });
    expect(readPolicy({ warnBefore: undefined }).warnBefore).toBe(seconds(120));
  });

  it('takes seconds: tests, demos and kiosks need them', () => {
    expect(readPolicy({ idleTimeout: seconds(3), warnBefore: seconds(1), touchEvery: 0 })).toMatchObject({
      idleTimeout: 3_000,
      warnBefore: 1_000,
      touchEvery: 0,
    });
  });

  it('is clamped as the server’s is', () => {
    expect(
      readPolicy({ idleTimeout: seconds(60), absoluteTimeout: hours(1), warnBeforeAbsolute: hours(2) }),
    ).toMatchObject({
      warnBefore: seconds(30),
      warnBeforeAbsolute: minutes(30),
      touchEvery: seconds(15),
    });
  });

  const durations = ['warnBefore', 'warnBeforeAbsolute', 'touchEvery', 'pollEvery', 'holdMax'];
  const limits = ['idleTimeout', 'absoluteTimeout', 'lockTimeout'];

  it.each<[member: string, value: unknown, error: typeof TypeError | typeof RangeError]>([
    ...[...durations, ...limits].flatMap((member): [string, unknown, typeof TypeError | typeof RangeError][] => [
      [member, '15 min', TypeError],
      [member, true, TypeError],
      [member, [5], TypeError],
      [member, 5n, TypeError],
      [member, Number.NaN, RangeError],
      [member, Number.POSITIVE_INFINITY, RangeError],
      [member, -1, RangeError],
      [member, 366 * 86_400_000 + 1, RangeError],
    ]),
    ...durations.map((member): [string, unknown, typeof TypeError] => [member, null, TypeError]),
    ...limits.map((member): [string, unknown, typeof RangeError] => [member, 0, RangeError]),
    ['onIdle', 'sleep', RangeError],
    ['onIdle', null, RangeError],
    ['absoluteFrom', 'login', RangeError],
    ['extendable', 'yes', TypeError],
    ['operations', null, TypeError],
    ['operations', 5, TypeError],
    ['operations', [], TypeError],
    ['operations', { pay: null }, TypeError],
    ['operations', { pay: { allow: 'yes' } }, TypeError],
    ['operations', { pay: { allow: true, maxAge: 'soon' } }, TypeError],
    ['operations', { pay: { allow: true, maxAge: -1 } }, RangeError],
    ['operations', { pay: { allow: true, acrValues: 5 } }, TypeError],
    ['operations', { pay: { allow: true, idleTimeout: 0 } }, RangeError],
    ['operations', { pay: { allow: true, absoluteTimeout: null } }, TypeError],
    ['routes', {}, TypeError],
    ['routes', [1], TypeError],
    ['routes', [{ method: 'GET', path: '/' }], TypeError],
    ['defaultOperation', 5, TypeError],
    ['source', 5, TypeError],
    ['justification', {}, TypeError],
    ['idle', 5, TypeError],
    ['idle_timeout', 900, TypeError],
  ])('with a bad %s is refused, by name (%#)', (member, value, error) => {
    expect(() => readPolicy({ [member]: value })).toThrow(error);
    expect(() => readPolicy({ [member]: value })).toThrow(`policy.${member}`);
  });

  it('without any limit is refused, for nothing would ever end', () => {
    for (const none of [{}, { idleTimeout: null }, { idleTimeout: null, absoluteTimeout: null }]) {
      expect(() => readLocalPolicy(none)).toThrow('nothing would ever end');
    }
    expect(readLocalPolicy({ absoluteTimeout: hours(8) }).idleTimeout).toBeNull();
  });
});

/** Whatever somebody may write, with what is nearly right among it. */
const anyValue = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
  }),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.constantFrom<unknown>(Symbol('s'), () => undefined, backend, wiper, [wiper], good.policy, 'activity', 'lock'),
  fc.dictionary(fc.constantFrom('peek', 'touch', 'extend', 'lock', 'end', 'name', 'scope', 'wipe'), fc.anything()),
  fc.array(fc.dictionary(fc.constantFrom('name', 'scope', 'wipe'), fc.anything())),
);

describe('whatever is given', () => {
  it.each(['name', 'backend', 'policy', 'wipe', 'onEvent', 'warningAnsweredBy'])(
    'as the option %s is taken, or refused with a TypeError or RangeError that names it',
    (option) => {
      fc.assert(
        fc.property(anyValue, (value) => {
          try {
            read({ [option]: value });
          } catch (problem) {
            expect(problem instanceof TypeError || problem instanceof RangeError).toBe(true);
            expect((problem as Error).message).toMatch(new RegExp(`^${option}\\b`));
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  it.each(Object.keys(DEFAULT_POLICY))(
    'as the policy’s %s is taken, or refused with a TypeError or RangeError that names it',
    (member) => {
      const entry = fc.dictionary(
        fc.string(),
        fc.oneof(fc.anything(), fc.record({ allow: fc.boolean(), maxAge: fc.anything() })),
      );
      const route = fc.array(
        fc.dictionary(fc.constantFrom('method', 'path', 'operation'), fc.oneof(fc.string(), fc.anything())),
      );
      fc.assert(
        fc.property(fc.oneof(anyValue, entry, route), (value) => {
          try {
            encodePolicy(readPolicy({ [member]: value }));
          } catch (problem) {
            expect(problem instanceof TypeError || problem instanceof RangeError).toBe(true);
            expect((problem as Error).message).toContain(`policy.${member}`);
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});
