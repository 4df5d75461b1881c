/** The events a session's stream is made of (docs/server-contract.md, 4). */
import type { Notice, Session, SessionEnd } from '../sessions/session.js';
import { type DocumentOf, endMembers } from '../wire/session-document.js';
import { toSeconds } from '../wire/units.js';
import type { StreamEvent } from './event-stream.js';

export function sessionEvent(documentOf: DocumentOf, session: Session, now: number, id: number): StreamEvent {
  return { id, event: 'session', data: documentOf(session, now) };
}

export function revokedEvent(sessionId: string, end: SessionEnd, id: number): StreamEvent {
  const data = { ...endMembers(sessionId, end), event_timestamp: toSeconds(end.at) };
  return { id, event: 'session-revoked', data };
}

export function noticeEvent(sessionId: string, notice: Notice): StreamEvent {
  const { id, event, at, initiatingEntity, members } = notice;
  const data = {
    session_id: sessionId,
    event_timestamp: toSeconds(at),
    initiating_entity: initiatingEntity,
    ...members,
  };
  return { id, event, data };
}

export const replacedEvent = (id: number): StreamEvent => ({ id, event: 'stream-replaced', data: {} });
