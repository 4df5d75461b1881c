/** Calls to our own server, and what became of them in words. */
import { isNightlatchError, type Nightlatch, type NightlatchErrorCode } from 'nightlatch';

/** What the server said instead of an answer (RFC 9457), or that it said nothing, or that nothing was sent. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /**
   * What the problem's `type` ends in; `unreachable` where there was no answer, `unknown` where it said nothing we know, and
   * the latch's own code where that refused.
   */
  readonly type: string;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.type = type;
    this.members = members;
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Answers of our own server are taken as what they are declared to be. */
export type Request = <T>(path: string, call?: Call) => Promise<T>;

type Send = (path: string, init: RequestInit) => Promise<Response>;

/** A call that needs no session, as signing in. */
export const request: Request = requestBy((path, init) => fetch(path, init));

/** Calls within a session: the latch names it, asks for a fresh authentication where one is needed, and refuses what is over. */
export const createRequest = ({ fetch: guarded }: Pick<Nightlatch, 'fetch'>): Request => requestBy(guarded);

function requestBy(send: Send): Request {
  return async (path, { method = 'GET', body, headers, signal } = {}) => {
    const answer = await send(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : notAnswered(error);
    });
    if (answer.status === 204) return undefined as never;
    const said: unknown = await answer.json().catch(() => undefined);
    if (answer.ok && said !== undefined) return said as never;
    throw refusal(said, answer);
  };
}

const SILENT = 'The server does not answer. Check the connection and try again.';

/** The latch's own refusals, for the person. */
const WORDS: Readonly<Partial<Record<NightlatchErrorCode, string>>> = {
  ERR_SESSION_ENDED: 'The session is over.',
  ERR_SESSION_LOCKED: 'The page is locked. Unlock it, then try again.',
  ERR_SESSION_MISMATCH: 'Another session has begun in this browser. Load the page anew.',
  ERR_SUBJECT_CHANGED: 'Somebody else has signed in in this browser. Load the page anew.',
  ERR_OPERATION_DENIED: 'You may not do this, or not any more.',
  ERR_REAUTHENTICATION_CANCELLED: 'You did not confirm who you are.',
  ERR_REAUTHENTICATION_FAILED: 'Who you are could not be confirmed in the way this needs.',
  ERR_REAUTHENTICATION_REQUIRED: 'This needs a new proof of who you are, and there is no way here to give it.',
  ERR_REQUEST_NOT_REPLAYED: 'It has waited for too long, so nothing was done. Try again.',
  ERR_BACKEND_UNREACHABLE: SILENT,
};

function notAnswered(error: unknown): Refused {
  const refused = isNightlatchError(error)
    ? new Refused(error.code, WORDS[error.code] ?? error.message)
    : new Refused('unreachable', SILENT);
  refused.cause = error;
  return refused;
}

function refusal(said: unknown, { status, headers }: Response): Refused {
  if (typeof said !== 'object' || said === null || !('type' in said) || typeof said.type !== 'string') {
    return new Refused('unknown', `The server answered ${status} and did not say why. Try again later.`);
  }
  const wait = Number(headers.get('Retry-After') ?? Number.NaN);
  const members = { ...(Number.isNaN(wait) ? {} : { retry_after: wait }), ...said } as Readonly<
    Record<string, unknown>
  >;
  const title = typeof members['title'] === 'string' ? members['title'] : `The server answered ${status}.`;
  return new Refused(said.type.split('/').at(-1) ?? 'unknown', title, members);
}
