/** The app around the SDK: it shows a person's things while the session is open, and keeps tokens where apps keep them. */
import type { WipeCall, Wiper } from '../../../src/ports.js';
import { isOpen, type SessionView } from '../../../src/rules/view.js';
import type { Clock } from '../../../src/time/clock.js';
import type { WiperMood } from './history.js';

/** Something the app stored for one session. The session's name may come after the thing: sign-in writes tokens first. */
export interface Belonging {
  readonly sessionId: string | undefined;
  /** Sign-ins are counted, so that of two belongings the later is known. */
  readonly signIn: number;
  readonly subject: string;
  readonly what: string;
  /** When it was stored, in true time. */
  readonly at: number;
}

/** What the app keeps for all tabs: an IndexedDB and a cache, say. */
export interface SharedBelongings {
  readonly tokens: Map<string, Belonging>;
  readonly cache: Map<string, Belonging>;
}

/** What the page itself holds in memory. */
export interface PageMemory {
  of: { readonly sessionId: string; readonly subject: string | undefined } | undefined;
}

export interface AppParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly shared: SharedBelongings;
  readonly memory: PageMemory;
  readonly mood: () => WiperMood;
  /** A wiper removed something. */
  readonly wiped: (call: WipeCall, gone: readonly Belonging[]) => void;
  readonly tabWiped: (call: WipeCall) => void;
}

/** The wipers this app hands to the SDK. All of them clear everything the app has, as prefixes do. */
export function createWipers({ clock, random, shared, memory, mood, wiped, tabWiped }: AppParts): readonly Wiper[] {
  const pause = (from: number, to: number): Promise<void> =>
    new Promise((resolve) => void clock.wait(from + random() * (to - from), resolve));

  function clear(store: Map<string, Belonging>, call: WipeCall): void {
    const gone = [...store.values()];
    store.clear();
    wiped(call, gone);
  }

  return [
    {
      name: 'tokens',
      scope: 'shared',
      async wipe(call) {
        const now = mood();
        if (now === 'throwing') throw new Error('this wiper fails');
        if (now === 'hanging') await new Promise(() => {});
        await (now === 'slow' ? pause(2_000, 9_000) : pause(1, 30));
        if (call.signal.aborted) throw new Error('aborted');
        clear(shared.tokens, call);
      },
    },
    {
      name: 'cache',
      scope: 'shared',
      wipe(call) {
        if (!call.signal.aborted) clear(shared.cache, call);
      },
    },
    {
      name: 'memory',
      scope: 'tab',
      wipe(call) {
        memory.of = undefined;
        tabWiped(call);
      },
    },
  ];
}

/** What the app does when the view changes: an open view fills the page and the cache with the person's things. */
export function render(view: SessionView, previous: SessionView | undefined, parts: RenderParts): void {
  if (!isOpen(view)) return;
  if (previous && isOpen(previous) && previous.session.id === view.session.id) return;
  const { id: sessionId, subject } = view.session;
  const signIn = parts.signInOf(sessionId);
  parts.opened(view);
  parts.memory.of = { sessionId, subject };
  parts.shared.cache.set(parts.pageName, {
    sessionId,
    signIn,
    subject: subject ?? '',
    what: `cache of ${parts.pageName}`,
    at: parts.now(),
  });
}

export interface RenderParts {
  readonly pageName: string;
  readonly memory: PageMemory;
  readonly shared: SharedBelongings;
  readonly signInOf: (sessionId: string) => number;
  readonly now: () => number;
  /** Before the page is filled: what is still in it is another session's. */
  readonly opened: (view: SessionView) => void;
}
