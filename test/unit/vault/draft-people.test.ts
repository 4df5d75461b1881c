/** Whose drafts are whose: the next person, the end of a session, and the two kinds of keys. */
import { describe, expect, it } from 'vitest';
import { serverTime } from '../../../src/time/instant.js';
import { createBrowser, createPad, type FakeBrowser, type FakeTab, settled } from '../support/vault.js';

const names = async (browser: FakeBrowser) => [...(await browser.stored()).keys()];
const records = async (browser: FakeBrowser) => (await names(browser)).filter((key) => key.startsWith('draft:'));

function keep(tab: FakeTab, key: 'server' | 'device', form = 'payment') {
  const pad = createPad();
  return { pad, draft: tab.vault.keep(form, pad, { key }) };
}

/** Somebody has written something, and it is sealed. */
async function left(
  browser: FakeBrowser,
  key: 'server' | 'device',
  { session = 's1', subject = 'ana', text = 'of ana' } = {},
) {
  const tab = browser.open();
  tab.begin(session, subject);
  const { pad, draft } = keep(tab, key);
  await settled();
  pad.type(text);
  await draft.save();
  return { tab, pad, draft };
}

describe('another person', () => {
  it('finds nothing, and the drafts of the first stay for them', async () => {
    const browser = createBrowser();
    const { tab } = await left(browser, 'server');
    tab.end('idle');
    await settled();
    const others = browser.open({ tab: tab.tab });
    others.begin('s2', 'ben');
    expect(await keep(others, 'server').draft.offers()).toEqual([]);
    expect(others.told()).toEqual([]);
    others.end('signed-out');
    await settled();
    const again = browser.open();
    again.begin('s3', 'ana');
    const { pad, draft } = keep(again, 'server');
    const [offer] = await draft.offers();
    await offer?.restore();
    expect(pad.text).toBe('of ana');
  });

  it('finds nothing either where they put the records of the first under their own label', async () => {
    const browser = createBrowser();
    const { tab } = await left(browser, 'server');
    tab.end('idle');
    const theirs = await left(browser, 'server', { session: 's2', subject: 'ben', text: 'of ben' });
    theirs.tab.end('idle');
    await settled();
    const all = await browser.stored();
    const [one, other] = await records(browser);
    // Each takes the other's place, and its name too.
    await browser.put(one!, all.get(other!));
    await browser.put(other!, all.get(one!));
    for (const subject of ['ana', 'ben']) {
      const later = browser.open();
      later.begin(`later ${subject}`, subject);
      expect(await keep(later, 'server').draft.offers()).toEqual([]);
      expect(later.told()).toEqual([{ type: 'draft-discarded', form: 'payment', because: 'unreadable' }]);
    }
  });

  it('begins: drafts under the device’s key, and the key itself, are gone before any form is offered anything', async () => {
    const browser = createBrowser();
    const { tab } = await left(browser, 'device');
    await left(browser, 'server');
    tab.end('idle');
    await settled();
    expect(await names(browser)).toContain('device-key');
    const others = browser.open();
    others.begin('s2', 'ben');
    await others.vault.ready();
    expect(await names(browser)).not.toContain('device-key');
    expect(await records(browser)).toHaveLength(1);
    expect(others.told()).toEqual([{ type: 'draft-discarded', because: 'another-person' }]);
    expect(await keep(others, 'device').draft.offers()).toEqual([]);
  });

  it('begins in a tab that shows a form of the first: that draft is theirs no more, and nothing of it is sealed as theirs', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await left(browser, 'server');
    tab.end('replaced');
    tab.begin('s2', 'ben');
    pad.type('still of ana');
    await draft.save();
    expect(await draft.offers()).toEqual([]);
    tab.end('idle');
    await settled();
    expect(await records(browser)).toHaveLength(1);
    const again = browser.open();
    again.begin('s3', 'ana');
    const next = keep(again, 'server');
    await (await next.draft.offers())[0]?.restore();
    expect(next.pad.text).toBe('of ana');
  });

  it('begins while a draft of the first under the device’s key is being sealed: it is not written any more', async () => {
    const browser = createBrowser();
    const { pad, draft } = await left(browser, 'device');
    const others = browser.open();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    // What the first tab writes waits, as if the tab had been stopped just then.
    const before = browser.fault;
    browser.fault = async () => {
      await gate;
      return undefined as never;
    };
    pad.type('late');
    const saved = draft.save();
    await settled();
    browser.fault = before;
    others.begin('s2', 'ben');
    await others.vault.ready();
    expect(await records(browser)).toEqual([]);
    open();
    await saved;
    expect(await records(browser)).toEqual([]);
  });
});

describe('the end of a session', () => {
  it('by signing out takes drafts under the device’s key and the key, in each tab, and leaves the server’s', async () => {
    const browser = createBrowser();
    const device = await left(browser, 'device');
    const server = await left(browser, 'server');
    device.pad.type('the last words');
    server.pad.type('of ana, the last words');
    for (const { tab } of [device, server]) tab.end('signed-out');
    expect([device.pad.text, server.pad.text]).toEqual(['', '']);
    for (const { tab, draft } of [device, server]) {
      await draft.save();
      await tab.vault.ready();
    }
    await settled();
    expect(await names(browser)).not.toContain('device-key');
    expect(await records(browser)).toHaveLength(1);
    const again = browser.open();
    again.begin('s2', 'ana');
    expect(await keep(again, 'device').draft.offers()).toHaveLength(1);
    const { pad, draft } = keep(again, 'server');
    const [offer] = await draft.offers();
    await offer?.restore();
    expect(pad.text).toBe('of ana, the last words');
  });

  it('by signing out is made up for by the next page, where the one that signed out was gone too soon', async () => {
    const browser = createBrowser();
    const { tab } = await left(browser, 'device');
    tab.vault.stop();
    const next = browser.open();
    next.absent('signed-out');
    await next.vault.ready();
    expect((await names(browser)).filter((key) => key !== 'made')).toEqual([]);
  });

  it('by itself leaves drafts under the device’s key to the same person', async () => {
    const browser = createBrowser();
    const { tab, pad } = await left(browser, 'device');
    pad.type('of ana, the last words');
    tab.end('idle');
    await settled();
    const again = browser.open({ server: false });
    again.begin('s2', 'ana');
    const next = keep(again, 'device');
    await (await next.draft.offers())[0]?.restore();
    expect(next.pad.text).toBe('of ana, the last words');
  });

  it('takes the text out of the page and the key out of memory: what is typed afterwards is not sealed', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await left(browser, 'server');
    tab.end('idle');
    await settled();
    const before = await browser.stored();
    pad.type('typed into a dead page');
    browser.clock.advance(10_000);
    await draft.save();
    await settled();
    expect(await browser.stored()).toEqual(before);
    expect(browser.keys.calls).toEqual(['s1']);
  });

  it('with a text whose key never came loses it, and says so', async () => {
    const browser = createBrowser();
    browser.keys.answer = { type: 'unknown', problem: 'HTTP 503' };
    const tab = browser.open();
    tab.begin('s1');
    const { pad } = keep(tab, 'server');
    await settled();
    pad.type('one');
    tab.end('idle');
    expect(tab.told()).toEqual([{ type: 'draft-unsaved', form: 'payment', because: 'no-key' }]);
  });

  it('of one session and the start of another of the same person in the same page offers what was sealed', async () => {
    const browser = createBrowser();
    const { tab, pad, draft } = await left(browser, 'server');
    pad.type('of ana, the last words');
    tab.end('idle');
    tab.begin('s2', 'ana');
    const offers = await draft.offers();
    await offers[0]?.restore();
    expect(pad.text).toBe('of ana, the last words');
    tab.begin('s3', 'ana');
    expect(pad.text, 'also where no end was seen between').toBe('');
    expect(await draft.offers()).toHaveLength(1);
  });
});

describe('keys of the server', () => {
  it('are asked for once in a session, by its name, and by none that is locked', async () => {
    const browser = createBrowser();
    const tab = browser.open();
    browser.keys.answer = { type: 'unknown', problem: 'HTTP 503' };
    tab.begin('s1');
    await settled();
    tab.show('locked');
    browser.clock.advance(600_000);
    await settled();
    expect(browser.keys.calls).toEqual(['s1']);
    browser.keys.answer = undefined;
    tab.begin('s1');
    await settled();
    tab.begin('s1');
    await settled();
    expect(browser.keys.calls).toEqual(['s1', 's1']);
  });

  it('that come late seal what was typed meanwhile', async () => {
    const browser = createBrowser();
    browser.keys.answer = { type: 'unknown', problem: 'HTTP 503' };
    const tab = browser.open();
    tab.begin('s1');
    const { pad } = keep(tab, 'server');
    await settled();
    pad.type('one');
    browser.clock.advance(900);
    await settled();
    expect(await records(browser)).toEqual([]);
    browser.keys.answer = undefined;
    browser.clock.advance(2_000);
    await settled();
    expect(await records(browser)).toHaveLength(1);
    expect(tab.told()).toEqual([{ type: 'draft-saved', form: 'payment', kept: 'stored' }]);
  });

  it('that are older are asked for by name, once, and open what they sealed', async () => {
    const browser = createBrowser();
    const one = await left(browser, 'server');
    one.tab.end('idle');
    await settled();
    browser.keys.rotate();
    const again = browser.open();
    again.begin('s2');
    const { pad, draft } = keep(again, 'server');
    const [offer] = await draft.offers();
    await offer?.restore();
    expect(pad.text).toBe('of ana');
    expect(browser.keys.calls).toEqual(['s1', 's2', 's2?m1']);
    // Sealed anew, under the key of today.
    again.end('idle');
    await settled();
    browser.keys.forgetOldMasters();
    const third = browser.open();
    third.begin('s3');
    expect(await keep(third, 'server').draft.offers()).toHaveLength(1);
  });

  it('that the server has forgotten leave a draft unreadable: it goes, and that is told', async () => {
    const browser = createBrowser();
    const { tab } = await left(browser, 'server');
    tab.end('idle');
    await settled();
    browser.keys.rotate();
    browser.keys.forgetOldMasters();
    const again = browser.open();
    again.begin('s2');
    expect(await keep(again, 'server').draft.offers()).toEqual([]);
    expect(again.told()).toEqual([{ type: 'draft-discarded', form: 'payment', because: 'unreadable' }]);
    expect(await records(browser)).toEqual([]);
  });

  it('that nobody can be asked for now are ERR_DRAFT_SEALED, and the draft stays', async () => {
    const browser = createBrowser();
    const { tab } = await left(browser, 'server');
    tab.end('idle');
    await settled();
    browser.keys.answer = { type: 'unknown', problem: 'HTTP 503' };
    const again = browser.open();
    again.begin('s2');
    const { draft } = keep(again, 'server');
    await expect(draft.offers()).rejects.toMatchObject({ code: 'ERR_DRAFT_SEALED' });
    browser.keys.answer = undefined;
    expect(await draft.offers()).toHaveLength(1);
  });

  it('are not needed to know that there is nothing', async () => {
    const browser = createBrowser();
    browser.keys.gate = new Promise(() => {});
    const tab = browser.open();
    tab.begin('s1');
    expect(await keep(tab, 'server').draft.offers()).toEqual([]);
  });
});

describe('a sign-out that no page with the vault has seen', () => {
  it('takes the device’s key and drafts before the same person is offered anything, and leaves the server’s', async () => {
    const browser = createBrowser();
    // Both pages are closed before somebody signs out in another one.
    (await left(browser, 'device')).draft.stop();
    (await left(browser, 'server', { text: 'sealed by the server’s' })).draft.stop();
    browser.clock.advance(1_000);
    browser.signedOutAt = serverTime(browser.clock.read().wall);
    browser.clock.advance(1_000);
    const again = browser.open();
    again.begin('s2', 'ana');
    const { pad, draft } = keep(again, 'device');
    const [offer, ...others] = await draft.offers();
    await offer?.restore();
    expect([pad.text, others]).toEqual(['sealed by the server’s', []]);
    expect(again.told()).toContainEqual({ type: 'draft-discarded', because: 'signed-out' });
    // What is written now is under a key of its own, and stays.
    pad.type('of ana again');
    await draft.save();
    again.end('idle');
    browser.clock.advance(1_000);
    const later = browser.open();
    later.begin('s3', 'ana');
    draft.stop();
    const texts: unknown[] = [];
    const next = keep(later, 'device');
    for (const one of await next.draft.offers()) {
      await one.restore();
      texts.push(next.pad.text);
    }
    expect(texts).toContain('of ana again');
  });

  it('takes nothing that a later session has sealed, however late a page hears of it', async () => {
    const browser = createBrowser();
    const stood = await left(browser, 'device');
    const at = serverTime(browser.clock.read().wall);
    browser.signedOutAt = at;
    browser.clock.advance(1_000);
    (await left(browser, 'device', { session: 's2', text: 'of the next session' })).draft.stop();
    stood.tab.end('signed-out', at);
    await stood.tab.vault.ready();
    const later = browser.open();
    later.begin('s3', 'ana');
    const { pad, draft } = keep(later, 'device');
    const offers = await draft.offers();
    expect(offers).toHaveLength(1);
    await offers[0]?.restore();
    expect(pad.text).toBe('of the next session');
  });
});
