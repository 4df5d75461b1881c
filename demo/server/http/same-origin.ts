/** Refusing what other sites make a browser send: cross-site request forgery. */
import type { MiddlewareHandler } from 'hono';
import { Problem, type ProblemContent } from './problem.js';

export const crossSite: ProblemContent = {
  type: 'cross-site',
  status: 403,
  title: 'Only pages of this site may do this.',
};

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whatever changes something must come from our own pages. Browsers say so in `Sec-Fetch-Site`, older ones only
 * in `Origin`; who says nothing is refused. `origin` is the one this server is reached under; left out, the
 * one the request was sent to.
 */
export function sameOriginOnly(origin: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (!safeMethods.includes(c.req.method) && !isSameOrigin(c.req.raw, origin)) {
      throw new Problem(crossSite);
    }
    await next();
  };
}

/** The origin under which the browser that sent this sees the site. */
export const originOf = (url: string, origin: string | undefined): string => origin ?? new URL(url).origin;

/** Whether a page of ours has sent it, by the word of the browser alone: reading carries no `Origin`. */
export const isFromOwnPage = ({ headers }: Request): boolean => headers.get('Sec-Fetch-Site') === 'same-origin';

function isSameOrigin({ headers, url }: Request, origin: string | undefined): boolean {
  const site = headers.get('Sec-Fetch-Site');
  if (site !== null) return site === 'same-origin';
  return headers.get('Origin') === originOf(url, origin);
}
