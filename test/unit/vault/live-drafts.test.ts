import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { createLiveDrafts } from '../../../src/vault/live-drafts.js';

type Query = Awaited<ReturnType<LockManager['query']>>;

/** As much of Web Locks as is used; all tabs of a browser share one. */
function createLocks(query?: () => Promise<Query>) {
  const held = new Set<string>();
  return {
    held,
    manager: {
      request(name: string, { signal }: { signal: AbortSignal }, granted: () => Promise<void>) {
        if (signal.aborted) return Promise.reject(signal.reason);
        held.add(name);
        return granted().finally(() => held.delete(name));
      },
      query: query ?? (async () => ({ held: [...held].map((name) => ({ name })), pending: [] })),
      // Typed for more than is used here.
    } as unknown as LockManager,
  };
}

describe('drafts that are being written', () => {
  it('are known to every tab of the vault until they are let go, and to no other vault', async () => {
    const { manager, held } = createLocks();
    const clock = createManualClock();
    const [one, other, foreign] = ['bank', 'bank', 'shop'].map((vault) => createLiveDrafts(vault, clock, manager));
    const release = one!.hold('a');
    foreign!.hold('b');
    held.add('somebody else’s lock');
    expect(await other!.ids()).toEqual(new Set(['a']));
    release();
    await Promise.resolve();
    await Promise.resolve();
    expect(await other!.ids()).toEqual(new Set());
  });

  it('are unknown where there are no locks, where they are refused, and where the answer does not come', async () => {
    const clock = createManualClock();
    const without = createLiveDrafts('bank', clock, undefined);
    without.hold('a')();
    expect(await without.ids()).toEqual(new Set());

    const refused = createLiveDrafts('bank', clock, createLocks(() => Promise.reject(new Error('no'))).manager);
    expect(await refused.ids()).toEqual(new Set());

    const silent = createLiveDrafts('bank', clock, createLocks(() => new Promise(() => {})).manager);
    const asked = silent.ids();
    clock.advance(300);
    expect(await asked).toEqual(new Set());
  });
});
