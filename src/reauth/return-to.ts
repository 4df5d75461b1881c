/** Where a page may be led back to: a path of its own origin, and nowhere else. */

/** Nobody's page has a longer address, and what is longer is meant for something else. */
const LONGEST = 2_048;

/** No address that a person or a router makes has these in it, and readers disagree about them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them, so that `/<tab>/evil.example` leads away
const NEVER = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff\\]/;

/** A second slash, also one that only whoever decodes the address once more would see. */
const LEADS_AWAY = /^\/(?:[/\\]|%2f|%5c)/i;

/**
 * The path, with query and fragment, if it leads to the same origin; `undefined` for all else: other origins, `//host`, backslashes,
 * scripts, control characters. What it returns begins with one slash, and reads the same to every reader of addresses.
 *
 * Pure, and the same on a server: give it whatever came from outside, and go to nothing but what it returns.
 *
 * @example
 * location.replace(returnTo(new URLSearchParams(location.search).get('return_to')) ?? '/');
 */
export function returnTo(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > LONGEST || NEVER.test(input)) return undefined;
  if (!input.startsWith('/') || LEADS_AWAY.test(input)) return undefined;
  let read: URL;
  try {
    read = new URL(input, BASE);
  } catch {
    return undefined;
  }
  const path = `${read.pathname}${read.search}${read.hash}`;
  // `/.//evil.example` is a path here, and would be a host once its dots are resolved.
  return read.origin === BASE && !LEADS_AWAY.test(path) ? path : undefined;
}

/** Any origin will do: what is read against it must not leave it. */
const BASE = 'https://nightlatch.invalid';
