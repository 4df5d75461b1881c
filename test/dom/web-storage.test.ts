import { beforeEach, describe, expect, it } from 'vitest';
import { webStorage } from '../../src/actions/web-storage.js';

const KEYS = ['app:token', 'app:draft', 'theme', 'nightlatch:backoffice', 'nightlatch:app:x'];

beforeEach(() => {
  for (const storage of [localStorage, sessionStorage]) {
    storage.clear();
    for (const key of KEYS) storage.setItem(key, 'value');
  }
});

describe('webStorage', () => {
  it('is one wiper for this tab and one for all tabs', () => {
    const named = webStorage({ prefix: 'app:' }).map(({ name, scope }) => [name, scope]);
    expect(named).toEqual([
      ['sessionStorage app:*', 'tab'],
      ['localStorage app:*', 'shared'],
    ]);
  });

  it('may be used for several prefixes side by side', () => {
    const names = [webStorage({ prefix: 'a:' }), webStorage({ prefix: 'b:' }), webStorage({ keys: ['c', 'd'] })].flat();
    expect(new Set(names.map(({ name }) => name)).size).toBe(6);
  });

  it('wipes what begins with the prefix, in its own area only', async () => {
    const [tab, shared] = webStorage({ prefix: 'app:' });
    await wipe(tab);
    expect(keys(sessionStorage)).toEqual(['nightlatch:app:x', 'nightlatch:backoffice', 'theme']);
    expect(keys(localStorage)).toEqual([...KEYS].sort());
    await wipe(shared);
    await wipe(shared);
    expect(keys(localStorage)).toEqual(['nightlatch:app:x', 'nightlatch:backoffice', 'theme']);
  });

  it('wipes exactly the keys it is given', async () => {
    for (const wiper of webStorage({ keys: ['theme', 'app:token', 'unknown'] })) await wipe(wiper);
    expect(keys(localStorage)).toEqual(['app:draft', 'nightlatch:app:x', 'nightlatch:backoffice']);
  });

  it('never touches the keys by which we know that the session is over', async () => {
    for (const wiper of webStorage({ prefix: 'n' })) await wipe(wiper);
    for (const wiper of webStorage({ keys: ['nightlatch:backoffice'] })) await wipe(wiper);
    expect(keys(localStorage)).toEqual([...KEYS].sort());
  });

  it('keeps to the one area it is given', () => {
    expect(webStorage({ prefix: 'app:', area: 'local' }).map(({ scope }) => scope)).toEqual(['shared']);
    expect(webStorage({ prefix: 'app:', area: 'session' }).map(({ scope }) => scope)).toEqual(['tab']);
  });

  it('writes nothing once it has been called off', async () => {
    const called = new AbortController();
    called.abort(new Error('a later session has begun'));
    for (const wiper of webStorage({ prefix: 'app:' })) {
      await expect(wipe(wiper, called.signal)).rejects.toThrow('a later session has begun');
    }
    expect(keys(localStorage)).toEqual([...KEYS].sort());
  });

  it.each([
    [{}, 'webStorage: expected either prefix or keys'],
    [{ prefix: 'a', keys: ['b'] }, 'webStorage: expected either prefix or keys'],
    [{ prefix: '' }, 'webStorage: prefix is "": expected a text that is not empty'],
    [{ prefix: 7 }, 'webStorage: prefix is 7: expected a text that is not empty'],
    [{ keys: [] }, 'webStorage: keys is []: expected a list of one or more names'],
    [{ keys: 'app:token' }, 'webStorage: keys is "app:token": expected a list of one or more names'],
    [{ prefix: 'a', area: 'both' }, 'webStorage: area is "both": expected "local" or "session"'],
  ])('names what is wrong with %j', (options, message) => {
    // As an app in plain JavaScript would call it.
    expect(() => webStorage(options as never)).toThrow(new TypeError(message));
  });
});

async function wipe(wiper: ReturnType<typeof webStorage>[number] | undefined, signal = new AbortController().signal) {
  await wiper?.wipe({ sessionId: 's1', signal });
}

function keys(storage: Storage): (string | null)[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index)).sort();
}
