/** The person's password, looked at by the server. */
import { type Clock, createSystemClock } from '../time/clock.js';
import type { PasswordWay } from '../ways.js';
import { type ProofFetch, proofReply } from './proof-call.js';

/** How a password is sent. */
export interface PasswordOptions {
  /** The server's call, as `docs/server-contract.md` section 5 has it: `/session/reauthenticate`. */
  readonly url: string;
  /** What kind of authentication that is, in the words of `acr_values`. Default `pwd`. */
  readonly acr?: string;
  /** In place of the browser's own, for an app that adds headers. */
  readonly fetch?: ProofFetch;
  readonly clock?: Clock;
}

/**
 * Proves who the person is by their password: `POST` of `{ "method": "password", "password": … }`, naming the session. The password
 * goes there, and nowhere else; nothing keeps it.
 *
 * @example
 * const prompt = createSignInPrompt({ password: password({ url: '/session/reauthenticate' }) });
 */
export function password(options: PasswordOptions): PasswordWay {
  const { url, acr = 'pwd' } = options;
  return {
    acr,
    prove(typed, { session }) {
      const { fetch = globalThis.fetch.bind(globalThis), clock = createSystemClock() } = options;
      return proofReply({ url, fetch, clock }, session, { method: 'password', password: typed });
    },
  };
}
