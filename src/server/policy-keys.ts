/** The keys that sign policies, from an address: fetched when needed, kept for a while, and fetched anew for a key that is new. */
import { type Duration, minutes, type ServerTime, seconds } from '../time/instant.js';
import type { Fetch } from './http-call.js';
import { WireProblem } from './wire.js';

/** A key that was withdrawn is good for this long at most. */
const LONGEST_KEPT: Duration = minutes(10);
/** Tokens with made-up key names cause a fetch this often at most. */
const SPACING: Duration = seconds(30);

/** JWK Sets, as they came: whoever uses them looks whether they are any. Instants are of the server's clock. */
export interface KeySource {
  read(now: ServerTime, signal: AbortSignal): Promise<unknown>;
  /** A newer set, or nothing where a newer one has been asked for only just now. */
  renew(now: ServerTime, signal: AbortSignal): Promise<unknown>;
}

/** Makes the source. It fetches nothing before the first token. */
export function createRemoteKeys(address: string, fetch: Fetch): KeySource {
  let kept: { readonly set: unknown; readonly at: ServerTime } | undefined;
  /** Asked for a key that was new: what is fetched by the clock does not count, for a key may be new just after it. */
  let renewedAt: ServerTime | undefined;

  /** The server's clock may be set back: then what is kept counts as old. */
  function isWithin(limit: Duration, at: ServerTime | undefined, now: ServerTime): boolean {
    return at !== undefined && now >= at && now - at < limit;
  }

  async function load(now: ServerTime, signal: AbortSignal): Promise<unknown> {
    const response = await fetch(address, {
      headers: { Accept: 'application/jwk-set+json, application/json' },
      // Asked anew, but what has not changed need not be sent again.
      cache: 'no-cache',
      credentials: 'same-origin',
      redirect: 'error',
      signal,
    });
    if (response.status !== 200) throw new WireProblem(`the keys: HTTP ${response.status}`);
    const set: unknown = await response.json();
    kept = { set, at: now };
    return set;
  }

  return {
    read: async (now, signal) => (kept && isWithin(LONGEST_KEPT, kept.at, now) ? kept.set : load(now, signal)),
    async renew(now, signal) {
      if (isWithin(SPACING, renewedAt, now)) return undefined;
      renewedAt = now;
      return load(now, signal);
    },
  };
}
