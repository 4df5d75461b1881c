/** Keys of the server, as the vault needs them: what is asked, and what is answered. */
import type { Duration } from '../time/instant.js';

/** A key as it comes: 32 bytes and its name. */
export interface KeyBytes {
  readonly kid: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the server said to `GET /session/keys`. */
export type KeysReply =
  | { readonly type: 'keys'; readonly draft: KeyBytes; readonly vault: KeyBytes }
  /** It does not know a key of the name that was asked for, or not any more. */
  | { readonly type: 'unknown-key' }
  /** It gives no keys at all, and need not. */
  | { readonly type: 'absent' }
  | { readonly type: 'unknown'; readonly problem: string; readonly retryAfter?: Duration };

/** Where the server's keys come from. A call never throws for the network: it answers `unknown`. */
export interface SealingKeys {
  read(call: { readonly sessionId: string; readonly draftKid?: string }, signal: AbortSignal): Promise<KeysReply>;
}
