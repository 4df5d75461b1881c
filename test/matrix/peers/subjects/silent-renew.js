// oidc-client-ts with what it calls automatic silent renewal: the session lasts while tokens do, and they are renewed in time.
import { User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { limit, run, tell } from './tell.js';

const { origin } = location;
const manager = new UserManager({
  authority: origin,
  metadata: {
    issuer: origin,
    authorization_endpoint: `${origin}/oidc/authorize`,
    token_endpoint: `${origin}/oidc/token`,
  },
  client_id: 'app',
  redirect_uri: `${origin}/back`,
  userStore: new WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: true,
  accessTokenExpiringNotificationTimeInSeconds: 1,
});
manager.events.addAccessTokenExpired(() => tell('idle'));
manager.events.addUserLoaded(() => tell('active'));
await run(async () => {
  if (!(await manager.getUser())) {
    await manager.storeUser(
      new User({
        access_token: 'first',
        refresh_token: 'again',
        token_type: 'Bearer',
        profile: { iss: origin, sub: 'tess', aud: 'app', exp: 0, iat: 0 },
        expires_at: Math.floor((Date.now() + limit) / 1_000),
      }),
    );
    await manager.getUser();
  }
  return () => manager.stopSilentRenew();
});
tell('armed');
