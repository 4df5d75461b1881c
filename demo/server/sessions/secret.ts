/** Making session secrets, and the two hashes taken of them. */
import { createHash, randomBytes } from 'node:crypto';

const secretBytes = 32;

export interface FreshSecret {
  /** For the cookie, and nowhere else. */
  readonly secret: string;
  /** For the store. */
  readonly hash: string;
}

export function createSecret(): FreshSecret {
  const secret = randomBytes(secretBytes).toString('base64url');
  return { secret, hash: secretHash(secret) };
}

/** A plain hash is enough: there is nothing to guess in 32 random bytes. */
export const secretHash = (secret: string): string => digest('secret', secret);

/** The public handle, from the first secret. Another hash than the stored one: who knows an id cannot look up by it. */
export const sessionId = (firstSecret: string): string => digest('id', firstSecret).slice(0, 22);

function digest(purpose: 'secret' | 'id', secret: string): string {
  return createHash('sha256').update(`nightlatch session ${purpose}\n${secret}`).digest('base64url');
}
