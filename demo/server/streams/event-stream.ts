/** One `text/event-stream` to one browser: writes events, and a comment when there was nothing to say. */
import type { Clock } from '../time/clock.js';
import { seconds } from '../time/durations.js';
import type { JsonObject } from '../wire/json.js';

/** A client that hears nothing for 60 s reconnects, and the contract asks for something every 20 s. */
const commentEvery = seconds(15);

/** How soon a client whose connection broke may come again. */
const retryAfter = seconds(2);

/** A browser that does not read is stopped, or gone: at this many unread events it loses its stream. */
const mostUnread = 64;

export interface StreamEvent {
  readonly id: number;
  readonly event: string;
  readonly data: JsonObject;
}

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  send(event: StreamEvent): void;
  close(): void;
}

/** `closed` is called once, whoever closes: we, the browser, or a browser that stopped reading. */
export function createEventStream(clock: Clock, closed: () => void): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let silenceAlarm = (): void => {};

  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
        write(`retry: ${retryAfter}\n\n`);
      },
      cancel: () => finish(),
    },
    { highWaterMark: mostUnread },
  );

  function finish(): void {
    if (controller === null) return;
    controller = null;
    silenceAlarm();
    closed();
  }

  function close(): void {
    controller?.close();
    finish();
  }

  function write(lines: string): void {
    if (controller === null) return;
    if ((controller.desiredSize ?? 0) <= 0) return close();
    controller.enqueue(encoder.encode(lines));
    silenceAlarm();
    silenceAlarm = clock.alarm(clock.now() + commentEvery, () => write(':\n\n'));
  }

  return {
    body,
    send: ({ id, event, data }) => write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    close,
  };
}
