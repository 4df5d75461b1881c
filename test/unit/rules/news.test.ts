import { describe, expect, it } from 'vitest';
import type { Facts, Lease } from '../../../src/facts/facts.js';
import { isUrgent } from '../../../src/rules/news.js';
import { hours, minutes } from '../../../src/time/instant.js';
import { LATER_SESSION, LEASE, OPEN, POLICY, past, without } from '../support/facts.js';

const M = minutes;
const lease = (change: Partial<Lease>): Facts => ({ ...OPEN, lease: { ...LEASE, rev: 11, ...change } });
const END = { reason: 'idle', at: past(5), told: false } as const;

describe('other tabs hear at once of', () => {
  it.each<[what: string, news: Facts, before?: Facts]>([
    ['the first session', OPEN, {}],
    ['another session', { ...OPEN, session: LATER_SESSION }],
    ['an end', { ...OPEN, end: END }],
    ['an end that the server knows by now', { ...OPEN, end: { ...END, told: true } }, { ...OPEN, end: END }],
    ['a lock', { ...OPEN, lockedAt: past(5) }],
    ['an authentication', { ...OPEN, authenticatedAt: past(5) }],
    ['another policy', { ...OPEN, policy: { ...POLICY, version: 2 } }],
    ['the first policy', OPEN, without(OPEN, 'policy')],
    ['an earlier idle deadline', lease({ idleExpiry: past(M(14)) })],
    ['an earlier absolute deadline', lease({ absoluteExpiry: past(hours(7)) })],
    ['a limit where there was none', OPEN, { ...OPEN, lease: { rev: 1 } }],
    ['time that was granted so late that they may be warning', lease({ idleExpiry: past(M(28)) })],
  ])('%s', (_, news, before = OPEN) => {
    expect(isUrgent(before, news)).toBe(true);
  });
});

describe('other tabs can wait for', () => {
  it.each<[what: string, news: Facts, before?: Facts]>([
    ['activity', { ...OPEN, lastActivityAt: past(M(5)) }],
    ['time that was granted early', lease({ idleExpiry: past(M(17)) })],
    ['a higher rev that says the same', lease({})],
    ['nothing new', OPEN],
    ['a longer session', lease({ absoluteExpiry: past(hours(9)) })],
  ])('%s', (_, news, before = OPEN) => {
    expect(isUrgent(before, news)).toBe(false);
  });
});
