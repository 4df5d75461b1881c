/** The built pages and the built SDK, from two folders. */
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import type { PolicySigner } from '../policies/policy-signer.js';
import type { JsonObject } from '../wire/json.js';
import { signedPolicies, withPolicyKeys } from './signed-pages.js';

export interface PagesOptions {
  /** Holds `app/`, `admin/`, `tokens/` and `script-tag/`, and `assets/` if they share one. */
  readonly pagesDir?: string;
  /** Served under `/dist/`. */
  readonly sdkDir?: string;
  /** Whose policies the pages are told to take, and no others. */
  readonly policySigner?: Pick<PolicySigner, 'issuer' | 'audience'>;
  /** At which provider people sign in. */
  readonly provider?: { readonly issuer: string };
}

/** Data by the id of the element that it stands in. */
type Blocks = Readonly<Record<string, JsonObject>>;

/** What a page comes with; null if there is nothing to say. */
export type DataFor = (c: Context) => Promise<Blocks | null>;

/**
 * `/` and unknown paths are the app's, which has a router of its own; a path that ends in a file name is a file
 * or nothing. Browsers may keep what they got, and ask each time whether it is still so; but a page of the app that somebody
 * signed in asks for has what is known of them in it, and is kept nowhere.
 */
export function pageRoutes({ pagesDir, sdkDir, policySigner, provider }: PagesOptions, dataFor: DataFor): Hono {
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
  routes.get('/tokens', (c) => c.redirect('/tokens/'));
  const appDir = `${pagesDir}/app`;
  const app = serveStatic({ root: appDir, path: 'index.html' });
  const ofSite: Blocks = policySigner === undefined ? {} : { 'signed-policies': signedPolicies(policySigner) };
  const ofProvider: Blocks = provider === undefined ? {} : { openid: provider };
  routes.get('/admin/*', withData(ofSite));
  if (policySigner !== undefined) routes.get('/script-tag/*', remade(withPolicyKeys(policySigner)));
  routes.get('/tokens/*', withData(ofProvider));
  for (const path of ['/admin/*', '/script-tag/*', '/tokens/*', '/assets/*'])
    routes.get(path, serveStatic({ root: pagesDir }));
  routes.get('*', withData({ ...ofSite, ...ofProvider }, dataFor));
  routes.get('*', serveStatic({ root: appDir }));
  routes.get('*', (c, next) => (isFileName(c) ? next() : app(c, next)));
  return routes;
}

/** So that the app knows what it needs to as it starts, the session above all, and need not ask first. */
function withData(ofSite: Blocks, dataFor: DataFor = async () => null): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (!isPage(c)) return;
    const ofPerson = await dataFor(c);
    const blocks = Object.entries({ ...ofSite, ...ofPerson }).map(([id, content]) => dataBlock(id, content));
    if (blocks.length === 0) return;
    const page = (await c.res.text()).replace('</head>', () => `${blocks.join('')}</head>`);
    send(c, page, ofPerson === null ? 'no-cache' : 'no-store');
  };
}

function remade(made: (page: string) => string): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (isPage(c)) send(c, made(await c.res.text()), 'no-cache');
  };
}

const isPage = (c: Context): boolean =>
  c.res.status === 200 && c.res.headers.get('Content-Type')?.startsWith('text/html') === true;

function send(c: Context, page: string, cacheControl: 'no-cache' | 'no-store'): void {
  // Without a gap, the new answer takes over what the file's said of its length and its age.
  c.res = undefined;
  const headers = { 'Content-Type': 'text/html; charset=UTF-8', 'Cache-Control': cacheControl };
  c.res = new Response(page, { headers });
}

/** Data, no script: nothing in it is run, whatever the content security policy says. No text in it can end it either. */
function dataBlock(id: string, content: JsonObject): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(content).replaceAll('<', '\\u003c')}</script>`;
}

const isFileName = (c: Context): boolean => /\.[^/]*$/.test(c.req.path);
