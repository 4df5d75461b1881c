/** Why a request was not sent, or not again, in words. */
import { NightlatchError } from '../errors.js';
import type { ReplayObstacle } from '../rules/replay.js';

const OBSTACLES: Readonly<Record<ReplayObstacle, string>> = {
  'another-session': 'another session has begun meanwhile',
  'no-room': 'too many wait already, or it is too large to wait',
  'too-late': 'it has waited for too long',
  'body-used': 'its body was a stream, which has been read',
  'not-idempotent': 'sent twice it might be done twice',
  forbidden: 'the app does not want it',
};

export function notSent(obstacle: ReplayObstacle, cause: unknown): NightlatchError {
  return failure('ERR_REQUEST_NOT_REPLAYED', `the request was not sent again: ${OBSTACLES[obstacle]}`, cause);
}

export function failure(code: NightlatchError['code'], message: string, cause?: unknown): NightlatchError {
  return new NightlatchError(code, message, cause === undefined ? undefined : { cause });
}
