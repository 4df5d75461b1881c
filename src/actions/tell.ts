/** Telling the server of an end: with that session's id, retried until it has answered, by whichever page lives. */
import type { Ledger } from '../ledger.js';
import type { Memory, Reply, Untold } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { pause } from '../time/pause.js';

const FIRST_RETRY: Duration = 1_000;
const LONGEST_RETRY: Duration = 60_000;
const LIMIT: Duration = 10_000;
/** What one tab stores, another may not see at once. */
const STORAGE_LAG: Duration = 50;
/** Another tab's telling is waited for; one that holds the turn longer is frozen. */
const TURN_PATIENCE: Duration = 11_000;

export interface TellParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly takeTurn: <T>(name: string, patience: Duration, work: () => Promise<T>) => Promise<T>;
  readonly end: (untold: Untold, limit: Duration) => Promise<Reply>;
}

export interface Tell {
  /** Notes that the server must hear of an end: from then on any page tells it. */
  note(untold: Untold): void;
  /** The server knows of it. */
  told(sessionId: string): void;
  /** Tells all that is untold; resolves after one attempt at each. */
  run(): Promise<void>;
  /** Tries again soon: the network is back. */
  hurry(): void;
  stop(): void;
}

export function createTell({ clock, random, ledger, memory, takeTurn, end }: TellParts): Tell {
  let retry = FIRST_RETRY;
  let callOff: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  function told(sessionId: string): void {
    const untold = memory.untold();
    if (untold.some(({ id }) => id === sessionId)) memory.setUntold(untold.filter(({ id }) => id !== sessionId));
    const { session, end: tombstone } = ledger.facts();
    if (session?.id === sessionId && tombstone && !tombstone.told) {
      ledger.learn({ session, end: { ...tombstone, told: true } });
    }
  }

  async function tellAll(): Promise<void> {
    callOff?.();
    callOff = undefined;
    const asked = clock.read().monotonic;
    await takeTurn('tell', TURN_PATIENCE, async () => {
      // What the tab before has told, it has also taken off the list; another tab may see that a moment later.
      if (clock.read().monotonic - asked > 0) await pause(clock, STORAGE_LAG);
      for (const untold of memory.untold()) {
        const reply = await end(untold, LIMIT);
        if (isHeard(reply)) told(untold.id);
      }
    });
    if (memory.untold().length === 0 || stopped) {
      retry = FIRST_RETRY;
      return;
    }
    callOff = clock.wait(retry * (0.5 + random() / 2), () => void runOnce());
    retry = Math.min(retry * 2, LONGEST_RETRY);
  }

  function run(): Promise<void> {
    stopped = false;
    return runOnce();
  }

  function runOnce(): Promise<void> {
    running ??= tellAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    note(untold) {
      const known = memory.untold();
      if (!known.some(({ id }) => id === untold.id)) memory.setUntold([...known, untold]);
    },
    told,
    run,
    hurry() {
      retry = FIRST_RETRY;
      if (memory.untold().length > 0) void run();
    },
    stop() {
      stopped = true;
      callOff?.();
    },
  };
}

/** Whether the server has understood that this session is over: it did so now, did before, or knows another one. */
function isHeard(reply: Reply): boolean {
  if (reply.type === 'done') return true;
  if (reply.type !== 'refused') return false;
  return ['session-ended', 'no-session', 'session-mismatch'].includes(reply.refusal.type);
}
