/** The provider on a port of its own, beside the bank that trusts it. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { ClientMetadata } from 'oidc-provider';
import { type Listening, listenNear } from '../server/listen.js';
import type { PasswordCost } from '../server/people/password.js';
import { createAccounts } from './accounts.js';
import { createProvider } from './create-provider.js';

export interface StartedProvider {
  readonly issuer: string;
  /** What the bank is to it: a client that can keep a secret. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Takes up work, once it is known where the bank is. `others` are clients besides. */
  serve(bank: { readonly origin: string; readonly others?: readonly ClientMetadata[] }): Promise<void>;
  /** The one-time code that counts now for somebody. */
  codeOf(username: string): string | undefined;
  close(): Promise<void>;
}

export interface StartOptions {
  /** The port to try first; 0 for any. */
  readonly port: number;
  readonly passwordCost?: PasswordCost;
  readonly accessTokenLifetime?: number;
}

/** By number, so that it is another site than the bank's `localhost`: its cookies are its own, as they would be elsewhere. */
const host = '127.0.0.1';

export async function startProvider({
  port,
  passwordCost,
  accessTokenLifetime,
}: StartOptions): Promise<StartedProvider> {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end();
  const accounts = createAccounts(passwordCost);
  const listening: Listening = await listenNear((request, response) => answer(request, response), { host, port });
  const issuer = `http://${host}:${listening.port}`;
  const client = { clientId: 'kestrel-bank', clientSecret: randomBytes(32).toString('base64url') };
  return {
    issuer,
    client,
    async serve({ origin, others = [] }) {
      const bank: ClientMetadata = {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        client_name: 'Kestrel Bank',
        redirect_uris: [`${origin}/openid/callback`],
        post_logout_redirect_uris: [`${origin}/`],
        backchannel_logout_uri: `${origin}/openid/backchannel-logout`,
        backchannel_logout_session_required: true,
        require_auth_time: true,
      };
      // A page that holds its own tokens, and can keep no secret.
      const page: ClientMetadata = {
        client_id: 'kestrel-rates',
        client_name: 'Kestrel Bank · Rates desk',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${origin}/tokens/`, `${origin}/tokens/callback.html`],
        post_logout_redirect_uris: [`${origin}/tokens/`],
        require_auth_time: true,
      };
      const lifetime = accessTokenLifetime === undefined ? {} : { accessTokenLifetime };
      const provider = await createProvider({ issuer, accounts, clients: [bank, page, ...others], ...lifetime });
      answer = provider.callback();
    },
    codeOf: accounts.codeOf,
    close: listening.close,
  };
}
