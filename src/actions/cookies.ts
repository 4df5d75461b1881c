/** The wiper for cookies that scripts can reach. */
import type { Wiper } from '../ports.js';
import { goOn, readNames, readText } from './wiping.js';

/** Which cookies to expire, and where they were set. */
export interface CookieOptions {
  readonly names: readonly string[];
  /** The path they were set with. Default: `/`. */
  readonly path?: string;
  /** The domain they were set with. Default: none, which is this host alone. */
  readonly domain?: string;
}

/** A cookie's name: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Wipes cookies by name. `HttpOnly` cookies are out of reach of scripts: those are the server's to clear.
 *
 * A cookie is only removed under the path and domain it was set with; where one that can be seen is still there
 * afterwards, the wipe has failed and says so. Throws a `TypeError` for a name, path or domain that no cookie can have.
 */
export function cookies(options: CookieOptions): Wiper {
  const names = readNames('cookies: names', options.names);
  for (const name of names) {
    if (!TOKEN.test(name)) throw new TypeError(`cookies: names has "${name}": expected the name of a cookie`);
  }
  const path = readText('cookies: path', options.path ?? '/');
  if (!/^\/[^;\p{Cc}]*$/u.test(path))
    throw new TypeError(`cookies: path is "${path}": expected a path that begins with /`);
  const domain = options.domain === undefined ? undefined : readText('cookies: domain', options.domain);
  if (domain !== undefined && !/^[\w.-]+$/.test(domain)) {
    throw new TypeError(`cookies: domain is "${domain}": expected the name of a host`);
  }

  return {
    name: `cookies ${names.join(' ')}`,
    scope: 'shared',
    wipe({ signal }) {
      if (!globalThis.document) return;
      for (const name of present(names)) {
        goOn(signal);
        // Names with these prefixes are only taken with `Secure`: https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-cookie-name-prefixes
        const secure = /^__(Secure|Host)-/i.test(name) ? '; Secure' : '';
        const where = `; Path=${path}${domain === undefined ? '' : `; Domain=${domain}`}`;
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in all of our browsers, and has no way to be done before the page goes.
        document.cookie = `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${where}${secure}`;
      }
      const left = present(names);
      if (left.length > 0) {
        throw new Error(`still there, so set with another path or domain: ${left.join(', ')}`);
      }
    },
  };
}

/** Those of the names that a script can see. */
function present(names: readonly string[]): readonly string[] {
  const seen = new Set(document.cookie.split(';').map((pair) => pair.split('=', 1)[0]?.trim()));
  return names.filter((name) => seen.has(name));
}
