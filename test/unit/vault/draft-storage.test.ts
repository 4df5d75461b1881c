/** A database that is full, blocked, missing, hanging or emptied, and records that somebody else has written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../src/vault/draft-record.js';
import { createBrowser, createPad, type FakeBrowser, settled } from '../support/vault.js';

async function writing(browser: FakeBrowser, key: 'server' | 'device' = 'server') {
  const tab = browser.open();
  tab.begin('s1');
  const pad = createPad();
  const draft = tab.vault.keep('payment', pad, { key });
  await settled();
  return { tab, pad, draft };
}

const failing = (name: string) => () => Promise.reject(new DOMException('the text of ana', name));

describe('a database that fails', () => {
  it.each(['QuotaExceededError', 'SecurityError', 'InvalidStateError', 'DataCloneError'])(
    'with %s leaves drafts in memory, sealed, and says so once without a word of what was to be kept',
    async (name) => {
      const browser = createBrowser();
      const { tab, pad, draft } = await writing(browser);
      browser.fault = failing(name);
      for (const text of ['one', 'one and two', 'one and two and three']) {
        pad.type(text);
        await draft.save();
      }
      expect(tab.told()).toEqual([
        { type: 'draft-storage-degraded', problem: name },
        { type: 'draft-saved', form: 'payment', kept: 'memory' },
      ]);
      // The session ends, and the person signs in anew in the same page.
      tab.end('idle');
      await settled();
      tab.begin('s2');
      const [offer] = await draft.offers();
      await offer?.restore();
      expect(pad.text).toBe('one and two and three');
    },
  );

  it('stores again once it can', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await writing(browser);
    browser.fault = (mode) => (mode === 'readwrite' ? failing('QuotaExceededError')() : undefined);
    pad.type('one');
    await draft.save();
    browser.fault = undefined;
    pad.type('one and two');
    await draft.save();
    expect(tab.told().at(-1)).toEqual({ type: 'draft-saved', form: 'payment', kept: 'stored' });
    expect([...(await browser.stored()).keys()].filter((key) => key.startsWith('draft:'))).toHaveLength(1);
  });

  it('by not answering is given up after two seconds, and what it then does late writes nothing', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await writing(browser);
    let answer = () => {};
    browser.fault = async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return undefined as never;
    };
    pad.type('one');
    const saved = draft.save();
    await settled();
    browser.clock.advance(2_000);
    await saved;
    expect(tab.told()).toEqual([
      { type: 'draft-storage-degraded', problem: 'TimeoutError' },
      { type: 'draft-saved', form: 'payment', kept: 'memory' },
    ]);
    // Meanwhile nothing waits for it any more.
    pad.type('one and two');
    await draft.save();
    answer();
    browser.fault = undefined;
    await settled();
    expect([...(await browser.stored()).keys()].filter((key) => key.startsWith('draft:'))).toEqual([]);
    browser.clock.advance(30_000);
    pad.type('one and two and three');
    await draft.save();
    expect(tab.told().at(-1)).toEqual({ type: 'draft-saved', form: 'payment', kept: 'stored' });
  });

  it('where it cannot hold a key keeps what the device seals in memory, too', async () => {
    const browser = createBrowser();
    browser.fault = (mode) => (mode === 'readwrite' ? failing('DataCloneError')() : undefined);
    const { tab, pad, draft } = await writing(browser, 'device');
    pad.type('one');
    await draft.save();
    expect(tab.told().at(-1)).toEqual({ type: 'draft-saved', form: 'payment', kept: 'memory' });
    expect((await browser.stored()).size).toBe(0);
  });

  it('that somebody has emptied is told to a tab that had something there', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await writing(browser);
    pad.type('one');
    await draft.save();
    tab.vault.stop();
    const emptied = createBrowser();
    const later = emptied.open({ tab: tab.tab });
    later.begin('s2');
    await later.vault.ready();
    expect(later.told()).toEqual([{ type: 'draft-storage-degraded', problem: 'emptied' }]);
  });
});

describe('what was stored by somebody else', () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  const hostile = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
    fc.record(
      {
        format: fc.oneof(fc.constant(1), fc.anything()),
        kind: fc.constantFrom<unknown>('server', 'device', 'other', 1),
        kid: fc.oneof(fc.constantFrom('m1', ''), fc.string(), fc.integer()),
        schema: fc.oneof(fc.constant(1), fc.double()),
        expiresAt: fc.oneof(fc.constant(Number.MAX_SAFE_INTEGER), fc.double()),
        iv: fc.oneof(bytes, fc.anything()),
        data: fc.oneof(bytes, fc.anything()),
      },
      { requiredKeys: [] },
    ),
  );

  it('is read without harm, and is a record only where each part of it is what it must be', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const record = readRecord(value);
        if (!record) return;
        expect(['server', 'device']).toContain(record.kind);
        expect(record.kid.length).toBeLessThanOrEqual(64);
        for (const part of [record.iv, record.data]) expect(ArrayBuffer.isView(part)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never offered, opens nothing, and goes', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await writing(browser);
    pad.type('one');
    await draft.save();
    tab.end('idle');
    await settled();
    const [name, record] = [...(await browser.stored())].find(([key]) => key.startsWith('draft:')) as [
      string,
      Record<string, unknown>,
    ];
    const data = record['data'] as Uint8Array;
    const flipped = data.slice();
    flipped[0]! ^= 1;
    const forged: Readonly<Record<string, unknown>> = {
      'another byte': { ...record, data: flipped },
      shorter: { ...record, data: data.slice(0, -1) },
      'nothing at all': { ...record, data: new Uint8Array() },
      'another vector': { ...record, iv: new Uint8Array(12) },
      'no vector': { ...record, iv: new Uint8Array() },
      'a later expiry': { ...record, expiresAt: Number(record['expiresAt']) + 1 },
      'another kind': { ...record, kind: 'device' },
    };
    for (const [what, value] of Object.entries(forged)) {
      await browser.put(name, value);
      const later = browser.open();
      later.begin('s2');
      expect(await later.vault.keep('payment', createPad()).offers(), what).toEqual([]);
      expect(later.told(), what).toEqual([{ type: 'draft-discarded', form: 'payment', because: 'unreadable' }]);
      expect((await browser.stored()).has(name), what).toBe(false);
    }
    await browser.put(name, 'no record at all');
    const other = browser.open();
    other.begin('s2');
    await other.vault.ready();
    expect(other.told()).toEqual([{ type: 'draft-discarded', because: 'unreadable' }]);
    // The same record under another name is another draft, and does not open as that.
    await browser.put(name.replace(/[^:]+$/, 'other'), record);
    const later = browser.open();
    later.begin('s2');
    expect(await later.vault.keep('payment', createPad()).offers()).toEqual([]);
    await browser.put(name, record);
    expect(await later.vault.keep('payment', createPad()).offers()).toHaveLength(1);
  });

  it('never stops a person from writing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 20 }), hostile, async (id, value) => {
        const browser = createBrowser();
        try {
          await browser.put(`draft:x:${id}`, value);
          await browser.put('device-key', value);
          await browser.put(`${id}`, value);
        } catch {
          return; // No database takes that.
        }
        const { tab, pad, draft } = await writing(browser, 'device');
        expect(await draft.offers()).toEqual([]);
        pad.type('one');
        await draft.save();
        expect(tab.told().at(-1)).toEqual({ type: 'draft-saved', form: 'payment', kept: 'stored' });
      }),
      { numRuns: 15 },
    );
  });
});
