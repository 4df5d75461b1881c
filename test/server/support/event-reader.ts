/** Reads a `text/event-stream` over real HTTP, one item at a time. */
import type { Document } from './client.js';

export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Document;
}

export interface EventReader {
  readonly response: Response;
  /** The next event; rejects if the stream ends before one comes. */
  next(): Promise<ReadEvent>;
  /** The next comment line, without its colon. */
  comment(): Promise<string>;
  /** The `retry` the stream has given. */
  retry(): number | undefined;
  /** Resolves with the events that were left once the server has closed the stream. */
  ended(): Promise<readonly ReadEvent[]>;
  /** Hangs up. */
  close(): Promise<void>;
}

type Item = ReadEvent | { readonly comment: string };

export function createEventReader(response: Response): EventReader {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const items: Item[] = [];
  let unread = '';
  let retry: number | undefined;

  function take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (name === '') items.push({ comment: value });
      else if (name === 'retry') retry = Number(value);
      else fields.set(name, value);
    }
    const event = fields.get('event');
    if (event === undefined) return;
    items.push({ id: fields.get('id') ?? '', event, data: JSON.parse(fields.get('data') ?? 'null') });
  }

  /** Returns false once the stream has ended. */
  async function readMore(): Promise<boolean> {
    const { done, value } = await reader.read();
    if (done) return false;
    const blocks = `${unread}${value}`.split('\n\n');
    unread = blocks.pop() ?? '';
    blocks.forEach(take);
    return true;
  }

  async function nextThat<T extends Item>(isWanted: (item: Item) => item is T): Promise<T> {
    for (;;) {
      const index = items.findIndex(isWanted);
      const item = items[index];
      if (item !== undefined && isWanted(item)) {
        items.splice(index, 1);
        return item;
      }
      if (!(await readMore())) throw new Error('the stream has ended');
    }
  }

  return {
    response,
    next: () => nextThat((item): item is ReadEvent => 'event' in item),
    comment: async () => (await nextThat((item): item is { comment: string } => 'comment' in item)).comment,
    retry: () => retry,
    async ended() {
      while (await readMore());
      return items.filter((item): item is ReadEvent => 'event' in item);
    },
    close: () => reader.cancel(),
  };
}
