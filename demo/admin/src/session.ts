/** The administrator's own session: another door of the same server, guarded by the same SDK under a name of its own. */
import { createHttpBackend, createNightlatch } from 'nightlatch';
import { createScreen } from 'nightlatch/screen';
import { createRequest, request } from '../../app/src/kit/requests.js';
import type { Credentials } from '../../app/src/kit/sign-in-form.js';

const DOOR = '/admin/api/session';

export const latch = createNightlatch({ name: 'administration', backend: createHttpBackend({ baseUrl: DOOR }) });

export const screen = createScreen(latch, { onSignIn: () => location.reload() });

export const call = createRequest(latch);

export function signIn(credentials: Credentials): Promise<unknown> {
  return latch.begin({ signIn: () => request(DOOR, { method: 'POST', body: credentials }) });
}
