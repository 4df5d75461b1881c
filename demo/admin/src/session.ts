/** The administrator's own session: another door of the same server, guarded by the same SDK under a name of its own. */
import { createHttpBackend, createNightlatch, isNightlatchError } from 'nightlatch';
import { createScreen } from 'nightlatch/screen';
import { createPrompts } from '../../app/src/kit/reauthentication.js';
import { createRequest, request } from '../../app/src/kit/requests.js';
import type { Credentials } from '../../app/src/kit/sign-in-form.js';

const DOOR = '/admin/api/session';

export const prompts = createPrompts({ path: `${DOOR}/reauthenticate`, look: () => void latch.check() });

export const latch = createNightlatch({
  name: 'administration',
  backend: createHttpBackend({ baseUrl: DOOR }),
  reauthenticate: prompts.reauthenticate,
});

export const screen = createScreen(latch, { onSignIn: goOn });

export const call = createRequest(latch);

export function signIn(credentials: Credentials): Promise<unknown> {
  return latch.begin({ signIn: () => request(DOOR, { method: 'POST', body: credentials }) });
}

/** A locked page opens where it is; an ended one leads to the sign-in. */
function goOn(): void {
  if (latch.getView().phase !== 'locked') return location.reload();
  latch.reauthenticate().catch((error: unknown) => {
    if (!isNightlatchError(error)) throw error;
  });
}
