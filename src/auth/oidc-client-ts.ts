/** `oidc-client-ts` beside the latch: its tokens are renewed by the latch, and wiped with the session. */
import type { ReauthenticateOption } from '../actions/ask-person.js';
import { NightlatchError } from '../errors.js';
import type { Credential, CredentialRenewal, CredentialSource, Wiper, WipeScope } from '../ports.js';
import type { Requirement } from '../rules/freshness.js';

/** As much of its `User` as is needed. */
export interface OidcUser {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly session_state: string | null;
  readonly scope?: string;
  /** In seconds since the epoch, by the device's clock. */
  readonly expires_at?: number;
  readonly profile: { readonly sub: string };
}

/** What its popup is asked for. */
export interface OidcSignInArgs {
  readonly max_age?: number;
  readonly acr_values?: string;
  readonly prompt?: string;
  readonly popupSignal?: AbortSignal | null;
  readonly popupAbortOnClose?: boolean;
}

/** As much of its `UserManager` as is needed. */
export interface OidcUserManager {
  readonly settings: { readonly automaticSilentRenew: boolean };
  readonly events: {
    addUserLoaded(heard: () => void): () => void;
    addUserUnloaded(heard: () => void): () => void;
    load(user: never): Promise<void>;
  };
  getUser(): Promise<OidcUser | null>;
  storeUser(user: never): Promise<void>;
  removeUser(): Promise<void>;
  startSilentRenew(): void;
  stopSilentRenew(): void;
  signinPopup(args: OidcSignInArgs): Promise<OidcUser>;
}

/** As much of its `OidcClient` as is needed. */
export interface OidcTokenClient {
  useRefreshToken(args: {
    readonly state: never;
    readonly timeoutInSeconds?: number;
  }): Promise<Partial<Omit<OidcUser, 'expires_at'>> & { readonly expires_at?: number | null | undefined }>;
}

/** How the latch meets the SDK. */
export interface OidcClientOptions {
  /**
   * A client with the manager's own settings: `new OidcClient(settings)`. It renews without keeping what comes; the manager's
   * `signinSilent()` would store it, though the session had ended meanwhile.
   */
  readonly client: OidcTokenClient;
  /**
   * Where the manager's `userStore` is: `'shared'` for `localStorage`, `'tab'` for `sessionStorage`, which is the SDK's default. With
   * `'tab'` each tab has tokens of its own; a tab that was duplicated has a copy of the same refresh token, and the two end each other.
   */
  readonly store: WipeScope;
  /** See {@link CredentialSource}. Default: a minute. */
  readonly renewBefore?: number;
}

/** `oidc-client-ts`, for the options `credential`, `wipe` and `reauthenticate`. */
export interface OidcCredential extends CredentialSource, Wiper {
  /**
   * The option `reauthenticate`: asks the person in the SDK's popup, with `prompt=login`, `max_age` and `acr_values`. Where another person
   * signs in there, the tokens stay those of the first one, and it fails with `ERR_SUBJECT_CHANGED`.
   */
  readonly reauthenticate: ReauthenticateOption;
}

/** How the SDK says that its window was closed: there is no code for it. */
const CLOSED = 'Popup closed by user';

/** What its provider answers where a refresh token is good no more. https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const FOR_GOOD = 'invalid_grant';

/**
 * Makes `oidc-client-ts` (3.x) follow the latch: pass what it returns as `credential`, and in `wipe`.
 *
 * Its own silent renewal is switched off while the latch runs: that goes on for a page nobody works in, in every tab at once, and
 * writes tokens back after the end. What the latch renews it keeps by `storeUser`, and `userLoaded` is raised, as if the SDK had done
 * it; in other tabs it is not. Without a refresh token nothing is renewed, and the access token's end ends the session: ask for the scope
 * `offline_access`, or what your provider calls it. Do not call `signinSilent()` yourself.
 *
 * @example
 * const settings = { authority, client_id, redirect_uri, userStore: new WebStorageStateStore({ store: localStorage }) };
 * const manager = new UserManager(settings);
 * const oidc = oidcClient(manager, { client: new OidcClient(settings), store: 'shared' });
 * const latch = createNightlatch({
 *   name: 'backoffice',
 *   policy: { idleTimeout: minutes(15), absoluteTimeout: hours(8) },
 *   credential: oidc,
 *   reauthenticate: oidc.reauthenticate,
 *   wipe: [oidc],
 * });
 */
export function oidcClient(manager: OidcUserManager, options: OidcClientOptions): OidcCredential {
  const { client, store, renewBefore } = options;
  return {
    name: 'oidc-client-ts',
    scope: store,
    ...(renewBefore === undefined ? {} : { renewBefore }),
    read: async () => credentialOf(await manager.getUser()),
    attach(changed) {
      manager.stopSilentRenew();
      const leave = [manager.events.addUserLoaded(changed), manager.events.addUserUnloaded(changed)];
      return () => {
        for (const one of leave) one();
        if (manager.settings.automaticSilentRenew) manager.startSilentRenew();
      };
    },
    async renew(): Promise<CredentialRenewal> {
      const user = await manager.getUser();
      if (!user?.refresh_token) return { type: 'refused', problem: 'there is no refresh token' };
      try {
        // biome-ignore lint/correctness/useHookAtTopLevel: the SDK's name for it; there is no React here
        const response = await client.useRefreshToken({ state: user as never });
        return { type: 'renewed', keep: () => keep(manager, renewed(user, response)) };
      } catch (problem) {
        if (errorOf(problem) === FOR_GOOD) return { type: 'refused', problem: FOR_GOOD };
        throw problem;
      }
    },
    wipe: () => manager.removeUser(),
    async reauthenticate(requirement, { signal }) {
      const before = await manager.getUser();
      const after = await signIn(manager, { ...asked(requirement), prompt: 'login', popupSignal: signal });
      if (!before || after.profile.sub === before.profile.sub) return;
      // The SDK has kept what another person has got.
      await keep(manager, before);
      throw new NightlatchError('ERR_SUBJECT_CHANGED', 'another person has signed in');
    },
  };
}

function credentialOf(user: OidcUser | null): Credential | undefined {
  if (!user) return undefined;
  const { expires_at: expiry, refresh_token: token } = user;
  return { renewable: token !== undefined, ...(expiry === undefined ? {} : { expiresAt: expiry * 1_000 }) };
}

/** A `User` like the one before: its class is the SDK's, and its own members are what it stores. */
function renewed(user: OidcUser, response: Awaited<ReturnType<OidcTokenClient['useRefreshToken']>>): OidcUser {
  const { access_token, refresh_token, id_token, session_state, scope, profile, expires_at } = response;
  const said = { access_token, refresh_token, id_token, session_state, scope, profile, expires_at };
  // A provider that does not rotate sends no other refresh token, and the old one is still good.
  const news = Object.entries(said).filter(([, value]) => value !== undefined && value !== null);
  return Object.assign(Object.create(Object.getPrototypeOf(user)), user, Object.fromEntries(news));
}

async function keep(manager: OidcUserManager, user: OidcUser): Promise<void> {
  await manager.storeUser(user as never);
  await manager.events.load(user as never);
}

/** The person who closes the window, or says no at the provider, has cancelled. */
async function signIn(manager: OidcUserManager, args: OidcSignInArgs): Promise<OidcUser> {
  try {
    return await manager.signinPopup({ ...args, popupAbortOnClose: true });
  } catch (problem) {
    const isCancelled =
      errorOf(problem) === 'access_denied' || (problem instanceof Error && problem.message === CLOSED);
    throw isCancelled ? new DOMException('the person has cancelled', 'AbortError') : problem;
  }
}

/** In seconds, as OpenID Connect has it. https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
function asked({ maxAge, acrValues }: Requirement): Pick<OidcSignInArgs, 'max_age' | 'acr_values'> {
  return {
    ...(maxAge === undefined ? {} : { max_age: Math.floor(maxAge / 1_000) }),
    ...(acrValues === undefined ? {} : { acr_values: acrValues }),
  };
}

const errorOf = (problem: unknown): unknown =>
  typeof problem === 'object' && problem !== null && 'error' in problem ? problem.error : undefined;
