import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPolicy, decodePolicy, encodePolicy, PolicyProblem } from '../../../src/facts/policy-wire.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';

const decode = (change: object) => decodePolicy({ version: 1, ...change });
const long = 'x'.repeat(1_001);
const many = <T>(one: (index: number) => T): T[] => Array.from({ length: 1_001 }, (_, index) => one(index));
const route = { method: 'POST', path: '/api/*', operation: 'a' };

describe('a policy on the wire', () => {
  it('needs no more than a version; the rest is by default', () => {
    expect(decodePolicy({ version: 7 })).toEqual({
      policy: {
        version: 7,
        idleTimeout: null,
        absoluteTimeout: null,
        absoluteFrom: 'session_start',
        warnBefore: seconds(120),
        warnBeforeAbsolute: seconds(600),
        touchEvery: seconds(60),
        pollEvery: seconds(60),
        holdMax: 0,
        onIdle: 'end',
        lockTimeout: null,
        extendable: true,
        operations: {},
        routes: [],
        defaultOperation: null,
        source: null,
        justification: null,
      },
      clamped: [],
    });
  });

  it('is in seconds there, and in milliseconds here', () => {
    const { policy } = decodePolicy({
      version: 7,
      idle_timeout: 900,
      absolute_timeout: 28_800,
      absolute_from: 'auth_time',
      warn_before: 90.5,
      warn_before_absolute: 300,
      touch_every: 30,
      poll_every: 20,
      hold_max: 3_600,
      on_idle: 'lock',
      lock_timeout: 1_800,
      extendable: false,
      operations: {
        'payments:write': { allow: true, max_age: 600, acr_values: 'phr' },
        'users:delete': { allow: false },
        'users:write': { idle_timeout: 300, absolute_timeout: 3_600 },
      },
      routes: [route],
      default_operation: 'payments:write',
      source: 'PCI DSS 4.0.1 8.2.8',
      justification: null,
      of_a_later_version: { ignored: true },
    });
    expect(policy).toEqual({
      version: 7,
      idleTimeout: minutes(15),
      absoluteTimeout: hours(8),
      absoluteFrom: 'auth_time',
      warnBefore: 90_500,
      warnBeforeAbsolute: minutes(5),
      touchEvery: seconds(30),
      pollEvery: seconds(20),
      holdMax: hours(1),
      onIdle: 'lock',
      lockTimeout: minutes(30),
      extendable: false,
      operations: {
        'payments:write': { allow: true, maxAge: minutes(10), acrValues: 'phr' },
        'users:delete': { allow: false },
        'users:write': { allow: true, idleTimeout: minutes(5), absoluteTimeout: hours(1) },
      },
      routes: [route],
      defaultOperation: 'payments:write',
      source: 'PCI DSS 4.0.1 8.2.8',
      justification: null,
    });
  });

  it('may say null for what has a default', () => {
    const nulls = Object.fromEntries(
      Object.keys(encodePolicy(decodePolicy({ version: 1 }).policy)).map((name) => [
        name,
        name === 'version' ? 1 : null,
      ]),
    );
    expect(decodePolicy(nulls)).toEqual(decodePolicy({ version: 1 }));
  });

  it.each<[member: string, value: unknown, message: string]>([
    ['version', undefined, 'version is not a whole number of 0 or more'],
    ['version', '1', 'version is not a whole number'],
    ['version', 1.5, 'version is not a whole number'],
    ['version', -1, 'version is not a whole number'],
    ['version', 2 ** 53, 'version is not a whole number'],
    ...['idle_timeout', 'absolute_timeout', 'lock_timeout'].flatMap((member): [string, unknown, string][] => [
      [member, 0, `${member} is 0`],
      [member, -1, `${member} is not a finite number of seconds of 0 or more`],
      [member, '900', `${member} is not a finite number`],
      [member, Number.NaN, `${member} is not a finite number`],
      [member, Number.POSITIVE_INFINITY, `${member} is not a finite number`],
      [member, 900_000_000, `${member} looks like milliseconds, or too long`],
      [member, [900], `${member} is not a finite number`],
    ]),
    ...['warn_before', 'warn_before_absolute', 'touch_every', 'poll_every', 'hold_max'].flatMap(
      (member): [string, unknown, string][] => [
        [member, -0.001, `${member} is not a finite number of seconds of 0 or more`],
        [member, true, `${member} is not a finite number`],
        [member, Number.NaN, `${member} is not a finite number`],
        [member, 366 * 86_400 + 1, `${member} looks like milliseconds, or too long`],
      ],
    ),
    ['absolute_from', 'login', 'absolute_from is none of session_start, auth_time'],
    ['absolute_from', 1, 'absolute_from is none of'],
    ['on_idle', 'sleep', 'on_idle is none of end, lock'],
    ['extendable', 'yes', 'extendable is not true or false'],
    ['operations', [], 'operations is not an object'],
    ['operations', 'all', 'operations is not an object'],
    ['operations', { a: null }, 'operations.a is not an object'],
    ['operations', { a: { allow: 1 } }, 'allow is not true or false'],
    ['operations', { a: { max_age: -1 } }, 'max_age is not a finite number'],
    ['operations', { a: { max_age: 900_000_000 } }, 'max_age looks like milliseconds'],
    ['operations', { a: { acr_values: 5 } }, 'acr_values is not a string'],
    ...['idle_timeout', 'absolute_timeout'].flatMap((member): [string, unknown, string][] => [
      ['operations', { a: { [member]: 0 } }, `${member} is 0; leave it out for no limit`],
      ['operations', { a: { [member]: '300' } }, `${member} is not a finite number`],
      ['operations', { a: { [member]: 900_000_000 } }, `${member} looks like milliseconds, or too long`],
    ]),
    ['operations', { [long]: {} }, 'operations is longer than 1000 characters'],
    ['operations', Object.fromEntries(many((n) => [`o${n}`, {}])), 'operations has more than 1000 entries'],
    ['routes', {}, 'routes is not a list'],
    ['routes', [null], 'routes[0] is not an object'],
    ['routes', [route, { ...route, method: 5 }], 'routes[1].method is not a string'],
    ['routes', [{ ...route, path: undefined }], 'routes[0].path is not a string'],
    ['routes', [{ ...route, operation: long }], 'routes[0].operation is longer than 1000 characters'],
    ['routes', many(() => route), 'routes has more than 1000 entries'],
    ['default_operation', 5, 'default_operation is not a string'],
    ['source', long, 'source is longer than 1000 characters'],
    ['justification', {}, 'justification is not a string'],
  ])('is refused whole for %s %j', (member, value, message) => {
    const read = () => decode({ [member]: value });
    expect(read).toThrow(PolicyProblem);
    expect(read).toThrow(message);
  });

  it.each([null, undefined, 5, 'policy', [], () => undefined])('is refused where it is %s', (value) => {
    expect(() => decodePolicy(value)).toThrow('policy is not an object');
  });

  it('is refused with a word, or read, whatever comes', () => {
    const names = Object.keys(encodePolicy(decodePolicy({ version: 1 }).policy));
    const value = fc.oneof(fc.anything(), fc.integer(), fc.double(), fc.constantFrom('lock', 'end', 'auth_time'));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (wire) => {
        try {
          const { policy } = decodePolicy(wire);
          expect(policy.idleTimeout === null || policy.idleTimeout > 0).toBe(true);
          expect(Number.isFinite(policy.touchEvery) && policy.touchEvery >= 0).toBe(true);
        } catch (problem) {
          expect(problem).toBeInstanceOf(PolicyProblem);
        }
      }),
    );
  });

  it('may name an operation __proto__, which is an operation like any other', () => {
    const { policy } = decodePolicy(JSON.parse('{"version":1,"operations":{"__proto__":{"allow":false}}}'));
    expect(Object.hasOwn(policy.operations, '__proto__')).toBe(true);
    expect(policy.operations['toString']).toBeUndefined();
  });

  it('takes 1,000 operations and routes, and texts of 1,000 characters', () => {
    const text = 'x'.repeat(1_000);
    const operations = Object.fromEntries(many((n) => [`o${n}`, {}]).slice(1));
    const { policy } = decode({ operations, routes: many(() => route).slice(1), source: text });
    expect(Object.keys(policy.operations)).toHaveLength(1_000);
    expect(policy.routes).toHaveLength(1_000);
    expect(policy.source).toBe(text);
  });
});

describe('clamping', () => {
  it.each<[what: string, wire: object, policy: object, clamped: string[]]>([
    [
      'leaves what fits',
      { idle_timeout: 240, warn_before: 120, touch_every: 60 },
      { warnBefore: 120_000, touchEvery: 60_000 },
      [],
    ],
    [
      'brings an idle lead to half its limit',
      { idle_timeout: 60, warn_before: 31, touch_every: 0 },
      { warnBefore: 30_000 },
      ['warn_before'],
    ],
    [
      'brings an absolute lead to half its limit',
      { absolute_timeout: 100, warn_before_absolute: 51 },
      { warnBeforeAbsolute: 50_000, touchEvery: 60_000 },
      ['warn_before_absolute'],
    ],
    [
      'counts the touch interval from the lead that was clamped before it',
      { idle_timeout: 60, warn_before: 60, touch_every: 60 },
      { warnBefore: 30_000, touchEvery: 15_000 },
      ['warn_before', 'touch_every'],
    ],
    [
      'brings a touch interval alone',
      { idle_timeout: 100, warn_before: 20, touch_every: 41 },
      { warnBefore: 20_000, touchEvery: 40_000 },
      ['touch_every'],
    ],
    [
      'brings a touch interval to a quarter of the shortest idle limit of an operation that is allowed',
      {
        idle_timeout: 900,
        operations: { a: { idle_timeout: 60 }, b: { idle_timeout: 120 }, c: { allow: false, idle_timeout: 8 } },
      },
      { touchEvery: 15_000 },
      ['touch_every'],
    ],
    [
      'changes nothing where there are no limits',
      { warn_before: 9_999, warn_before_absolute: 9_999, touch_every: 9_999 },
      { warnBefore: 9_999_000, warnBeforeAbsolute: 9_999_000, touchEvery: 9_999_000 },
      [],
    ],
  ])('%s', (_, wire, policy, clamped) => {
    const read = decode(wire);
    expect(read.policy).toMatchObject(policy);
    expect(read.clamped).toEqual(clamped);
  });
});

it('a policy reads back as it was written, clamped or not, to the millisecond', () => {
  const milliseconds = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(milliseconds, milliseconds, milliseconds, (idle, warn, touch) => {
      const { policy } = decodePolicy({
        version: 1,
        idle_timeout: idle / 1_000,
        warn_before: warn / 1_000,
        touch_every: touch / 1_000,
      });
      expect(decodePolicy(encodePolicy(policy))).toEqual({ policy, clamped: [] });
    }),
  );
});

describe('the canonical text of a policy', () => {
  const base = { operations: { a: { allow: true, max_age: 5 }, b: { allow: false } } };

  it('does not depend on the order in which operations came', () => {
    const turned = { operations: { b: { allow: false }, a: { max_age: 5, allow: true } } };
    expect(canonicalPolicy(decode(base).policy)).toBe(canonicalPolicy(decode(turned).policy));
  });

  it.each([
    { operations: { a: { allow: true, max_age: 5, idle_timeout: 6 }, b: { allow: false } } },
    { operations: { a: { allow: true, max_age: 5, absolute_timeout: 6 }, b: { allow: false } } },
    { extendable: false },
    { idle_timeout: 9 },
    { routes: [route] },
    { source: 'x' },
    { operations: {} },
  ])('tells %j apart', (change) => {
    expect(canonicalPolicy(decode({ ...base, ...change }).policy)).not.toBe(canonicalPolicy(decode(base).policy));
  });

  it('depends on the order of routes, of which the first match counts', () => {
    const routes = [route, { ...route, method: 'GET' }];
    expect(canonicalPolicy(decode({ routes }).policy)).not.toBe(
      canonicalPolicy(decode({ routes: [...routes].reverse() }).policy),
    );
  });
});
