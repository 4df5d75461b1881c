/** The headers that every answer carries, page or API. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * No inline script or style, no eval, no framing, no form that leads elsewhere; markup only through Trusted Types.
 * The SDK's own styles are adopted style sheets, which CSP does not touch.
 */
const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  requireTrustedTypesFor: ["'script'"],
};

/** Where pages are that hold tokens of their own. */
const TOKEN_PAGES = '/tokens/';

/**
 * `secure`: the site is reached over HTTPS, and from now on only so. With a provider (`issuer`), pages that hold tokens of their own may
 * reach it, and its window may reach them: one that comes back to a page with COOP has lost the page that opened it, and oidc-client-ts
 * has no other way to that.
 */
export function strictHeaders({
  secure,
  issuer,
}: {
  readonly secure: boolean;
  readonly issuer?: string | undefined;
}): MiddlewareHandler {
  const strict = headers({ secure });
  if (issuer === undefined) return strict;
  const connectSrc = ["'self'", issuer];
  const page = headers({ secure, connectSrc, opener: 'same-origin-allow-popups' });
  const callback = headers({ secure, connectSrc, opener: 'unsafe-none' });
  return (c, next) => {
    if (!c.req.path.startsWith(TOKEN_PAGES)) return strict(c, next);
    return c.req.path === `${TOKEN_PAGES}callback.html` ? callback(c, next) : page(c, next);
  };
}

function headers({
  secure,
  connectSrc,
  opener = 'same-origin',
}: {
  readonly secure: boolean;
  readonly connectSrc?: string[];
  readonly opener?: 'same-origin' | 'same-origin-allow-popups' | 'unsafe-none';
}): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: { ...contentSecurityPolicy, ...(connectSrc ? { connectSrc } : {}) },
    crossOriginOpenerPolicy: opener,
    crossOriginResourcePolicy: 'same-origin',
    referrerPolicy: 'same-origin',
    strictTransportSecurity: secure ? 'max-age=63072000; includeSubDomains' : false,
    xFrameOptions: 'DENY',
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], idleDetection: [] },
  });
}
