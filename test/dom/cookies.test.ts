import { beforeEach, describe, expect, it } from 'vitest';
import { cookies } from '../../src/actions/cookies.js';

beforeEach(async () => {
  await wipe(cookies({ names: ['token', 'seen', 'theme'] })).catch(() => undefined);
});

describe('cookies', () => {
  it('is one wiper for all tabs', () => {
    expect(cookies({ names: ['token'] })).toMatchObject({ name: 'cookies token', scope: 'shared' });
  });

  it('wipes the named cookies and no other', async () => {
    for (const name of ['token', 'seen', 'theme']) write(`${name}=1; Path=/`);
    await wipe(cookies({ names: ['token', 'seen', 'never-set'] }));
    expect(document.cookie).toBe('theme=1');
  });

  it('says which cookie is still there, because it was set with another domain', async () => {
    write('token=1; Path=/');
    await expect(wipe(cookies({ names: ['token'], domain: 'elsewhere.example' }))).rejects.toThrow(
      'still there, so set with another path or domain: token',
    );
  });

  it('writes nothing once it has been called off', async () => {
    write('token=1; Path=/');
    const called = new AbortController();
    called.abort(new Error('a later session has begun'));
    await expect(wipe(cookies({ names: ['token'] }), called.signal)).rejects.toThrow('a later session has begun');
    expect(document.cookie).toBe('token=1');
  });

  it.each([
    [{ names: [] }, 'cookies: names is []'],
    [{ names: ['a b'] }, 'cookies: names has "a b": expected the name of a cookie'],
    [{ names: ['a=b'] }, 'cookies: names has "a=b"'],
    [{ names: ['a'], path: 'app' }, 'cookies: path is "app": expected a path that begins with /'],
    [{ names: ['a'], path: '/; Domain=x' }, 'cookies: path is "/; Domain=x"'],
    [{ names: ['a'], domain: 'x; Path=/' }, 'cookies: domain is "x; Path=/": expected the name of a host'],
    [{ names: ['a'], domain: 7 }, 'cookies: domain is 7'],
  ])('names what is wrong with %j', (options, message) => {
    // As an app in plain JavaScript would call it.
    const make = (): unknown => cookies(options as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

async function wipe(wiper: ReturnType<typeof cookies>, signal = new AbortController().signal): Promise<void> {
  await wiper.wipe({ sessionId: 's1', signal });
}

function write(cookie: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: what the wiper is there for.
  document.cookie = cookie;
}
