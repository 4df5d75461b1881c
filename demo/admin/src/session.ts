/** The administrator's own session: another door of the same server, guarded by the same SDK under a name of its own. */
import { createHttpBackend, createNightlatch } from 'nightlatch';
import { password } from 'nightlatch/reauth';
import { createScreen, createSignInPrompt } from 'nightlatch/screen';
import { createRequest, request } from '../../app/src/kit/requests.js';
import type { Credentials } from '../../app/src/kit/sign-in-form.js';
import { signedPolicies } from '../../app/src/kit/signed-policies.js';
import { usernameOf } from '../../app/src/username.js';

const DOOR = '/admin/api/session';

const signInPrompt = createSignInPrompt({
  password: password({ url: `${DOOR}/reauthenticate` }),
  username: ({ id }) => usernameOf(id),
});

export const latch = createNightlatch({
  name: 'administration',
  backend: createHttpBackend({ baseUrl: DOOR }),
  ...signedPolicies(),
  reauthenticate: signInPrompt.reauthenticate,
});

export const screen = createScreen(latch, { signInPrompt, onSignIn: () => location.reload() });

export const call = createRequest(latch);

export function signIn(credentials: Credentials): Promise<unknown> {
  return latch.begin({ signIn: () => request(DOOR, { method: 'POST', body: credentials }) });
}
