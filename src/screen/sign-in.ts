/** How the panel leads a person to sign in again: by a link, or by a function of the app. */

export interface SignInOptions {
  /** Where to sign in: a link, so that it can be opened, copied and understood. Relative to the page; `http:` or `https:`. */
  readonly signInUrl?: string | URL;
  /** What to do when the person wants to sign in. Used in place of a link. */
  readonly onSignIn?: () => void;
}

/** How the person gets to the sign-in: a link, or a function of the app. */
export interface SignIn {
  readonly url?: string;
  readonly run?: () => void;
}

/** Reads the options. Throws a `TypeError` for both at once, or an address that is none or leads to a script. */
export function signInBy({ signInUrl, onSignIn }: SignInOptions): SignIn | undefined {
  if (onSignIn !== undefined && typeof onSignIn !== 'function') throw new TypeError('onSignIn is not a function');
  if (signInUrl === undefined) return onSignIn ? { run: onSignIn } : undefined;
  if (onSignIn) throw new TypeError('signInUrl and onSignIn are both given: the panel has one way to sign in');
  const url = parse(signInUrl);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`signInUrl is "${String(signInUrl)}": expected an address that begins with http:, https: or /`);
  }
  return { url: String(signInUrl) };
}

/** As the page would understand it; any base will do, for only what it leads to is of interest. */
function parse(address: string | URL): URL | undefined {
  try {
    return new URL(address, 'https://page.invalid');
  } catch {
    return undefined;
  }
}

/** "Not you?": whoever is not the person whose session it was comes to a page in which nothing is left of it. */
export async function leaveForSignIn(
  signOut: () => Promise<unknown>,
  isOver: () => boolean,
  signIn: SignIn | undefined,
): Promise<void> {
  // Resolves when it is wiped.
  await signOut();
  if (!isOver()) return;
  if (signIn?.url !== undefined) location.assign(signIn.url);
  else if (signIn?.run) signIn.run();
  else location.reload();
}
