/** Whether a request that was refused may be sent again once the person has authenticated. */
import type { Duration } from '../time/instant.js';

/** A body, by how often it can be sent: none at all, as often as need be, or once, since reading it uses it up. */
export type BodyKind = 'none' | 'repeatable' | 'once';

/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  readonly body: BodyKind;
  /** The value of its `Idempotency-Key` header, where it has one. */
  readonly idempotencyKey: string | null;
  /** The session that it was sent for. */
  readonly sessionId: string;
  /** What the app said about repeating it; absent: nothing, so that the method decides. */
  readonly repeatable?: boolean;
}

/** How things are when it could be sent again. */
export interface ReplayMoment {
  readonly sessionId: string;
  /** Since it was first sent. */
  readonly heldFor: Duration;
  /** For how long it may be held. */
  readonly longest: Duration;
}

/** Why a request is not sent again. */
export type ReplayObstacle =
  /** It belongs to another session, perhaps another person's. */
  | 'another-session'
  /** So long after the click nobody expects it to happen any more. */
  | 'too-late'
  /** Too many wait already, or it is too large to wait. */
  | 'no-room'
  /** Its body was a stream, and has been read. */
  | 'body-used'
  /** Twice is not the same as once, and nobody said that it is. */
  | 'not-idempotent'
  /** The app said that it must not be. */
  | 'forbidden';

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];

/**
 * What stands against sending a request again; undefined: nothing.
 *
 * A refusal says that the server has not done what was asked, but not that nothing on the way has. So a request that twice
 * would do twice (`POST`, `PATCH`) needs a key by which the server knows it again, or the app's word.
 */
export function replayObstacle(request: SentRequest, moment: ReplayMoment): ReplayObstacle | undefined {
  if (request.sessionId !== moment.sessionId) return 'another-session';
  if (request.repeatable === false) return 'forbidden';
  if (request.body === 'once') return 'body-used';
  if (moment.heldFor > moment.longest) return 'too-late';
  const isIdempotent = IDEMPOTENT.includes(request.method.toUpperCase());
  return isIdempotent || request.repeatable || hasKey(request.idempotencyKey) ? undefined : 'not-idempotent';
}

/** A key in quotes, as the draft has it, or bare, as many servers do (draft-ietf-httpapi-idempotency-key-header). */
function hasKey(value: string | null): boolean {
  return value !== null && /[^\s"]/.test(value);
}

/**
 * The kind of a body as it was handed to `fetch`. Streams, and what is read like one, can be sent once; texts, forms, blobs,
 * buffers and whatever `fetch` makes a text of, any number of times.
 */
export function bodyKind(body: unknown): BodyKind {
  if (body === undefined || body === null) return 'none';
  const isRead = typeof body === 'object' && ('getReader' in body || Symbol.asyncIterator in body);
  return isRead ? 'once' : 'repeatable';
}
