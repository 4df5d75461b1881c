/** The bodies of the calls about a session. */
import type { Touch } from '../sessions/activity.js';
import { duration, InvalidInput, instant, oneOf, optional, orNull, type Reader, readBody, text } from './input.js';

export function readSignIn(value: unknown): { readonly username: string; readonly password: string } {
  const body = readBody(value);
  return { username: text()(body['username'], 'username'), password: text()(body['password'], 'password') };
}

export function readTouch(value: unknown): Touch {
  const body = readBody(value);
  const source = optional(oneOf('hold'))(body['source'], 'source') ?? 'person';
  return { idleFor: duration(body['idle_for'], 'idle_for'), source };
}

/** The idle deadline the person saw, which they answer to. */
export function readExtend(value: unknown): number | null {
  return orNull(instant)(readBody(value)['from'], 'from');
}

/** What somebody gives as a proof: a password, or what their passkey has signed. */
export function readReauthentication(
  value: unknown,
):
  | { readonly method: 'password'; readonly password: string }
  | { readonly method: 'passkey'; readonly response: unknown } {
  const body = readBody(value);
  const method = oneOf('password', 'passkey')(body['method'], 'method');
  if (method === 'password') return { method, password: text()(body['password'], 'password') };
  return { method, response: readSigned(body['response'], 'response') };
}

/** An object, and no more is known of it here: what it says is looked at by who verifies it. */
export function readSigned(value: unknown, member: string): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InvalidInput(member, `${member} must be the answer of a passkey.`);
}

/** What a page calls its own way to the provider and back. It is handed back in an address, as it came. */
const pageState: Reader<string> = (value, member) => {
  const state = text({ most: 128 })(value, member);
  if (!/^[\w-]+$/.test(state)) throw new InvalidInput(member, `${member} must be letters, digits, "-" or "_".`);
  return state;
};

export function readProviderSignIn(value: unknown): { readonly state: string } {
  return { state: pageState(readBody(value)['state'], 'state') };
}

/** What the authentication at the provider has to be, in OpenID's words. */
export function readProviderReauthentication(value: unknown): {
  readonly state: string;
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
} {
  const body = readBody(value);
  const acrValues = optional(text({ most: 255 }))(body['acr_values'], 'acr_values');
  return {
    state: pageState(body['state'], 'state'),
    maxAge: optional(duration)(body['max_age'], 'max_age') ?? null,
    acrValues: acrValues?.split(' ').filter((word) => word !== '') ?? [],
  };
}

/** The name of an older draft key, where one is asked for. */
export function readKid(value: string | undefined): string | null {
  if (value === undefined) return null;
  if (!/^[\w-]{1,64}$/.test(value)) throw new InvalidInput('draft_kid', 'draft_kid is not the name of a key');
  return value;
}

/** What a browser may say it ended its session for. It is a hint about its own session; anything else is a plain sign-out. */
export function readSignOutReason(value: string | undefined): string {
  const reasons = ['signed-out', 'idle', 'absolute', 'credential'];
  return reasons.find((reason) => reason === value) ?? 'signed-out';
}
