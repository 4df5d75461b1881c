/** A server that misbehaves when told: the seam in front of the reference server. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Answer, delay, fallSilent, loseReply, rewriteAnswer, stallHalfway } from './between.js';

/** Which request it is. */
export interface Hit {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** How many were hit before it since the fault was set. */
  readonly nth: number;
}

/**
 * `silent` never answers; `down` breaks the connection; `reply-lost` does the work, then breaks the connection;
 * `falls-silent` does the work, and nothing arrives after the first moment, as on a stream whose path has gone; `stalls` does the work, and
 * half of the answer's body arrives.
 */
export type Fault =
  | null
  | 'silent'
  | 'down'
  | 'reply-lost'
  | 'falls-silent'
  | 'stalls'
  /** The request is under way until then: nothing of it has come before. */
  | { readonly held: Promise<unknown> }
  /** The work is done at once, and the answer comes so many milliseconds later. */
  | { readonly late: (hit: Hit) => number }
  /** The work is done, and something on the way makes another answer of it. Streams pass as they are. */
  | { readonly rewrite: (answer: Answer, hit: Hit) => Answer }
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

export interface Faults {
  readonly listener: RequestListener;
  /** From now on, for all paths that start with one of these; null: back to normal. */
  set(fault: Fault, paths?: readonly string[]): void;
}

export function createFaults(listener: RequestListener, everyPath: readonly string[]): Faults {
  let current: { readonly fault: Fault; readonly paths: readonly string[] } = { fault: null, paths: [] };
  let hits = 0;

  return {
    listener(request, response) {
      const { fault, paths } = current;
      const isHit = paths.some((path) => request.url?.startsWith(path) ?? false);
      if (fault === null || !isHit) return listener(request, response);
      misbehave(fault, request, response);
    },
    set(fault, paths = everyPath) {
      current = { fault, paths };
      hits = 0;
    },
  };

  function misbehave(fault: NonNullable<Fault>, request: IncomingMessage, response: ServerResponse): void {
    const hit = { method: request.method ?? '', path: request.url?.split('?')[0] ?? '', nth: hits };
    hits += 1;
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
      case 'falls-silent':
        fallSilent(response);
        listener(request, response);
        return;
      case 'stalls':
        stallHalfway(response);
        listener(request, response);
        return;
    }
    if ('held' in fault) {
      void fault.held.then(() => listener(request, response));
      return;
    }
    if ('late' in fault || 'rewrite' in fault) {
      if ('late' in fault) delay(response, fault.late(hit));
      else rewriteAnswer(response, (answer) => fault.rewrite(answer, hit));
      return listener(request, response);
    }
    request.resume();
    response.writeHead(fault.status, fault.headers ?? {});
    response.end(fault.body ?? '');
  }
}
