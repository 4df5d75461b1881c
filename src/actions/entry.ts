/** The way in for whatever the app asks of a session: it is open, or soon known to be, or an error says why not. */
import { NightlatchError } from '../errors.js';
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import { type ActiveView, isOpen, type SessionView, type WarningView } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';

/** A page asks, or takes its last look, and knows what is so: nobody is kept waiting for longer than an answer may take. */
const LONGEST_DOUBT: Duration = seconds(10);

export interface EntryParts {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'view'>;
  /** What resolves when somebody opens this page; nothing once that is so. */
  readonly prerendering: () => Promise<void> | undefined;
  /** Looks what is so now. */
  readonly look: () => void;
  readonly subscribe: (listener: (view: SessionView) => void) => () => void;
  readonly report: Report;
}

/**
 * Resolves with the open view. While it is not known what is so, it waits: a page that has just been loaded or woken up need not
 * refuse what will be allowed in a moment. Nothing is sent meanwhile. `what` is for the report of a use after the end; left out
 * where something goes on that began before it.
 */
export type Enter = (what: string | undefined, signal: AbortSignal | undefined) => Promise<ActiveView | WarningView>;

export function createEnter({ clock, ledger, prerendering, look, subscribe, report }: EntryParts): Enter {
  function isDoubtful({ phase }: SessionView): boolean {
    return phase === 'pending' || phase === 'expired';
  }

  function decided(): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        leave();
        callOff();
        resolve();
      };
      const leave = subscribe((view) => {
        if (!isDoubtful(view)) over();
      });
      const callOff = clock.wait(LONGEST_DOUBT, over);
    });
  }

  return async (what, signal) => {
    if (signal?.aborted) throw signal.reason;
    const opened = prerendering();
    if (opened) await untilAborted(opened, signal);
    look();
    if (isDoubtful(ledger.view())) await untilAborted(decided(), signal);
    const view = ledger.view();
    if (isOpen(view)) return view;
    switch (view.phase) {
      case 'locked':
        throw new NightlatchError('ERR_SESSION_LOCKED', 'the session is locked');
      case 'pending':
        throw new NightlatchError('ERR_BACKEND_UNREACHABLE', 'it is not known whether there is a session');
      case 'ended':
        if (what !== undefined) report({ type: 'use-after-end', sessionId: view.session.id, what });
        throw new NightlatchError('ERR_SESSION_ENDED', 'the session is over');
      case 'expired':
        throw new NightlatchError('ERR_SESSION_ENDED', 'the session is believed to be over');
      case 'absent':
        throw new NightlatchError('ERR_SESSION_ENDED', 'nobody is signed in');
    }
  };
}
