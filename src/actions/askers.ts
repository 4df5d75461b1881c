/** Who asks for all tabs, the person or a provider: each says when it begins and how it ends, and answers while it lives. */
import type { AskingMessage, AskingTopic, AskingWord } from '../facts/asking.js';
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';

/** So that tabs that do not wait know it, too; and what they have not heard again is over. */
const REMINDER: Duration = seconds(10);
const FORGOTTEN: Duration = seconds(25);
/** One answer serves all who ask at about the same time, and whoever floods the channel. */
const ANSWER_SPACING: Duration = 200;

export interface AskersParts {
  readonly about: AskingTopic;
  readonly clock: Clock;
  readonly random: () => number;
  readonly sessionId: () => string | undefined;
  /** Says it to the other tabs; whether there is a way to. */
  readonly say: (message: AskingMessage) => boolean;
  /** What is known of the other tabs has changed. */
  readonly changed: () => void;
  /** The last one that asked has given up, and has said why. */
  readonly refused?: (because: 'cancelled' | 'failed') => void;
  /** One that asked has what it asked for. */
  readonly done?: () => void;
}

export interface Askers {
  /** Whether another tab asks the person now, as far as is known. */
  isElsewhere(): boolean;
  /** When one last said so, by the monotonic clock. */
  heardAt(): number;
  /** Asks the others who does; whether there is a way to. */
  inquire(): boolean;
  /** Nobody has answered: none of them lives. */
  forget(): void;
  /** Waits for so long, and no longer than until something of it has changed, or the signal aborts. */
  rest(limit: Duration, signal: AbortSignal): Promise<void>;
  /** Something else has changed that is waited for. */
  wake(): void;
  /** This tab asks from now on, until it says how that ended. */
  begin(): void;
  end(how: Exclude<AskingWord, 'asking' | 'who'>): void;
  /** The page goes away, or comes back. */
  part(): void;
  comeBack(): void;
  hear(message: AskingMessage): void;
}

export function createAskers(parts: AskersParts): Askers {
  const { clock } = parts;
  let name: string | undefined;
  /** The other tabs that ask, and when each last said so. */
  const others = new Map<string, number>();
  const resting = new Set<() => void>();
  let isAsking = false;
  let saidAt = Number.NEGATIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  let callOffReminder = (): void => {};
  let callOffForgetting = (): void => {};

  const now = (): number => clock.read().monotonic;

  /** What this page calls itself; most pages never have to. */
  function mine(): string {
    name ??= Math.floor(parts.random() * 2 ** 40).toString(36);
    return name;
  }

  function say(says: AskingWord): boolean {
    const sessionId = parts.sessionId();
    return sessionId !== undefined && parts.say({ about: parts.about, by: mine(), sessionId, says });
  }

  function wake(): void {
    for (const one of [...resting]) one();
  }

  function changed(): void {
    callOffForgetting();
    if (others.size > 0) callOffForgetting = clock.wait(FORGOTTEN, sift);
    parts.changed();
    wake();
  }

  function sift(): void {
    for (const [by, at] of others) if (now() - at >= FORGOTTEN) others.delete(by);
    changed();
  }

  function remind(): void {
    callOffReminder();
    saidAt = now();
    say('asking');
    callOffReminder = clock.wait(REMINDER, remind);
  }

  return {
    isElsewhere: () => others.size > 0,
    heardAt: () => heardAt,
    inquire: () => say('who'),
    forget() {
      others.clear();
      changed();
    },
    rest(limit, signal) {
      return new Promise((resolve) => {
        const over = (): void => {
          resting.delete(over);
          signal.removeEventListener('abort', over);
          callOff();
          resolve();
        };
        const callOff = clock.wait(limit, over);
        resting.add(over);
        if (signal.aborted) over();
        else signal.addEventListener('abort', over);
      });
    },
    wake,
    begin() {
      isAsking = true;
      remind();
    },
    end(how) {
      if (!isAsking) return;
      isAsking = false;
      callOffReminder();
      say(how);
    },
    part() {
      if (isAsking) say('left');
    },
    comeBack() {
      if (isAsking) remind();
    },
    hear({ about, by, sessionId, says }) {
      if (about !== parts.about || sessionId !== parts.sessionId() || by === name) return;
      switch (says) {
        case 'who':
          if (isAsking && now() - saidAt >= ANSWER_SPACING) remind();
          return;
        case 'asking':
          heardAt = now();
          others.set(by, heardAt);
          break;
        case 'done':
          // What was asked is known, wherever else it is asked; who asks for more says so again.
          others.clear();
          parts.done?.();
          break;
        case 'left':
        case 'cancelled':
        case 'failed':
          if (!others.delete(by)) return;
          if (others.size === 0 && (says === 'cancelled' || says === 'failed')) parts.refused?.(says);
      }
      changed();
    },
  };
}
