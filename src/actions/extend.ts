/** Extending: asks the server for more time, one request for all tabs; the deadline moves only on its answer. */
import { NightlatchError } from '../errors.js';
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Reply, TakeTurn } from '../ports.js';
import { idleDeadline } from '../rules/deadlines.js';
import { isOpen, type SessionView } from '../rules/view.js';
import type { Duration, ServerTime } from '../time/instant.js';

const LIMIT: Duration = 10_000;
/** Another tab may hold the turn and stand still: it is waited for so long, and for half of what is left at most. */
const TURN_PATIENCE: Duration = 3_000;
/** Why an extension is refused of which the server knows nothing. */
const NOT_OFFERED = 'the server offers no extension';

export interface ExtendParts {
  readonly ledger: Ledger;
  readonly takeTurn: TakeTurn;
  /** Sends the request; without a backend it is the person's act alone that extends. */
  readonly send:
    | ((call: { sessionId: string; from: ServerTime | undefined }, limit: Duration) => Promise<Reply>)
    | undefined;
  /** Notes that the person acted, as an answer to a warning. */
  readonly answer: () => void;
  /** Asks the server whether a session believed over is; whether it answered. */
  readonly ask: () => Promise<boolean>;
  readonly report: Report;
}

/** Makes `extend`. One that is under way serves all who ask. */
export function createExtend(parts: ExtendParts): () => Promise<SessionView> {
  const { ledger, takeTurn, report } = parts;
  let running: Promise<SessionView> | undefined;

  async function extend(): Promise<SessionView> {
    const isBelievedOver = ledger.view().phase === 'expired';
    const answered = isBelievedOver ? await parts.ask() : true;
    const view = ledger.view();
    if (!answered && view.phase === 'expired') {
      throw new NightlatchError(
        'ERR_BACKEND_UNREACHABLE',
        'the session is believed over, and the server does not answer',
      );
    }
    if (view.phase === 'locked')
      throw new NightlatchError('ERR_SESSION_LOCKED', 'a locked session is opened by authentication');
    if (!isOpen(view))
      throw new NightlatchError('ERR_SESSION_ENDED', `the session cannot be extended: it is ${view.phase}`);
    const { send } = parts;
    if (!send) {
      if (view.phase === 'warning' && !view.extendable) throw refused(view.session.id, 'not extendable');
      parts.answer();
      report({ type: 'session-extended', sessionId: view.session.id, ...deadlineOf() });
      return ledger.view();
    }
    if (ledger.standing().withoutExtend === view.session.id) throw refused(view.session.id, NOT_OFFERED);
    const from = idleDeadline(ledger.facts());
    const reply = await takeTurn('extend', patience(from), async () => {
      // While this tab waited for its turn another one was granted the time.
      const known = idleDeadline(ledger.facts());
      if (known !== undefined && from !== undefined && known > from && isOpen(ledger.view())) return undefined;
      return send({ sessionId: view.session.id, from }, LIMIT);
    });
    return settle(view.session.id, reply);
  }

  function patience(deadline: ServerTime | undefined): Duration {
    const now = ledger.reading()?.latest;
    if (deadline === undefined || now === undefined) return TURN_PATIENCE;
    return Math.min(TURN_PATIENCE, Math.max(0, (deadline - now) / 2));
  }

  function settle(sessionId: string, reply: Reply | undefined): SessionView {
    if (ledger.view().phase === 'ended') throw new NightlatchError('ERR_SESSION_ENDED', 'the session is over');
    if (reply?.type === 'absent') {
      // Not asked for again in this session: the next warning does not offer what cannot be had.
      ledger.stand({ withoutExtend: sessionId });
      throw refused(sessionId, NOT_OFFERED);
    }
    if (reply?.type === 'unknown') {
      throw new NightlatchError('ERR_BACKEND_UNREACHABLE', `no answer to the extension: ${reply.problem}`);
    }
    if (reply?.type === 'refused') {
      const { refusal } = reply;
      if (refusal.type === 'extension-refused') throw refused(sessionId, refusal.reason);
      if (refusal.type === 'session-mismatch') {
        throw new NightlatchError('ERR_SESSION_MISMATCH', 'this browser holds another session now');
      }
      if (refusal.type === 'session-locked') throw new NightlatchError('ERR_SESSION_LOCKED', 'the session is locked');
    }
    const view = ledger.view();
    if (!isOpen(view) || view.session.id !== sessionId) {
      throw new NightlatchError('ERR_SESSION_ENDED', 'the session is over');
    }
    report({ type: 'session-extended', sessionId, ...deadlineOf() });
    return view;
  }

  function refused(sessionId: string, reason: string): NightlatchError {
    report({ type: 'extension-refused', sessionId, reason });
    return new NightlatchError('ERR_EXTENSION_REFUSED', `the extension was refused: ${reason}`);
  }

  function deadlineOf(): { deadline?: ServerTime } {
    const deadline = idleDeadline(ledger.facts());
    return deadline === undefined ? {} : { deadline };
  }

  return () => {
    running ??= extend().finally(() => {
      running = undefined;
    });
    return running;
  };
}
