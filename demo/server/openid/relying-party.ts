/** The bank as a party that relies on an OpenID provider: authorization code with PKCE, and a secret of its own. */
import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../time/clock.js';
import { toSeconds } from '../wire/units.js';
import { clockTolerance, type Identity, providerKeys, verifyIdToken, verifyLogoutToken } from './id-token.js';
import { createPendingErrands, digest, type Errand, type Pending } from './pending.js';
import { createProviderMetadata, type ProviderMetadata, patience } from './provider-metadata.js';

export interface OpenidOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Somebody has come back from the provider. */
export type Arrival =
  | { readonly outcome: 'identified'; readonly errand: Pending; readonly identity: Known }
  /** `error` in OAuth's words; `problem`, for the log, where what the provider answered is not to be believed. */
  | { readonly outcome: 'refused'; readonly errand: Pending; readonly error: string; readonly problem?: string }
  /** Nobody knows who sent them. */
  | { readonly outcome: 'unknown' };

/** An identity whose age is known. */
export type Known = Identity & { readonly authenticatedAt: number };

export interface RelyingParty {
  readonly issuer: string;
  /** Where to send the browser. */
  begin(
    errand: Errand,
    where: { readonly callback: string; readonly binding: string; readonly username?: string },
  ): Promise<string>;
  finish(query: URLSearchParams, where: { readonly callback: string; readonly binding: string }): Promise<Arrival>;
  /** Where the person signs out of the provider; nothing where it has no such place. */
  signOutUrl(backTo: string): Promise<string | undefined>;
  readLogout(token: string): ReturnType<typeof verifyLogoutToken>;
}

export function createRelyingParty(options: OpenidOptions, clock: Pick<Clock, 'now'>): RelyingParty {
  const { issuer, clientId } = options;
  const metadata = createProviderMetadata(issuer, clock);
  const errands = createPendingErrands(clock);
  let keys: { readonly url: string; readonly get: JWTVerifyGetKey } | undefined;

  function keysOf({ keysUrl }: ProviderMetadata): JWTVerifyGetKey {
    if (keys?.url !== keysUrl) keys = { url: keysUrl, get: providerKeys(keysUrl) };
    return keys.get;
  }

  const expected = (known: ProviderMetadata) => ({ issuer, clientId, now: clock.now(), keys: keysOf(known) });

  async function identify(errand: Pending, code: string, callback: string): Promise<Arrival> {
    const known = await metadata();
    const token = await exchange(known.tokenEndpoint, options, { code, callback, verifier: errand.verifier });
    const identity = await verifyIdToken(token, { ...expected(known), nonce: errand.nonce });
    const { authenticatedAt } = identity;
    if (authenticatedAt === undefined) throw new Error('the ID token does not say when that was proved');
    const error = unmet(errand, { ...identity, authenticatedAt }, clock.now());
    if (error !== undefined) return { outcome: 'refused', errand, error };
    return { outcome: 'identified', errand, identity: { ...identity, authenticatedAt } };
  }

  return {
    issuer,
    async begin(errand, { callback, binding, username }) {
      const { authorizationEndpoint } = await metadata();
      const { state, pending } = errands.begin(errand, binding);
      const url = new URL(authorizationEndpoint);
      const parameters = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callback,
        scope: 'openid',
        state,
        nonce: pending.nonce,
        code_challenge: digest(pending.verifier),
        code_challenge_method: 'S256',
        ...(errand.isAnew ? { prompt: 'login' } : {}),
        ...(errand.maxAge === null ? {} : { max_age: String(Math.floor(toSeconds(errand.maxAge))) }),
        ...(errand.acrValues.length === 0 ? {} : { acr_values: errand.acrValues.join(' ') }),
        ...(username === undefined ? {} : { login_hint: username }),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    async finish(query, { callback, binding }) {
      const errand = errands.take(query.get('state') ?? '', binding);
      if (errand === undefined) return { outcome: 'unknown' };
      // RFC 9207: what another provider answers is not for this one to be asked about.
      if ((query.get('iss') ?? issuer) !== issuer) return { outcome: 'refused', errand, error: 'server_error' };
      const error = query.get('error');
      if (error !== null)
        return { outcome: 'refused', errand, error: /^[a-z_]{1,64}$/.test(error) ? error : 'server_error' };
      try {
        return await identify(errand, query.get('code') ?? '', callback);
      } catch (reason) {
        const problem = reason instanceof Error ? reason.message : String(reason);
        return { outcome: 'refused', errand, error: 'server_error', problem };
      }
    },

    async signOutUrl(backTo) {
      const { endSessionEndpoint } = await metadata();
      if (endSessionEndpoint === undefined) return undefined;
      const url = new URL(endSessionEndpoint);
      url.searchParams.set('client_id', clientId);
      url.searchParams.set('post_logout_redirect_uri', backTo);
      return url.href;
    },

    async readLogout(token) {
      return verifyLogoutToken(token, expected(await metadata()));
    },
  };
}

/** What was asked for, and is not so: providers may answer less than they were asked, and say so only in the token. */
function unmet(
  { maxAge, acrValues, isAnew, beganAt }: Pending,
  { authenticatedAt, acr }: Known,
  now: number,
): string | undefined {
  if (maxAge !== null && now - authenticatedAt > maxAge + clockTolerance) return 'login_required';
  if (isAnew && authenticatedAt < beganAt - clockTolerance) return 'login_required';
  const isOfKind = acrValues.length === 0 || (acr !== undefined && acrValues.includes(acr));
  return isOfKind ? undefined : 'unmet_authentication_requirements';
}

async function exchange(
  endpoint: string,
  { clientId, clientSecret }: OpenidOptions,
  { code, callback, verifier }: { readonly code: string; readonly callback: string; readonly verifier: string },
): Promise<string> {
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, Accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(patience),
  });
  const said: unknown = await response.json();
  const token = typeof said === 'object' && said !== null && 'id_token' in said ? said.id_token : undefined;
  if (!response.ok || typeof token !== 'string') throw new Error(`the token endpoint answered ${response.status}`);
  return token;
}
