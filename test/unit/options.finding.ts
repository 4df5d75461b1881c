import { describe, expect, it } from 'vitest';
import { readLocalPolicy } from '../../src/options.js';
import { decodePolicy, encodePolicy } from '../../src/facts/policy.js';
import { decodeKept } from '../../src/facts/codec.js';
import { NOON } from './support/facts.js';
import { createSurroundings } from './support/surroundings.js';
import fc from 'fast-check';

describe('a local policy', () => {
  it.each([
    ['operations', null], ['operations', 5], ['operations', { a: null }], ['operations', { a: { allow: 'yes' } }],
    ['operations', { a: { allow: true, maxAge: 'soon' } }],
    ['routes', {}], ['routes', [1]], ['defaultOperation', 5], ['source', 5], ['justification', {}],
  ])('with %s %j is refused', (member, value) => {
    expect(() => readLocalPolicy({ idleTimeout: 1_000, [member]: value } as never)).toThrow(new RegExp(`policy\\.${member}`));
  });
  it('with an idle limit of a fraction of a millisecond can be read back from the mirror, or is refused', () => {
    let policy;
    try { policy = readLocalPolicy({ idleTimeout: 0.4 }); } catch { return; }
    expect(() => decodePolicy(encodePolicy(policy))).not.toThrow();
  });
});

it('a policy that was clamped reads back as it was written', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 100_000 }), (idle, warn) => {
    const { policy } = decodePolicy({ version: 1, idle_timeout: idle / 1000, warn_before: warn / 1000 });
    expect(decodePolicy(encodePolicy(policy)).policy).toEqual(policy);
  }));
});

it('a tombstone of another format version is read from the mirror, whatever that version keeps beside it', () => {
  const kept = JSON.stringify({ format: 2, session: { id: 's1', order: 1, startedAt: NOON }, end: { reason: 'idle', at: NOON, told: false }, written: ['2026', 'x'] });
  expect(decodeKept(kept).facts.end?.reason).toBe('idle');
});

it('a corrupt begun key is reported at most once a second', () => {
  const { page, memory, happened } = createSurroundings();
  page.world.shared.set('nightlatch:test:begun', '{');
  for (let i = 0; i < 10; i += 1) memory.begun();
  expect(happened.filter(({ type }) => type === 'message-rejected')).toHaveLength(1);
});

it('untold ends that somebody forged are bounded in number when read', () => {
  const { page, memory } = createSurroundings();
  page.world.shared.set('nightlatch:test:untold', JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ id: `x${i}`, reason: 'idle' }))));
  expect(memory.untold().length).toBeLessThanOrEqual(8);
});
