/** Which sessions here began or went on by which session at the provider: when that is over, so are they. */
import type { SessionStore } from '../sessions/store.js';

export interface ProviderSessions {
  note(sessionId: string, by: { readonly subject: string; readonly sid: string | undefined }): void;
  /** By the provider's session, or, where it names none, by the person. */
  of(by: { readonly subject: string | undefined; readonly sid: string | undefined }): readonly string[];
}

/** In memory; a server of several nodes keeps it with its sessions. */
export function createProviderSessions(store: Pick<SessionStore, 'subscribe'>): ProviderSessions {
  const known = new Map<string, { readonly subject: string; readonly sid: string | undefined }>();
  store.subscribe({
    changed({ id, end }) {
      if (end !== null) known.delete(id);
    },
  });
  return {
    note(sessionId, by) {
      known.set(sessionId, by);
    },
    of({ subject, sid }) {
      const isMeant = (by: { readonly subject: string; readonly sid: string | undefined }): boolean =>
        sid === undefined
          ? by.subject === subject
          : by.sid === sid && (subject === undefined || by.subject === subject);
      return [...known].filter(([, by]) => isMeant(by)).map(([id]) => id);
    },
  };
}
