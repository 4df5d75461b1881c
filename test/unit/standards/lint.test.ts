import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type LintedPolicy, type LintOptions, lintPolicy, type PresetName, presets } from '../../../src/presets.js';
import { spoken } from '../../../src/standards/finding.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { THOROUGH } from '../../laws/arbitraries.js';

const H = hours;
const M = minutes;
const S = seconds;
const DAY = hours(24);

/** Nothing to say of this one. */
const GOOD: LintedPolicy = {
  idleTimeout: M(15),
  absoluteTimeout: H(8),
  absoluteFrom: 'auth_time',
  warnBefore: M(2),
  warnBeforeAbsolute: M(10),
};

const said = (policy: LintedPolicy, options?: LintOptions): string[] =>
  lintPolicy(policy, options).map(({ severity, code, member }) => `${severity} ${code} ${member}`);

test('has nothing to say of a good policy', () => {
  expect(said(GOOD)).toEqual([]);
});

describe('says of a policy', () => {
  it.each<[what: string, change: LintedPolicy, options: LintOptions, is: string[]]>([
    ['a warning of 20 s is enough', { warnBefore: S(20) }, {}, []],
    ['and less is not', { warnBefore: S(20) - 1 }, {}, ['warning warning-too-short warnBefore']],
    ['nor is none', { warnBefore: 0 }, {}, ['warning warning-too-short warnBefore']],
    [
      'the same before the absolute limit',
      { warnBeforeAbsolute: S(19) },
      {},
      ['warning warning-too-short warnBeforeAbsolute'],
    ],
    ['a limit of 40 s leaves 20 s', { idleTimeout: S(40), warnBefore: S(20) }, {}, []],
    [
      'a shorter one cannot, whatever the lead',
      { idleTimeout: S(30), warnBefore: S(20) },
      {},
      ['warning warning-too-short warnBefore', 'notice lead-cut warnBefore'],
    ],
    ['limits above 20 h are left out', { absoluteTimeout: H(24), warnBeforeAbsolute: S(5) }, {}, []],
    [
      'but not those of 20 h',
      { absoluteTimeout: H(20), warnBeforeAbsolute: S(5) },
      {},
      ['warning warning-too-short warnBeforeAbsolute'],
    ],
    ['a lead above half is cut', { warnBefore: M(8) }, {}, ['notice lead-cut warnBefore']],
    ['half is not', { warnBefore: M(7.5) }, {}, []],
    ['a lead of the whole limit is a mistake', { warnBefore: M(15) }, {}, ['warning lead-cut warnBefore']],
    ['a default lead is not spoken of', { idleTimeout: M(2), warnBefore: undefined as never }, {}, []],
    [
      'nor is a lead without its limit',
      { absoluteTimeout: null, warnBeforeAbsolute: 0 },
      {},
      ['warning no-absolute-limit absoluteTimeout'],
    ],
    [
      'an idle limit above the absolute one never comes',
      { idleTimeout: H(9) },
      {},
      ['warning idle-above-absolute idleTimeout'],
    ],
    ['an equal one does', { idleTimeout: H(8) }, {}, []],
    ['nothing ends a busy session', { absoluteTimeout: null }, {}, ['warning no-absolute-limit absoluteTimeout']],
    ['nothing ends an idle one', { idleTimeout: null }, {}, ['notice no-idle-limit idleTimeout']],
    ['ten extensions are enough', { maxExtensions: 10 }, {}, []],
    ['any number is', { maxExtensions: null }, {}, []],
    ['nine are not', { maxExtensions: 9 }, {}, ['warning too-few-extensions maxExtensions']],
    ['unless the limit is essential', { maxExtensions: 9 }, { essential: 'a token of two minutes' }, []],
    ['for a reason', { maxExtensions: 9 }, { essential: ' ' }, ['warning too-few-extensions maxExtensions']],
    [
      'or there is nothing to extend',
      { maxExtensions: 0, idleTimeout: null },
      {},
      ['notice no-idle-limit idleTimeout'],
    ],
    ['none at all is said once', { extendable: false, maxExtensions: 0 }, {}, ['warning not-extendable extendable']],
    ['unless it is essential', { extendable: false }, { essential: 'exam' }, []],
    ['or the limit is above 20 h', { extendable: false, idleTimeout: H(24), absoluteTimeout: H(48) }, {}, []],
    [
      'an absolute limit from the start cannot be extended',
      { absoluteFrom: 'session_start' },
      {},
      ['notice absolute-not-extendable absoluteTimeout'],
    ],
    [
      'which is so by default',
      { absoluteFrom: undefined as never },
      {},
      ['notice absolute-not-extendable absoluteTimeout'],
    ],
    ['above 20 h it need not', { absoluteFrom: 'session_start', absoluteTimeout: H(20) + 1 }, {}, []],
    ['nor if it is essential', { absoluteFrom: 'session_start' }, { essential: 'by law' }, []],
    [
      'a lock without an end',
      { onIdle: 'lock', absoluteTimeout: null },
      {},
      ['warning no-absolute-limit absoluteTimeout', 'warning lock-without-end lockTimeout'],
    ],
    [
      'one with a limit of its own',
      { onIdle: 'lock', absoluteTimeout: null, lockTimeout: H(1) },
      {},
      ['warning no-absolute-limit absoluteTimeout'],
    ],
    ['one that the absolute limit ends', { onIdle: 'lock' }, {}, []],
    ['a credential may last as long as its session', {}, { credentialLifetime: H(8) }, []],
    ['and no longer', {}, { credentialLifetime: H(8) + 1 }, ['warning credential-outlives-session absoluteTimeout']],
    [
      'without a limit there is nothing to outlive',
      { absoluteTimeout: null },
      { credentialLifetime: H(99) },
      ['warning no-absolute-limit absoluteTimeout'],
    ],
    ['the longest timer is no trouble', { absoluteTimeout: 2 ** 31 - 1 }, {}, []],
    ['a longer one may be, elsewhere', { absoluteTimeout: 2 ** 31 }, {}, ['notice long-timer absoluteTimeout']],
  ])('%s', (_, change, options, is) => {
    expect(said({ ...GOOD, ...change }, options)).toEqual(is);
  });
});

describe('sees the wrong unit', () => {
  it.each<[change: LintedPolicy, is: string[]]>([
    [{ idleTimeout: 900 }, ['warning looks-like-seconds idleTimeout']],
    [{ idleTimeout: S(900_000) }, ['warning looks-like-milliseconds idleTimeout']],
    [{ absoluteTimeout: 28_800 }, ['warning looks-like-seconds absoluteTimeout']],
    [{ absoluteTimeout: S(28_800_000) }, ['warning looks-like-milliseconds absoluteTimeout']],
    [{ warnBefore: 120 }, ['warning looks-like-seconds warnBefore']],
    [{ warnBefore: S(120_000) }, ['warning looks-like-milliseconds warnBefore']],
    [{ touchEvery: 60 }, ['warning looks-like-seconds touchEvery']],
    [{ pollEvery: S(60_000) }, ['warning looks-like-milliseconds pollEvery']],
    [{ holdMax: 600 }, ['warning looks-like-seconds holdMax']],
    [{ holdMax: 0 }, []],
    [{ lockTimeout: 2_700 }, ['warning looks-like-seconds lockTimeout']],
    [{ operations: { pay: { allow: true, maxAge: 600 } } }, ['warning looks-like-seconds operations.pay.maxAge']],
    [
      { operations: { pay: { allow: true, idleTimeout: 300, absoluteTimeout: S(14_400_000) } } },
      [
        'warning looks-like-seconds operations.pay.idleTimeout',
        'warning looks-like-milliseconds operations.pay.absoluteTimeout',
      ],
    ],
    [{ idleTimeout: S(20), warnBefore: S(8) }, ['warning warning-too-short warnBefore']],
    [{ idleTimeout: H(48) }, ['warning idle-above-absolute idleTimeout']],
    [{ idleTimeout: 1, warnBefore: 0 }, ['warning warning-too-short warnBefore']],
  ])('of %j', (change, is) => {
    expect(said({ ...GOOD, ...change })).toEqual(is);
  });

  it('and judges the rest by what is probably meant', () => {
    expect(
      said({ ...GOOD, idleTimeout: 600, warnBefore: S(360), source: presets['disa-asd-admin'].policy.source }),
    ).toEqual(['warning looks-like-seconds idleTimeout', 'notice lead-cut warnBefore']);
  });

  it('and says what may be meant', () => {
    const [finding] = lintPolicy({ ...GOOD, idleTimeout: 900 });
    expect(finding?.message).toContain('idleTimeout is 0.9 s. If 15 min are meant');
  });
});

describe('looks at operations', () => {
  const rules = { pay: { allow: true, maxAge: M(10) }, erase: { allow: false, maxAge: 0 } };
  const route = (operation: string) => ({ method: 'POST', path: '/api/*', operation });

  it.each<[what: string, change: LintedPolicy, is: string[]]>([
    ['that are as they should be', { routes: [route('pay'), route('erase')] }, []],
    [
      'for which nobody is ever fresh',
      { operations: { pay: { allow: true, maxAge: 0 } } },
      ['warning max-age-zero operations.pay.maxAge'],
    ],
    [
      'whose age no session reaches',
      { operations: { log: { allow: true, maxAge: H(8) } } },
      ['notice max-age-without-effect operations.log.maxAge'],
    ],
    [
      'whose own limits others forestall',
      {
        operations: {
          idle: { allow: true, idleTimeout: GOOD.idleTimeout! },
          aged: { allow: true, idleTimeout: M(10), maxAge: M(10) },
          last: { allow: true, absoluteTimeout: GOOD.absoluteTimeout! },
          none: { allow: false, idleTimeout: GOOD.idleTimeout! },
        },
      },
      [
        'notice operation-limit-without-effect operations.idle.idleTimeout',
        'notice operation-limit-without-effect operations.aged.idleTimeout',
        'notice operation-limit-without-effect operations.last.absoluteTimeout',
      ],
    ],
    [
      'whose own limits have their turn',
      { operations: { pay: { allow: true, idleTimeout: M(5), absoluteTimeout: H(4), maxAge: M(6) } } },
      [],
    ],
    ['whose age is a little less', { operations: { log: { allow: true, maxAge: H(8) - 1 } } }, []],
    [
      'that a route names and nobody rules',
      { routes: [route('pay'), route('pya')] },
      ['warning operation-without-rule routes[1].operation'],
    ],
    [
      'named like a member of every object',
      { routes: [route('toString')] },
      ['warning operation-without-rule routes[0].operation'],
    ],
    ['that fall to the default', { routes: [route('other')], defaultOperation: 'pay' }, []],
    [
      'whose default has no rule',
      { routes: [route('other')], defaultOperation: 'none' },
      ['warning operation-without-rule defaultOperation'],
    ],
  ])('%s', (_, change, is) => {
    expect(said({ ...GOOD, operations: rules, ...change })).toEqual(is);
  });
});

describe('holds a policy against its preset', () => {
  const pci = { ...GOOD, ...presets['pci-dss-4'].policy };
  const owasp = { ...GOOD, ...presets['owasp-low-risk'].policy };

  it.each<[what: string, policy: LintedPolicy, options: LintOptions, is: string[]]>([
    ['that it names by its source', { ...pci, idleTimeout: M(16) }, {}, ['warning deviates-from-preset idleTimeout']],
    [
      'that is given',
      { ...GOOD, idleTimeout: M(16) },
      { preset: 'disa-asd-user' },
      ['warning deviates-from-preset idleTimeout'],
    ],
    ['and knows none by another source', { ...pci, idleTimeout: M(16), source: 'PCI' }, {}, []],
    ['and lets it be stricter', { ...pci, idleTimeout: M(5), onIdle: 'end' }, {}, []],
    [
      'and hears the reason',
      { ...pci, idleTimeout: M(16), justification: 'Ward rounds take longer.' },
      {},
      ['notice deviates-from-preset idleTimeout'],
    ],
    [
      'a blank is none',
      { ...pci, idleTimeout: M(16), justification: ' ' },
      {},
      ['warning deviates-from-preset idleTimeout'],
    ],
    [
      'a limit that is gone',
      { ...pci, idleTimeout: null },
      {},
      ['notice no-idle-limit idleTimeout', 'warning deviates-from-preset idleTimeout'],
    ],
    [
      'an absolute limit that re-authentication starts again',
      { ...owasp, absoluteFrom: 'auth_time' },
      {},
      ['warning deviates-from-preset absoluteFrom'],
    ],
    [
      'an absolute limit that nothing starts again is stricter',
      { ...GOOD, absoluteFrom: 'session_start' },
      { preset: 'nist-aal2', essential: 'x' },
      [],
    ],
    [
      'a lock where the session is to end',
      { ...GOOD, onIdle: 'lock' },
      { preset: 'disa-asd-user' },
      ['warning deviates-from-preset onIdle'],
    ],
    [
      'a later warning',
      { ...GOOD, warnBefore: S(60) },
      { preset: 'hmrc' },
      ['warning deviates-from-preset warnBefore'],
    ],
    ['a lead that is ours binds nobody', { ...pci, warnBefore: S(30) }, {}, []],
  ])('%s', (_, policy, options, is) => {
    expect(said(policy, options)).toEqual(is);
  });

  it('says what, where, and why', () => {
    const [finding] = lintPolicy({ ...pci, idleTimeout: M(20), justification: 'Ward rounds.' });
    expect(finding).toMatchObject({
      message: 'idleTimeout is 20 min, and at most 15 min in PCI DSS 4.0.1 8.2.8. Justified by: Ward rounds.',
      source: { title: 'PCI DSS 4.0.1', section: '8.2.8' },
    });
  });

  it('refuses a name that is none', () => {
    expect(() => lintPolicy(GOOD, { preset: 'toString' as PresetName })).toThrow(
      /^preset is "toString"; expected one of nist-aal1, .*hmrc$/,
    );
  });
});

test('leaves out what somebody has looked at, and nothing else', () => {
  const policy = { ...GOOD, absoluteTimeout: null, maxExtensions: 3 };
  expect(said(policy, { accept: ['no-absolute-limit'] })).toEqual(['warning too-few-extensions maxExtensions']);
});

test('every kind of finding is in the documentation, and no other', () => {
  const page = readFileSync(new URL('../../../docs/presets.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('## What it finds');
  const documented = [...table.split('## ')[0]!.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([\w-]+)`/g)].map(([, code]) => code),
  );
  const source = readFileSync(new URL('../../../src/standards/finding.ts', import.meta.url), 'utf8');
  const [, union = ''] = /PolicyFindingCode =([^;]+);/.exec(source) ?? [];
  const known = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
  expect(known.length).toBeGreaterThan(10);
  expect(documented.sort()).toEqual(known.sort());
});

describe('whatever the policy', () => {
  const duration = fc.oneof(fc.constantFrom(0, 1, 900, S(20), M(15), H(1), H(8), DAY, 30 * DAY), fc.nat(400 * DAY));
  const limit = fc.option(duration, { nil: null });
  const operation = fc.constantFrom('pay', 'read', '__proto__');
  const policy: fc.Arbitrary<LintedPolicy> = fc.record(
    {
      idleTimeout: limit,
      absoluteTimeout: limit,
      lockTimeout: limit,
      absoluteFrom: fc.constantFrom('session_start' as const, 'auth_time' as const),
      onIdle: fc.constantFrom('end' as const, 'lock' as const),
      warnBefore: duration,
      warnBeforeAbsolute: duration,
      touchEvery: duration,
      pollEvery: duration,
      holdMax: duration,
      extendable: fc.boolean(),
      maxExtensions: fc.option(fc.nat(20), { nil: null }),
      operations: fc.dictionary(
        operation,
        fc.record(
          { allow: fc.boolean(), maxAge: duration, idleTimeout: duration, absoluteTimeout: duration },
          { requiredKeys: ['allow'] },
        ),
      ),
      routes: fc.array(fc.record({ method: fc.constant('GET'), path: fc.constant('/'), operation })),
      defaultOperation: fc.option(operation, { nil: null }),
      source: fc.option(fc.constantFrom(...Object.values(presets).map((preset) => preset.policy.source)), {
        nil: null,
      }),
      justification: fc.option(fc.string(), { nil: null }),
    },
    { requiredKeys: [] },
  );
  const options: fc.Arbitrary<LintOptions> = fc.record(
    {
      preset: fc.constantFrom(...(Object.keys(presets) as PresetName[])),
      essential: fc.string(),
      credentialLifetime: duration,
    },
    { requiredKeys: [] },
  );

  it('says the same each time, once about each thing, in sentences and with a source', () => {
    fc.assert(
      fc.property(policy, options, (one, asked) => {
        const findings = lintPolicy(one, asked);
        expect(lintPolicy(one, asked)).toEqual(findings);
        expect(new Set(findings.map(({ code, member }) => `${code} ${member}`)).size).toBe(findings.length);
        const odd = findings.filter(
          ({ message, source }) =>
            !/^[a-zA-Z].*[.?]$|Justified by: /s.test(message) ||
            /undefined|NaN|Infinity|null|\[object/.test(message) ||
            !source.url.startsWith('https:'),
        );
        expect(odd).toEqual([]);
      }),
      { ...THOROUGH, numRuns: 1_000 },
    );
  });

  // Down to limits of six seconds: below, a duration is taken for a slip of unit, and judged as what it seems to mean.
  it('never says that a policy deviates which is stricter in all that the preset is about', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(presets)),
        policy,
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        (preset, one, part) => {
          const { idleTimeout, absoluteTimeout, warnBefore } = preset.policy;
          const strict: LintedPolicy = {
            ...one,
            ...preset.policy,
            ...(idleTimeout ? { idleTimeout: Math.ceil(idleTimeout * part) } : {}),
            ...(absoluteTimeout ? { absoluteTimeout: Math.ceil(absoluteTimeout * part) } : {}),
            ...(warnBefore ? { warnBefore: Math.ceil(warnBefore / part) } : {}),
            absoluteFrom: 'session_start',
            onIdle: 'end',
          };
          expect(said(strict).join()).not.toContain('deviates-from-preset');
        },
      ),
      { ...THOROUGH, numRuns: 1_000 },
    );
  });
});

test.each([
  [S(20), '20 s'],
  [S(90), '90 s'],
  [M(1), '60 s'],
  [M(2), '2 min'],
  [H(1), '60 min'],
  [H(24), '24 h'],
  [H(48), '2 days'],
  [900, '0.9 s'],
  [1, '0.001 s'],
  [0, '0 s'],
  [H(8) + 1, '28800.001 s'],
])('%d ms is said as %s', (duration, is) => {
  expect(spoken(duration)).toBe(is);
});
