/** What all parts of the oracle share: the truth, what was noted of each page, and what was noted of the whole browser. */
import type { Faults } from '../faults.js';
import type { Forgery } from '../history.js';
import type { Truth } from '../truth.js';
import type { Room, SimWorld } from '../world.js';
import type { Charges } from './kinds.js';
import type { Seen } from './seen.js';
import type { Sight } from './sight.js';

export interface Inquiry extends Charges {
  readonly world: () => SimWorld;
  readonly truth: () => Truth;
  readonly faults: Faults;
  readonly notes: Notes;
  readonly sight: Sight;
  /** What is known of a page. */
  readonly of: (room: Room) => Seen;
}

/** Of the whole browser, and of its sessions. */
export interface Notes {
  /** Since when the way to the server has been good for every request. */
  reliableAt: number;
  /** When storage last failed, was emptied or forged: what it says since is no measure of the SDK. */
  storageTouchedAt: number;
  /** When the browser last came with a superseded secret, and with no other since: the reply with the new one was lost. */
  rotatedAt: number;
  /** Acts may be dated wrongly up to here. */
  misdatedUntil: number;
  /** What was forged about each session. */
  readonly forged: Map<string, Set<Forgery>>;
  readonly signedOut: Set<string>;
  readonly everEnded: Map<string, number>;
  /** Sessions whose tombstone has stood in the mirror, by whomever and however shortly. */
  readonly buried: Set<string>;
  /** The last activity that the server knows of each session, in true time, before the next call reaches it. */
  readonly lastKnown: Map<string, number>;
  readonly acts: { readonly t: number; readonly sessionId: string }[];
  /** The tab in which the person last acted, and whether it was stopped before it could tell. */
  readonly actors: Map<string, { readonly room: Room; readonly t: number; stoppedAt: number | undefined }>;
  /**
   * Without a server: when, by its page's clock, something was done in a dead session, where that page could not know its
   * deadline. Who hears of the act takes it for one that was done before.
   */
  readonly misplaced: Map<string, number[]>;
  messages: number;
  hellos: number;
  writes: number;
}

export function createNotes(): Notes {
  return {
    reliableAt: 0,
    storageTouchedAt: Number.NEGATIVE_INFINITY,
    rotatedAt: Number.NEGATIVE_INFINITY,
    misdatedUntil: Number.NEGATIVE_INFINITY,
    forged: new Map(),
    signedOut: new Set(),
    everEnded: new Map(),
    buried: new Set(),
    lastKnown: new Map(),
    acts: [],
    actors: new Map(),
    misplaced: new Map(),
    messages: 0,
    hellos: 0,
    writes: 0,
  };
}
