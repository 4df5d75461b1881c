/** A draft, as the app has it in its hands. */
import type { ServerTime } from '../time/instant.js';
import type { DraftWritten } from './draft-source.js';

/** A draft from before, which the person may take up again or not. */
export interface DraftOffer {
  readonly savedAt: ServerTime;
  /** The record that it was written over has changed meanwhile: which version it was, and which it is now. */
  readonly conflict?: { readonly was: string | number; readonly is: string | number };
  /**
   * Puts it back, with the caret where it was, and keeps it as this draft. Resolves with what could not be put back.
   *
   * Rejects with `ERR_DRAFT_UNREADABLE` where it is gone by now, and with `ERR_DRAFT_SEALED` where its key is not to be had.
   */
  restore(): Promise<DraftWritten>;
  /** Takes it away for good. */
  discard(): Promise<void>;
}

/** What is being written in one place of the page. */
export interface Draft {
  /**
   * Earlier drafts of this form by this person that nobody is writing now: those of this tab first, then the newest first.
   * Waits until a session is open. None where `stop()` has been called, or another person has begun.
   *
   * Rejects with `ERR_DRAFT_SEALED` where there are some and their keys are not to be had now, and with the reason of `signal`.
   */
  offers(options?: { readonly signal?: AbortSignal }): Promise<readonly DraftOffer[]>;
  /** Something has changed. A form tells by itself. */
  changed(): void;
  /** Seals now what is not sealed yet. */
  save(): Promise<void>;
  /** What was written has been sent, or is not wanted any more: nothing of it is kept. What is there now is the new beginning. */
  discard(): Promise<void>;
  /** Ends the watching. What was sealed stays, and is offered again. */
  stop(): void;
}
