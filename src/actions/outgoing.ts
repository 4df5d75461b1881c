/** A request as the app handed it to `fetch`: what it is, and how it is sent, once or again. */

import type { SentRequest } from '../rules/replay.js';
import { keepBody, readBody } from './kept-body.js';

/** What `fetch` is told, and what a guarded one is told beyond that. */
export interface GuardedInit extends RequestInit {
  /** The operation that it is, where the policy's routes do not say. */
  readonly operation?: string;
  /**
   * Whether it may be sent again once the person has authenticated. Default: where twice is the same as once, by its method or by
   * its `Idempotency-Key`.
   */
  readonly repeatable?: boolean;
}

/** As much of `fetch` as is wrapped. */
export type PlainFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** Where the page is: what addresses are relative to, and which origin is its own. */
export interface Place {
  readonly baseUrl: string;
  readonly origin: string;
}

export interface Outgoing {
  readonly method: string;
  /** On the page's own origin, the path; elsewhere nothing. */
  readonly path: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly kind: Omit<SentRequest, 'sessionId'>;
  /** How many bytes its body has. */
  size(): number;
  /** Reads the body, where that takes time; nothing where it is there. Before it the size is not known. */
  read(): Promise<void> | undefined;
  send(fetch: PlainFetch, sessionId: string | undefined, signal: AbortSignal): Promise<Response>;
}

/** `most`: a larger body is not kept. */
export function createOutgoing(
  input: RequestInfo | URL,
  init: GuardedInit,
  place: Place | undefined,
  most: number,
): Outgoing {
  const { operation: _, repeatable, ...plain } = init;
  const request = typeof input === 'object' && 'clone' in input ? input : undefined;
  const address = request?.url ?? String(input);
  const method = (plain.method ?? request?.method ?? 'GET').toUpperCase();
  const headers = new Headers(plain.headers ?? request?.headers);
  const url = URL.canParse(address, place?.baseUrl) ? new URL(address, place?.baseUrl) : undefined;
  const given = keepBody(plain.body, most);
  /** What a request has as its own body, once it has been read. */
  let own: Awaited<ReturnType<typeof readBody>>;
  const path = url && url.origin === place?.origin ? url.pathname : undefined;

  return {
    method,
    path,
    signal: plain.signal === undefined ? request?.signal : (plain.signal ?? undefined),
    kind: {
      method,
      body: given.kind,
      idempotencyKey: headers.get('idempotency-key'),
      ...(repeatable === undefined ? {} : { repeatable }),
    },
    size() {
      const { size } = typeof own === 'object' ? { size: own.byteLength } : given;
      return own === 'too-much' ? Number.POSITIVE_INFINITY : size;
    },
    read() {
      if (!request || given.kind !== 'none') return undefined;
      return readBody(request, most).then((bytes) => {
        own = bytes;
      });
    },
    send(fetch, sessionId, signal) {
      const named = new Headers(headers);
      // Of its own origin only: elsewhere it is nobody's business, and needs leave of CORS.
      if (sessionId !== undefined && path !== undefined) named.set('Session-Id', sessionId);
      const body = typeof own === 'object' ? own : given.body;
      return fetch(input, { ...plain, ...(body === undefined ? {} : { body }), headers: named, signal });
    },
  };
}
