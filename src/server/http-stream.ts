/** Reads the server's event stream over `fetch`, so that status, headers and the app's own credentials count. */
import type { Backend, StreamEnd, StreamEvent } from '../ports.js';
import type { Duration } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import { readDocument } from './document.js';
import {
  createEventStreamParser,
  type EventStreamParser,
  EventStreamProblem,
  type StreamItem,
} from './event-stream.js';
import { type Send, whatFailed } from './http-call.js';
import { LONGEST_BODY, mediaType, readReply, unknown, whyUnheard } from './http-reply.js';
import { readDeath } from './problem.js';
import { given, json, members, WireProblem } from './wire.js';

/** What is kept from one connection to the next of the same session. */
interface Memory {
  readonly sessionId: string;
  lastEventId: string;
  retry?: Duration;
}

/**
 * Makes the stream call.
 *
 * `closed` is an end in order: aborted by the caller, or after the server said that the session is over or that a newer
 * stream took this one's place. A server that just hangs up, as proxies do, is `lost` and worth another try. So is one
 * whose events cannot be read: to stay would be to listen to a line that tells nothing, and not to poll.
 */
export function createHttpStream(send: Send): NonNullable<Backend['stream']> {
  let latest: Memory | undefined;

  return async ({ sessionId }, heard, signal) => {
    if (latest?.sessionId !== sessionId) latest = { sessionId, lastEventId: '' };
    const memory = latest;
    const opened = await open(send, memory, signal);
    if (signal.aborted) return { type: 'closed' };
    const end = 'type' in opened ? opened : await listen(opened, memory, heard, signal);
    return end.type === 'lost' ? { ...given({ retryAfter: memory.retry }), ...end } : end;
  };
}

/** The body of an open stream, or how the stream ended before it began. */
async function open(send: Send, memory: Memory, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | StreamEnd> {
  const { sessionId, lastEventId } = memory;
  const headers = { 'Session-Id': sessionId, ...(lastEventId ? { 'Last-Event-ID': lastEventId } : {}) };
  const sent = send({ method: 'GET', path: '/events', accept: 'text/event-stream', headers, signal });
  try {
    return await untilAborted(sent.then(bodyOf), signal);
  } catch (error) {
    return { type: 'lost', problem: whatFailed(error, signal) };
  }
}

async function bodyOf(response: Response): Promise<ReadableStream<Uint8Array> | StreamEnd> {
  const { status, body } = response;
  // No stream here: 404 by the contract, 204 by the format's own rule for "do not connect again".
  if (status === 404 || status === 204) return { type: 'absent' };
  if (status === 200 && whyUnheard(response, 'GET') === undefined) {
    const type = mediaType(response);
    if (type === 'text/event-stream' && body) return body;
    return lost(unknown(`HTTP 200 with ${type || 'no content type'}, not text/event-stream`, response));
  }
  const reply = await readReply(response, { method: 'GET', success: 'nothing' });
  if (reply.type === 'unknown') return lost(reply);
  return { type: 'refused', reply };
}

function lost({ problem, retryAfter }: { readonly problem: string; readonly retryAfter?: Duration }): StreamEnd {
  return { type: 'lost', problem, ...given({ retryAfter }) };
}

async function listen(
  body: ReadableStream<Uint8Array>,
  memory: Memory,
  heard: (event: StreamEvent) => void,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const reader = body.getReader();
  const parser = createEventStreamParser(LONGEST_BODY);
  let inOrder = false;
  try {
    for (;;) {
      const items = await nextItems(reader, parser, signal);
      if (signal.aborted) return { type: 'closed' };
      if (!items) return inOrder ? { type: 'closed' } : { type: 'lost', problem: 'the server hung up' };
      if ('type' in items) return items;
      for (const item of items) {
        const event = read(item);
        if (event.type === 'lost') return event;
        if (item.type === 'retry') memory.retry = item.after;
        if (event.type === 'revoked' || event.type === 'superseded') inOrder = true;
        heard(event);
        // Only after it was heard: what throws there is asked for again. An id that no header can carry is not kept.
        if (item.type === 'event' && /^[ -~]*$/.test(item.id)) memory.lastEventId = item.id;
        if (signal.aborted) return { type: 'closed' };
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** The next items; nothing at the end; how the stream ended where it broke. */
async function nextItems(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  parser: EventStreamParser,
  signal: AbortSignal,
): Promise<readonly StreamItem[] | StreamEnd | undefined> {
  try {
    const { done, value } = await untilAborted(reader.read(), signal);
    return done ? undefined : parser.read(value);
  } catch (error) {
    return { type: 'lost', problem: error instanceof EventStreamProblem ? error.message : whatFailed(error, signal) };
  }
}

/** What an item means. Names we do not know are a sign of life: a server may say more than this version reads. */
function read(item: StreamItem): StreamEvent | (StreamEnd & { readonly type: 'lost' }) {
  if (item.type !== 'event') return { type: 'alive' };
  try {
    switch (item.name) {
      case 'session':
        return { type: 'document', document: readDocument(json(item.data)) };
      case 'session-revoked':
        return { type: 'revoked', ...readDeath(members(json(item.data), 'the event')) };
      case 'stream-replaced':
        return { type: 'superseded' };
      default:
        return { type: 'alive' };
    }
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error;
    return { type: 'lost', problem: `the event "${item.name}": ${error.message}` };
  }
}
