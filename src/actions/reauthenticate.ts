/** Re-authentication, one for all: whoever asks in this tab joins what is under way, and of the tabs one asks the person. */
import type { Progress } from '../asked.js';
import { NightlatchError } from '../errors.js';
import type { Requirement } from '../rules/freshness.js';
import type { Clock } from '../time/clock.js';
import { type Duration, minutes, seconds } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import { type AskPerson, failureOf } from './ask-person.js';
import type { Askers } from './askers.js';
import type { InTurn } from './in-turn.js';
import type { Before, Proof } from './proof.js';

/** Nobody is asked for longer: a dialog that was forgotten would hold up whoever asks next. */
const LONGEST_PROMPT: Duration = minutes(10);
/** When this tab hears from elsewhere how it came out, its own dialog may be about to close, and to know more. */
const CLOSING: Duration = seconds(3);
/** How often a caller waits for what others have asked for, if that is not enough for it. */
const MOST_JOINED = 2;

export interface ReauthenticateParts {
  readonly clock: Clock;
  readonly proof: Proof;
  readonly askers: Pick<Askers, 'end' | 'isElsewhere' | 'rest'>;
  /** Works when no other tab asks the person, or this one need not wait for it any more. */
  readonly inTurn: InTurn;
  /** Absent where the app has not said how. */
  readonly askPerson: AskPerson | undefined;
  readonly askServer: (() => Promise<boolean>) | undefined;
  readonly readMirror: () => void;
  /** What is so of it has changed. */
  readonly changed: () => void;
}

export interface Reauthentication {
  /** Asks the person, or waits for the answer to what others ask already; with `isHere`, not for that of another tab. */
  run(requirement: Requirement, signal: AbortSignal | undefined, isHere?: boolean): Promise<void>;
  /** How far it is; nothing where nobody in this tab waits for one. */
  progress(): Progress | undefined;
  /** The one that something in this tab waits for. */
  underWay(): Promise<void> | undefined;
  /** What waits for another tab waits no longer. */
  goOnHere(): void;
  /** What the person has said in another tab holds for what waits for it in this one. */
  refuse(because: 'cancelled' | 'failed'): void;
  /** Looks whether one that is under way has become needless. */
  consider(): void;
  /** Resolves when none is under way, here or in another tab. */
  settled(): Promise<void>;
  /** Nobody is asked any more. */
  stop(): void;
}

interface Prompt {
  readonly requirement: Requirement;
  readonly before: Before;
  /** Aborts when the person need not answer any more. */
  readonly given: AbortController;
  /** Aborts when it waits for no other tab any more. */
  readonly waited: AbortController;
  /** It is known that the person has authenticated. */
  readonly meet: () => void;
  readonly done: Promise<void>;
  callers: number;
  progress: Progress;
}

export function createReauthentication(parts: ReauthenticateParts): Reauthentication {
  const { clock, proof, askers, inTurn } = parts;
  let current: Prompt | undefined;

  function begin(askPerson: AskPerson, requirement: Requirement, before: Before): Prompt {
    const given = new AbortController();
    const waited = new AbortController();
    given.signal.addEventListener('abort', () => waited.abort());
    const callOff = clock.wait(LONGEST_PROMPT, () => given.abort(new DOMException('nobody answered', 'TimeoutError')));
    let meet = (): void => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const work = async (hasWaited: boolean): Promise<void> => {
      // While this tab waited for another one, that may have done it.
      parts.readMirror();
      if (hasWaited && !proof.isMet(requirement, before)) await parts.askServer?.();
      if (!proof.isMet(requirement, before) && !given.signal.aborted) await ask(askPerson, prompt);
    };
    const done = Promise.race([met, untilAborted(inTurn(work, waited.signal, given.signal), given.signal)])
      .catch((problem: unknown) => {
        if (!proof.isMet(requirement, before)) throw failureOf(problem, proof.lost(before));
      })
      .finally(() => {
        callOff();
        if (current === prompt) current = undefined;
        parts.changed();
      });
    // All who asked may have gone by then.
    done.catch(() => undefined);
    const prompt: Prompt = { requirement, before, given, waited, meet, done, callers: 0, progress: 'waiting' };
    return prompt;
  }

  function ask(askPerson: AskPerson, prompt: Prompt): Promise<void> {
    prompt.progress = 'asking';
    parts.changed();
    return askPerson(prompt.requirement, prompt.before, prompt.given.signal, () => {
      prompt.progress = 'confirming';
      consider();
    });
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

  function consider(): void {
    if (!current || current.given.signal.aborted) return;
    const { requirement, before, given } = current;
    const isMet = proof.isMet(requirement, before);
    if (!isMet && proof.lost(before) === undefined) return;
    const close = (): void => given.abort(new DOMException('settled elsewhere', 'AbortError'));
    switch (current.progress) {
      case 'waiting':
        return close();
      case 'asking':
        current.progress = 'closing';
        clock.wait(CLOSING, close);
        return;
      case 'confirming':
        // The app is done, and what the server has to say is known: by its stream, say.
        return isMet ? current.meet() : undefined;
      case 'closing':
        return;
    }
  }

  return {
    async run(requirement, signal, isHere = false) {
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
      if (!current) {
        current = begin(askPerson, requirement, before);
        parts.changed();
      }
      if (isHere) current.waited.abort();
      await join(current, signal);
      if (proof.isMet(requirement, before)) return;
      throw (
        proof.lost(before) ??
        new NightlatchError('ERR_REAUTHENTICATION_FAILED', 'the authentication is not as it was asked for')
      );
    },
    progress: () => current?.progress,
    underWay: () => current?.done,
    goOnHere: () => current?.waited.abort(),
    refuse(because) {
      if (current?.progress !== 'waiting') return;
      const [code, message] =
        because === 'cancelled'
          ? (['ERR_REAUTHENTICATION_CANCELLED', 'the person did not authenticate, in another tab'] as const)
          : (['ERR_REAUTHENTICATION_FAILED', 'the person could not authenticate, in another tab'] as const);
      current.given.abort(new NightlatchError(code, message));
    },
    consider,
    async settled() {
      const { signal } = new AbortController();
      while (current || askers.isElsewhere())
        await (current ? current.done.catch(() => undefined) : askers.rest(LONGEST_PROMPT, signal));
    },
    stop() {
      askers.end('left');
      current?.given.abort(new DOMException('stopped', 'AbortError'));
    },
  };
}
