/** The one latch of this app, its screen, its journal, and the calls that are made within its session. */
import { createHttpBackend, createNightlatch, isNightlatchError, webStorage } from 'nightlatch';
import { createScreen } from 'nightlatch/screen';
import { createDraftVault, createHttpKeys } from 'nightlatch/vault';
import { createJournal } from './journal.js';
import { createPrompts } from './kit/reauthentication.js';
import { createRequest, request } from './kit/requests.js';
import type { Credentials } from './kit/sign-in-form.js';

/** All that the app keeps in this browser is under this prefix, so that it can be wiped. */
export const PREFIX = 'backoffice:';

export const journal = createJournal();

/** How somebody proves anew who they are: a dialog of this app, which asks for the password. */
export const prompts = createPrompts({ path: '/session/reauthenticate', look: () => void latch.check() });

export const latch = createNightlatch({
  name: 'backoffice',
  backend: createHttpBackend({ baseUrl: '/session' }),
  initial: inlined(),
  reauthenticate: prompts.reauthenticate,
  wipe: [webStorage({ prefix: PREFIX })],
  onEvent: journal.record,
});

/** What is being written: sealed with the person's key, so that it outlives the session and is nobody else's. */
export const drafts = createDraftVault(latch, {
  name: 'backoffice',
  keys: createHttpKeys({ baseUrl: '/session' }),
  onEvent: journal.record,
});

/** The cover, the warning and the last word. */
export const screen = createScreen(latch, { onSignIn: goOn });

export const call = createRequest(latch);

/** A locked page opens where it is. Loading an ended one anew leads to the sign-in, and back to the same place. */
function goOn(): void {
  if (latch.getView().phase !== 'locked') return location.reload();
  latch.reauthenticate().catch((error: unknown) => {
    // Cancelled, or not answered in the right way: it stays locked.
    if (!isNightlatchError(error)) throw error;
  });
}

/** The session document that the server writes into the page for somebody signed in: with it, the page opens at once. */
function inlined(): unknown {
  return JSON.parse(document.getElementById('session')?.textContent ?? 'null');
}

/** Signs in by the latch's door: what an earlier session left is gone before this one begins. */
export function signIn(credentials: Credentials): Promise<unknown> {
  return latch.begin({ signIn: () => request('/session', { method: 'POST', body: credentials }) });
}
