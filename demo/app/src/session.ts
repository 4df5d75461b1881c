/** The one latch of this app, its screen, its journal, and the calls that are made within its session. */
import { createHttpBackend, createNightlatch, type Requirement, type Session, webStorage } from 'nightlatch';
import { passkey, password } from 'nightlatch/reauth';
import { createScreen, createSignInPrompt } from 'nightlatch/screen';
import { createDraftVault, createHttpKeys } from 'nightlatch/vault';
import { createJournal } from './journal.js';
import { inlined } from './kit/inlined.js';
import { createRequest, request } from './kit/requests.js';
import type { Credentials } from './kit/sign-in-form.js';
import { signedPolicies } from './kit/signed-policies.js';
import { PREFIX } from './remembered.js';
import { away, inWindow } from './sign-in/openid.js';
import { chosenWay, preferredWay } from './sign-in/ways.js';
import { usernameOf } from './username.js';

/** For people who leave their desk; the button that does the same says it. */
export const LOCK_SHORTCUT = 'Control+Alt+L';

export const journal = createJournal();

/** How somebody proves anew who they are: asked in place, for their passkey where they have one. */
const signInPrompt = createSignInPrompt({
  passkey: passkey({ optionsUrl: '/session/passkey/options', url: '/session/reauthenticate' }),
  password: password({ url: '/session/reauthenticate' }),
  username: ({ id }) => usernameOf(id),
});

export const latch = createNightlatch({
  name: 'backoffice',
  backend: createHttpBackend({ baseUrl: '/session' }),
  // The session document that the server writes into the page for somebody signed in: with it, the page opens at once.
  initial: inlined('session'),
  ...signedPolicies(),
  reauthenticate: prove,
  wipe: [webStorage({ prefix: PREFIX })],
  onEvent: journal.record,
});

/** What is being written: sealed with the person's key, so that it outlives the session and is nobody else's. */
export const drafts = createDraftVault(latch, {
  name: 'backoffice',
  keys: createHttpKeys({ baseUrl: '/session' }),
  onEvent: journal.record,
});

/** The cover, the warning, the question, and the last word: a page loaded anew leads to the sign-in, and back to the same place. */
export const screen = createScreen(latch, {
  // Whoever is asked at the provider finds no question in a locked page, but the way there.
  signInPrompt: {
    ...signInPrompt,
    offer: (session, begin) => (preferredWay() === 'here' ? signInPrompt.offer(session, begin) : () => undefined),
  },
  lockShortcut: LOCK_SHORTCUT,
  onSignIn: () => location.reload(),
});

export const call = createRequest(latch);

/** Asked in place, or at the provider, as the person has chosen; and at the provider for what cannot be proved in place. */
function prove(
  requirement: Requirement,
  how: { readonly signal: AbortSignal; readonly session: Session },
): Promise<void> {
  const way = chosenWay(requirement);
  switch (way) {
    case 'here':
      return signInPrompt.reauthenticate(requirement, how);
    case 'window':
      return inWindow(requirement, how);
    case 'away':
      return away(requirement, how);
  }
}

/** Signs in by the latch's door: what an earlier session left is gone before this one begins. */
export function signIn(credentials: Credentials): Promise<unknown> {
  return latch.begin({ signIn: () => request('/session', { method: 'POST', body: credentials }) });
}
