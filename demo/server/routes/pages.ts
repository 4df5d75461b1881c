/** The built pages and the built SDK, from two folders. */
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import type { JsonObject } from '../wire/json.js';

export interface PagesOptions {
  /** Holds `app/`, `admin/` and `script-tag/`, and `assets/` if they share one. */
  readonly pagesDir?: string;
  /** Served under `/dist/`. */
  readonly sdkDir?: string;
}

/** The session document of whoever asks for a page, or null if nobody is signed in. */
export type DocumentFor = (c: Context) => Promise<JsonObject | null>;

/**
 * `/` and unknown paths are the app's, which has a router of its own; a path that ends in a file name is a file
 * or nothing. Browsers may keep what they got, and ask each time whether it is still so; but a page of the app that somebody
 * signed in asks for has their session document in it, and is kept nowhere.
 */
export function pageRoutes({ pagesDir, sdkDir }: PagesOptions, documentFor: DocumentFor): Hono {
  const routes = new Hono();
  routes.use(etag(), async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-cache');
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
  routes.get('*', withDocument(documentFor));
  routes.get('*', serveStatic({ root: appDir }));
  routes.get('*', (c, next) => (isFileName(c) ? next() : app(c, next)));
  return routes;
}

/** So that the app knows the session as it starts, and need not ask first. */
function withDocument(documentFor: DocumentFor): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.res.status !== 200 || !c.res.headers.get('Content-Type')?.startsWith('text/html')) return;
    const document = await documentFor(c);
    if (document === null) return;
    const page = (await c.res.text()).replace('</head>', () => `${dataBlock(document)}</head>`);
    // Without a gap, the new answer takes over what the file's said of its length and its age.
    c.res = undefined;
    const headers = { 'Content-Type': 'text/html; charset=UTF-8', 'Cache-Control': 'no-store' };
    c.res = new Response(page, { headers });
  };
}

/** Data, no script: nothing in it is run, whatever the content security policy says. No text in it can end it either. */
function dataBlock(document: JsonObject): string {
  return `<script type="application/json" id="session">${JSON.stringify(document).replaceAll('<', '\\u003c')}</script>`;
}

const isFileName = (c: Context): boolean => /\.[^/]*$/.test(c.req.path);
