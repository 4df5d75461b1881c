/** Under which name somebody is signed in: the page comes with it, and after a sign-in the server is asked. The SDK knows a pseudonym only. */

interface Known {
  readonly session: string;
  readonly username: string;
}

let known: Known | undefined = read(document.getElementById('person')?.textContent);

/** The user name of whoever's session it is. Another session's name is nobody's. */
export const usernameOf = (sessionId: string): string | undefined =>
  known?.session === sessionId ? known.username : undefined;

export function learnUsername(session: string, username: string): void {
  known = { session, username };
}

function read(text: string | undefined): Known | undefined {
  // Written by our own server.
  return text === undefined ? undefined : (JSON.parse(text) as Known);
}
