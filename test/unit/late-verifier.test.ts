import { describe, expect, it } from 'vitest';
import { createLateVerifier } from '../../src/late-verifier.js';
import type { VerifyPolicy } from '../../src/ports.js';
import { serverTime } from '../../src/time/instant.js';

const now = serverTime(1);
const about = { sessionId: 's', now: { now, earliest: now, latest: now }, signal: new AbortController().signal };

describe('a verifier that is loaded late', () => {
  it('is loaded with the first token, once, and sees every token', async () => {
    const seen: unknown[] = [];
    let loads = 0;
    const verify = createLateVerifier(async () => {
      loads += 1;
      return async (token, given) => {
        seen.push([token, given]);
        return { version: seen.length };
      };
    });
    expect(loads).toBe(0);
    expect(await Promise.all([verify('one', about), verify('two', about)])).toEqual([{ version: 1 }, { version: 2 }]);
    expect(await verify('three', about)).toEqual({ version: 3 });
    expect([loads, seen]).toEqual([
      1,
      [
        ['one', about],
        ['two', about],
        ['three', about],
      ],
    ]);
  });

  it('believes nothing while it cannot be loaded, and is loaded again with the next token', async () => {
    const loads: (VerifyPolicy | Error)[] = [new Error('not there'), async () => ({ version: 1 })];
    const verify = createLateVerifier(async () => {
      const next = loads.shift();
      if (next instanceof Error || next === undefined) throw next;
      return next;
    });
    const both = await Promise.allSettled([verify('one', about), verify('two', about)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await verify('three', about)).toEqual({ version: 1 });
  });

  it('stays loaded after a token that is not believed', async () => {
    let loads = 0;
    const verify = createLateVerifier(async () => {
      loads += 1;
      return async () => Promise.reject(new Error('forged'));
    });
    for (const token of ['one', 'two']) await expect(verify(token, about)).rejects.toThrow('forged');
    expect(loads).toBe(1);
  });
});
