/** The page that a sign-in window comes back to. */
import { type Clock, createSystemClock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import { isNonce } from './nonce.js';
import {
  type OpenPopupChannel,
  openPopupChannel,
  popupChannel,
  readError,
  readPopupMessage,
} from './popup-messages.js';

/** As much of the window as is needed. */
export interface PopupReturnPage {
  readonly location: Pick<Location, 'origin' | 'search'>;
  /** The page that opened it; gone where COOP keeps them apart. */
  readonly opener: Pick<Window, 'postMessage'> | null;
  readonly close: () => void;
  readonly addEventListener: (
    type: 'message',
    listener: (event: Pick<MessageEvent, 'data' | 'origin'>) => void,
    options: { readonly signal: AbortSignal },
  ) => void;
}

/** Where the return is looked for, in tests. */
export interface PopupReturnOptions {
  readonly page?: PopupReturnPage;
  readonly openChannel?: OpenPopupChannel;
  readonly clock?: Clock;
}

/** A page that waits answers at once; one that is busy, a little later. */
const PATIENCE: Duration = seconds(2);

/**
 * For the page that the sign-in leads back to, with `state` in its address, and `error` if it has not come to anything: tells the page
 * that waits for it, and closes this window. Resolves with whether one was waiting; where none was, show that the window can be closed.
 *
 * Nothing of the address but these two goes anywhere. An app that has the code itself exchanges it before it calls this.
 *
 * @example
 * if (!(await takePopupReturn())) document.body.textContent = 'You can close this window.';
 */
export async function takePopupReturn(options: PopupReturnOptions = {}): Promise<boolean> {
  const { page = globalThis.window as PopupReturnPage, clock = createSystemClock() } = options;
  const { openChannel = openPopupChannel } = options;
  const { origin, search } = page.location;
  const query = new URLSearchParams(search);
  const state = query.get('state');
  if (!isNonce(state)) return false;
  const error = query.get('error');
  const said = { nightlatch: 'popup-return', state, ...(error === null ? {} : { error: readError(error) }) } as const;
  const over = new AbortController();
  const channel = openChannel(popupChannel(state));
  const isTaken = await new Promise<boolean>((resolve) => {
    const hear = (data: unknown): void => {
      const answer = readPopupMessage(data);
      if (answer?.nightlatch === 'popup-taken' && answer.state === state) resolve(true);
    };
    if (channel) channel.onmessage = ({ data }) => hear(data);
    page.addEventListener('message', (event) => event.origin === origin && hear(event.data), { signal: over.signal });
    const callOff = clock.wait(PATIENCE, () => resolve(false));
    over.signal.addEventListener('abort', callOff);
    channel?.postMessage(said);
    // To a page of this origin only: whoever else has opened this window hears nothing.
    page.opener?.postMessage(said, origin);
  });
  over.abort();
  channel?.close();
  if (isTaken) page.close();
  return isTaken;
}
