/** Reading a JSON body: its bytes now, its meaning once the call is admitted. */
import type { Context } from 'hono';
import { InvalidInput } from '../wire/input.js';
import { Problem } from './problem.js';

/** Nothing this server is told is longer. */
const largestBody = 16 * 1024;

/** A session that is over outranks a body that makes no sense: the body is only judged when it is asked for. */
export async function jsonBody(c: Context): Promise<() => unknown> {
  const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  const text = await boundedText(c.req.raw.body);
  return () => {
    if (type !== 'application/json') throw new Problem(unsupportedType);
    if (text === null) throw new Problem(bodyTooLarge);
    try {
      return JSON.parse(text);
    } catch {
      throw new InvalidInput(null, 'The body is not JSON.');
    }
  };
}

/** Null where it is longer than anything we read; the rest is not even waited for. */
async function boundedText(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > largestBody) return null; // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const unsupportedType = {
  type: 'unsupported-media-type',
  status: 415,
  title: 'Bodies are application/json.',
} as const;

const bodyTooLarge = {
  type: 'body-too-large',
  status: 413,
  title: `A body has at most ${largestBody} bytes.`,
} as const;
