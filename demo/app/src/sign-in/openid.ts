/** The bank's OpenID provider, where it has one: signing in there, and proving anew there who one is. */
import { type ProofQuestion, popup, redirect, returnTo } from 'nightlatch/reauth';
import { sealDrafts } from '../drafts/open-drafts.js';
import { inlined } from '../kit/inlined.js';
import { request } from '../kit/requests.js';
import { showWindowOffer } from './window-offer.js';

export interface Provider {
  readonly issuer: string;
}

/** Written into the page by our own server. */
export const provider = (inlined('openid') ?? undefined) as Provider | undefined;

/** Where to send the person: the server knows how to ask the provider. */
async function start({ requirement, session }: ProofQuestion, { state }: { readonly state: string }): Promise<string> {
  const { maxAge, acrValues } = requirement;
  const { url } = await request<{ url: string }>('/session/openid/reauthenticate', {
    method: 'POST',
    headers: { 'Session-Id': session.id },
    body: {
      state,
      ...(maxAge === undefined ? {} : { max_age: Math.floor(maxAge / 1_000) }),
      ...(acrValues === undefined ? {} : { acr_values: acrValues }),
    },
  });
  return url;
}

/** Leaves this page for the provider. What is being written is sealed before, and there again after. */
export const away = redirect({
  async start(question, how) {
    await sealDrafts();
    return start(question, how);
  },
});

/** In a window of the provider's, beside this page. */
export const inWindow = popup({ start, show: showWindowOffer, otherwise: away });

/** Where somebody wanted to sign in, in this tab. Not under the app's prefix: the sweep before the session would take it. */
const SIGNING_IN = 'signing-in:';

/** Leaves for the provider to sign in there, and comes back to this place. */
export async function signInAway(): Promise<void> {
  const state = crypto.randomUUID();
  const { url } = await request<{ url: string }>('/session/openid', { method: 'POST', body: { state } });
  sessionStorage.setItem(SIGNING_IN + state, location.pathname);
  location.assign(url);
}

/** The place of a sign-in that has come back, once. */
export function takeSignIn(state: string): string | undefined {
  const place = sessionStorage.getItem(SIGNING_IN + state);
  sessionStorage.removeItem(SIGNING_IN + state);
  return returnTo(place);
}

/** Where the person signs out of the provider; nothing where it cannot be found out. */
export async function providerSignOut(): Promise<string | undefined> {
  const said = await request<{ sign_out_url?: string }>('/session/openid').catch(() => undefined);
  return said?.sign_out_url;
}
