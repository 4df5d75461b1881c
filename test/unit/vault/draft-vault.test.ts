import { describe, expect, it } from 'vitest';
import { hours } from '../../../src/time/instant.js';
import { createBrowser, createPad, type FakeTab, settled } from '../support/vault.js';

const MARKER = 'Überweisung an die Großmutter';

/** A tab with somebody who has a pad in front of them. */
async function writing(browser = createBrowser(), options: Parameters<typeof browser.open>[0] = {}) {
  const tab = browser.open(options);
  tab.begin('s1');
  const pad = createPad();
  const draft = tab.vault.keep('payment', pad);
  await settled();
  return { browser, tab, pad, draft };
}

/** The same person signs in anew in another tab, or in this one after a reload. */
async function again(
  browser: ReturnType<typeof createBrowser>,
  { subject = 'ana', ...options }: { subject?: string } & Parameters<typeof browser.open>[0] = {},
) {
  const tab = browser.open(options);
  tab.begin('s2', subject);
  const pad = createPad();
  const draft = tab.vault.keep('payment', pad);
  const offers = await draft.offers();
  // With the server's keys there: until then nothing is sealed.
  await settled();
  return { tab, pad, draft, offers };
}

const records = async (browser: ReturnType<typeof createBrowser>) =>
  [...(await browser.stored()).keys()].filter((key) => key.startsWith('draft:'));

describe('a draft', () => {
  it('is stored within a second of the last keystroke, also of somebody who never pauses', async () => {
    const { browser, tab, pad } = await writing();
    for (let typed = 1; typed <= 20; typed += 1) {
      pad.type('x'.repeat(typed));
      browser.clock.advance(100);
      await settled();
    }
    expect(await records(browser)).toHaveLength(1);
    browser.clock.advance(1_000);
    await settled();
    tab.end('idle');
    await settled();
    const { pad: next, offers } = await again(browser, { tab: tab.tab });
    await offers[0]?.restore();
    expect(next.text).toBe('x'.repeat(20));
  });

  it('is sealed at once where the page is left, hidden or covered', async () => {
    for (const cover of [
      (tab: FakeTab) => tab.leave(),
      (tab: FakeTab) => tab.show('locked'),
      (tab: FakeTab) => tab.show('expired'),
    ]) {
      const { browser, tab, pad } = await writing();
      pad.type(MARKER);
      cover(tab);
      await settled();
      expect(await records(browser)).toHaveLength(1);
    }
  });

  it('outlives the end of the session, up to the last key, and is offered with when it was saved', async () => {
    const { browser, tab, pad } = await writing();
    pad.type(MARKER);
    const savedAt = browser.clock.read().wall;
    tab.end('revoked');
    expect(pad.text, 'what is left in the page').toBe('');
    await settled();
    browser.clock.advance(60_000);
    const { pad: next, offers, tab: later } = await again(browser);
    expect(offers).toMatchObject([{ savedAt }]);
    expect(offers[0]).not.toHaveProperty('conflict');
    expect(next.text, 'not forced').toBe('');
    expect(await offers[0]?.restore()).toEqual({ missing: [], files: [] });
    expect(next.text).toBe(MARKER);
    expect(tab.told()).toEqual([{ type: 'draft-saved', form: 'payment', kept: 'stored' }]);
    expect(later.told()).toContainEqual({ type: 'draft-restored', form: 'payment', conflict: false });
  });

  it('has the caret where it was at the end, though it moved on after the last key had been sealed', async () => {
    const { browser, tab, pad } = await writing();
    pad.type(MARKER);
    pad.caret = 21;
    browser.clock.advance(1_000);
    await settled();
    pad.caret = 17;
    tab.end('revoked');
    await settled();
    const { pad: next, offers } = await again(browser);
    await offers[0]?.restore();
    expect([next.text, next.caret]).toEqual([MARKER, 17]);
    expect(tab.told()).toEqual([{ type: 'draft-saved', form: 'payment', kept: 'stored' }]);
  });

  it('lies there without a word of it, of its form or of its person, and so do its events and the tab’s notes', async () => {
    const { browser, tab, pad } = await writing();
    pad.type({ payee: MARKER, iban: 'DE00MARKER' });
    tab.end('idle');
    await settled();
    const all = [...(await browser.stored())].map(([key, value]) => key + JSON.stringify(value, bytesAsText));
    const said = [...all, JSON.stringify(tab.events), JSON.stringify([...tab.tab])].join('\n');
    expect(said).toContain('draft:');
    for (const word of [MARKER, 'DE00MARKER', 'ana', 'iban']) expect(said).not.toContain(word);
    expect(all.join()).not.toContain('payment');
  });

  it('that is restored becomes the draft of the new place, and is offered only once', async () => {
    const { browser, tab, pad } = await writing();
    pad.type('one');
    tab.end('idle');
    await settled();
    const { offers, pad: next, tab: later } = await again(browser);
    await offers[0]?.restore();
    expect(await records(browser)).toHaveLength(1);
    next.type('one and more');
    later.end('idle');
    await settled();
    const third = await again(browser);
    expect(third.offers).toHaveLength(1);
    await third.offers[0]?.restore();
    expect(third.pad.text).toBe('one and more');
  });

  it('that is not wanted is gone', async () => {
    const { browser, tab, pad } = await writing();
    pad.type('one');
    tab.end('idle');
    await settled();
    const { offers, draft, tab: later } = await again(browser);
    await offers[0]?.discard();
    expect(later.told()).toContainEqual({ type: 'draft-discarded', form: 'payment', because: 'unwanted' });
    expect(await draft.offers()).toEqual([]);
    expect(await records(browser)).toEqual([]);
    await expect(offers[0]?.restore()).rejects.toMatchObject({ code: 'ERR_DRAFT_UNREADABLE' });
  });

  it('is gone once what was written has been sent, also what was on its way to the store', async () => {
    const { browser, tab, pad, draft } = await writing();
    pad.type('one');
    void draft.save();
    pad.text = '';
    await draft.discard();
    await settled();
    expect(await records(browser)).toEqual([]);
    expect(tab.told().at(-1)).toEqual({ type: 'draft-discarded', form: 'payment', because: 'done' });
  });

  it('is taken back where somebody has undone all that they typed', async () => {
    const { browser, pad, draft } = await writing();
    pad.type('one');
    await draft.save();
    expect(await records(browser)).toHaveLength(1);
    pad.type('');
    await draft.save();
    expect(await records(browser)).toEqual([]);
  });

  it('is not offered after its time, and is taken away then', async () => {
    const { browser, tab, pad } = await writing(undefined, { timeToLive: hours(1) });
    pad.type('one');
    tab.end('idle');
    await settled();
    browser.clock.advance(hours(1) - 1);
    expect((await again(browser)).offers).toHaveLength(1);
    browser.clock.advance(1);
    expect((await again(browser)).offers).toEqual([]);
    expect(await records(browser)).toEqual([]);
  });

  it('tells that the record has changed since', async () => {
    const browser = createBrowser();
    const tab = browser.open();
    tab.begin('s1');
    const pad = createPad();
    tab.vault.keep('customer', pad, { record: 'v1' });
    pad.type('new name');
    await settled();
    tab.end('idle');
    await settled();
    const later = browser.open();
    later.begin('s2');
    const same = later.vault.keep('customer', createPad(), { record: 'v1' });
    expect((await same.offers())[0]).not.toHaveProperty('conflict');
    const changed = later.vault.keep('customer', createPad(), { record: 'v2' });
    expect((await changed.offers())[0]?.conflict).toEqual({ was: 'v1', is: 'v2' });
  });

  it('of an older schema is not offered and goes; one of a newer is left to who can read it', async () => {
    const { browser, tab, pad } = await writing();
    pad.type('one');
    tab.end('idle');
    await settled();
    const later = browser.open();
    later.begin('s2');
    expect(await later.vault.keep('payment', createPad(), { schema: 0 }).offers()).toEqual([]);
    expect(await records(browser)).toHaveLength(1);
    expect(await later.vault.keep('payment', createPad(), { schema: 2 }).offers()).toEqual([]);
    expect(later.told()).toContainEqual({ type: 'draft-discarded', form: 'payment', because: 'older-schema' });
    expect(await records(browser)).toEqual([]);
  });

  it.each([
    ['too-long', 'x'.repeat(1_000_001)],
    ['no-json', 1n],
  ])('is not kept where it is %s, and that is told', async (because, value) => {
    const { browser, tab, pad, draft } = await writing();
    pad.type(value);
    await draft.save();
    expect(tab.told()).toEqual([{ type: 'draft-unsaved', form: 'payment', because }]);
    expect(await records(browser)).toEqual([]);
  });
});

describe('drafts of several tabs', () => {
  it('do not overwrite each other, and are not offered while somebody writes them', async () => {
    const { browser, tab, pad, draft } = await writing();
    pad.type('of the first tab');
    await draft.save();
    const second = await again(browser);
    expect(second.offers).toEqual([]);
    second.pad.type('of the second tab');
    await second.draft.save();
    expect(await records(browser)).toHaveLength(2);
    draft.stop();
    await settled();
    expect(await second.draft.offers()).toHaveLength(1);
    tab.vault.stop();
  });

  it('are offered together: that of the same tab first, then the newest', async () => {
    const browser = createBrowser();
    const tabs: FakeTab[] = [];
    for (const text of ['oldest', 'middle', 'newest']) {
      const { tab, pad } = await writing(browser);
      pad.type(text);
      tab.end('idle');
      tab.vault.stop();
      await settled();
      tabs.push(tab);
      browser.clock.advance(1_000);
    }
    const texts: unknown[] = [];
    // The pages are gone, and what they held with them.
    const { offers, pad } = await again(browser, { tab: tabs[1]!.tab });
    for (const offer of offers) {
      await offer.restore();
      texts.push(pad.text);
    }
    expect(texts).toEqual(['middle', 'newest', 'oldest']);
  });

  it('are ten of a form at most', async () => {
    const browser = createBrowser();
    for (let made = 0; made < 12; made += 1) {
      const { tab, pad, draft } = await writing(browser);
      pad.type(`number ${made}`);
      await draft.save();
      draft.stop();
      tab.vault.stop();
      browser.clock.advance(1_000);
    }
    const { offers } = await again(browser);
    expect(offers).toHaveLength(10);
  });
});

/** As JSON would leave them out. */
function bytesAsText(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(value) : value;
}
