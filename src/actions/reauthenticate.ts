/** Re-authentication, one for all: whoever asks in this tab joins what is under way, and the tabs take turns. */
import { NightlatchError } from '../errors.js';
import type { TakeTurn } from '../ports.js';
import type { Requirement } from '../rules/freshness.js';
import type { Clock } from '../time/clock.js';
import { type Duration, minutes, seconds } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import { type AskPerson, failureOf } from './ask-person.js';
import type { Before, Proof } from './proof.js';

/** Another tab asks the person, and may be frozen, or behind this one: this tab asks, too, after so long. */
const TURN_PATIENCE: Duration = seconds(30);
/** Nobody is asked for longer: a dialog that was forgotten would hold up whoever asks next. */
const LONGEST_PROMPT: Duration = minutes(10);
/** When this tab hears from elsewhere how it came out, its own dialog may be about to close, and to know more. */
const CLOSING: Duration = seconds(3);
/** How often a caller waits for what others have asked for, if that is not enough for it. */
const MOST_JOINED = 2;

export interface ReauthenticateParts {
  readonly clock: Clock;
  readonly proof: Proof;
  readonly takeTurn: TakeTurn;
  /** Absent where the app has not said how. */
  readonly askPerson: AskPerson | undefined;
  readonly askServer: (() => Promise<boolean>) | undefined;
  readonly readMirror: () => void;
}

export interface Reauthentication {
  /** Asks the person, or waits for the answer to what others ask already. */
  run(requirement: Requirement, signal: AbortSignal | undefined): Promise<void>;
  /** Looks whether one that is under way has become needless. */
  consider(): void;
  /** Resolves when none is under way. */
  settled(): Promise<void>;
  /** Nobody is asked any more. */
  stop(): void;
}

interface Prompt {
  readonly requirement: Requirement;
  readonly before: Before;
  readonly given: AbortController;
  readonly done: Promise<void>;
  callers: number;
  state: 'queued' | 'asking' | 'closing';
}

export function createReauthentication(parts: ReauthenticateParts): Reauthentication {
  const { clock, proof } = parts;
  let current: Prompt | undefined;

  function begin(askPerson: AskPerson, requirement: Requirement, before: Before): Prompt {
    const given = new AbortController();
    const { signal } = given;
    const callOff = clock.wait(LONGEST_PROMPT, () => given.abort(new DOMException('nobody answered', 'TimeoutError')));
    const askedAt = clock.read().monotonic;
    const work = parts.takeTurn('reauthenticate', TURN_PATIENCE, async () => {
      // While this tab waited for its turn, another one may have done it.
      parts.readMirror();
      if (clock.read().monotonic > askedAt && !proof.isMet(requirement, before)) await parts.askServer?.();
      if (proof.isMet(requirement, before) || signal.aborted) return;
      prompt.state = 'asking';
      await askPerson(requirement, before, signal);
    });
    const done = untilAborted(work, signal)
      .catch((problem: unknown) => {
        if (!proof.isMet(requirement, before)) throw proof.lost(before) ?? failureOf(problem);
      })
      .finally(() => {
        callOff();
        if (current === prompt) current = undefined;
      });
    // All who asked may have gone by then.
    done.catch(() => undefined);
    const prompt: Prompt = { requirement, before, given, done, callers: 0, state: 'queued' };
    return prompt;
  }

  /** Waits with the others. When nobody is left who waits, the person need not answer any more. */
  async function join(prompt: Prompt, signal: AbortSignal | undefined): Promise<void> {
    prompt.callers += 1;
    try {
      await untilAborted(prompt.done, signal);
    } finally {
      prompt.callers -= 1;
      if (prompt.callers === 0 && current === prompt) {
        current = undefined;
        prompt.given.abort(new DOMException('nobody waits for it any more', 'AbortError'));
      }
    }
  }

  return {
    async run(requirement, signal) {
      if (signal?.aborted) throw signal.reason;
      const { askPerson } = parts;
      if (!askPerson)
        throw new NightlatchError('ERR_REAUTHENTICATION_REQUIRED', 'the option reauthenticate is missing');
      const before = await untilAborted(proof.before(), signal);
      for (let joined = 0; current && joined < MOST_JOINED; joined += 1) {
        const failure = await join(current, signal).then(
          () => undefined,
          (reason: unknown) => ({ reason }),
        );
        if (signal?.aborted) throw signal.reason;
        if (proof.isMet(requirement, before)) return;
        // A person who has said no is not asked again because two had asked.
        if (failure) throw failure.reason;
      }
      current ??= begin(askPerson, requirement, before);
      await join(current, signal);
      if (proof.isMet(requirement, before)) return;
      throw (
        proof.lost(before) ??
        new NightlatchError('ERR_REAUTHENTICATION_FAILED', 'the authentication is not as it was asked for')
      );
    },
    consider() {
      if (!current || current.state === 'closing' || current.given.signal.aborted) return;
      const { requirement, before, given } = current;
      const isOver = proof.lost(before) !== undefined;
      if (!isOver && !proof.isMet(requirement, before)) return;
      const close = (): void => given.abort(new DOMException('settled elsewhere', 'AbortError'));
      if (current.state === 'queued') return close();
      current.state = 'closing';
      clock.wait(CLOSING, close);
    },
    async settled() {
      while (current) await current.done.catch(() => undefined);
    },
    stop: () => current?.given.abort(new DOMException('stopped', 'AbortError')),
  };
}
