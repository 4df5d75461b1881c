/** Rules in words: what they are about, what they set, and how much. */
import { shortDuration } from '../../../app/src/kit/format.js';
import type { Value } from '../sessions-api.js';
import type { Conditions, OperationRule } from './rules-api.js';

const NAMES: Readonly<Record<string, string>> = {
  idle_timeout: 'Idle limit',
  absolute_timeout: 'Longest',
  absolute_from: 'Longest runs from',
  warn_before: 'Idle warning',
  warn_before_absolute: 'Warning of the longest',
  touch_every: 'Activity told every',
  poll_every: 'Asked every',
  hold_max: 'Longest hold',
  on_idle: 'When idle',
  lock_timeout: 'Lock lasts',
  extendable: 'More time on request',
  max_extensions: 'Extensions',
  max_renewals: 'Renewals',
  idle_factor: 'Idle limit times',
  max_age: 'Password no older than',
  acr_values: 'Kind of proof',
  allow: 'Allowed',
  at_once: 'At once',
};

const COUNTS = ['max_extensions', 'max_renewals', 'idle_factor'];

export const memberName = (member: string): string => NAMES[member] ?? member;

export function valueWords(member: string, value: Value): string {
  if (value === null) return COUNTS.includes(member) ? 'any number' : 'no limit';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && !COUNTS.includes(member)) return shortDuration(value);
  return String(value).replaceAll('_', ' ');
}

/** `role teller, operation payments:write`. */
export function aboutWords(when: Conditions): string {
  const parts = Object.entries(when).map(([name, list]) => `${name} ${list.join(' or ')}`);
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

export function setWords(set: Readonly<Record<string, Value>>): string {
  return Object.entries(set)
    .map(([member, value]) => `${memberName(member).toLowerCase()}: ${valueWords(member, value)}`)
    .join(', ');
}

/** What an operation asks for. */
export function operationWords(rule: OperationRule | null): string {
  if (rule === null || !rule.allow) return 'not allowed';
  const { max_age: age, acr_values: kinds, idle_timeout: idle, absolute_timeout: longest } = rule;
  const parts = [
    ...(age === undefined ? [] : [`password within ${shortDuration(age)}`]),
    ...(kinds === undefined ? [] : [`by ${kinds.split(' ').join(' or ')}`]),
    ...(idle === undefined ? [] : [`until idle for ${shortDuration(idle)}`]),
    ...(longest === undefined ? [] : [`for ${shortDuration(longest)} at the longest`]),
  ];
  return parts.length === 0 ? 'allowed' : `allowed, ${parts.join(', ')}`;
}

export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
