/** Noticing by itself that a session's time has come, so that its streams hear of it at once. */
import type { Clock } from '../time/clock.js';
import { nextChange } from './limits.js';
import type { Session } from './session.js';
import { changeSession, type SessionPorts } from './update-session.js';

export interface Expiry {
  start(): Promise<void>;
  stop(): void;
}

/**
 * Requests are refused by the time they arrive at, whether or not anybody noticed before: this only tells.
 * One alarm per session, set anew with each change; of an ended session, for when it may be forgotten.
 */
export function createExpiry(ports: SessionPorts & { readonly clock: Clock }): Expiry {
  const { store, clock } = ports;
  const alarms = new Map<string, () => void>();
  let unsubscribe = (): void => {};

  function watch(session: Session): void {
    alarms.get(session.id)?.();
    alarms.delete(session.id);
    const at = nextChange(session);
    if (at === null) return;
    alarms.set(
      session.id,
      clock.alarm(at, () => void look(session)),
    );
  }

  async function look(session: Session): Promise<void> {
    alarms.delete(session.id);
    if (session.end === null) await changeSession(ports, session.id, (settledSession) => settledSession);
    else await store.purge();
  }

  return {
    async start() {
      unsubscribe = store.subscribe({ changed: watch });
      for (const session of await store.list()) watch(session);
    },
    stop() {
      unsubscribe();
      for (const cancel of alarms.values()) cancel();
      alarms.clear();
    },
  };
}
