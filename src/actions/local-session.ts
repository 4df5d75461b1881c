/** Sessions without a server: whether the app began one, or it started of its own accord, is told by its id. */

/** The beginning of the id of a session that the app began. */
export const BEGUN: string = 'local';
/** The beginning of the id of a session that started of its own accord. */
export const STARTED: string = 'alone';

/** Whether a session started of its own accord: of two such ones the loser leaves nothing that needs to be wiped. */
export function startedAlone(sessionId: string): boolean {
  return sessionId.startsWith(`${STARTED}-`);
}
