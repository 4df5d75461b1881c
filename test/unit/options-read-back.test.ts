import { expect, it } from 'vitest';
import type { Policy } from '../../src/facts/policy.js';
import { decodePolicy, encodePolicy } from '../../src/facts/policy-wire.js';
import { readLocalPolicy } from '../../src/options.js';

it.each<[what: string, change: object]>([
  ['a source of more than 1,000 characters', { source: 'x'.repeat(1_001) }],
  ['an operation of more than 1,000 characters', { operations: { ['x'.repeat(1_001)]: { allow: true } } }],
  [
    'more than 1,000 operations',
    { operations: Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`o${n}`, { allow: true }])) },
  ],
  [
    'more than 1,000 routes',
    { routes: Array.from({ length: 1_001 }, () => ({ method: 'GET', path: '/', operation: 'a' })) },
  ],
  ['a version, which a local policy has not', { version: -1 }],
  ['a maxAge of parts of a millisecond', { operations: { a: { allow: true, maxAge: 0.4 } } }],
])('a local policy with %s can be read back from the mirror, or is refused', (_, change) => {
  const read = (): Policy | undefined => {
    try {
      return readLocalPolicy({ idleTimeout: 1_000, ...change });
    } catch {
      return undefined;
    }
  };
  const policy = read();
  if (policy) expect(decodePolicy(encodePolicy(policy)).policy).toEqual(policy);
});
