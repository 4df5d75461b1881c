import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheStorage } from '../../../src/actions/cache-storage.js';

afterEach(() => vi.unstubAllGlobals());

describe('cacheStorage', () => {
  it('deletes the named caches and no other', async () => {
    const { kept } = createCaches('pages', 'api', 'fonts');
    await run(['pages', 'api', 'never-made']);
    expect([...kept]).toEqual(['fonts']);
  });

  it('stops between two caches when it is called off', async () => {
    const called = new AbortController();
    const { kept } = createCaches('pages', 'api');
    const wiping = run(['pages', 'api'], called.signal);
    called.abort(new Error('a later session has begun'));
    await expect(wiping).rejects.toThrow('a later session has begun');
    expect([...kept]).toEqual(['api']);
  });

  it('has nothing to do where the browser has no caches', async () => {
    await run(['pages']);
  });

  it('names the option that is wrong', () => {
    expect(() => cacheStorage([])).toThrow(
      new TypeError('cacheStorage: names is []: expected a list of one or more names'),
    );
    // @ts-expect-error a text is no list
    expect(() => cacheStorage('pages')).toThrow('cacheStorage: names is "pages": expected a list of one or more names');
    expect(() => cacheStorage([''])).toThrow('cacheStorage: names is [""]');
  });
});

function run(names: readonly string[], signal = new AbortController().signal): Promise<void> {
  return (async () => cacheStorage(names).wipe({ sessionId: 's1', signal }))();
}

function createCaches(...names: readonly string[]): { readonly kept: ReadonlySet<string> } {
  const kept = new Set(names);
  vi.stubGlobal('caches', { delete: async (name: string) => kept.delete(name) });
  return { kept };
}
