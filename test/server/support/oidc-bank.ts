/** The bank and a real OpenID provider that it trusts, and a browser's way from one to the other and back. */
import type { ClientMetadata } from 'oidc-provider';
import { type StartedProvider, startProvider } from '../../../demo/provider/start-provider.js';
import { cheapPasswords, startTestServer, type TestServer, type TestServerOptions } from '../start-test-server.js';
import type { Answer, Client } from './client.js';

export interface OidcBank {
  readonly bank: TestServer;
  readonly provider: StartedProvider;
  stop(): Promise<void>;
}

export async function startOidcBank(
  options: TestServerOptions & {
    readonly others?: (origin: string) => readonly ClientMetadata[];
    readonly accessTokenLifetime?: number;
  } = {},
): Promise<OidcBank> {
  const { others, accessTokenLifetime, ...rest } = options;
  const lifetime = accessTokenLifetime === undefined ? {} : { accessTokenLifetime };
  const provider = await startProvider({ port: 0, passwordCost: cheapPasswords, ...lifetime });
  const bank = await startTestServer({ ...rest, openid: { issuer: provider.issuer, ...provider.client } });
  await provider.serve({ origin: bank.origin, ...(others ? { others: others(bank.origin) } : {}) });
  return {
    bank,
    provider,
    async stop() {
      await bank.stop();
      await provider.close();
    },
  };
}

/** What somebody does at the provider's page. */
export type AtProvider =
  | { readonly username: string; readonly password: string; readonly code?: string }
  | { readonly cancel: '1' }
  /** Nothing: the provider is not expected to ask. */
  | null;

/** A browser's cookies at the provider. */
export type ProviderJar = Map<string, string>;

/** Goes to the provider, does there what `act` says, and resolves with the address of the bank's to which that leads back. */
export async function visit(address: string, jar: ProviderJar, act: AtProvider): Promise<URL> {
  const { origin } = new URL(address);
  let next = new URL(address);
  let isAsked = false;
  let form: URLSearchParams | undefined;
  for (let hops = 0; hops < 10; hops += 1) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get('Location');
    if (location !== null) {
      next = new URL(location, next);
      if (next.origin !== origin) return next;
      continue;
    }
    const text = await response.text();
    // A page that sends itself: the provider signs out whom it had signed in before.
    const sent = /<form method="post" action="([^"]+\/session\/end\/confirm)">/.exec(text)?.[1];
    if (sent !== undefined) {
      next = new URL(sent);
      form = new URLSearchParams(
        [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
          name,
          value,
        ]),
      );
      continue;
    }
    if (response.status !== 200 || act === null || isAsked) throw new Error(`${next} ${response.status}: ${text}`);
    isAsked = true;
    form = new URLSearchParams({ ...act });
  }
  throw new Error('the provider leads nowhere');
}

/** The bank's answer to somebody who comes back from the provider. */
export const comeBack = (browser: Client, { pathname, search }: URL): Promise<Answer> =>
  browser.call('GET', pathname + search, { headers: { 'Sec-Fetch-Site': 'cross-site', 'Session-Id': null } });

/** Where that leads to, in the app. */
export const leadsTo = ({ status, headers }: Answer): [status: number, to: string | null] => [
  status,
  headers.get('Location'),
];
