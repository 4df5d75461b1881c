/** A page and the windows that it opens, as far as `popup` and `takePopupReturn` can tell: both ends, and what is between them. */

import { takePopupReturn } from '../../../src/reauth/popup-return.js';
import type { PopupChannel, PopupPage, PopupReturnPage } from '../../../src/reauth.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';

export const ORIGIN = 'https://app.example';

type Heard = { data: unknown; origin: string; source: unknown };

export interface FakeWindow {
  closed: boolean;
  /** Where it was sent. */
  went: string[];
  focused: number;
  /** Whether this page can see that it is at another site. */
  isSeen: boolean;
  readonly location: { readonly href: string; replace(address: string): void };
  close(): void;
  focus(): void;
  /** What this page answers it. */
  postMessage(data: unknown, origin: string): void;
  readonly answers: unknown[];
  hears?: (event: { data: unknown; origin: string }) => void;
}

export interface PopupWorld {
  readonly clock: ManualClock;
  readonly page: PopupPage;
  openChannel: (name: string) => PopupChannel;
  readonly windows: FakeWindow[];
  /** The names of the channels that are open now. */
  channels(): readonly string[];
  /** Messages that nobody listens for any more are not counted. */
  listeners(): number;
  isBlocked: boolean;
  hasFocus: boolean;
  /** A message arrives at the page. */
  post(message: Partial<Heard>): void;
  /** Says something on a channel, as any page of the origin can. */
  say(name: string, data: unknown): void;
  /** The window comes back to the app; `kept` if page and window still reach each other. */
  comeBack(window: FakeWindow, query: Record<string, string>, kept?: boolean): Promise<boolean>;
}

/** Long enough for a message to arrive, and its answer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function createPopupWorld(): PopupWorld {
  const clock = createManualClock();
  const windows: FakeWindow[] = [];
  const listening = new Set<(event: Heard) => void>();
  const open = new Map<string, Set<PopupChannel>>();

  function createWindow(): FakeWindow {
    const window: FakeWindow = {
      closed: false,
      went: [],
      focused: 0,
      answers: [],
      isSeen: false,
      location: {
        get href() {
          if (window.isSeen) throw new DOMException('another origin', 'SecurityError');
          return 'about:blank';
        },
        replace: (address) => void window.went.push(address),
      },
      close() {
        window.closed = true;
      },
      focus() {
        window.focused += 1;
      },
      postMessage(data, origin) {
        window.answers.push(data);
        window.hears?.({ data, origin });
      },
    };
    windows.push(window);
    return window;
  }

  const world: PopupWorld = {
    clock,
    windows,
    isBlocked: false,
    hasFocus: false,
    page: {
      location: { origin: ORIGIN },
      document: { hasFocus: () => world.hasFocus },
      open: () => (world.isBlocked ? null : createWindow()),
      addEventListener(_, listener, { signal }) {
        const heard = listener as (event: Heard) => void;
        listening.add(heard);
        signal.addEventListener('abort', () => listening.delete(heard));
      },
    },
    openChannel(name) {
      const all = open.get(name) ?? new Set();
      open.set(name, all);
      const channel: PopupChannel = {
        onmessage: null,
        close: () => void all.delete(channel),
        postMessage(data) {
          const others = [...all].filter((other) => other !== channel);
          setImmediate(() => {
            for (const other of others) other.onmessage?.call(other as BroadcastChannel, { data } as MessageEvent);
          });
        },
      };
      all.add(channel);
      return channel;
    },
    channels: () => [...open].flatMap(([name, all]) => (all.size === 0 ? [] : [name])),
    listeners: () => listening.size,
    post({ data, origin = ORIGIN, source = windows.at(-1) }) {
      for (const listener of [...listening]) listener({ data, origin, source });
    },
    say(name, data) {
      const mine = world.openChannel(name);
      mine.postMessage(data);
      mine.close();
    },
    async comeBack(window, query, kept = false) {
      const back: PopupReturnPage = {
        location: { origin: ORIGIN, search: `?${new URLSearchParams(query)}` },
        opener: kept ? { postMessage: (data: unknown) => world.post({ data, source: window }) } : null,
        close: window.close,
        addEventListener(_, listener) {
          window.hears = listener;
        },
      };
      const taken = takePopupReturn({ page: back, openChannel: world.openChannel, clock });
      await settled();
      clock.advance(2_000);
      return taken;
    },
  };
  return world;
}
