/** The errors of the world: one class with a stable code. A caller's mistake is a `TypeError` or `RangeError` instead. */

/** What went wrong, in words that never change. */
export type NightlatchErrorCode =
  | 'ERR_SESSION_ENDED'
  | 'ERR_SESSION_LOCKED'
  | 'ERR_SESSION_MISMATCH'
  | 'ERR_OPERATION_DENIED'
  | 'ERR_REAUTHENTICATION_REQUIRED'
  | 'ERR_REAUTHENTICATION_CANCELLED'
  | 'ERR_REAUTHENTICATION_FAILED'
  | 'ERR_SUBJECT_CHANGED'
  | 'ERR_EXTENSION_REFUSED'
  | 'ERR_BACKEND_UNREACHABLE'
  | 'ERR_REQUEST_NOT_REPLAYED'
  | 'ERR_POLICY_INVALID'
  | 'ERR_WIPE_INCOMPLETE'
  | 'ERR_DRAFT_SEALED'
  | 'ERR_DRAFT_UNREADABLE';

/**
 * Something in the world did not go as asked: the session is over, the server is silent, an extension was refused.
 *
 * Decide by `code`, and recognise it with {@link isNightlatchError}: `instanceof` fails across two copies of the library.
 */
export class NightlatchError extends Error {
  override readonly name = 'NightlatchError' as const;
  readonly code: NightlatchErrorCode;
  /** Recognises our errors in a second copy of this library and after minifying. */
  readonly nightlatch: true = true as const;

  constructor(code: NightlatchErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether a value is a {@link NightlatchError}, of this copy of the library or of another. */
export function isNightlatchError(value: unknown): value is NightlatchError {
  return typeof value === 'object' && value !== null && 'nightlatch' in value && value.nightlatch === true;
}
