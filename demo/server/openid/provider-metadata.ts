/** What an OpenID provider says about itself: https://openid.net/specs/openid-connect-discovery-1_0.html */

import type { Clock } from '../time/clock.js';
import { minutes, seconds } from '../time/durations.js';

export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly keysUrl: string;
  /** Where the person signs out of the provider, if it has such a place. */
  readonly endSessionEndpoint: string | undefined;
}

/** Nobody waits longer for another server. */
export const patience = seconds(10);

/** Addresses hardly change; where they do, nobody has to restart this server. */
const goodFor = minutes(60);

/** Asked for when it is needed first. What could not be had is asked for again the next time. */
export function createProviderMetadata(issuer: string, clock: Pick<Clock, 'now'>): () => Promise<ProviderMetadata> {
  let known: { readonly at: number; readonly metadata: Promise<ProviderMetadata> } | undefined;
  return () => {
    const now = clock.now();
    if (known === undefined || now - known.at > goodFor || now < known.at) {
      const metadata = read(issuer);
      known = { at: now, metadata };
      metadata.catch(() => {
        known = undefined;
      });
    }
    return known.metadata;
  };
}

async function read(issuer: string): Promise<ProviderMetadata> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(patience) });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const said: unknown = await response.json();
  const members: { readonly [name: string]: unknown } = typeof said === 'object' && said !== null ? { ...said } : {};
  // Exactly, as the specification asks: else one provider could pass for another.
  if (members['issuer'] !== issuer) throw new Error(`${address} speaks for ${String(members['issuer'])}`);
  const endSession = members['end_session_endpoint'];
  return {
    issuer,
    authorizationEndpoint: webAddress(members, 'authorization_endpoint'),
    tokenEndpoint: webAddress(members, 'token_endpoint'),
    keysUrl: webAddress(members, 'jwks_uri'),
    endSessionEndpoint: endSession === undefined ? undefined : webAddress(members, 'end_session_endpoint'),
  };
}

/** Over TLS, except on this machine. */
function webAddress(members: { readonly [name: string]: unknown }, name: string): string {
  const value = members[name];
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const isLoopback = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback)) {
    throw new Error(`${name} is ${String(value)}: expected an address with https:`);
  }
  return url.href;
}
