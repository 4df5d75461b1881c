/** One renewal: the provider is asked, and what it gives is kept where there is still a session to keep it for. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { CredentialRenewal, CredentialSource } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, minutes } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import type { HeldCredential } from './credential.js';

/** A provider that has not answered by then is not waited for; what it answers later is kept all the same, if it still can be. */
const LIMIT: Duration = minutes(1);

export interface RenewOnceParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly source: CredentialSource;
  readonly held: Pick<HeldCredential, 'mark' | 'refused'>;
  /** Reads the credential anew. */
  readonly read: () => Promise<void>;
  /** Looks what is so now: the time, the mirror, what the person did. */
  readonly look: () => void;
  /** Calls back on each change of what is so. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The session is over: what was kept a moment ago is cleared again. */
  readonly wipeAgain: (sessionId: string) => Promise<unknown>;
  readonly report: Report;
}

/** How it ended, as the other tabs are told. */
export type RenewalOutcome = 'done' | 'failed' | 'left';

export interface RenewedOnce {
  readonly how: RenewalOutcome;
  /** It is not known what became of it: it may still come. */
  readonly isUnderWay: boolean;
}

/** Renews for a session that is open; `signal` aborts when that is over. Never rejects. */
export type RenewOnce = (sessionId: string, signal: AbortSignal) => Promise<RenewedOnce>;

export function createRenewOnce(parts: RenewOnceParts): RenewOnce {
  const { clock, ledger, source, held, read, report } = parts;

  /** A source may answer at once, throw, or not listen to the signal. */
  const attempt = async (signal: AbortSignal): Promise<CredentialRenewal> => source.renew(signal);

  async function withinLimit(outcome: Promise<RenewalOutcome>): Promise<RenewalOutcome> {
    const limit = new AbortController();
    const stop = clock.wait(LIMIT, () => limit.abort(new DOMException('the provider is silent', 'TimeoutError')));
    return untilAborted(outcome, limit.signal).finally(stop);
  }

  /** An answer has come, to whoever is here now. */
  async function settle(renewal: CredentialRenewal, sessionId: string, mark: string): Promise<RenewalOutcome> {
    if (!(await isStillOurs(sessionId))) {
      report({ type: 'use-after-end', sessionId, what: 'renewal' });
      return 'left';
    }
    await read();
    // Another tab has renewed it meanwhile, or somebody has signed in: theirs is the newer one.
    if (held.mark() !== mark) return 'done';
    if (renewal.type === 'refused') {
      held.refused();
      return failed(sessionId, renewal.problem, true);
    }
    await renewal.keep();
    parts.look();
    // It was still open as this was written: what has ended meanwhile has been wiped, perhaps before.
    if (isOver(sessionId)) {
      report({ type: 'use-after-end', sessionId, what: 'renewal' });
      await parts.wipeAgain(sessionId);
      return 'left';
    }
    await read();
    report({ type: 'credential-renewed', sessionId });
    return 'done';
  }

  function isOver(sessionId: string): boolean {
    const { session, end } = ledger.facts();
    return session?.id !== sessionId || end !== undefined || ledger.standing().replacedAt !== undefined;
  }

  /** Waits out what is believed and not yet known; a locked session is the person's all the same. */
  async function isStillOurs(sessionId: string): Promise<boolean> {
    parts.look();
    const isUndecided = (): boolean => ['expired', 'pending'].includes(ledger.view().phase) && !isOver(sessionId);
    if (isUndecided())
      await new Promise<void>((resolve) => {
        const leave = parts.subscribe(() => {
          if (isUndecided()) return;
          leave();
          resolve();
        });
      });
    return !isOver(sessionId);
  }

  function failed(sessionId: string, problem: unknown, refused: boolean): 'failed' {
    const said = problem instanceof Error ? problem.message : String(problem);
    report({ type: 'credential-renewal-failed', sessionId, refused, problem: said });
    return 'failed';
  }

  return async (sessionId, signal) => {
    const mark = held.mark();
    let isUnderWay = true;
    // Nobody waits for ever; what comes later is kept all the same, since a refresh token may have been used up for it.
    const outcome = attempt(signal)
      .finally(() => {
        isUnderWay = false;
      })
      .then((renewal) => settle(renewal, sessionId, mark));
    const how = await withinLimit(untilAborted(outcome, signal)).catch((problem: unknown) =>
      signal.aborted ? 'left' : failed(sessionId, problem, false),
    );
    return { how, isUnderWay };
  };
}
