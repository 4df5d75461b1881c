/** A real OpenID provider, so that what is shown of it is how it is: `oidc-provider`, with the bank's people and two clients. */
import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Accounts } from './accounts.js';
import { interactions } from './interactions.js';
import { errorPage, signedOutPage, signOutPage } from './pages.js';

export interface ProviderOptions {
  readonly issuer: string;
  readonly accounts: Accounts;
  readonly clients: readonly ClientMetadata[];
  /** How long an access token is good, in seconds. Default: a minute, so that a visitor sees it renewed. */
  readonly accessTokenLifetime?: number;
}

/** Kept in memory: it is forgotten with the process, as the sessions of the bank are. */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  const { issuer, accounts, clients, accessTokenLifetime = 60 } = options;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: randomBytes(9).toString('base64url'), use: 'sig', alg: 'ES256' };

  const provider = new Provider(issuer, {
    clients: [...clients],
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    acrValues: ['pwd', 'mfa'],
    claims: {
      auth_time: null,
      iss: null,
      sid: null,
      openid: ['sub', 'acr', 'amr'],
      profile: ['name', 'preferred_username'],
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // Without `offline_access`, which would ask for consent; and good also while somebody is asked anew, or another person signs in.
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    ttl: { AccessToken: accessTokenLifetime, IdToken: 300, Interaction: 600, Session: 28_800, Grant: 28_800 },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => answer(ctx, signOutPage(form)),
        postLogoutSuccessSource: (ctx) => answer(ctx, signedOutPage()),
      },
    },
    interactions: { policy: policy(), url: (_, { uid }) => `/interaction/${uid}` },
    // Both clients are the house's own: nobody is asked whether they may know who it is.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid profile offline_access');
      await grant.save();
      return grant;
    },
    findAccount: async (_, subject) => {
      const account = accounts.withSubject(subject);
      if (account === undefined) return undefined;
      const { name, username } = account;
      return {
        accountId: subject,
        claims: async () => ({ sub: subject, name, preferred_username: username }),
      };
    },
    clientBasedCORS: (_, origin, client) =>
      (client.redirectUris ?? []).some((address) => new URL(address).origin === origin),
    // It keeps away from addresses like this machine's, as it should; here the client is on this machine.
    fetch: (address, request) => fetch(address, without(request, 'dispatcher')),
    renderError: (ctx, { error_description: what, error }) => answer(ctx, errorPage(what ?? error)),
  });
  provider.use(interactions(provider, accounts));
  return provider;
}

/** The usual policy, without the question for consent, and with one more reason to ask: the kind that is wanted was not proved yet. */
function policy(): interactionPolicy.DefaultPolicy {
  const { base, Check } = interactionPolicy;
  const prompts = base();
  prompts.remove('consent');
  const isUnmet = new Check(
    'acr_values',
    'the kind of authentication that was asked for could not be obtained',
    'login_required',
    ({ oidc }) => {
      const asked = oidc.params?.['acr_values'];
      const isMet = typeof asked !== 'string' || asked.split(' ').includes(oidc.session?.acr ?? '');
      return isMet || oidc.result?.login !== undefined ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    },
  );
  prompts.get('login')?.checks.add(isUnmet);
  return prompts;
}

const without = (request: RequestInit | undefined, name: string): RequestInit =>
  Object.fromEntries(Object.entries(request ?? {}).filter(([key]) => key !== name));

async function answer(ctx: KoaContextWithOIDC, html: string): Promise<void> {
  ctx.type = 'html';
  ctx.body = html;
}
