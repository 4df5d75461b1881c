/** Which operation a request is, by the policy's routes. A hint to ask early: the server checks every request itself. */
import type { Route } from '../facts/policy.js';
import { createGlob, type Glob } from './glob.js';

interface CompiledRoute {
  readonly method: Glob;
  readonly path: Glob;
  readonly operation: string;
}

/** Routes are values, as the policies are that they belong to. */
const compiledRoutes = new WeakMap<readonly Route[], readonly CompiledRoute[]>();

/**
 * The operation of the first route that fits method and path, or undefined.
 *
 * `path` is what `URL.pathname` gives; a query is ignored. `*` matches any characters, `/` included, in methods too. Two
 * spellings of one path (`/p%61y` and `/pay`, RFC 3986 section 6.2.2) are one path.
 */
export function routedOperation(routes: readonly Route[], method: string, path: string): string | undefined {
  const compiled = compiledRoutes.get(routes) ?? compile(routes);
  const [sentMethod, sentPath] = [method.toUpperCase(), normalPath(path)];
  return compiled.find((route) => route.method(sentMethod) && route.path(sentPath))?.operation;
}

function compile(routes: readonly Route[]): readonly CompiledRoute[] {
  const compiled = routes.map(({ method, path, operation }) => ({
    method: createGlob(method.toUpperCase()),
    path: createGlob(normalPath(path)),
    operation,
  }));
  compiledRoutes.set(routes, compiled);
  return compiled;
}

/** One spelling for each path: escapes only where they are needed, in capitals. */
function normalPath(path: string): string {
  const [withoutQuery = ''] = path.split(/[?#]/, 1);
  return withoutQuery
    .replace(/%[0-9a-f]{2}/gi, (octet) => {
      const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : octet.toUpperCase();
    })
    .replace(/[^!-~]|["<>^`{|}]/gu, escaped);
}

/** As the URL parser does it: UTF-8, and half a surrogate pair as U+FFFD. */
function escaped(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}
