/** Whose session this is, by name: the page comes with it, and after a sign-in the server is asked. The SDK knows a pseudonym only. */
import { loadMe, type Me } from './bank.js';

interface Known {
  readonly session: string;
  readonly username: string;
}

let known: Known | undefined = read(document.getElementById('person')?.textContent);

/** The user name of whoever's session it is. Another session's name is nobody's. */
export const usernameOf = (sessionId: string): string | undefined =>
  known?.session === sessionId ? known.username : undefined;

/** Who is signed in, for the session that is named. */
export async function loadPerson(sessionId: string, signal: AbortSignal): Promise<Me> {
  const me = await loadMe(signal);
  known = { session: sessionId, username: me.username };
  return me;
}

function read(text: string | undefined): Known | undefined {
  // Written by our own server.
  return text === undefined ? undefined : (JSON.parse(text) as Known);
}
