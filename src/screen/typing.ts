/** Whether somebody is still typing: what comes up unasked is not what they mean. */
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';

/** Whoever has typed this short a time ago is not done. */
const TYPING: Duration = 1_000;

export interface Typing {
  isUnderWay(): boolean;
  /** A key was pressed; whether somebody begins to write by it, after a pause. */
  begins(event: KeyboardEvent): boolean;
}

export function createTyping(clock: Clock): Typing {
  let at = Number.NEGATIVE_INFINITY;
  const isUnderWay = (): boolean => clock.read().monotonic - at < TYPING;
  return {
    isUnderWay,
    begins({ isTrusted, key, ctrlKey, altKey, metaKey }) {
      if (!isTrusted) return false;
      const isPause = !isUnderWay();
      at = clock.read().monotonic;
      return isPause && key.length === 1 && !ctrlKey && !altKey && !metaKey;
    },
  };
}
