/** A server that misbehaves when told: the seam in front of the reference server. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** `silent` never answers; `down` breaks the connection; `reply-lost` does the work, then breaks the connection. */
export type Fault =
  | null
  | 'silent'
  | 'down'
  | 'reply-lost'
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

export interface Faults {
  readonly listener: RequestListener;
  /** From now on, for all paths that start with one of these; null: back to normal. */
  set(fault: Fault, paths?: readonly string[]): void;
}

export function createFaults(listener: RequestListener, everyPath: readonly string[]): Faults {
  let current: { readonly fault: Fault; readonly paths: readonly string[] } = { fault: null, paths: [] };

  return {
    listener(request, response) {
      const { fault, paths } = current;
      const isHit = paths.some((path) => request.url?.startsWith(path) ?? false);
      if (fault === null || !isHit) return listener(request, response);
      misbehave(fault, request, response);
    },
    set(fault, paths = everyPath) {
      current = { fault, paths };
    },
  };

  function misbehave(fault: NonNullable<Fault>, request: IncomingMessage, response: ServerResponse): void {
    switch (fault) {
      case 'silent':
        request.resume();
        return;
      case 'down':
        request.socket.destroy();
        return;
      case 'reply-lost':
        loseReply(response);
        listener(request, response);
        return;
    }
    request.resume();
    response.writeHead(fault.status, fault.headers ?? {});
    response.end(fault.body ?? '');
  }
}

/** Whatever is written to it breaks the connection. */
function loseReply(response: ServerResponse): void {
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
