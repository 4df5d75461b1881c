/** What stands between browser and server: the work is done, and the answer comes late, changed, or breaks off unsaid. */
import type { ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** Whatever is written to it breaks the connection. */
export function loseReply(response: ServerResponse): void {
  const lose = (): ServerResponse => {
    response.socket?.destroy();
    return response;
  };
  response.writeHead = lose;
  response.flushHeaders = lose;
  response.write = () => {
    lose();
    return false;
  };
  response.end = lose;
}

/** Whatever is written to it is written so many milliseconds later. */
export function delay(response: ServerResponse, milliseconds: number): void {
  const waiting: (() => unknown)[] = [];
  let isOpen = false;
  for (const name of ['writeHead', 'flushHeaders', 'write', 'end'] as const) {
    const really = response[name].bind(response) as (...given: readonly unknown[]) => unknown;
    const later = (...given: readonly unknown[]): unknown => {
      if (isOpen) return really(...given);
      waiting.push(() => really(...given));
      return name === 'write' ? true : response;
    };
    Object.assign(response, { [name]: later });
  }
  setTimeout(() => {
    isOpen = true;
    if (!response.destroyed) for (const write of waiting) write();
  }, milliseconds).unref();
}

/** What is written in the first moment arrives; after that nothing does, and the connection stays. */
export function fallSilent(response: ServerResponse, moment = 500): void {
  const begun = Date.now();
  const write = response.write.bind(response) as (...given: readonly unknown[]) => boolean;
  const isSilent = () => Date.now() - begun > moment;
  Object.assign(response, { write: (...given: readonly unknown[]) => isSilent() || write(...given) });
  const end = response.end.bind(response) as (...given: readonly unknown[]) => ServerResponse;
  Object.assign(response, { end: (...given: readonly unknown[]) => (isSilent() ? response : end(...given)) });
}

/** The head arrives, and the first half of what is written first; then nothing does, and the connection stays. */
export function stallHalfway(response: ServerResponse): void {
  const write = response.write.bind(response);
  let hasBegun = false;
  function begin(piece: unknown): void {
    if (hasBegun || !(typeof piece === 'string' || piece instanceof Uint8Array)) return;
    hasBegun = true;
    const bytes = Buffer.from(piece);
    write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
  }
  Object.assign(response, {
    write(piece: unknown) {
      begin(piece);
      return true;
    },
    end(piece: unknown) {
      begin(piece);
      return response;
    },
  });
}

/** Its answer is what `change` makes of it. Streams pass as they are. */
export function rewriteAnswer(response: ServerResponse, change: (answer: Answer) => Answer): void {
  const { writeHead, write, end } = response;
  const pieces: Buffer[] = [];
  let head: Omit<Answer, 'body'> = { status: 200, headers: {} };
  const restore = () => Object.assign(response, { writeHead, write, end });
  const keep = (piece: unknown) => {
    if (typeof piece === 'string' || piece instanceof Uint8Array) pieces.push(Buffer.from(piece));
  };
  Object.assign(response, {
    writeHead(status: number, ...rest: readonly unknown[]) {
      const given = rest.at(-1);
      const headers = (typeof given === 'object' && given !== null ? given : {}) as Answer['headers'];
      if (String(headerOf(headers, 'content-type')).startsWith('text/event-stream')) {
        restore();
        return response.writeHead(status, headers);
      }
      head = { status, headers };
      return response;
    },
    write(piece: unknown) {
      keep(piece);
      return true;
    },
    end(piece: unknown) {
      keep(piece);
      restore();
      const { status, headers, body } = change({ ...head, body: Buffer.concat(pieces).toString() });
      const other = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length');
      response.writeHead(status, Object.fromEntries(other));
      return response.end(body);
    },
  });
}

const headerOf = (headers: Answer['headers'], wanted: string) =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
