/** Telling the streams of a session that something happened to the person's credential, role, risk or device. */
import type { Notice, Session } from './session.js';

/** How many notices are kept for streams that reconnect; older ones are forgotten. */
const noticesKept = 16;

/** The change the notice comes with follows it on the stream, so that an app can show why. */
export function noticed(session: Session, notice: Omit<Notice, 'id'>): Session {
  const id = session.lastEventId + 1;
  return { ...session, lastEventId: id, notices: [...session.notices, { ...notice, id }].slice(-noticesKept) };
}
