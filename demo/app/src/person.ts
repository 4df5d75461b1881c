/** Who is signed in, and what they are here for. */
import { loadMe, type Me } from './bank.js';
import { learnUsername } from './username.js';

/** Who is signed in, for the session that is named. */
export async function loadPerson(sessionId: string, signal: AbortSignal): Promise<Me> {
  const me = await loadMe(signal);
  learnUsername(sessionId, me.username);
  return me;
}
