/** What a response means in the contract's words. Whatever is none of them is *unknown*: it wipes and ends nothing. */
import type { Reply } from '../ports.js';
import { readDocument } from './document.js';
import { readRefusal } from './problem.js';
import { retryAfter } from './retry-after.js';
import { given, json, WireProblem } from './wire.js';

/** What the response answers. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What a success brings. */
  readonly success: 'document' | 'nothing';
  /** Whether a server may leave this call out, and say so with a 404. Default: no. */
  readonly optional?: boolean;
}

/** No answer of the contract is longer, in bytes; a captive portal's film is not read to the end. */
export const LONGEST_BODY = 1_048_576;

/** Reads the answer to a call. Rejects only where the body breaks off. */
export async function readReply(response: Response, asked: Asked): Promise<Reply> {
  const { status } = response;
  if (asked.optional && status === 404 && !isRedirect(response)) {
    letGo(response);
    return { type: 'absent' };
  }
  const problem = whyUnheard(response, asked.method);
  if (problem !== undefined) return unknown(problem, response);
  if (status === 204 && asked.success === 'nothing') return { type: 'done' };
  if (status === 200 && asked.success === 'document') {
    return readBody(response, 'application/json', (body) => ({ type: 'document', document: readDocument(body) }));
  }
  if (status < 400) return unknown(`HTTP ${status} where ${asked.success === 'nothing' ? 204 : 200} is due`, response);
  return readBody(response, 'application/problem+json', (body) => ({ type: 'refused', ...readRefusal(body) }));
}

async function readBody(response: Response, expected: string, read: (body: unknown) => Reply): Promise<Reply> {
  const { status } = response;
  const type = mediaType(response);
  if (type !== expected) return unknown(`HTTP ${status} with ${type || 'no content type'}, not ${expected}`, response);
  try {
    return read(json(await readText(response)));
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error;
    return unknown(`HTTP ${status}: ${error.message}`, response);
  }
}

/** Why this is not the server's own word, or none of ours; `undefined` if it may be. */
export function whyUnheard(response: Response, method: Asked['method']): string | undefined {
  const { status, headers } = response;
  if (isRedirect(response)) return 'a redirect';
  if (method === 'GET' && isFromCache(headers)) return `HTTP ${status} from a cache on the way`;
  if (status === 200 || status === 204) return undefined;
  // A problem's type decides over the status, but these say that it was not the session's own code that answered.
  return status >= 400 && status < 500 && status !== 404 && status !== 429 ? undefined : `HTTP ${status}`;
}

/** Asked for with `redirect: 'manual'` a redirect is opaque; the app's own `fetch` may have followed it. */
function isRedirect({ type, redirected, status }: Response): boolean {
  return type === 'opaqueredirect' || redirected || (status >= 300 && status < 400);
}

/** Lets go of a body that nobody reads, and with it of the connection. */
function letGo({ body }: Response): void {
  if (!body?.locked) void body?.cancel().catch(() => undefined);
}

/** An unknown answer, with the wait that the server asks for. */
export function unknown(problem: string, response: Response): Reply & { readonly type: 'unknown' } {
  letGo(response);
  return { type: 'unknown', problem, ...given({ retryAfter: retryAfter(response.headers) }) };
}

/** The media type without parameters, in lower case; empty where there is none. */
export function mediaType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A stored answer may be another person's, and its time is long past (RFC 9111 `Age`, RFC 9211 `Cache-Status`). */
function isFromCache(headers: Headers): boolean {
  const age = headers.get('age');
  return (age !== null && Number(age) !== 0) || /;\s*hit\b/i.test(headers.get('cache-status') ?? '');
}

/** The body as text, up to the bound. */
async function readText(response: Response): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let read = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return read + decoder.decode();
    length += value.byteLength;
    if (length > LONGEST_BODY) {
      void reader.cancel().catch(() => undefined);
      throw new WireProblem(`longer than ${LONGEST_BODY} bytes`);
    }
    read += decoder.decode(value, { stream: true });
  }
}
