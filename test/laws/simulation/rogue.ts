/** A stand-in for the SDK that does one thing wrong, to show that the oracle sees it. */
import type { SessionDocument, World } from '../../../src/ports.js';
import type { ActiveView, SessionView } from '../../../src/rules/view.js';
import { DEFAULT_POLICY } from '../../../src/testing/fake-server.js';
import { serverTime } from '../../../src/time/instant.js';
import type { CreateLatch, LatchOptions } from './latch.js';

/** What a rogue has at hand. */
export interface Rogue {
  readonly options: LatchOptions;
  readonly world: World;
  /** Tells the app a view. */
  show(view: SessionView): void;
  /** Asks the server, and returns the document if there is one. */
  ask(): Promise<SessionDocument | undefined>;
  /** Runs the app's wipers for a session. */
  wipe(sessionId: string): Promise<void>;
  shown(): SessionView;
}

/** How a rogue behaves; `begun` comes after the app has signed in. */
export interface Behaviour {
  readonly started?: (rogue: Rogue) => void;
  readonly begun?: (rogue: Rogue) => Promise<void> | void;
}

export const open = (document: SessionDocument): ActiveView => ({
  phase: 'active',
  session: document.session,
  policy: document.policy ?? DEFAULT_POLICY,
  lastActivityAt: document.lastActivityAt ?? document.session.startedAt,
  authenticatedAt: document.authenticatedAt,
});

export const ended = (view: SessionView, reason: 'idle' | 'revoked'): SessionView =>
  'session' in view ? { phase: 'ended', session: view.session, reason, at: serverTime(view.session.startedAt) } : view;

export function createRogue({ started, begun }: Behaviour): CreateLatch {
  return (options, world) => {
    let shown: SessionView = { phase: 'pending', covered: false };
    const listeners = new Set<(view: SessionView, previous: SessionView) => void>();
    const rogue: Rogue = {
      options,
      world,
      shown: () => shown,
      show(view) {
        const previous = shown;
        shown = view;
        for (const listener of listeners) listener(view, previous);
      },
      async ask() {
        const reply = await options.backend?.peek(new AbortController().signal);
        return reply?.type === 'document' ? reply.document : undefined;
      },
      async wipe(sessionId) {
        const { signal } = new AbortController();
        await Promise.all((options.wipe ?? []).map((wiper) => wiper.wipe({ sessionId, signal })));
      },
    };
    const now = serverTime(world.clock.read().wall);
    return {
      start: () => started?.(rogue),
      stop: () => {},
      getView: () => shown,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      read: () => ({ now, earliest: now, latest: now }),
      async begin(how) {
        await how?.signIn?.();
        await begun?.(rogue);
        return shown;
      },
      check: async () => shown,
      noteActivity: () => {},
      hold: () => () => {},
      extend: async () => shown,
      lock: () => {},
      signOut: async () => {},
    };
  };
}
