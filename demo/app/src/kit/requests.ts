/** Calls to our own server: named by their session, ended with it, and refused in words. */
import type { Nightlatch } from 'nightlatch';

/** What the server said instead of an answer (RFC 9457), or that it said nothing. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** What the problem's `type` ends in; `unreachable` where there was no answer, `unknown` where it said nothing we know. */
  readonly type: string;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.type = type;
    this.members = members;
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Answers of our own server are taken as what they are declared to be. */
export type Request = <T>(path: string, call?: Call) => Promise<T>;

/** A call that needs no session, as signing in. */
export const request: Request = async (path, { method = 'GET', body, headers, signal } = {}) => {
  const answer = await fetch(path, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw signal.reason;
    throw new Refused('unreachable', 'The server does not answer. Check the connection and try again.', {
      cause: error,
    });
  });
  const said: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return said as never;
  throw refusal(said, answer.status);
};

/** Calls within a session. Each state change names it, and what the server says about sessions is for the latch to look into. */
export function createRequest(latch: Pick<Nightlatch, 'getView' | 'check' | 'endSignal'>): Request {
  return async (path, call = {}) => {
    const view = latch.getView();
    const named = 'session' in view && call.method !== undefined ? { 'Session-Id': view.session.id } : {};
    const signal = call.signal ? AbortSignal.any([call.signal, latch.endSignal]) : latch.endSignal;
    try {
      return await request(path, { ...call, headers: { ...named, ...call.headers }, signal });
    } catch (error) {
      if (error instanceof Refused && /^session-|^no-session$/.test(error.type))
        void latch.check().catch(() => undefined);
      throw error;
    }
  };
}

function refusal(said: unknown, status: number): Refused {
  if (typeof said !== 'object' || said === null || !('type' in said) || typeof said.type !== 'string') {
    return new Refused('unknown', `The server answered ${status} and did not say why. Try again later.`);
  }
  const members = said as Readonly<Record<string, unknown>>;
  const title = typeof members['title'] === 'string' ? members['title'] : `The server answered ${status}.`;
  return new Refused(said.type.split('/').at(-1) ?? 'unknown', title, members);
}
