/** The server contract over `fetch`, call by call (`docs/server-contract.md` section 2). */
import type { Backend, Reply } from '../ports.js';
import { untilAborted } from '../time/until-aborted.js';
import { createSend, type Fetch, type Request, whatFailed } from './http-call.js';
import { readReply } from './http-reply.js';
import { createHttpStream } from './http-stream.js';
import { toSeconds } from './wire.js';

/** Where the server is, and how to reach it. */
export interface HttpBackendOptions {
  /** Where the session's endpoints are, as a path of this origin (`/session`) or a whole address. */
  readonly baseUrl: string;
  /** The app's own `fetch`, for example one that adds a bearer token. Default: the page's, taken at creation. */
  readonly fetch?: Fetch;
  /**
   * Whether the server slides the session on every request, so that there is no question without a side effect: then
   * it is asked only when the person acts. Default: false.
   */
  readonly sliding?: boolean;
}

/**
 * Makes a backend for a server that keeps the contract, or part of it.
 *
 * Does nothing until called, sets no time limits (pass a signal), and never rejects for the network: what brings no
 * answer of the contract is `unknown`. Bad options are a `TypeError` that names the option.
 *
 * @example
 * const backend = createHttpBackend({ baseUrl: '/session' });
 */
export function createHttpBackend(options: HttpBackendOptions): Backend {
  const { baseUrl, fetch, sliding } = checked(options);
  const send = createSend(baseUrl, fetch);

  async function ask(request: Omit<Request, 'accept'>, optional = false): Promise<Reply> {
    const { method, signal } = request;
    const success = method === 'DELETE' ? 'nothing' : 'document';
    const sent = send({ ...request, accept: 'application/json, application/problem+json' });
    try {
      return await untilAborted(
        sent.then((response) => readReply(response, { method, success, optional })),
        signal,
      );
    } catch (error) {
      return { type: 'unknown', problem: whatFailed(error, signal) };
    }
  }

  const naming = (sessionId: string): Request['headers'] & object => ({ 'Session-Id': sessionId });

  return {
    sliding,

    peek: (signal) => ask({ method: 'GET', path: '', signal }),

    touch: ({ sessionId, idleFor, source, keepalive = false }, signal) =>
      ask({
        method: 'POST',
        path: '/touch',
        headers: naming(sessionId),
        // Clocks of two readings can put the act a moment into the future; the server refuses a negative age.
        body: { idle_for: Math.max(0, idleFor) / 1_000, ...(source === undefined ? {} : { source }) },
        keepalive,
        signal,
      }),

    extend: ({ sessionId, from }, signal) =>
      ask(
        {
          method: 'POST',
          path: '/extend',
          headers: naming(sessionId),
          body: { from: from === undefined ? null : toSeconds(from) },
          signal,
        },
        true,
      ),

    lock: ({ sessionId }, signal) =>
      ask({ method: 'POST', path: '/lock', headers: naming(sessionId), body: {}, signal }, true),

    end: ({ sessionId, reason }, signal) =>
      ask({
        method: 'DELETE',
        path: `?reason=${encodeURIComponent(reason)}`,
        headers: naming(sessionId),
        // Signing out is often the last thing a page does.
        keepalive: true,
        signal,
      }),

    stream: createHttpStream(send),
  };
}

/** Options as a script without types may give them. */
function checked(options: HttpBackendOptions): Required<HttpBackendOptions> {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object with a baseUrl');
  const { baseUrl, fetch = globalThis.fetch?.bind(globalThis), sliding = false } = options;
  if (typeof baseUrl !== 'string' || baseUrl === '') {
    throw new TypeError(`baseUrl must be a path such as "/session", not ${shown(baseUrl)}`);
  }
  if (/[?#\s]/.test(baseUrl) || (/^[a-z][a-z\d+.-]*:/i.test(baseUrl) && !/^https?:\/\/[^/]/i.test(baseUrl))) {
    throw new TypeError(`baseUrl must be a path or an http address without query or fragment, not ${shown(baseUrl)}`);
  }
  if (typeof fetch !== 'function') throw new TypeError(`fetch must be a function, not ${shown(fetch)}`);
  if (typeof sliding !== 'boolean') throw new TypeError(`sliding must be true or false, not ${shown(sliding)}`);
  return { baseUrl: baseUrl.replace(/\/+$/, ''), fetch, sliding };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
