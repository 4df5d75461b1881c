/** Claims: what was said and not believed, until an answer settles it; it asks no second time. */
import type { Claim } from '../rules/admit.js';

/** Settled claims beyond this many are forgotten, oldest first; at worst one is asked again. */
const MOST_SETTLED = 100;

export interface ClaimsParts {
  /** These claims wait for an answer now. */
  readonly waiting: (claims: readonly Claim[]) => void;
  /** Claims were settled by an answer. */
  readonly settled: (claims: readonly Claim[]) => void;
}

export interface Claims {
  /** Takes a claim in: whether it is new, waits already, or was settled before. */
  add(claim: Claim): 'new' | 'waiting' | 'settled';
  /** An answer has come to a question that was sent after these were heard. */
  settle(heardBefore: readonly Claim[]): void;
  /** A claim has become void: there is nothing left to ask. */
  withdraw(key: string): void;
  /** Those that wait for an answer. */
  open(): readonly Claim[];
  clear(): void;
}

export function createClaims({ waiting, settled: tell }: ClaimsParts): Claims {
  const open = new Map<string, Claim>();
  const settled = new Set<string>();

  return {
    add(claim) {
      if (settled.has(claim.key)) return 'settled';
      if (open.has(claim.key)) return 'waiting';
      open.set(claim.key, claim);
      waiting([...open.values()]);
      return 'new';
    },
    settle(heardBefore) {
      for (const { key } of heardBefore) {
        open.delete(key);
        settled.add(key);
        if (settled.size > MOST_SETTLED) for (const oldest of [...settled].slice(0, 1)) settled.delete(oldest);
      }
      waiting([...open.values()]);
      if (heardBefore.length > 0) tell(heardBefore);
    },
    withdraw(key) {
      if (open.delete(key)) waiting([...open.values()]);
    },
    open: () => [...open.values()],
    clear: () => open.clear(),
  };
}
