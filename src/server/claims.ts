/** Claims: what was said and not believed, until an answer settles it; it asks no second time. */
import type { Claim } from '../rules/admit.js';

/** Settled claims beyond this many are forgotten, oldest first; at worst one is asked again. */
const MOST_SETTLED = 100;

export interface ClaimsParts {
  /** A question about another session is open, or no longer. */
  readonly doubted: (isDoubted: boolean) => void;
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

export function createClaims({ doubted, settled: tell }: ClaimsParts): Claims {
  const open = new Map<string, Claim>();
  const settled = new Set<string>();

  function tellDoubt(): void {
    doubted([...open.values()].some(({ about }) => about === 'other-session'));
  }

  return {
    add(claim) {
      if (settled.has(claim.key)) return 'settled';
      const isNew = !open.has(claim.key);
      open.set(claim.key, claim);
      if (isNew && claim.about === 'other-session') doubted(true);
      return isNew ? 'new' : 'waiting';
    },
    settle(heardBefore) {
      for (const { key } of heardBefore) {
        open.delete(key);
        settled.add(key);
        if (settled.size > MOST_SETTLED) for (const oldest of [...settled].slice(0, 1)) settled.delete(oldest);
      }
      tellDoubt();
      if (heardBefore.length > 0) tell(heardBefore);
    },
    withdraw(key) {
      if (open.delete(key)) tellDoubt();
    },
    open: () => [...open.values()],
    clear: () => open.clear(),
  };
}
