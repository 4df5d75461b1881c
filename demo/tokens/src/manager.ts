/** The app's own OpenID client, as any app has one. */
import { UserManager, type UserManagerSettings, WebStorageStateStore } from 'oidc-client-ts';

const provider = JSON.parse(document.getElementById('openid')?.textContent ?? 'null') as { issuer: string } | null;

const here = new URL('/tokens/', location.origin).href;

/** Absent where the bank has no provider. */
export const settings: UserManagerSettings | undefined = provider
  ? {
      authority: provider.issuer,
      client_id: 'kestrel-rates',
      redirect_uri: here,
      popup_redirect_uri: `${here}callback.html`,
      post_logout_redirect_uri: here,
      scope: 'openid profile',
      // The provider says names there alone.
      loadUserInfo: true,
      userStore: new WebStorageStateStore({ store: localStorage, prefix: 'rates:' }),
    }
  : undefined;

export const manager = settings && new UserManager(settings);
