/** What the SDK tells of itself: past tense, with the instant and what it is about, and nothing personal. */
import type { NightlatchErrorCode } from './errors.js';
import type { EndReason } from './facts/facts.js';
import type { DeadlineCause } from './rules/deadlines.js';
import type { Duration, ServerTime } from './time/instant.js';

/** What happened. A union on `type`. */
export type Happening =
  | { readonly type: 'session-opened'; readonly sessionId: string }
  | { readonly type: 'session-replaced'; readonly from: string; readonly to: string }
  | {
      readonly type: 'warning-shown';
      readonly sessionId: string;
      readonly cause: DeadlineCause;
      readonly deadline: ServerTime;
    }
  | { readonly type: 'session-extended'; readonly sessionId: string; readonly deadline?: ServerTime }
  | { readonly type: 'extension-refused'; readonly sessionId: string; readonly reason: string }
  | { readonly type: 'session-locked'; readonly sessionId: string }
  | { readonly type: 'session-unlocked'; readonly sessionId: string }
  /** The person is asked to authenticate, in this tab, and what came of it. */
  | { readonly type: 'reauthentication-started'; readonly sessionId: string }
  | { readonly type: 'reauthentication-succeeded'; readonly sessionId: string }
  | { readonly type: 'reauthentication-failed'; readonly sessionId: string; readonly code: NightlatchErrorCode }
  | { readonly type: 'session-expired'; readonly sessionId: string; readonly cause: DeadlineCause }
  | { readonly type: 'session-ended'; readonly sessionId: string; readonly reason: EndReason; readonly detail?: string }
  | { readonly type: 'hold-started'; readonly reason: string; readonly limit: Duration }
  | { readonly type: 'hold-ended'; readonly reason: string; readonly because: 'released' | 'limit' | 'session' }
  /** An operation that was not allowed: by this client's word before anything was sent, or by the server's. */
  | {
      readonly type: 'operation-refused';
      readonly sessionId: string;
      readonly operation?: string;
      readonly by: 'client' | 'server';
    }
  /** A request waits for the person to authenticate; it was sent again after that, or because its secret had been replaced. */
  | { readonly type: 'request-held'; readonly sessionId: string; readonly operation?: string }
  | { readonly type: 'request-replayed'; readonly sessionId: string; readonly operation?: string }
  /** The auth SDK's credential was renewed by this tab, for all. */
  | { readonly type: 'credential-renewed'; readonly sessionId: string }
  /** It was not: for good where the provider has `refused`, else it is tried again while the person is there. */
  | {
      readonly type: 'credential-renewal-failed';
      readonly sessionId: string;
      readonly refused: boolean;
      readonly problem: string;
    }
  /** Work that was asked of a session that is over, or came back after its end. */
  | { readonly type: 'use-after-end'; readonly sessionId: string; readonly what: string }
  | {
      readonly type: 'tokens-wiped';
      readonly sessionId: string;
      readonly wipers: readonly string[];
      readonly because: string;
    }
  | {
      readonly type: 'wipe-incomplete';
      readonly sessionId: string;
      readonly wipers: readonly string[];
      readonly because: string;
    }
  | { readonly type: 'policy-updated'; readonly version: number; readonly clamped: readonly string[] }
  | { readonly type: 'policy-rejected'; readonly problem: string }
  /** The server's first-hand word lowered what this tab knew: a restarted store, a restored backup, or a forgery healed. */
  | { readonly type: 'facts-overruled'; readonly sessionId: string; readonly lowered: readonly string[] }
  | { readonly type: 'clock-measured'; readonly uncertainty: Duration }
  | { readonly type: 'clock-stepped'; readonly gap: Duration }
  | {
      readonly type: 'message-rejected';
      readonly from: 'channel' | 'mirror' | 'storage' | 'page';
      readonly problem: string;
    }
  /** The session document that came with the page was not believed, and the server is asked as if there were none. */
  | { readonly type: 'initial-ignored'; readonly because: string }
  | { readonly type: 'source-failed'; readonly source: string; readonly problem: string }
  | { readonly type: 'tab-sync-degraded'; readonly part: 'channel' | 'mirror' | 'turns'; readonly problem: string }
  | { readonly type: 'backend-unreachable'; readonly call: string; readonly problem: string }
  /** Whether this tab reads the server's event stream, for all tabs of the browser. */
  | { readonly type: 'stream-held'; readonly held: boolean }
  | { readonly type: 'session-mismatched'; readonly sessionId: string }
  /** A draft is kept from now on: where other pages find it, or, while storage fails, in this page's memory only. Told once, not at each sealing. */
  | { readonly type: 'draft-saved'; readonly form: string; readonly kept: 'stored' | 'memory' }
  | { readonly type: 'draft-unsaved'; readonly form: string; readonly because: 'no-key' | 'too-long' | 'no-json' }
  | { readonly type: 'draft-restored'; readonly form: string; readonly conflict: boolean }
  /** Without `form` they were others' or all of a kind: whose and of what, nobody can tell. */
  | {
      readonly type: 'draft-discarded';
      readonly form?: string;
      readonly because:
        | 'done'
        | 'unwanted'
        | 'expired'
        | 'unreadable'
        | 'older-schema'
        | 'signed-out'
        | 'another-person';
    }
  | { readonly type: 'draft-storage-degraded'; readonly problem: string };

/** A {@link Happening} with its instant: server time, or the device's where no server time is known yet. */
export type NightlatchEvent = Happening & { readonly at: ServerTime };

/** Hands an event to whoever listens. */
export type Report = (happening: Happening) => void;
