/** One request to the session's endpoints: how it is sent, and how it is given up. */

/** As much of `fetch` as is needed; an app passes its own to add a bearer token or a proof of possession. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base path, with its query. */
  readonly path: string;
  readonly accept: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** Whether the request should outlive the page. */
  readonly keepalive?: boolean;
  readonly signal: AbortSignal;
}

export type Send = (request: Request) => Promise<Response>;

/**
 * Makes the sender.
 *
 * Nothing may be stored or followed: a stored answer is about another moment or another person, and a redirect leads to
 * a sign-in page or a captive portal, whose answer is not about the session.
 */
export function createSend(baseUrl: string, fetch: Fetch): Send {
  return async ({ method, path, accept, headers = {}, body, keepalive = false, signal }) => {
    // An app's own `fetch` might send what was already called off.
    if (signal.aborted) throw new Error('aborted');
    const response = await fetch(baseUrl + path, {
      method,
      headers: { Accept: accept, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'same-origin',
      keepalive,
      redirect: 'manual',
      signal,
    });
    // Too late to be read: whoever asked has gone, and the connection must not wait for them.
    if (signal.aborted) void response.body?.cancel().catch(() => undefined);
    return response;
  };
}

/** Why a request brought no answer, in words for a report. */
export function whatFailed(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'aborted';
  return `no answer: ${error instanceof Error ? error.message : String(error)}`;
}
