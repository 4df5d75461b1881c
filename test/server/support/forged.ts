/** Session documents as somebody between server and page would have them. */

function changed(body: string, change: (document: Record<string, unknown>) => unknown): string {
  if (body === '') return body;
  const document = JSON.parse(body);
  return typeof document?.policy_token === 'string' ? JSON.stringify(change(document)) : body;
}

/** With another token in the place of its own. */
export const withToken = (body: string, token: string) =>
  changed(body, (document) => ({ ...document, policy_token: token }));

const decoded = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** With its policy as it is, and without the signature. */
export const unsigned = (body: string) =>
  changed(body, ({ policy_token: token, ...rest }) => ({ ...rest, policy: decoded(String(token)).policy }));

/** With a day to be idle for, under the signature of what stood there before. */
export const withLongerIdle = (body: string) =>
  changed(body, ({ policy_token: token, ...rest }) => {
    const [header, , signature] = String(token).split('.');
    const claims = decoded(String(token));
    const policy = { ...claims.policy, version: claims.policy.version + 1, idle_timeout: 86_400 };
    const payload = Buffer.from(JSON.stringify({ ...claims, policy })).toString('base64url');
    return { ...rest, policy_token: `${header}.${payload}.${signature}` };
  });
