/** The server's keys over `fetch` (`docs/server-contract.md` section 2). */
import type { Duration } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import type { KeyBytes, KeysReply, SealingKeys } from './sealing-keys.js';

/** Where the keys are, and how to reach them. */
export interface HttpKeysOptions {
  /** Where the session's endpoints are: as for `createHttpBackend`. */
  readonly baseUrl: string;
  /** The app's own `fetch`, for example one that adds a bearer token. Default: the page's. */
  readonly fetch?: (input: string, init: RequestInit) => Promise<Response>;
}

/**
 * Asks `GET …/keys` of a server that keeps the contract.
 *
 * Does nothing until called. Bad options are a `TypeError` that names the option.
 *
 * @example
 * const keys = createHttpKeys({ baseUrl: '/session' });
 */
export function createHttpKeys({ baseUrl, fetch = globalThis.fetch?.bind(globalThis) }: HttpKeysOptions): SealingKeys {
  if (typeof baseUrl !== 'string' || baseUrl === '') throw new TypeError('baseUrl must be a path such as "/session"');
  if (typeof fetch !== 'function') throw new TypeError('fetch is not a function');
  const address = `${baseUrl.replace(/\/+$/, '')}/keys`;

  return {
    async read({ sessionId, draftKid }, signal) {
      const query = draftKid === undefined ? '' : `?draft_kid=${encodeURIComponent(draftKid)}`;
      try {
        return await untilAborted(
          fetch(address + query, {
            headers: { Accept: 'application/json, application/problem+json', 'Session-Id': sessionId },
            // Nothing may be kept on the way, and a redirect leads to where no keys are.
            cache: 'no-store',
            credentials: 'same-origin',
            redirect: 'manual',
            signal,
          }).then(readReply),
          signal,
        );
      } catch (problem) {
        return { type: 'unknown', problem: problem instanceof Error ? problem.name : 'no answer' };
      }
    },
  };
}

async function readReply(response: Response): Promise<KeysReply> {
  const { status, headers } = response;
  const isProblem = (headers.get('Content-Type') ?? '').startsWith('application/problem+json');
  if (status === 200) {
    const body = ((await response.json()) ?? {}) as Readonly<Record<string, unknown>>;
    const [draft, vault] = [readKey(body['draft']), readKey(body['vault'])];
    if (draft && vault) return { type: 'keys', draft, vault };
    return { type: 'unknown', problem: 'the answer holds no keys' };
  }
  if (status === 404) {
    const type = isProblem ? String(((await response.json()) as { type?: unknown } | null)?.type) : '';
    return type.endsWith('/unknown-key') || type === 'unknown-key' ? { type: 'unknown-key' } : { type: 'absent' };
  }
  void response.body?.cancel().catch(() => undefined);
  const retryAfter = seconds(headers.get('Retry-After'));
  return { type: 'unknown', problem: `HTTP ${status}`, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

const KEY_BYTES = 32;

function readKey(value: unknown): KeyBytes | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kid, key } = value as Readonly<Record<string, unknown>>;
  if (typeof kid !== 'string' || !/^[\w-]{1,64}$/.test(kid)) return undefined;
  if (typeof key !== 'string' || !/^[\w-]{43}$/.test(key)) return undefined;
  const binary = atob(key.replaceAll('-', '+').replaceAll('_', '/'));
  return binary.length === KEY_BYTES
    ? { kid, bytes: Uint8Array.from(binary, (byte) => byte.charCodeAt(0)) }
    : undefined;
}

function seconds(header: string | null): Duration | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : undefined;
}
