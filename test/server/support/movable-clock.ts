/** A clock that tests move: it stands still, or runs with the machine's and jumps when told. */
import type { Clock } from '../../../demo/server/time/clock.js';
import { systemClock } from '../../../demo/server/time/clock.js';

export interface MovableClock extends Clock {
  /** Goes forward, stopping at each alarm on the way, so that what one sets off can set the next. */
  advance(milliseconds: number): Promise<void>;
  /** The clock was wrong and is put back. Alarms wait until their instant comes again. */
  setBack(milliseconds: number): void;
  /** How many alarms are set: what is left when everything is closed has leaked. */
  alarms(): number;
}

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

/** An instant that documents of this project use as an example: 21 November 2026. */
const standingStart = 1_795_245_600_000;

export function createMovableClock({ runs }: { readonly runs: boolean }): MovableClock {
  const alarms = new Set<Alarm>();
  let moved = 0;
  let disarm = (): void => {};

  const unmoved = (): number => (runs ? systemClock.now() : standingStart);
  const now = (): number => unmoved() + moved;
  const next = (): Alarm | undefined => [...alarms].sort((a, b) => a.at - b.at)[0];

  function ringDue(): void {
    for (let due = next(); due !== undefined && due.at <= now(); due = next()) {
      alarms.delete(due);
      due.ring();
    }
    arm();
  }

  function arm(): void {
    disarm();
    const first = next();
    disarm = runs && first !== undefined ? systemClock.alarm(first.at - moved, ringDue) : () => {};
  }

  return {
    now,
    alarm(at, ring) {
      const alarm = { at, ring };
      alarms.add(alarm);
      arm();
      return () => {
        alarms.delete(alarm);
        arm();
      };
    },
    async advance(milliseconds) {
      const target = now() + milliseconds;
      for (let first = next(); first !== undefined && first.at <= target; first = next()) {
        moved += Math.max(first.at - now(), 0);
        ringDue();
        await settled();
      }
      moved += Math.max(target - now(), 0);
      ringDue();
      await settled();
    },
    setBack(milliseconds) {
      moved -= milliseconds;
      arm();
    },
    alarms: () => alarms.size,
  };
}

/** What an alarm set off in memory has run to its end. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
