/** A browser as the server sees it: one cookie jar, one session it knows of, requests over real HTTP. */
import { createEventReader, type EventReader } from './event-reader.js';

// biome-ignore lint/suspicious/noExplicitAny: what a server sent is looked at member by member, and a wrong guess fails the test
export type Document = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; null if there is none. */
  readonly body: Document;
  /** What the problem's `type` ends in. */
  readonly problem: string | undefined;
}

export interface CallOptions {
  readonly body?: unknown;
  /** A header of `null` is left out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface Client {
  /** The cookies, by name. */
  readonly cookies: Map<string, string>;
  /** The session it knows of: sent as `Session-Id` with every call. */
  sessionId: string | null;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Signs in at the bank, or with another path as an administrator, and keeps cookie and session. */
  signIn(username?: string, password?: string, path?: string): Promise<Document>;
  stream(options?: CallOptions & { readonly path?: string }): Promise<EventReader>;
  /** The same browser before anything changes: what a request under way still carries; or its cookies elsewhere, with other headers. */
  copy(headers?: Readonly<Record<string, string>>): Client;
}

const passwords: Readonly<Record<string, string>> = {
  tess: 'teller-demo-1',
  sam: 'supervisor-demo-1',
  ada: 'auditor-demo-1',
  'root-admin': 'admin-demo-1',
};

export function createClient(origin: string): Client {
  return clientWith(origin, new Map(), null);
}

function clientWith(
  origin: string,
  cookies: Map<string, string>,
  known: string | null,
  own: Readonly<Record<string, string>> = {},
): Client {
  let sessionId = known;

  async function send(method: string, path: string, { body, headers = {} }: CallOptions = {}): Promise<Response> {
    const all: Record<string, string | null> = {
      Cookie: cookies.size === 0 ? null : [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'Session-Id': sessionId,
      'Sec-Fetch-Site': 'same-origin',
      'Content-Type': body === undefined ? null : 'application/json',
      ...own,
      ...headers,
    };
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return response;
  }

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await send(method, path, options);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
    const body: Document = isJson ? JSON.parse(text) : text || null;
    const type: unknown = isJson ? body?.type : undefined;
    const problem = typeof type === 'string' ? type.split('/').at(-1) : undefined;
    return { status: response.status, headers: response.headers, body, problem };
  }

  return {
    cookies,
    get sessionId() {
      return sessionId;
    },
    set sessionId(id) {
      sessionId = id;
    },
    call,
    async signIn(username = 'tess', password = passwords[username] ?? '', path = '/session') {
      const { status, body } = await call('POST', path, { body: { username, password } });
      if (status !== 200) throw new Error(`sign-in of ${username} failed: ${JSON.stringify(body)}`);
      sessionId = body.session.id;
      return body;
    },
    async stream({ path = '/session/events', ...options } = {}) {
      return createEventReader(await send('GET', path, options));
    },
    copy: (more = own) => clientWith(origin, new Map(cookies), sessionId, more),
  };
}
