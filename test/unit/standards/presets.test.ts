import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { decodePolicy, encodePolicy } from '../../../src/facts/policy-wire.js';
import { readLocalPolicy } from '../../../src/options.js';
import { lintPolicy, type Preset, type PresetName, presets } from '../../../src/presets.js';
import { spoken } from '../../../src/standards/finding.js';
import { hours } from '../../../src/time/instant.js';

const all = Object.entries(presets) as [PresetName, Preset][];

/** As the sources have them, in seconds. A dash is what a source does not say. */
it.each<[name: PresetName, idle: number | '–', absolute: number | '–', from: string, lead: number, section: string]>([
  ['nist-aal1', '–', 2_592_000, 'auth_time', 3_600, '2.1.3'],
  ['nist-aal2', 3_600, 86_400, 'auth_time', 120, '2.2.3'],
  ['nist-aal3', 900, 43_200, 'auth_time', 120, '2.3.3'],
  ['nist-63b-3-aal2', 1_800, 43_200, 'auth_time', 120, '4.2.3'],
  ['pci-dss-4', 900, '–', '–', 120, '8.2.8'],
  ['psd2-rts', 300, '–', '–', 60, 'Article 4(3)(d)'],
  ['disa-asd-user', 900, '–', '–', 120, 'V-222389'],
  ['disa-asd-admin', 600, '–', '–', 120, 'V-222390'],
  ['owasp-high-value', 300, 28_800, 'session_start', 60, 'Session Expiration'],
  ['owasp-low-risk', 1_800, 28_800, 'session_start', 120, 'Session Expiration'],
  ['hmrc', 900, '–', '–', 120, 'Service timeout'],
])('%s has the values of its source', (name, idle, absolute, from, lead, section) => {
  const { policy, source } = presets[name];
  const inSeconds = (duration: number | null | undefined) => (duration == null ? '–' : duration / 1_000);
  expect(inSeconds(policy.idleTimeout)).toBe(idle);
  expect(inSeconds(policy.absoluteTimeout)).toBe(absolute);
  expect(policy.absoluteFrom ?? '–').toBe(from);
  expect(inSeconds(idle === '–' ? policy.warnBeforeAbsolute : policy.warnBefore)).toBe(lead);
  expect(source.section).toBe(section);
});

test('there are eleven, and none without a number of its own', () => {
  expect(all).toHaveLength(11);
  for (const [, { policy }] of all) expect(policy.idleTimeout ?? policy.absoluteTimeout).toBeGreaterThan(0);
});

it.each(all)('%s says where its values are from, and promises nothing', (_, preset) => {
  const { title, note, source, policy, sourced } = preset;
  expect(title).toMatch(/^Values from /);
  expect(`${title} ${note} ${policy.source}`).not.toMatch(/compl(y|ies|iant|iance)/i);
  expect(new URL(source.url).protocol).toBe('https:');
  expect(source.section).not.toBe('');
  expect(sourced.length).toBeGreaterThan(0);
  for (const member of sourced) expect(policy).toHaveProperty(member);
});

test('the source of a policy names one preset', () => {
  expect(new Set(all.map(([, { policy }]) => policy.source)).size).toBe(all.length);
});

it.each(all)('%s is a policy that is taken as it is, here and on the wire', (_, { policy }) => {
  const read = readLocalPolicy(policy);
  expect(read).toMatchObject(policy);
  expect(decodePolicy(encodePolicy(read))).toEqual({ policy: read, clamped: [] });
});

it.each(all)('%s pleases the linter but for what its source leaves open', (name, { policy }) => {
  const missing = [
    ...(policy.absoluteTimeout === undefined ? ['no-absolute-limit'] : []),
    ...(policy.idleTimeout === undefined ? ['no-idle-limit'] : []),
  ];
  const codes = lintPolicy(policy, { preset: name }).map(({ code }) => code);
  expect(codes.filter((code) => code !== 'absolute-not-extendable' && code !== 'long-timer')).toEqual(missing);
  const whole = { idleTimeout: hours(1), absoluteTimeout: hours(12), absoluteFrom: 'auth_time' as const, ...policy };
  expect(
    lintPolicy(whole, { preset: name, essential: 'tested' }).filter(({ severity }) => severity === 'warning'),
  ).toEqual([]);
});

const page = readFileSync(new URL('../../../docs/presets.md', import.meta.url), 'utf8');

it.each(all)('%s stands in the documentation with its numbers and its source', (name, { policy, source }) => {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  const [idle, absolute, from, then, where] = row.split(' | ').slice(1);
  const said = (duration: number | null | undefined) => (duration == null ? '–' : spoken(duration));
  expect([idle, absolute, from, then]).toEqual([
    said(policy.idleTimeout),
    said(policy.absoluteTimeout),
    policy.absoluteFrom === undefined ? '–' : `\`${policy.absoluteFrom}\``,
    policy.onIdle ?? 'end',
  ]);
  expect(where).toContain(`](${source.url}) ${source.section} |`);
});
