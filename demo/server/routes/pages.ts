/** The built pages and the built SDK, from two folders. */
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';

export interface PagesOptions {
  /** Holds `app/`, `admin/` and `script-tag/`, and `assets/` if they share one. */
  readonly pagesDir?: string;
  /** Served under `/dist/`. */
  readonly sdkDir?: string;
}

/**
 * `/` and unknown paths are the app's, which has a router of its own; a path that ends in a file name is a file
 * or nothing. Browsers may keep what they got, and ask each time whether it is still so.
 */
export function pageRoutes({ pagesDir, sdkDir }: PagesOptions): Hono {
  const routes = new Hono();
  routes.use(etag(), async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-cache');
  });
  if (sdkDir !== undefined) {
    const sdk = serveStatic({ root: sdkDir, rewriteRequestPath: (path) => path.replace(/^\/dist/, '') });
    routes.get('/dist/*', sdk);
  }
  if (pagesDir === undefined) return routes;
  routes.get('/admin', (c) => c.redirect('/admin/'));
  routes.get('/script-tag', (c) => c.redirect('/script-tag/'));
  const appDir = `${pagesDir}/app`;
  const app = serveStatic({ root: appDir, path: 'index.html' });
  for (const path of ['/admin/*', '/script-tag/*', '/assets/*']) routes.get(path, serveStatic({ root: pagesDir }));
  routes.get('*', serveStatic({ root: appDir }));
  routes.get('*', (c, next) => (isFileName(c) ? next() : app(c, next)));
  return routes;
}

const isFileName = (c: Context): boolean => /\.[^/]*$/.test(c.req.path);
