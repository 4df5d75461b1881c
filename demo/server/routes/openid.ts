/** Signing in, and proving it anew, at an OpenID provider (docs/server-contract.md, 10). */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { Api } from '../http/api.js';
import { claimOf, type Door } from '../http/door.js';
import type { Endpoints } from '../http/endpoints.js';
import { Problem } from '../http/problem.js';
import { type Done, type ErrandPorts, reauthenticateBy, signInBy } from '../openid/errand-done.js';
import { type Errand, random } from '../openid/pending.js';
import type { Arrival, RelyingParty } from '../openid/relying-party.js';
import type { Site } from '../people/webauthn.js';
import { Refused, unchanged } from '../sessions/admit.js';
import { ended } from '../sessions/ended.js';
import { changeSession } from '../sessions/update-session.js';
import { readProviderReauthentication, readProviderSignIn } from '../wire/session-calls.js';

export interface OpenidParts {
  readonly ports: ErrandPorts;
  readonly relyingParty: RelyingParty;
  readonly door: Door;
  readonly siteOf: (c: Context) => Site;
  readonly binds: BindingCookie;
}

/** The page of the app that people come back to. */
const returnPage = '/signed-in';

const callbackPath = '/openid/callback';

/** A signed token, and nothing else. */
const largestLogout = 16 * 1024;

/** Where the provider says, server to server, that somebody has signed out there. */
const logoutPath = '/openid/backchannel-logout';

/** The calls of pages, under `/session`. */
export function addOpenidCalls(api: Api, { relyingParty, siteOf, binds }: OpenidParts): void {
  async function send(c: Context, errand: Errand, username?: string): Promise<string> {
    const binding = binds.read(c) ?? random();
    const where = { callback: `${siteOf(c).origin}${callbackPath}`, binding };
    const url = await answered(
      relyingParty.begin(errand, { ...where, ...(username === undefined ? {} : { username }) }),
    );
    binds.send(c, binding);
    return url;
  }

  api.open('GET', '/openid', 'openid', async (c) => {
    const signOutUrl = await answered(relyingParty.signOutUrl(`${siteOf(c).origin}/`));
    return c.json({ issuer: relyingParty.issuer, ...(signOutUrl === undefined ? {} : { sign_out_url: signOutUrl }) });
  });

  api.open('POST', '/openid', 'openid-sign-in', async (c, body) => {
    const { state } = readProviderSignIn(body());
    // Always anew: a session begins by an act of the person, not by what the provider remembers of the last one here.
    const errand = { pageState: state, maxAge: null, acrValues: [], isAnew: true };
    return c.json({ url: await send(c, errand) });
  });

  api.aboutSession('POST', '/openid/reauthenticate', 'reauthenticate', async ({ c, body, admit }) => {
    const { session } = await admit(unchanged);
    const { state, maxAge, acrValues } = readProviderReauthentication(body());
    // A lock is opened by a new proof alone, and so is what nobody has said an age of.
    const isAnew = session.lockedAt !== null || (maxAge === null && acrValues.length === 0);
    const { id, subject, username } = session;
    const errand = { session: { id, subject }, pageState: state, maxAge, acrValues, isAnew };
    return c.json({ url: await send(c, errand, username) });
  });
}

/** Where the browser comes back to from the provider; it goes on to a page of the app with nothing in its address that opens anything. */
export function openidCallback({ ports, relyingParty, door, siteOf, binds }: OpenidParts, endpoints: Endpoints): Hono {
  const routes = new Hono();
  endpoints.add({ method: 'GET', path: callbackPath, operation: 'open:openid-callback', door: null, call: null });

  async function done(c: Context, arrival: Exclude<Arrival, { readonly outcome: 'unknown' }>): Promise<Done> {
    const { errand } = arrival;
    const claim = { ...claimOf(c, door), sessionId: errand.session?.id ?? null };
    try {
      if (arrival.outcome === 'refused') return refused(ports, arrival);
      const { identity } = arrival;
      return errand.session === undefined
        ? await signInBy(ports, identity, claim)
        : await reauthenticateBy(ports, identity, { ...errand, session: errand.session }, claim);
    } catch (error) {
      if (error instanceof Refused) return { error: 'session_over' };
      throw error;
    }
  }

  routes.get(callbackPath, async (c) => {
    c.header('Cache-Control', 'no-store');
    const where = { callback: `${siteOf(c).origin}${callbackPath}`, binding: binds.read(c) ?? '' };
    const arrival = await relyingParty.finish(new URL(c.req.url).searchParams, where);
    // Nobody was sent for this: whoever made this link would like somebody to be signed in as them.
    if (arrival.outcome === 'unknown') return c.redirect(backTo({ error: 'invalid_request' }), 303);
    const { pageState } = arrival.errand;
    const what = await done(c, arrival);
    if ('error' in what) return c.redirect(backTo({ state: pageState, error: what.error }), 303);
    door.cookie.send(c, what.secret);
    return c.redirect(backTo({ state: pageState }), 303);
  });
  return routes;
}

const backTo = (query: { readonly state?: string; readonly error?: string }): string =>
  `${returnPage}?${new URLSearchParams(query)}`;

function refused({ audit }: ErrandPorts, { error, problem }: Extract<Arrival, { readonly outcome: 'refused' }>): Done {
  if (problem !== undefined) {
    audit.record({ event: 'authn_login_fail', level: 'WARN', userid: null, detail: { reason: problem } });
  }
  return { error };
}

/** The provider is another server: that it is silent is no failure of this one. */
async function answered<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch {
    throw new Problem({ type: 'provider-unreachable', status: 503, title: 'The OpenID provider does not answer.' });
  }
}

/** Mounted before what asks where a request comes from: no browser sends this one, and what it says is signed. */
export function openidLogout({ ports, relyingParty }: OpenidParts, endpoints: Endpoints): Hono {
  const routes = new Hono();
  endpoints.add({ method: 'POST', path: logoutPath, operation: 'open:openid-logout', door: null, call: null });
  routes.post(logoutPath, bodyLimit({ maxSize: largestLogout }), async (c) => {
    c.header('Cache-Control', 'no-store');
    const { logout_token: token } = await c.req.parseBody();
    const logout = typeof token === 'string' ? await relyingParty.readLogout(token).catch(() => undefined) : undefined;
    if (logout === undefined) return c.json({ error: 'invalid_request' }, 400);
    for (const id of ports.providerSessions.of(logout)) {
      await changeSession(ports, id, (session, at) =>
        ended(session, { reason: 'signed-out', at, initiatingEntity: 'user' }),
      );
    }
    return c.body(null, 200);
  });
  return routes;
}

/** The browser that was sent to the provider, by a cookie: nobody comes back in another one. */
export interface BindingCookie {
  read(c: Context): string | undefined;
  send(c: Context, binding: string): void;
}

export function createBindingCookie({ secure }: { readonly secure: boolean }): BindingCookie {
  const name = secure ? '__Host-nightlatch-openid' : 'nightlatch-openid';
  return {
    read: (c) => getCookie(c, name),
    // `Lax`: it comes along where another site leads to the callback, and with nothing else that another site does.
    send: (c, binding) => setCookie(c, name, binding, { path: '/', httpOnly: true, secure, sameSite: 'Lax' }),
  };
}
