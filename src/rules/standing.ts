/** A tab's own standing: what only this tab knows, and no other may be told. */
import type { Session } from '../facts/facts.js';
import type { ServerTime } from '../time/instant.js';

export interface Standing {
  /** The session this tab is bound to: the one it last had an open view of. Kept in memory only. */
  readonly shown?: Session | undefined;
  /** The id of the session that came through the door in this tab; only that one may be open here. */
  readonly opened?: string | undefined;
  /** The server has said that nobody is signed in, asked after all that this tab had learnt. */
  readonly none: boolean;
  /** Of `none` all that is known is that the secret stays superseded: the session may live on. */
  readonly superseded?: boolean | undefined;
  /** A question about another session is open. */
  readonly doubted: boolean;
  /** The page may no longer wait uncovered for the first answer. */
  readonly waited: boolean;
  /** Another person's session is in this browser now; this page is over until it is loaded anew. */
  readonly replacedAt?: ServerTime | undefined;
  /** The session that the server last said this browser holds, open or over. */
  readonly held?: string | undefined;
  /** The id of the session whose wipe is known to be complete. */
  readonly wiped?: string | undefined;
  /** When the auth SDK's credential runs out, where one is attached. */
  readonly credentialExpiry?: ServerTime | undefined;
}

/** A page that has just been loaded. */
export const NEWCOMER: Standing = { none: false, doubted: false, waited: false };
