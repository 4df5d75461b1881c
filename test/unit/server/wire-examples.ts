/** Examples of what a server sends, as `docs/server-contract.md` shows them. */

type Json = { readonly [member: string]: unknown };

/** A session document with some members replaced; `undefined` leaves one out. */
export function wireDocument(more: Json = {}): Json {
  return {
    server_time: 1795245600.123,
    rev: 42,
    session: { id: 'kJ2', order: 1795240000712, started_at: 1795240000.7, subject: 'u_8f' },
    auth_time: 1795240000.7,
    acr: 'pwd',
    amr: ['pwd'],
    last_activity: 1795245500,
    idle_expiry: 1795246400,
    session_expiry: 1795268800,
    locked_at: null,
    extensions_left: null,
    audit_token: 'secret',
    policy: { version: 7, idle_timeout: 900, absolute_timeout: 28800 },
    ...more,
  };
}

/** The problem that says a session is over. */
export function wireEnded(more: Json = {}): Json {
  return {
    type: 'https://nightlatch.dev/problems/session-ended',
    server_time: 1795245600,
    session_id: 'kJ2',
    reason: 'idle',
    ended_at: 1795245599.5,
    ...more,
  };
}

/** A response with a JSON body. */
export function answer(status: number, body: unknown, headers: { readonly [name: string]: string } = {}): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': type, ...headers },
  });
}
