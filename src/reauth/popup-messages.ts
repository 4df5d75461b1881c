/** What a sign-in window says to the page that waits for it, and what that answers. Neither holds a secret. */
import { isNonce } from './nonce.js';

/** The window has come back from the sign-in, or the page has heard it. */
export interface PopupMessage {
  readonly nightlatch: 'popup-return' | 'popup-taken';
  /** The one that the page had made for this window, and that the sign-in has handed back. */
  readonly state: string;
  /** Why it has not come to anything, in OAuth's words. */
  readonly error?: string;
}

/** Nobody but page and window knows it, so nobody else is on this channel. */
export const popupChannel = (state: string): string => `nightlatch:popup:${state}`;

/** As much of a channel as is needed. */
export type PopupChannel = Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>;

/** `undefined` where the browser has none: then page and window have only each other. */
export type OpenPopupChannel = (name: string) => PopupChannel | undefined;

export const openPopupChannel: OpenPopupChannel = (name) => {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
};

/** OAuth's errors, and what servers add to them, look like this. */
const ERROR = /^[\w.-]{1,64}$/;

/** Reads a message; `undefined` for anything else. */
export function readPopupMessage(input: unknown): PopupMessage | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { nightlatch, state, error } = { ...input } as { readonly [name: string]: unknown };
  if (nightlatch !== 'popup-return' && nightlatch !== 'popup-taken') return undefined;
  if (!isNonce(state)) return undefined;
  return { nightlatch, state, ...(error === undefined ? {} : { error: readError(error) }) };
}

/** Something went wrong, whatever it is called. */
export const readError = (error: unknown): string =>
  typeof error === 'string' && ERROR.test(error) ? error : 'unknown_error';
