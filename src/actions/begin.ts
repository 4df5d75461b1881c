/** Beginning: the app signs the person in, or has just done so, and this tab is bound to what follows. */
import { NightlatchError } from '../errors.js';
import type { Policy } from '../facts/policy.js';
import type { Ledger } from '../ledger.js';
import type { SessionView } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { pause, waitFor } from '../time/pause.js';
import type { Door } from './door.js';

export interface BeginOptions {
  /** Signs the person in; it may write tokens, for what earlier sessions left has been swept when it is called. */
  readonly signIn?: () => Promise<void> | void;
  readonly subject?: string;
  readonly policy?: Policy;
}

export interface BeginParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly door: Door;
  readonly hasBackend: boolean;
  /** Tells the server of ends it has not heard of; one attempt. */
  readonly tell: () => Promise<void>;
  /** Asks the server, from now on, for a person who waits. */
  readonly ask: () => Promise<boolean>;
  /** Whether the answer did not decide, and another question is due. */
  readonly isUndecided: () => boolean;
  readonly isRunning: () => boolean;
  /** Without a backend: starts a local session. */
  readonly start: (how: { readonly subject?: string; readonly policy?: Policy }) => void;
}

/** Binds this tab to a session that begins now. */
export type Begin = (options: BeginOptions) => Promise<SessionView>;

/** How often the door may send `begin` back to the server, when other tabs sign in at the same time. */
const MOST_ROUNDS = 4;
/** A server that was silent when somebody had signed in is asked again after this, doubling up to the longest. */
const FIRST_RETRY: Duration = 1_000;
const LONGEST_RETRY: Duration = 60_000;
/** What is untold is told first, but a person who signs in does not wait longer for it. */
const TELL_PATIENCE: Duration = 3_000;

export function createBegin(parts: BeginParts): Begin {
  const { clock, ledger, door, hasBackend, tell, ask, isUndecided, start } = parts;

  /** The person has signed in, and nobody knows yet as what: whatever session the server names next is theirs. */
  async function goOn(): Promise<void> {
    for (let wait = FIRST_RETRY; parts.isRunning(); wait = Math.min(wait * 2, LONGEST_RETRY)) {
      await pause(clock, wait);
      if (!(await ask())) continue;
      await door.settled();
      if (!isUndecided()) return;
    }
  }

  async function bind({ signIn, ...how }: BeginOptions): Promise<SessionView> {
    await waitFor(clock, tell(), TELL_PATIENCE);
    if (signIn) {
      await door.clear();
      await signIn();
      door.signedIn();
    }
    if (!hasBackend) {
      start(how);
      await door.settled();
      return ledger.view();
    }
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (!(await ask())) {
        void door.binding(goOn);
        throw new NightlatchError(
          'ERR_BACKEND_UNREACHABLE',
          'signed in, but the server does not answer; `check()` goes on',
        );
      }
      await door.settled();
      if (!isUndecided()) break;
    }
    return ledger.view();
  }

  return (options) => door.binding(() => bind(options));
}
