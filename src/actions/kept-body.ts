/** The body of a request as it is when it is handed over, so that it can be sent again: an app may go on changing what it has given. */
import { type BodyKind, bodyKind } from '../rules/replay.js';

export interface KeptBody {
  readonly body: BodyInit | null | undefined;
  readonly kind: BodyKind;
  /** In bytes, or near enough; of a stream nobody knows. */
  readonly size: number;
}

/** Keeps a body. One that is larger than `most` is not copied: it is not held either. */
export function keepBody(body: BodyInit | null | undefined, most: number): KeptBody {
  const kind = bodyKind(body);
  const size = kind === 'repeatable' ? sizeOf(body) : 0;
  return { body: size > 0 && size <= most ? copyOf(body) : body, kind, size };
}

/** The bytes of a request's own body; nothing where it has none. With more than `most` of them it is left to be sent once. */
export async function readBody(
  request: Request,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | 'too-much' | undefined> {
  if (/^(GET|HEAD)$/i.test(request.method)) return undefined;
  const copy = request.clone();
  // Firefox does not show the stream, and reads it all the same.
  const bytes = copy.body ? await readStream(copy.body, most) : new Uint8Array(await copy.arrayBuffer());
  return bytes === 'too-much' || bytes.byteLength > 0 ? bytes : undefined;
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | 'too-much'> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > most) {
      void reader.cancel().catch(() => undefined);
      return 'too-much';
    }
    parts.push(part.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function sizeOf(body: BodyInit | null | undefined): number {
  if (body instanceof Blob) return body.size;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  if (body instanceof FormData) {
    let size = 0;
    for (const [name, value] of body.entries())
      size += name.length + (typeof value === 'string' ? value.length : value.size);
    return size;
  }
  return String(body).length;
}

function copyOf(body: BodyInit | null | undefined): BodyInit | null | undefined {
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body.entries()) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
