/** The cookie that carries a session's secret, out of reach of scripts. */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secretHash } from '../sessions/secret.js';

export interface SessionCookie {
  readonly name: string;
  /** The hash of the secret the request presents, or null. */
  secretHash(c: Context): string | null;
  /** Sends a secret. It lasts as long as the browser runs; the server knows how long it is good. */
  send(c: Context, secret: string): void;
}

/**
 * WebKit refuses `Secure` cookies on plain `http://localhost`, and `__Host-` asks for `Secure`: with
 * `secure: false`, for loopback only, both are left off.
 */
export function createSessionCookie(baseName: string, { secure }: { readonly secure: boolean }): SessionCookie {
  const name = secure ? `__Host-${baseName}` : baseName;
  return {
    name,
    secretHash(c) {
      const secret = getCookie(c, name);
      return secret === undefined || secret === '' ? null : secretHash(secret);
    },
    send(c, secret) {
      setCookie(c, name, secret, { path: '/', httpOnly: true, secure, sameSite: 'Lax' });
    },
  };
}
