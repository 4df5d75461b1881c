/** Rules on the wire: seconds and wire names outside, milliseconds inside. */
import { operations, resources, roles } from '../people/rights.js';
import { deviceTrusts, hintNames, networkTrusts, riskLevels } from '../policies/context.js';
import type { Conditions, Outcome, Rule } from '../policies/rule.js';
import { mostRules } from '../policies/rule-faults.js';
import {
  type Body,
  finite,
  InvalidInput,
  listOf,
  oneOf,
  orNull,
  type Reader,
  rejectUnknownMembers,
  text,
  wholeSeconds,
} from './input.js';
import type { Json, JsonObject } from './json.js';
import { limitMembers, policyText, written } from './policy-codec.js';
import { toSeconds } from './units.js';

const longestName = 100;
/** `acr_values` travel in a quoted string of a header: RFC 6749's characters for such, in words. */
const acrWords = /^[!#-[\]-~]+( [!#-[\]-~]+)*$/;

export function readRules(value: unknown, member: string): readonly Rule[] {
  return listOf(readRule, mostRules, 0)(value, member);
}

export const readRuleName: Reader<string> = (value, member) => {
  const name = text({ most: longestName })(value, member);
  // It stands in logs, lists and on pages.
  if (name !== name.trim() || /\p{C}/u.test(name)) {
    throw new InvalidInput(member, `${member} must be printable, without spaces around it.`);
  }
  return name;
};

const readRule: Reader<Rule> = (value, member) => {
  const body = readMembers(value, member, ['name', 'when', 'set', 'source', 'justification']);
  return {
    name: readRuleName(body['name'], `${member}.name`),
    when: readConditions(body['when'] ?? {}, `${member}.when`),
    set: readOutcome(body['set'], `${member}.set`),
    source: orNull(policyText)(body['source'] ?? null, `${member}.source`),
    justification: orNull(policyText)(body['justification'] ?? null, `${member}.justification`),
  };
};

/** Each is one word or a list of them. */
const conditions = {
  role: roles,
  risk: riskLevels,
  device: deviceTrusts,
  network: networkTrusts,
  changed: hintNames,
  operation: operations,
  resource: resources,
} as const satisfies { readonly [Name in keyof Conditions]-?: readonly string[] };

const conditionNames = Object.keys(conditions) as (keyof Conditions)[]; // keyof: the object has no others

function readConditions(value: unknown, member: string): Conditions {
  const body = readMembers(value, member, conditionNames);
  return Object.fromEntries(
    conditionNames
      .filter((name) => Object.hasOwn(body, name))
      .map((name) => [name, readWords(conditions[name], body[name], `${member}.${name}`)]),
  );
}

function readWords(known: readonly string[], value: unknown, member: string): readonly string[] {
  const given = typeof value === 'string' ? [value] : value;
  const words = listOf(oneOf(...known), known.length, 1)(given, member);
  if (new Set(words).size < words.length) throw new InvalidInput(member, `${member} says the same twice.`);
  return words;
}

const outcomeNames = ['idle_factor', 'allow', 'max_age', 'acr_values', 'at_once'] as const;

function readOutcome(value: unknown, member: string): Outcome {
  const body = readMembers(value, member, [...limitMembers.map(({ name }) => name), ...outcomeNames]);
  const part = <T>(name: (typeof outcomeNames)[number], key: keyof Outcome, reader: Reader<T>) =>
    Object.hasOwn(body, name) ? { [key]: reader(body[name], `${member}.${name}`) } : {};
  return Object.assign(
    {},
    ...limitMembers.map(({ read }) => read(body, `${member}.`)),
    part('idle_factor', 'idleFactor', factor),
    part('allow', 'allow', never),
    part('max_age', 'maxAge', wholeSeconds),
    part('acr_values', 'acrValues', acrValues),
    part('at_once', 'atOnce', oneOf('end', 'lock')),
  );
}

const factor: Reader<number> = (value, member) => {
  const number = finite(value, member);
  if (number <= 0 || number > 1) throw new InvalidInput(member, `${member} must be above 0 and at most 1.`);
  return number;
};

const never: Reader<false> = (value, member) => {
  if (value !== false) throw new InvalidInput(member, `${member} can only be false: rights are given by roles.`);
  return value;
};

const acrValues: Reader<string> = (value, member) => {
  const words = policyText(value, member);
  if (!acrWords.test(words)) {
    throw new InvalidInput(member, `${member} must be words with one space between, without quotes and backslashes.`);
  }
  return words;
};

/** How old an authentication may be, in milliseconds, by operation. */
export type MaxAges = Readonly<Record<string, number>>;

/** Of these operations, those that are named. */
export function readMaxAges(value: unknown, member: string, known: readonly string[]): MaxAges {
  const body = readMembers(value, member, known);
  return Object.fromEntries(
    Object.entries(body).map(([operation, age]) => [operation, wholeSeconds(age, `${member}.${operation}`)]),
  );
}

function readMembers(value: unknown, member: string, known: readonly string[]): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInput(member, `${member} must be an object.`);
  }
  rejectUnknownMembers(value as Body, known, `${member}.`); // an object: its members are read one by one
  return value as Body;
}

export function ruleDocument({ name, when, set, source, justification }: Rule): JsonObject {
  return { name, when: { ...(when as JsonObject) }, set: outcomeDocument(set), source, justification }; // lists of words
}

function outcomeDocument(set: Outcome): JsonObject {
  const { idleFactor, allow, maxAge, acrValues: acr, atOnce } = set;
  const others: Readonly<Record<(typeof outcomeNames)[number], Json | undefined>> = {
    idle_factor: idleFactor,
    allow,
    max_age: maxAge === undefined ? undefined : toSeconds(maxAge),
    acr_values: acr,
    at_once: atOnce,
  };
  const said = Object.entries(others).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return { ...written(set, limitMembers), ...Object.fromEntries(said) };
}
