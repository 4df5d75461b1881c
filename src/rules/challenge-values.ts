/** Single values of a challenge: each reader answers what can be trusted, or undefined. */
import { type Duration, seconds } from '../time/instant.js';

/** Above this a number of seconds looks like milliseconds (366 days), as in a policy. */
const LONGEST_SECONDS = 366 * 86_400;
/** As in a policy: what is longer than this is no list of names. */
const LONGEST_TEXT = 1_000;
/** Entra's claims challenges are some hundred bytes; a header of more than this comes through few proxies. */
const LONGEST_CLAIMS = 16_000;

export type Members = Readonly<Record<string, unknown>>;

/** The members of what should be an object, or none. */
export function members(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** A number of seconds, in JSON or in digits. */
export function age(value: unknown): Duration | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= LONGEST_SECONDS)) return undefined;
  return Math.round(seconds(number));
}

/** Names with spaces between, with one space between. */
export function words(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) return undefined;
  const names = value.split(' ').filter((name) => name !== '');
  return names.length === 0 ? undefined : names.join(' ');
}

/** A claims request: base64 or base64url of a JSON object, or the object as it is, which older servers send. */
export function claimsRequest(value: string | undefined): string | undefined {
  if (value === undefined || value.length > LONGEST_CLAIMS) return undefined;
  try {
    const text = value.startsWith('{') ? value : decoded(value);
    const claims: unknown = JSON.parse(text);
    return Object.keys(members(claims)).length === 0 ? undefined : text;
  } catch {
    return undefined;
  }
}

function decoded(base64: string): string {
  const binary = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(
    Uint8Array.from(binary, (character) => character.charCodeAt(0)),
  );
}
