/** One window of the sign-in: opened, sent to its address, listened to, and closed. */
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import { nonce } from './nonce.js';
import { type OpenPopupChannel, type PopupMessage, popupChannel, readPopupMessage } from './popup-messages.js';

/** As much of an opened window as is needed. */
export interface PopupWindow {
  readonly closed: boolean;
  /** Reading where it is throws while it is at another site. */
  readonly location: { readonly href: string; replace(address: string): void };
  close(): void;
  focus(): void;
}

/** As much of a page as is needed; the window is one. */
export interface PopupPage {
  readonly location: { readonly origin: string };
  readonly document: Pick<Document, 'hasFocus'>;
  readonly open: (address: string, target: string, features: string) => PopupWindow | null;
  readonly addEventListener: (
    type: 'message',
    listener: (event: Pick<MessageEvent, 'data' | 'origin' | 'source'>) => void,
    options: { readonly signal: AbortSignal },
  ) => void;
}

export interface PopupWindowParts {
  readonly page: PopupPage;
  readonly clock: Clock;
  readonly openChannel: OpenPopupChannel;
  /** Where this window goes. `state` is for this window alone. */
  readonly start: (state: string) => string | Promise<string>;
  /** It has come back; once. */
  readonly returned: (error: string | undefined) => void;
  /** The person has closed it. */
  readonly closed: () => void;
  readonly failed: (reason: unknown) => void;
}

export interface OpenPopup {
  /** Whether it can still be brought to the front: it is there, and this page can reach it. */
  isReachable(): boolean;
  focus(): void;
  /** Closes it, and listens no more. */
  close(): void;
}

/** How soon a closed window is noticed. */
const LOOK_EVERY: Duration = 250;

/**
 * A window that is at another site behind COOP seems closed to this page, and is not. So one that seems closed counts as closed when
 * the person is in this page for as long as a last word of the window may take, and has been away from it, or the window has been
 * seen at the other site.
 */
const BACK_FOR: Duration = seconds(1);

const FEATURES = 'popup,width=480,height=720';

/** Opens the window, at once: in the click that asks for it. `undefined` where the browser blocks it. */
export function openPopup(parts: PopupWindowParts): OpenPopup | undefined {
  const { page, clock, openChannel } = parts;
  const opened = page.open('about:blank', '_blank', FEATURES);
  if (!opened || opened.closed) return undefined;
  const state = nonce();
  const over = new AbortController();
  const channel = openChannel(popupChannel(state));
  let isSent = false;
  let callOff = (): void => {};

  function end(): void {
    over.abort();
    callOff();
    channel?.close();
  }

  /** `answer` takes the way that the message came. */
  function hear(data: unknown, answer: (taken: PopupMessage) => void): void {
    const said = readPopupMessage(data);
    if (over.signal.aborted || said?.nightlatch !== 'popup-return' || said.state !== state) return;
    answer({ nightlatch: 'popup-taken', state });
    end();
    parts.returned(said.error);
  }

  page.addEventListener(
    'message',
    ({ data, origin, source }) => {
      // The window, on a page of our own: not another window, and not what the sign-in's site says in it.
      if (origin !== page.location.origin || source !== (opened as unknown)) return;
      hear(data, (taken) => (source as Window).postMessage(taken, origin));
    },
    { signal: over.signal },
  );
  if (channel) channel.onmessage = ({ data }) => hear(data, (taken) => channel.postMessage(taken));

  /** A window that has opened behind this page takes nobody away from it. */
  let wasAway = false;
  let wasSeen = false;
  let backSince: number | undefined;
  function look(): void {
    callOff = clock.wait(LOOK_EVERY, look);
    const hasFocus = page.document.hasFocus();
    const isClosed = opened?.closed ?? true;
    wasAway ||= !hasFocus;
    wasSeen ||= !isClosed && isElsewhere(opened);
    const now = clock.read().monotonic;
    backSince = isClosed && hasFocus && (wasAway || wasSeen) ? (backSince ?? now) : undefined;
    const isBack = backSince !== undefined && now - backSince >= BACK_FOR;
    // Before it has left for the other site it is what it seems to be.
    if (!isBack && !(isClosed && !isSent)) return;
    end();
    parts.closed();
  }
  callOff = clock.wait(LOOK_EVERY, look);

  async function send(): Promise<void> {
    const address = await parts.start(state);
    if (over.signal.aborted) return;
    isSent = true;
    opened?.location.replace(address);
  }
  void send().catch((reason: unknown) => {
    if (over.signal.aborted) return;
    end();
    opened.close();
    parts.failed(reason);
  });

  return {
    isReachable: () => !opened.closed,
    focus: () => opened.focus(),
    close() {
      end();
      opened.close();
    },
  };
}

function isElsewhere(window: PopupWindow | null): boolean {
  try {
    void window?.location.href;
    return false;
  } catch {
    return true;
  }
}
