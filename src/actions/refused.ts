/** A refusal in what came back: a response, or what a client that throws for refusals has thrown. */
import { isRefusal, type RefusedResponse } from '../rules/challenge.js';

/** Challenges are some hundred bytes; of what is longer nothing is read. */
const LONGEST_BODY = 65_536;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i;

/** What matters of a response, with the body of a refusal where that is JSON. The response itself stays unread. */
export async function readRefused(response: Response): Promise<RefusedResponse> {
  const { status, headers } = response;
  const isJson = JSON_TYPE.test(headers.get('content-type')?.trim() ?? '');
  if (!isRefusal(status) || !isJson || response.bodyUsed || Number(headers.get('content-length') ?? 0) > LONGEST_BODY)
    return { status, headers };
  try {
    return { status, headers, body: JSON.parse(await readText(response.clone())) };
  } catch {
    // Broken off, too long, or no JSON: then the headers say all that there is to say.
    return { status, headers };
  }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > LONGEST_BODY) {
      void reader.cancel().catch(() => undefined);
      throw new RangeError('too long');
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The refusal in what an operation returned or threw: a `Response`, something with one as its `response` (ky), or a response of
 * axios, which has parsed the body already.
 */
export async function refusalIn(value: unknown): Promise<RefusedResponse | undefined> {
  if (typeof value !== 'object' || value === null) return undefined;
  const response = 'response' in value ? value.response : value;
  if (!isResponse(response)) return undefined;
  if ('clone' in response) return readRefused(response as Response);
  const { status, headers } = response;
  return { status, headers, ...('data' in response ? { body: response.data } : {}) };
}

function isResponse(value: unknown): value is RefusedResponse {
  if (typeof value !== 'object' || value === null || !('status' in value) || !('headers' in value)) return false;
  const { status, headers } = value;
  return typeof status === 'number' && typeof headers === 'object' && headers !== null && 'get' in headers;
}
