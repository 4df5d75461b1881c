/** A tab's own standing: what only this tab knows, and no other may be told. */
import type { Session } from '../facts/facts.js';
import type { ServerTime } from '../time/instant.js';
import type { Leads } from './leads.js';

/** A hold that is on in this tab, as the view shows it. */
export interface ViewedHold {
  readonly reason: string;
  /** When its own limit ends it; the policy's cap may end its effect earlier. */
  readonly until?: ServerTime;
}

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
  /** The page was frozen or put away, and what it shows has not been confirmed since: it stays covered for a while. */
  readonly returned: boolean;
  /** The leads of the newest policy that other tabs speak of, while the server has not been asked about it. */
  readonly claimedLeads?: Leads | undefined;
  /** The page may no longer wait uncovered for the first answer. */
  readonly waited: boolean;
  /** Another person's session is in this browser now; this page is over until it is loaded anew. */
  readonly replacedAt?: ServerTime | undefined;
  /** The session that the server last said this browser holds, open or over. */
  readonly held?: string | undefined;
  /** The id of the session whose wipe is known to be complete. */
  readonly wiped?: string | undefined;
  /** What keeps the session in this tab while the person only watches. */
  readonly holds?: readonly ViewedHold[] | undefined;
  /** The id of the session for which the server has answered that it offers no `extend`. */
  readonly withoutExtend?: string | undefined;
  /** The id of the session for which the server has answered that it offers no `lock`: a lock stays this browser's own. */
  readonly withoutLock?: string | undefined;
  /** When the auth SDK's credential runs out, where one is attached. */
  readonly credentialExpiry?: ServerTime | undefined;
}

/** A page that has just been loaded. */
export const NEWCOMER: Standing = { none: false, doubted: false, returned: false, waited: false };
