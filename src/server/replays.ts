/** Answers that were given before: something on the way has kept them, against all headers, and does not say so. */
import type { DeviceTime, Duration, ServerTime } from '../time/instant.js';

/** A server that tells whole seconds says the same time twice within one, and a little more where its clock is slewed. */
const SAME: Duration = 2_000;
/** So many times are remembered; one that is heard again is remembered anew. */
const MOST = 64;

export interface Replays {
  /**
   * Whether a question that was sent then has got a time for an answer that was heard long before: the server's clock has
   * gone on since, so this is not the server's word of now.
   */
  isReplay(serverTime: ServerTime, sentAt: DeviceTime, receivedAt: DeviceTime): boolean;
}

export function createReplays(): Replays {
  const firstHeard = new Map<ServerTime, number>();

  return {
    isReplay(serverTime, sentAt, receivedAt) {
      const first = firstHeard.get(serverTime) ?? receivedAt.monotonic;
      firstHeard.delete(serverTime);
      firstHeard.set(serverTime, first);
      const [oldest] = firstHeard.keys();
      if (firstHeard.size > MOST && oldest !== undefined) firstHeard.delete(oldest);
      return sentAt.monotonic - first > SAME;
    },
  };
}
