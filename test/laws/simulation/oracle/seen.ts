import type { Facts } from '../../../../src/facts/facts.js';
import type { ServerTime } from '../../../../src/time/instant.js';
import type { Room } from '../world.js';

/** What the oracle knows of one page. */
export interface Seen {
  readonly room: Room;
  open: string | undefined;
  /** What is shown open is dead, and has been since. */
  deadAt: number | undefined;
  readonly ended: Set<string>;
  /** Who said to this page that a session is over, and when it could know. */
  readonly words: Map<string, { readonly by: string; readonly at: number }>;
  /** When the server last said that this browser holds no session, or an ended one: that counts at once, or not at all. */
  noneAt: number;
  /** Sessions that the person signed out of on this page. */
  readonly signedOut: Set<string>;
  /** The sessions that the mirror has spoken of, as the page saw it when it was loaded and while it has had nothing to show. */
  readonly found: Set<string>;
  /** The session that this page showed open last: what it is bound to. */
  bound: string | undefined;
  /** The deadline by which it last believed a session to be over. */
  believed: { readonly at: number } | undefined;
  /** Since when it has believed so: the last look follows. */
  believedAt: number;
  /** The server's newest document of each session that this page was given. */
  readonly documents: Map<
    string,
    {
      readonly askedAt: number;
      readonly issuedAt: number;
      readonly rev: number;
      readonly authenticatedAt: ServerTime;
      readonly until: number;
      readonly absolute: number;
    }
  >;
  /** The latest deadline of each session that it heard of, in server time. */
  readonly heard: Map<string, { readonly rev: number; readonly until: number; readonly facts: Facts }>;
  coveredAt: number;
  /** When the server last answered this page. */
  answeredAt: number;
  /** When the device or the page was last disturbed: after that its clocks may have to be looked at first. */
  wokeAt: number;
  rousedAt: number;
  visibleAt: number;
  /** When another person's session first stood in the storage as this page sees it. */
  strangerAt: number | undefined;
  readonly requests: Map<number, { readonly askedAt: number; readonly type: string; issuedAt?: number }>;
  /** When a request was last lost, late, or answered with nothing. */
  unreachableAt: number;
  readonly shownOpen: Set<string>;
  readonly peeks: number[];
  /** The last answer was that the secret is superseded: the same question is asked once more, at once (T3). */
  isRepeating: boolean;
}

/** Of a page that has just come. */
export function unseen(room: Room, now: number): Seen {
  return {
    room,
    open: undefined,
    deadAt: undefined,
    ended: new Set(),
    words: new Map(),
    noneAt: Number.NEGATIVE_INFINITY,
    signedOut: new Set(),
    found: new Set(),
    bound: undefined,
    believed: undefined,
    believedAt: Number.NEGATIVE_INFINITY,
    documents: new Map(),
    heard: new Map(),
    coveredAt: now,
    answeredAt: now,
    wokeAt: Number.NEGATIVE_INFINITY,
    rousedAt: now,
    visibleAt: now,
    strangerAt: undefined,
    requests: new Map(),
    unreachableAt: Number.NEGATIVE_INFINITY,
    shownOpen: new Set(),
    peeks: [],
    isRepeating: false,
  };
}
