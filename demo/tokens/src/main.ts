/** A single-page app without a server: its session is the tokens that `oidc-client-ts` holds, and the latch has them end. */
import { createGuardedFetch, createNightlatch, hours, isNightlatchError, minutes, seconds } from 'nightlatch';
import { oidcClient } from 'nightlatch/auth/oidc-client-ts';
import { createScreen } from 'nightlatch/screen';
import { OidcClient, type UserManager, type UserManagerSettings } from 'oidc-client-ts';
import { manager, settings } from './manager.js';

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

const say = (words: string): void => {
  element('status').textContent = words;
};

if (manager && settings) await run(manager, settings);
else say('There is no OpenID provider beside this bank: start it with npm start -- --oidc.');

async function run(manager: UserManager, settings: UserManagerSettings): Promise<void> {
  const oidc = oidcClient(manager, {
    client: new OidcClient(settings),
    store: 'shared',
    // Tokens live for a minute here, so that a visitor sees it happen.
    renewBefore: seconds(20),
  });
  let renewals = 0;
  const latch = createNightlatch({
    name: 'rates',
    policy: { idleTimeout: minutes(2), warnBefore: seconds(45), absoluteTimeout: hours(8) },
    credential: oidc,
    reauthenticate: oidc.reauthenticate,
    wipe: [oidc],
    onEvent(event) {
      // The same for every page of the demo: whoever wants to know what happened listens.
      dispatchEvent(new CustomEvent('nightlatch', { detail: event }));
      if (event.type !== 'credential-renewed') return;
      renewals += 1;
      element('renewed').textContent = renewals === 1 ? 'once' : `${renewals} times`;
    },
  });
  createScreen(latch, { onSignIn: () => void manager.signinRedirect() }).start();

  const withToken: typeof fetch = async (input, init) => {
    const user = await manager.getUser();
    const headers = new Headers(init?.headers);
    headers.set('Authorization', `Bearer ${user?.access_token ?? ''}`);
    return fetch(input, { ...init, headers });
  };
  const call = createGuardedFetch(latch, withToken);

  async function show(): Promise<void> {
    const user = await manager.getUser();
    element('desk').hidden = user === null;
    element('signed-out').hidden = user !== null;
    element('who').textContent = user?.profile.name ?? '';
    element('until').textContent = user?.expires_at
      ? new Date(user.expires_at * 1_000).toLocaleTimeString('en-GB')
      : '';
  }
  manager.events.addUserLoaded(show);
  manager.events.addUserUnloaded(show);
  // Another tab has renewed, or signed out.
  addEventListener('storage', show);
  latch.subscribe(({ phase }) => {
    element('phase').textContent = phase;
  });

  element('sign-in').addEventListener('click', () => void manager.signinRedirect());
  element('sign-out').addEventListener('click', async () => {
    const user = await manager.getUser();
    await latch.signOut();
    await manager.signoutRedirect(user?.id_token === undefined ? {} : { id_token_hint: user.id_token });
  });
  onClick('profile', async () => {
    const response = await call(`${settings.authority}/me`);
    const { name } = (await response.json()) as { name?: string };
    return response.ok ? `Kestrel ID says that you are ${name}.` : `Kestrel ID has refused: ${response.status}.`;
  });
  // Written by somebody who has proved with a second factor, not long ago, who they are.
  onClick('publish', async () => {
    await latch.ensureFresh({ maxAge: minutes(10), acrValues: 'mfa' });
    return 'The rates are published.';
  });

  if (new URLSearchParams(location.search).has('state')) await comeBack();
  else if (await manager.getUser()) latch.start();
  await show();
  element('phase').textContent = latch.getView().phase;

  /** From the provider, with an answer to the sign-in or, without a code, from the sign-out. */
  async function comeBack(): Promise<void> {
    const address = location.href;
    history.replaceState(null, '', location.pathname);
    if (!new URL(address).searchParams.has('code')) return say('You have not signed in.');
    latch.start();
    await latch.begin({ signIn: async () => void (await manager.signinRedirectCallback(address)) });
  }
}

/** What comes of it is said; a person who cancels need not be told. */
function onClick(id: string, work: () => Promise<string>): void {
  element(id).addEventListener('click', async () => {
    say('');
    try {
      say(await work());
    } catch (problem) {
      if (!isNightlatchError(problem)) throw problem;
      say(problem.code === 'ERR_REAUTHENTICATION_CANCELLED' ? 'Cancelled.' : `That did not work: ${problem.code}.`);
    }
  });
}
