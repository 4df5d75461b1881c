/** Asking the person once: the app's function runs, and then what counts is what the server says. */
import { isNightlatchError, NightlatchError, type NightlatchErrorCode } from '../errors.js';
import type { Report } from '../events.js';
import type { Session } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Requirement } from '../rules/freshness.js';
import { later } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import type { Askers } from './askers.js';
import type { Before, Proof } from './proof.js';

/** The app's own way to prove who the person is. */
export type ReauthenticateOption = (
  requirement: Requirement,
  how: { readonly signal: AbortSignal; readonly session: Session },
) => Promise<void>;

export interface AskPersonParts {
  readonly ledger: Ledger;
  readonly proof: Proof;
  readonly run: ReauthenticateOption;
  /** Asks the server, and lets what it names open; without one the app's word counts. */
  readonly ask: (() => Promise<boolean>) | undefined;
  /** Tells the other tabs. */
  readonly askers: Pick<Askers, 'begin' | 'end'>;
  readonly report: Report;
}

/** Resolves when the person has authenticated as asked, and rejects with a `NightlatchError` that says why not. */
export type AskPerson = (
  requirement: Requirement,
  before: Before,
  signal: AbortSignal,
  /** The app is done; what is left is the server's word. */
  answered: () => void,
) => Promise<void>;

export function createAskPerson({ ledger, proof, run, ask, askers, report }: AskPersonParts): AskPerson {
  async function confirm(requirement: Requirement, before: Before): Promise<void> {
    // The stream has told it already, or another tab.
    if (proof.isMet(requirement, before)) return;
    const answered = ask ? await ask() : believe(requirement, before);
    const problem = proof.lost(before);
    if (problem) throw problem;
    if (proof.isMet(requirement, before)) return;
    if (!answered)
      throw new NightlatchError('ERR_BACKEND_UNREACHABLE', 'authenticated, but the server does not answer');
    throw new NightlatchError(
      'ERR_REAUTHENTICATION_FAILED',
      'the server knows of no authentication as it was asked for',
    );
  }

  /** Without a server it is the app that says so. */
  function believe({ acrValues }: Requirement, { session }: Before): true {
    const { lockedAt, session: known } = ledger.facts();
    const authenticatedAt = later(ledger.reading()?.now, lockedAt);
    const [acr] = acrValues?.split(' ') ?? [];
    if (authenticatedAt !== undefined && known?.id === session.id) {
      ledger.learn({ session, authenticatedAt, ...(acr === undefined ? {} : { acr }) });
    }
    return true;
  }

  return async (requirement, before, signal, answered) => {
    const { session } = before;
    const succeeded = (): void => {
      askers.end('done');
      report({ type: 'reauthentication-succeeded', sessionId: session.id });
    };
    askers.begin();
    report({ type: 'reauthentication-started', sessionId: session.id });
    try {
      const running = Promise.resolve().then(() => run(requirement, { signal, session }));
      await untilAborted(running, signal);
      answered();
      await confirm(requirement, before);
      succeeded();
    } catch (problem) {
      if (proof.isMet(requirement, before)) return succeeded();
      const failure = failureOf(problem, proof.lost(before));
      askers.end(signal.aborted ? 'left' : endOf(failure));
      report({ type: 'reauthentication-failed', sessionId: session.id, code: failure.code });
      throw failure;
    }
  };
}

/** How it ended, for those who wait in other tabs. What is known of the session they know, too. */
function endOf({ code }: NightlatchError): 'cancelled' | 'failed' | 'left' {
  if (code === 'ERR_REAUTHENTICATION_CANCELLED') return 'cancelled';
  return code === 'ERR_SUBJECT_CHANGED' || code === 'ERR_SESSION_ENDED' ? 'left' : 'failed';
}

/**
 * The app says that the person has cancelled by an `AbortError`; anything else that it throws is a failure. Where the session is
 * no longer this tab's, it fails for that (`lost`), unless the app knows more: that another person has authenticated, which
 * may have been the end of it.
 */
export function failureOf(problem: unknown, lost?: NightlatchError): NightlatchError {
  // Of another copy of the library, perhaps, but with the same members.
  const known = isNightlatchError(problem) ? (problem as NightlatchError) : undefined;
  if (lost) return known?.code === 'ERR_SUBJECT_CHANGED' ? known : lost;
  if (known) return known;
  const name = typeof problem === 'object' && problem !== null && 'name' in problem ? problem.name : undefined;
  const isCancelled = name === 'AbortError' || name === 'TimeoutError';
  const code: NightlatchErrorCode = isCancelled ? 'ERR_REAUTHENTICATION_CANCELLED' : 'ERR_REAUTHENTICATION_FAILED';
  const message = isCancelled ? 'the person did not authenticate' : 'the person could not authenticate';
  return new NightlatchError(code, message, { cause: problem });
}
