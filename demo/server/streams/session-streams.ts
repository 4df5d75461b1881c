/** All open streams: every change of a session goes to each of its streams at once. */
import { randomUUID } from 'node:crypto';
import type { SessionStore } from '../sessions/store.js';
import type { Clock } from '../time/clock.js';
import type { DocumentOf } from '../wire/session-document.js';
import { createSessionStream, type SessionStream } from './session-stream.js';

export interface SessionStreams {
  /** Listens to the store from now on. */
  start(): void;
  /** Closes all streams; their browsers will come again. */
  stop(): void;
  /** A stream for the session that was admitted with this secret. */
  open(request: StreamRequest): Promise<ReadableStream<Uint8Array>>;
  /** How many streams one session has on this node, or all sessions together. */
  count(sessionId?: string): number;
}

export interface StreamRequest {
  readonly sessionId: string;
  readonly secretHash: string;
  /** How far the browser had come, if it says so. */
  readonly lastEventId: number | null;
}

export function createSessionStreams({
  store,
  clock,
  documentOf,
}: {
  readonly store: Pick<SessionStore, 'openStream' | 'closeStream' | 'subscribe'>;
  readonly clock: Clock;
  readonly documentOf: DocumentOf;
}): SessionStreams {
  /** By session, then by the stream's own id. */
  const streams = new Map<string, Map<string, SessionStream>>();
  let unsubscribe = (): void => {};

  const streamsOf = (sessionId: string): readonly SessionStream[] => [...(streams.get(sessionId)?.values() ?? [])];

  function keep(sessionId: string, streamId: string, stream: SessionStream): void {
    const siblings = streams.get(sessionId) ?? new Map<string, SessionStream>();
    streams.set(sessionId, siblings.set(streamId, stream));
  }

  function drop(sessionId: string, streamId: string): void {
    const siblings = streams.get(sessionId);
    siblings?.delete(streamId);
    if (siblings?.size === 0) streams.delete(sessionId);
    void store.closeStream(sessionId, streamId);
  }

  return {
    start() {
      unsubscribe = store.subscribe({
        changed: (session, now) => {
          for (const stream of streamsOf(session.id)) stream.tell(session, now);
        },
        streamReplaced: (sessionId, streamId, eventId) => streams.get(sessionId)?.get(streamId)?.replace(eventId),
      });
    },

    stop() {
      unsubscribe();
      for (const sessionId of [...streams.keys()]) for (const stream of streamsOf(sessionId)) stream.close();
    },

    async open({ sessionId, secretHash, lastEventId }) {
      const streamId = randomUUID();
      const stream = createSessionStream({ clock, secretHash, documentOf, closed: () => drop(sessionId, streamId) });
      keep(sessionId, streamId, stream); // before it has its place, so that no change is missed in between
      const opening = await store.openStream(sessionId, streamId, lastEventId);
      if (opening === undefined) stream.close();
      else if (streams.get(sessionId)?.has(streamId)) stream.begin(opening);
      else await store.closeStream(sessionId, streamId); // the browser left while its place was being made
      return stream.body;
    },

    count(sessionId) {
      if (sessionId !== undefined) return streams.get(sessionId)?.size ?? 0;
      return [...streams.values()].reduce((sum, { size }) => sum + size, 0);
    },
  };
}
