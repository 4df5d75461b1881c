import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { returnTo } from '../../../src/reauth/return-to.js';
import { paths, payloads } from './return-to-payloads.js';

test('there are many payloads, each of its own', () => {
  const all = Object.values(payloads);
  expect(all.length).toBeGreaterThanOrEqual(60);
  expect(new Set(all).size).toBe(all.length);
});

it.each(Object.entries(payloads))('follows no address that tries %s', (_what, payload) => {
  expect(returnTo(payload)).toBeUndefined();
});

it.each(Object.entries(paths))('leads to %s', (path, expected) => {
  expect(returnTo(path)).toBe(expected);
});

/** Made of what addresses are made of, so that the corners are met. */
const pieces = ['/', '//', '\\', '.', '..', '%2f', '%5C', '%2e', '%00', '\t', '\n', ' ', ':', '@', '?', '#', 'https:'];
const address = fc
  .array(fc.oneof(fc.constantFrom(...pieces, 'javascript:', 'evil.example', 'accounts', '[::1]'), fc.string()), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));
const rooted = address.map((text) => `/${text}`);

/** What is wrong with a path that came out; asked a thousand times, so not by `expect`. */
function faultOf(path: string): string | undefined {
  for (const origin of ['https://bank.example', 'http://localhost:4173', 'https://a.b.bank.example:8443']) {
    const read = new URL(path, `${origin}/deep/er/?and=more#so`);
    if (read.origin !== origin || read.username !== '') return `leads to ${read.href}`;
  }
  if (!/^\/(?![/\\])/.test(path)) return 'begins with more than one slash';
  // As by a server on the way that decodes once more.
  if (/^\/[/\\]/.test(decoded(path))) return 'begins with more than one slash once it is decoded';
  return returnTo(path) === path ? undefined : 'is something else the next time';
}

test('whatever is handed in, what comes out stays on any origin that it is read against', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.oneof(address, rooted), (input) => {
      const path = returnTo(input);
      if (path === undefined) return;
      found += 1;
      const fault = faultOf(path);
      if (fault !== undefined) throw new Error(`${JSON.stringify(path)} ${fault}`);
    }),
    { numRuns: 2_000 },
  );
  expect(found, 'paths were among them').toBeGreaterThan(60);
});

/** Segments as people and routers write them; the library's own paths take long to make. */
const segment = fc.stringMatching(/^[a-z0-9._~!$&'()*+,;=:@-]{1,12}$/);

test('each path of one’s own comes out as the address that the browser would show', () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 4 }), segment, (segments, query) => {
      const input = `/${segments.join('/')}?${query}`;
      const { pathname, search } = new URL(input, 'https://bank.example');
      fc.pre(!pathname.startsWith('//'));
      expect(returnTo(input)).toBe(pathname + search);
    }),
    { numRuns: 200 },
  );
});

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
