/** What one stream of a session says, and in which order. */
import { standingOf } from '../sessions/secrets.js';
import type { Notice, Session } from '../sessions/session.js';
import type { StreamOpening } from '../sessions/store.js';
import type { Clock } from '../time/clock.js';
import type { DocumentOf } from '../wire/session-document.js';
import { createEventStream } from './event-stream.js';
import { noticeEvent, replacedEvent, revokedEvent, sessionEvent } from './session-events.js';

export interface SessionStream {
  readonly body: ReadableStream<Uint8Array>;
  /** The first event, and what was missed. */
  begin(opening: StreamOpening): void;
  /** The session has changed. Changes heard before the first event wait for it. */
  tell(session: Session, now: number): void;
  /** A third stream has taken its place. */
  replace(eventId: number): void;
  close(): void;
}

/** `secretHash` is of the secret it was opened with: once that is superseded, the stream says so and closes. */
export function createSessionStream(options: {
  readonly clock: Clock;
  readonly secretHash: string;
  readonly documentOf: DocumentOf;
  readonly closed: () => void;
}): SessionStream {
  const { clock, secretHash, documentOf, closed } = options;
  const stream = createEventStream(clock, closed);
  let sentId: number | null = null;
  let waiting: (() => void)[] = [];

  function sendNotices(sessionId: string, notices: readonly Notice[]): void {
    for (const notice of notices) stream.send(noticeEvent(sessionId, notice));
  }

  function sendSession(session: Session, now: number, id: number): void {
    sentId = id;
    if (session.end !== null) {
      stream.send(revokedEvent(session.id, session.end, id));
      return stream.close();
    }
    stream.send(sessionEvent(documentOf, session, now, id));
    if (standingOf(session, secretHash) === 'superseded') stream.close();
  }

  function tell(session: Session, now: number): void {
    if (sentId === null) {
      waiting.push(() => tell(session, now));
      return;
    }
    const sent = sentId;
    if (session.lastEventId <= sent) return;
    sendNotices(
      session.id,
      session.notices.filter(({ id }) => id > sent),
    );
    sendSession(session, now, session.lastEventId);
  }

  return {
    body: stream.body,
    tell,
    begin({ session, now, firstEventId, missed }) {
      sendSession(session, now, firstEventId);
      sendNotices(session.id, missed);
      const last = missed.at(-1);
      if (last !== undefined) sendSession(session, now, last.id + 1); // a notice is always followed by what came of it
      for (const tellNow of waiting) tellNow();
      waiting = [];
    },
    replace(eventId) {
      stream.send(replacedEvent(eventId));
      stream.close();
    },
    close: stream.close,
  };
}
