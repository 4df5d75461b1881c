/** Coming back from the provider: to the place that was left, or, in its window, to whoever waits in the page beside it. */
import type { SessionView } from 'nightlatch';
import { takePopupReturn, takeReturn } from 'nightlatch/reauth';
import { takeSignIn } from './openid.js';
import { chooseWay } from './ways.js';

const PAGE = '/signed-in';

export interface CameBack {
  /** The session that somebody was to prove themselves for; none of a sign-in. */
  readonly sessionId?: string;
  /** Why it has not come to anything. */
  readonly error?: string;
}

let cameBack: CameBack | undefined;

/** How the person has come back to this page; nothing of a page that was not left. */
export const howCameBack = (): CameBack | undefined => cameBack;

/** Whether this page shows the session that was left for the provider a moment ago. */
export const hasComeBackTo = (view: SessionView): boolean =>
  'session' in view && cameBack !== undefined && cameBack.sessionId === view.session.id;

/** Resolves with whether this is a page to work in: the window of the provider is none. */
export async function comeBack(): Promise<boolean> {
  if (location.pathname !== PAGE) return true;
  const query = new URLSearchParams(location.search);
  const [state, error] = [query.get('state'), query.get('error')];
  const why = error === null ? {} : { error };
  const left = takeReturn(state);
  const place = left?.returnTo ?? (state === null ? undefined : takeSignIn(state));
  if (place === undefined && (await takePopupReturn())) return false;
  // A window of the provider's has no menus, even where it does not know any more who has opened it.
  if (place === undefined && (window.opener !== null || !window.menubar.visible)) {
    document.body.textContent = 'Nobody waits for this any more. You can close this window.';
    return false;
  }
  cameBack = left ? { sessionId: left.sessionId, ...why } : why;
  // Who signs in at the provider is asked there, too, until they choose otherwise.
  if (left === undefined && place !== undefined && error === null) chooseWay('window');
  // No second load: the document that this page came with is the newest there is.
  history.replaceState(null, '', place ?? '/');
  return true;
}
