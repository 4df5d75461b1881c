/** How the person proves anew who they are: one question at a time, for the page to show and the person to answer. */
import type { Requirement, Session } from 'nightlatch';
import { Refused, request } from './requests.js';

/** What the person is asked. */
export interface Prompt {
  /** Counts the questions, so that each is a new one. */
  readonly number: number;
  readonly session: Session;
  /** Resolves with why the password was not taken, where the person may try again; otherwise the question is over. */
  answer(password: string): Promise<Refused | undefined>;
  cancel(): void;
}

export interface Prompts {
  /** The one that is open. */
  current(): Prompt | undefined;
  subscribe(changed: () => void): () => void;
  /** The latch's option. */
  reauthenticate(
    requirement: Requirement,
    how: { readonly signal: AbortSignal; readonly session: Session },
  ): Promise<void>;
}

/** What a password is to an `acr`. */
const KIND = 'pwd';

/** Refusals after which the question stands. */
const AGAIN = ['authentication-failed', 'too-many-requests', 'unreachable', 'unknown', 'invalid-request'];

/** `path` is the server's call; `look` has the latch look what is so, when the server says that the session is not. */
export function createPrompts({ path, look }: { readonly path: string; look(): void }): Prompts {
  const listeners = new Set<() => void>();
  let open: Prompt | undefined;
  let count = 0;

  function show(prompt: Prompt | undefined): void {
    open = prompt;
    for (const changed of listeners) changed();
  }

  function ask(session: Session, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const close = (): void => {
        if (open === prompt) show(undefined);
      };
      const prompt: Prompt = {
        number: ++count,
        session,
        cancel() {
          close();
          reject(new DOMException('the person has closed the question', 'AbortError'));
        },
        async answer(password) {
          try {
            // Without the signal: the answer brings the session's new secret, and must arrive whatever becomes of the question.
            await request(path, {
              method: 'POST',
              body: { method: 'password', password },
              headers: { 'Session-Id': session.id },
            });
            close();
            resolve();
          } catch (error) {
            if (error instanceof Refused && AGAIN.includes(error.type)) return error;
            close();
            reject(error);
            look();
          }
          return undefined;
        },
      };
      const over = (): void => {
        close();
        reject(signal.reason);
      };
      signal.addEventListener('abort', over, { once: true });
      show(prompt);
    });
  }

  return {
    current: () => open,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    async reauthenticate({ acrValues }, { signal, session }) {
      // No password would do, however right it is.
      if (acrValues !== undefined && !acrValues.split(' ').includes(KIND))
        throw new Error(`this app knows passwords, and not ${acrValues}`);
      await ask(session, signal);
    },
  };
}
