/** A name that nobody guesses. */
import { toBase64url } from './base64url.js';

/** 128 bits. */
export const nonce = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(16)).buffer);

/** What `nonce` makes looks like this. */
export const isNonce = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{22}$/.test(value);
