/** Rules at the door: read whole or not at all, with the member that is wrong. */
import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roles } from '../../../demo/server/people/rights.js';
import { defaultRules } from '../../../demo/server/policies/default-rules.js';
import type { Rule } from '../../../demo/server/policies/rule.js';
import { mostRules, ruleFault } from '../../../demo/server/policies/rule-faults.js';
import { InvalidInput } from '../../../demo/server/wire/input.js';
import { readRules, ruleDocument } from '../../../demo/server/wire/rule-codec.js';
import { moreRules } from './arbitraries.js';
import { hostileRules } from './hostile-rules.js';

function faultOf(value: unknown): InvalidInput {
  try {
    readRules(value, 'rules');
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('it was read');
}

test.each(hostileRules)('%s is refused, by name', (_what, sent, member) => {
  const { member: blamed, message } = faultOf([sent]);
  expect(blamed).toBe(`rules[0]${member}`);
  expect(message).toContain(`rules[0]${member}`);
});

test('refuses what is no list, and more rules than anybody can keep in mind', () => {
  for (const value of [null, {}, 'rules', { length: 1, 0: {} }]) expect(faultOf(value).member).toBe('rules');
  const many = Array.from({ length: mostRules + 1 }, (_, n) => ({ name: `rule ${n}`, set: { max_age: 60 } }));
  expect(faultOf(many).member).toBe('rules');
});

test('reads one word as a list of one, and what is left out as nothing', () => {
  const [rule] = readRules([{ name: 'logs', when: { operation: 'logs:read' }, set: { max_age: 3600 } }], 'rules');
  expect(rule).toEqual({
    name: 'logs',
    when: { operation: ['logs:read'] },
    set: { maxAge: 3_600_000 },
    source: null,
    justification: null,
  });
});

test('reads what it has written', () => {
  assert(
    property(moreRules, (rules) => {
      expect(readRules(JSON.parse(JSON.stringify(rules.map(ruleDocument))), 'rules')).toEqual(rules);
    }),
    { numRuns: 300 },
  );
  expect(readRules(defaultRules.map(ruleDocument), 'rules')).toEqual(defaultRules);
});

describe('rules that belong together', () => {
  const [first] = defaultRules;
  const with_ = (...more: readonly Partial<Rule>[]): readonly Rule[] => [
    ...defaultRules,
    ...more.map((parts) => ({ name: 'more', when: {}, set: {}, source: null, justification: null, ...parts })),
  ];

  test('are without fault where they are the ones the server starts with', () => {
    expect(ruleFault(defaultRules)).toBeNull();
  });

  test.each<[string, readonly Rule[], string, RegExp]>([
    ['two of one name', with_({ name: 'teller', set: { maxAge: 1000 } }), 'rules[14].name', /two rules named "teller"/],
    ['one that sets nothing', with_({}), 'rules[14].set', /"more" sets nothing/],
    [
      'what only sessions have for an operation',
      with_({ when: { operation: ['logs:read'] }, set: { warnBefore: 1000 } }),
      'rules[14].set',
      /about operations.*a rule of its own/,
    ],
    [
      'an idle limit of an operation lifted',
      with_({ when: { operation: ['logs:read'] }, set: { maxAge: 1000, idleTimeout: null } }),
      'rules[14].set.idle_timeout',
      /number of whole seconds/,
    ],
    [
      'an absolute limit of a resource in parts of a second',
      with_({ when: { resource: ['logs'] }, set: { absoluteTimeout: 1500 } }),
      'rules[14].set.absolute_timeout',
      /number of whole seconds/,
    ],
    [
      'an end of the session for a resource',
      with_({ when: { resource: ['logs'] }, set: { atOnce: 'end' } }),
      'rules[14].set',
      /about operations/,
    ],
    [
      'operations that are of none of the resources',
      with_({ when: { resource: ['logs'], operation: ['payments:write'] }, set: { maxAge: 1000 } }),
      'rules[14].when',
      /about nothing/,
    ],
    ['a role without its limits', defaultRules.slice(1), 'rules', /must be a rule named "teller"/],
    [
      'the limits of a role that ask for more than the role',
      defaultRules.map((rule) => (rule === first ? { ...rule, when: { ...rule.when, risk: ['LOW'] } } : rule)),
      'rules',
      /must be a rule named "teller"/,
    ],
    [
      'the limits of a role under the name of another',
      defaultRules.map((rule) => (rule === first ? { ...rule, when: { role: ['auditor'] } } : rule)),
      'rules',
      /must be a rule named "teller"/,
    ],
    ['all denied to everybody', with_({ set: { allow: false } }), 'rules', /from changing rules again/],
    [
      'the rules denied to administrators',
      with_({ when: { operation: ['policies:write'] }, set: { allow: false } }),
      'rules',
      /from changing rules again/,
    ],
    ['no session for an administrator', with_({ when: { role: ['admin'] }, set: { atOnce: 'end' } }), 'rules', /again/],
    [
      'too many',
      with_(...Array.from({ length: mostRules }, (_, n) => ({ name: `rule ${n}`, set: { maxAge: 1000 } }))),
      'rules',
      new RegExp(`more than ${mostRules}`),
    ],
  ])('are refused with %s', (_what, rules, member, message) => {
    expect(ruleFault(rules)).toEqual({ member, message: expect.stringMatching(message) });
  });

  test('have limits for each role there is', () => {
    for (const role of roles) expect(ruleFault(defaultRules.filter(({ name }) => name !== role))).not.toBeNull();
  });
});
