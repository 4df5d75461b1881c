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

/** `secure`: the site is reached over HTTPS, and from now on only so. */
export function strictHeaders({ secure }: { readonly secure: boolean }): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy,
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    referrerPolicy: 'same-origin',
    strictTransportSecurity: secure ? 'max-age=63072000; includeSubDomains' : false,
    xFrameOptions: 'DENY',
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], idleDetection: [] },
  });
}
