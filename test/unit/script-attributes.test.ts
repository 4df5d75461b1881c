import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScriptAttributes, type ScriptSettings } from '../../src/script-attributes.js';

const PAGE = 'https://bank.example/office/index.html';

const SERVER = { 'data-backend': '/session', 'data-sign-in': '/sign-in.html' };
const SIGNED = {
  'data-policy-keys': '/.well-known/jwks.json',
  'data-policy-issuer': 'https://bank.example',
  'data-policy-audience': 'office',
};
const LOCAL = { 'data-idle-timeout': '15m' };

const read = (attributes: Record<string, string>) => readScriptAttributes(Object.entries(attributes), PAGE);

function settingsOf(attributes: Record<string, string>): ScriptSettings {
  const result = read(attributes);
  if ('problems' in result) throw new Error(result.problems.join(' '));
  return result.settings;
}

const NOTHING_TO_WIPE = { localStorage: [], sessionStorage: [], cookies: [], indexedDatabases: [], caches: [] };

describe('readScriptAttributes', () => {
  it('reads the two attributes that a page with a server needs, and adds nothing to them', () => {
    expect(settingsOf(SERVER)).toEqual({
      name: 'script-tag',
      backend: 'https://bank.example/session',
      signIn: 'https://bank.example/sign-in.html',
      publicPage: false,
      wipe: NOTHING_TO_WIPE,
    });
  });

  it('reads every attribute there is', () => {
    const all = {
      ...SERVER,
      'data-name': 'back-office.2',
      'data-lock-shortcut': 'Control+Alt+L',
      'data-public': '',
      'data-idle-timeout': '90s',
      'data-absolute-timeout': '8h',
      'data-warn-before': '30s',
      'data-warn-before-absolute': '10m',
      'data-warning-answered-by': 'activity',
      'data-initial': '#session',
      'data-wipe-local-storage': 'app: draft:',
      'data-wipe-session-storage': 'app:',
      'data-wipe-cookies': ' theme\n lang ',
      'data-wipe-indexed-databases': 'offline',
      'data-wipe-caches': 'pages-v1',
    };
    expect(settingsOf(all)).toEqual({
      name: 'back-office.2',
      backend: 'https://bank.example/session',
      signIn: 'https://bank.example/sign-in.html',
      lockShortcut: 'Control+Alt+L',
      publicPage: true,
      policy: { idleTimeout: 90_000, absoluteTimeout: 28_800_000, warnBefore: 30_000, warnBeforeAbsolute: 600_000 },
      warningAnsweredBy: 'activity',
      initial: 'session',
      wipe: {
        localStorage: ['app:', 'draft:'],
        sessionStorage: ['app:'],
        cookies: ['theme', 'lang'],
        indexedDatabases: ['offline'],
        caches: ['pages-v1'],
      },
    });
  });

  it('reads how a person proves in place who they are', () => {
    const again = { 'data-reauthenticate': '/session/reauthenticate', 'data-username': 'tess' };
    expect(settingsOf({ ...SERVER, ...again })).toMatchObject({
      reauthenticate: 'https://bank.example/session/reauthenticate',
      username: 'tess',
    });
  });

  it.each([
    ['/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['keys.json?v=2', '/office/keys.json?v=2'],
    ['https://bank.example/keys', '/keys'],
    ['https://keys.example/bank', 'https://keys.example/bank'],
  ])('reads whose signed policies are taken, by the keys at %s', (address, keys) => {
    const { signedPolicies } = settingsOf({ ...SERVER, ...SIGNED, 'data-policy-keys': address });
    expect(signedPolicies).toEqual({ keys, issuer: 'https://bank.example', audience: 'office' });
  });

  it('resolves addresses against the page, whatever its base may become', () => {
    expect(settingsOf({ ...SERVER, 'data-sign-in': '../hello?from=office' }).signIn).toBe(
      'https://bank.example/hello?from=office',
    );
    expect(settingsOf({ ...SERVER, 'data-backend': 'https://api.example/s' }).backend).toBe('https://api.example/s');
  });

  it.each([
    ['1s', 1_000],
    ['90s', 90_000],
    ['15m', 900_000],
    ['8h', 28_800_000],
    ['8784h', 31_622_400_000],
  ])('reads the duration %s', (text, length) => {
    expect(settingsOf({ 'data-idle-timeout': text }).policy).toEqual({ idleTimeout: length });
  });

  const NO_DURATION = 'is no duration. Write a whole number and s, m or h: 90s, 15m, 8h.';
  it.each([
    ['data-idle-timeout', '', NO_DURATION],
    ['data-idle-timeout', '15', NO_DURATION],
    ['data-idle-timeout', '900000', NO_DURATION],
    ['data-idle-timeout', '15 m', NO_DURATION],
    ['data-idle-timeout', ' 15m', NO_DURATION],
    ['data-idle-timeout', '15min', NO_DURATION],
    ['data-idle-timeout', '15M', NO_DURATION],
    ['data-idle-timeout', '1h30m', NO_DURATION],
    ['data-idle-timeout', '1.5h', NO_DURATION],
    ['data-idle-timeout', '-5m', NO_DURATION],
    ['data-idle-timeout', '1e3s', NO_DURATION],
    ['data-idle-timeout', '٥m', NO_DURATION],
    ['data-idle-timeout', '900ms', NO_DURATION],
    ['data-idle-timeout', '2d', NO_DURATION],
    ['data-idle-timeout', 'PT15M', NO_DURATION],
    ['data-idle-timeout', '123456789s', NO_DURATION],
    ['data-absolute-timeout', 'never', NO_DURATION],
    ['data-idle-timeout', '0m', 'is zero. Leave the attribute out for no limit.'],
    ['data-warn-before', '000s', 'is zero. Leave the attribute out for no limit.'],
    ['data-absolute-timeout', '8785h', 'is longer than 366 days.'],
    ['data-backend', '', 'is no address. Write a path or a URL: /session.'],
    ['data-backend', '  ', 'is no address. Write a path or a URL: /session.'],
    ['data-backend', 'http://', 'is no address. Write a path or a URL: /session.'],
    ['data-sign-in', 'javascript:alert(1)', 'is no address. Write a path or a URL: /session.'],
    ['data-sign-in', 'data:text/html,hello', 'is no address. Write a path or a URL: /session.'],
    ['data-sign-in', 'JavaScript:void(0)', 'is no address. Write a path or a URL: /session.'],
    ['data-reauthenticate', 'javascript:alert(1)', 'is no address. Write a path or a URL: /session.'],
    ['data-username', ' ', 'is no name. Use up to 320 characters.'],
    [
      'data-lock-shortcut',
      'L',
      'has neither Control, Alt nor Meta: a single key is pressed by accident, and by voice (WCAG 2.1.4).',
    ],
    ['data-name', '', 'is no name. Use up to 64 letters, digits, dots, hyphens and underscores.'],
    ['data-name', 'back office', 'is no name. Use up to 64 letters, digits, dots, hyphens and underscores.'],
    ['data-name', 'a:b', 'is no name. Use up to 64 letters, digits, dots, hyphens and underscores.'],
    ['data-public', 'false', 'takes no value. Leave the attribute out to switch it off.'],
    ['data-public', '0', 'takes no value. Leave the attribute out to switch it off.'],
    ['data-warning-answered-by', 'mouse', 'is neither choice nor activity.'],
    ['data-policy-keys', 'javascript:alert(1)', 'is no address. Write a path or a URL: /session.'],
    ['data-policy-keys', 'http://keys.example/bank', 'is of another site, and no https address.'],
    ['data-policy-issuer', '', 'is empty. Write what the claim has to be.'],
    ['data-policy-audience', '', 'is empty. Write what the claim has to be.'],
    ['data-initial', '', 'names no element. Write a hash and an id: #session.'],
    ['data-initial', 'session', 'names no element. Write a hash and an id: #session.'],
    ['data-initial', '#a b', 'names no element. Write a hash and an id: #session.'],
    ['data-initial', '{"rev":1}', 'names no element. Write a hash and an id: #session.'],
    ['data-wipe-local-storage', '', 'is empty. Name what to wipe, with spaces between.'],
    ['data-wipe-cookies', '   ', 'is empty. Name what to wipe, with spaces between.'],
  ])('says what is wrong with %s=%j', (attribute, value, problem) => {
    expect(read({ ...SERVER, [attribute]: value })).toEqual({
      problems: [`${attribute}=${JSON.stringify(value)} ${problem}`],
    });
  });

  it.each([
    'data-idle-time',
    'data-idletimeout',
    'data-Idle-Timeout',
    'data-',
    'data-constructor',
    'data-__proto__',
    'src',
  ])('knows no attribute %s, and says which it knows', (attribute) => {
    const result = read({ ...SERVER, [attribute]: '15m' });
    expect(result).toEqual({
      problems: [expect.stringContaining(`${attribute} is unknown. Known are data-name, data-backend`)],
    });
  });

  it.each([
    [{}, /no session would ever end/],
    [{ 'data-warn-before': '1m' }, /no session would ever end/],
    [{ 'data-backend': '/session' }, /data-sign-in is missing/],
    [
      { ...LOCAL, 'data-reauthenticate': '/again' },
      /data-reauthenticate is a call of a server, and data-backend is missing/,
    ],
    [{ ...SERVER, 'data-username': 'tess' }, /data-username has no effect without data-reauthenticate/],
    [{ ...SERVER, 'data-policy-keys': '/keys' }, /belong together, and only data-policy-keys is given/],
    [
      { ...SERVER, 'data-policy-issuer': 'bank', 'data-policy-audience': 'office' },
      /data-policy-issuer and data-policy-audience is given/,
    ],
    [{ ...LOCAL, ...SIGNED }, /data-policy-keys is about the policies of a server, and data-backend is missing/],
    [{ ...LOCAL, 'data-initial': '#session' }, /data-initial is the word of a server, and data-backend is missing/],
    [
      { 'data-absolute-timeout': '8h', 'data-warn-before': '1m' },
      /data-warn-before has no effect without data-idle-timeout/,
    ],
    [{ ...SERVER, 'data-warn-before': '1m' }, /data-warn-before has no effect without data-idle-timeout/],
    [{ ...LOCAL, 'data-warn-before-absolute': '1m' }, /data-warn-before-absolute has no effect/],
    [{ ...LOCAL, 'data-warn-before': '8m' }, /data-warn-before is more than half of data-idle-timeout/],
    [{ ...SERVER, ...LOCAL, 'data-warn-before': '15m' }, /data-warn-before is more than half of data-idle-timeout/],
    [
      { 'data-absolute-timeout': '1h', 'data-warn-before-absolute': '45m' },
      /data-warn-before-absolute is more than half of data-absolute-timeout/,
    ],
  ])('finds the contradiction in %j', (attributes, problem) => {
    expect(read(attributes)).toEqual({ problems: expect.arrayContaining([expect.stringMatching(problem)]) });
  });

  it('needs no sign-in address on a page that is public, nor without a server', () => {
    expect(settingsOf({ 'data-backend': '/session', 'data-public': '' }).publicPage).toBe(true);
    expect(settingsOf(LOCAL).signIn).toBeUndefined();
  });

  it('names everything that is wrong, not only the first', () => {
    const result = read({ 'data-idle-timeout': 'soon', 'data-public': 'no', 'data-x': '' });
    expect(result).toEqual({ problems: [expect.any(String), expect.any(String), expect.any(String)] });
  });

  it('quotes no more of a value than somebody can read', () => {
    const result = read({ ...SERVER, 'data-name': 'x'.repeat(100_000) });
    expect('problems' in result && result.problems[0].length).toBeLessThan(250);
  });
});

describe('readScriptAttributes, for any attributes', () => {
  const durations = fc.constantFrom('1s', '90s', '15m', '8h', '0s', '15', '', 'PT1H', '9999h');
  const values = fc.oneof(
    durations,
    fc.constantFrom('/session', '/', 'javascript:0', 'app:', 'true'),
    fc.string(),
    fc.string({ unit: 'binary' }),
  );
  const names = fc.oneof(
    fc.constantFrom(
      'name',
      'backend',
      'sign-in',
      'public',
      'idle-timeout',
      'absolute-timeout',
      'warn-before',
      'warn-before-absolute',
    ),
    fc.constantFrom('warning-answered-by', 'wipe-local-storage', 'wipe-session-storage', 'wipe-cookies', 'wipe-caches'),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'idle', 'IDLE-TIMEOUT', ''),
    fc.string(),
  );
  const anyAttributes = fc.array(
    fc.tuple(
      names.map((name) => `data-${name}`),
      values,
    ),
    { maxLength: 8 },
  );

  it('gives clear problems or settings that are right in every member, and never throws', () => {
    fc.assert(
      fc.property(anyAttributes, fc.constantFrom(PAGE, 'about:blank', 'file:///x.html', ''), (attributes, page) => {
        const result = readScriptAttributes(attributes, page);
        if ('problems' in result) {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const problem of result.problems) expect(problem).toMatch(/^data-.*[.?]$/s);
          return;
        }
        expectSound(result.settings);
      }),
      { numRuns: 5_000 },
    );
  });

  it('starts with no bad value, however good the others are', () => {
    const good = fc.record({ 'data-idle-timeout': fc.constantFrom('15m', '1h') }).map((one) => ({ ...SERVER, ...one }));
    const bad = fc.oneof(
      fc.tuple(
        fc.constant('data-absolute-timeout'),
        fc.string().filter((text) => !/^\d+[smh]$/.test(text)),
      ),
      fc.tuple(
        fc.constant('data-public'),
        fc.string({ minLength: 1 }).filter((text) => text !== 'true'),
      ),
      fc.tuple(fc.constant('data-wipe-cookies'), fc.stringMatching(/^\s*$/)),
      fc.tuple(
        fc.string().map((text) => `data-x${text}`),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(good, bad, (attributes, [name, value]) => {
        expect(read({ ...attributes, [name]: value })).toHaveProperty('problems.length', 1);
      }),
    );
  });
});

function expectSound({ name, backend, signIn, publicPage, policy, wipe }: ScriptSettings) {
  expect(name).toMatch(/^[\w.-]{1,64}$/);
  for (const address of [backend, signIn]) expect(address ?? 'https://none').toMatch(/^https?:\/\//);
  for (const length of Object.values(policy ?? {})) {
    expect(Number.isSafeInteger(length) && length > 0 && length <= 366 * 86_400_000).toBe(true);
  }
  expect(policy ? (policy.idleTimeout ?? policy.absoluteTimeout) : backend).toBeDefined();
  expect(backend === undefined || signIn !== undefined || publicPage).toBe(true);
  for (const word of Object.values(wipe).flat()) expect(word).toMatch(/^\S+$/);
}
