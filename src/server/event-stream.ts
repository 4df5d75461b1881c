/** The format `text/event-stream`: bytes in, events out (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import type { Duration } from '../time/instant.js';

/** What a stream says, piece by piece. */
export type StreamItem =
  | {
      readonly type: 'event';
      /** The event's name; `message` where the stream gives none. */
      readonly name: string;
      readonly data: string;
      /** The last id that the stream gave, with this event or before it; empty if none or withdrawn. */
      readonly id: string;
    }
  | { readonly type: 'comment' }
  /** How long the server wants a client to wait before it connects again. */
  | { readonly type: 'retry'; readonly after: Duration };

/** A stream that must not be read on. */
export class EventStreamProblem extends Error {}

export interface EventStreamParser {
  /** The items that the next bytes complete. Throws an {@link EventStreamProblem} when an event outgrows the bound. */
  read(bytes: Uint8Array): readonly StreamItem[];
}

/**
 * Makes a parser for one connection. However the bytes are cut, the items are the same; an event that the stream's end
 * leaves incomplete is never told, as the format demands.
 *
 * @param longest bound of one event in characters, so that a stream without line ends cannot fill the memory.
 */
export function createEventStreamParser(longest: number): EventStreamParser {
  // Takes the byte order mark off, and holds back characters that a chunk's edge cuts in two.
  const decoder = new TextDecoder();
  let line = '';
  let afterReturn = false;
  let name = '';
  let data = '';
  let hasData = false;
  let id = '';

  /** Takes one whole line in; the item it completes, if it completes one. */
  function take(whole: string): StreamItem | undefined {
    if (whole === '') return complete();
    if (whole.startsWith(':')) return { type: 'comment' };
    const colon = whole.indexOf(':');
    const field = colon < 0 ? whole : whole.slice(0, colon);
    const value = colon < 0 ? '' : whole.slice(whole[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (field) {
      case 'event':
        name = value;
        return undefined;
      case 'data':
        data = hasData ? `${data}\n${value}` : value;
        hasData = true;
        return undefined;
      case 'id':
        if (!value.includes('\0')) id = value;
        return undefined;
      case 'retry':
        return /^\d{1,9}$/.test(value) ? { type: 'retry', after: Number(value) } : undefined;
      default:
        return undefined;
    }
  }

  function hold(length: number): void {
    if (length > longest) throw new EventStreamProblem(`an event longer than ${longest} characters`);
  }

  function complete(): StreamItem | undefined {
    // Without data nothing is dispatched; the id stays.
    const item: StreamItem | undefined = hasData ? { type: 'event', name: name || 'message', data, id } : undefined;
    name = '';
    data = '';
    hasData = false;
    return item;
  }

  return {
    read(bytes) {
      const items: StreamItem[] = [];
      const decoded = decoder.decode(bytes, { stream: true });
      if (decoded === '') return items;
      // A line feed here may be the second half of a line end whose first half closed the chunk before.
      const chunk = afterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
      afterReturn = decoded.endsWith('\r');
      let start = 0;
      for (const end of chunk.matchAll(/\r\n|\n|\r/g)) {
        const item = take(line + chunk.slice(start, end.index));
        if (item) items.push(item);
        line = '';
        start = end.index + end[0].length;
        hold(data.length);
      }
      line += chunk.slice(start);
      hold(line.length + data.length);
      return items;
    },
  };
}
