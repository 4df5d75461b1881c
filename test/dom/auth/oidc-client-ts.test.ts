import {
  InMemoryWebStorage,
  OidcClient,
  User,
  UserManager,
  type UserManagerSettings,
  WebStorageStateStore,
} from 'oidc-client-ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { oidcClient } from '../../../src/auth/oidc-client-ts.js';

const ISSUER = 'https://id.example';
const NOON = 1_790_000_000;

const settings = (): UserManagerSettings => ({
  authority: ISSUER,
  client_id: 'desk',
  redirect_uri: 'https://app.example/',
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  metadata: { issuer: ISSUER, token_endpoint: `${ISSUER}/token` },
});

const userWith = (members: Partial<ConstructorParameters<typeof User>[0]> = {}): User =>
  new User({
    access_token: 'access 1',
    refresh_token: 'refresh 1',
    token_type: 'Bearer',
    scope: 'openid offline_access',
    expires_at: NOON + 60,
    profile: { sub: 'ana', iss: ISSUER, aud: 'desk', exp: NOON, iat: NOON },
    session_state: 'kept',
    ...members,
  });

/** The real SDK, signed in, before a token endpoint that answers so. */
async function createDesk(
  answer: (form: URLSearchParams) => Response | Promise<Response>,
  user: User | null = userWith(),
) {
  const asked: URLSearchParams[] = [];
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    const form = new URLSearchParams(String(body));
    asked.push(form);
    return answer(form);
  });
  const given = settings();
  const manager = new UserManager(given);
  if (user) await manager.storeUser(user);
  const oidc = oidcClient(manager, { client: new OidcClient(given), store: 'shared' });
  return { manager, oidc, asked, renew: () => oidc.renew(new AbortController().signal) };
}

const tokens = (members: object = {}): Response =>
  Response.json({ access_token: 'access 2', token_type: 'Bearer', expires_in: 300, ...members });

afterEach(() => vi.unstubAllGlobals());

describe('oidc-client-ts', () => {
  it('is read as it has stored it', async () => {
    const { oidc, manager } = await createDesk(() => tokens());
    expect(await oidc.read()).toEqual({ expiresAt: (NOON + 60) * 1_000, renewable: true });
    await manager.storeUser(
      new User({ ...userWith(), refresh_token: undefined as never, expires_at: undefined as never }),
    );
    expect(await oidc.read()).toEqual({ renewable: false });
    await manager.removeUser();
    expect(await oidc.read()).toBeUndefined();
  });

  it('keeps nothing of a renewal before it is told to, and then all of it', async () => {
    const { manager, asked, renew } = await createDesk(() => tokens({ refresh_token: 'refresh 2' }));
    const loaded: (string | undefined)[] = [];
    manager.events.addUserLoaded((user) => void loaded.push(user.refresh_token));
    const renewal = await renew();
    expect(Object.fromEntries(asked[0]!)).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'refresh 1' });
    expect((await manager.getUser(false))?.refresh_token).toBe('refresh 1');
    expect(loaded).toEqual([]);
    if (renewal.type !== 'renewed') throw new Error(renewal.problem);
    await renewal.keep();
    const user = await manager.getUser(false);
    expect(user).toBeInstanceOf(User);
    expect(user).toMatchObject({
      access_token: 'access 2',
      refresh_token: 'refresh 2',
      scope: 'openid offline_access',
      session_state: 'kept',
      profile: { sub: 'ana' },
    });
    expect(user!.expires_in).toBeGreaterThan(290);
    expect(user!.expires_in).toBeLessThanOrEqual(300);
    expect(loaded).toEqual(['refresh 2']);
  });

  it('has the refresh token as before where the provider sends no other', async () => {
    const { manager, renew } = await createDesk(() => tokens());
    const renewal = await renew();
    if (renewal.type === 'renewed') await renewal.keep();
    expect(await manager.getUser()).toMatchObject({ access_token: 'access 2', refresh_token: 'refresh 1' });
  });

  it('is refused for good by invalid_grant alone, and where there is nothing to renew with', async () => {
    const denied = (error: string, status: number) => () => Response.json({ error }, { status });
    expect(await (await createDesk(denied('invalid_grant', 400))).renew()).toEqual({
      type: 'refused',
      problem: 'invalid_grant',
    });
    await expect((await createDesk(denied('temporarily_unavailable', 400))).renew()).rejects.toThrow();
    await expect((await createDesk(() => new Response('oops', { status: 500 }))).renew()).rejects.toThrow();
    await expect(
      (
        await createDesk(() => {
          throw new TypeError('no connection');
        })
      ).renew(),
    ).rejects.toThrow('no connection');
    const nobody = await createDesk(() => tokens(), null);
    expect(await nobody.renew()).toMatchObject({ type: 'refused' });
    expect(nobody.asked).toEqual([]);
  });

  it('renews no more by itself while it is attached, and tells what it loads and unloads', async () => {
    const { manager, oidc } = await createDesk(() => tokens());
    const [start, stop] = [vi.spyOn(manager, 'startSilentRenew'), vi.spyOn(manager, 'stopSilentRenew')];
    let changes = 0;
    const detach = oidc.attach!(() => {
      changes += 1;
    });
    expect([start.mock.calls.length, stop.mock.calls.length]).toEqual([0, 1]);
    await manager.events.load(userWith());
    await manager.removeUser();
    expect(changes).toBe(2);
    detach();
    expect(start).toHaveBeenCalledTimes(1);
    await manager.events.load(userWith());
    expect(changes).toBe(2);
  });

  it('is signed out by its wiper, without leaving the page', async () => {
    const { manager, oidc } = await createDesk(() => tokens());
    await oidc.wipe({ sessionId: 'one', signal: new AbortController().signal });
    expect(await manager.getUser()).toBeNull();
  });
});

describe('asking by its popup', () => {
  const how = { signal: new AbortController().signal, session: { id: 'one', order: 1, startedAt: 0 } } as never;

  it('asks for the age and the kind of authentication that is wanted', async () => {
    const { manager, oidc } = await createDesk(() => tokens());
    const popup = vi.spyOn(manager, 'signinPopup').mockResolvedValue(userWith());
    await oidc.reauthenticate({ maxAge: 600_500, acrValues: 'phr mfa' }, how);
    expect(popup.mock.calls[0]![0]).toMatchObject({ max_age: 600, acr_values: 'phr mfa', prompt: 'login' });
  });

  it.each([
    ['closes it', Object.assign(new Error('Popup closed by user'))],
    ['says no there', Object.assign(new Error('no'), { error: 'access_denied' })],
  ])('is cancelled by the person who %s', async (_, problem) => {
    const { manager, oidc } = await createDesk(() => tokens());
    vi.spyOn(manager, 'signinPopup').mockRejectedValue(problem);
    await expect(oidc.reauthenticate({}, how)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails otherwise as it fails', async () => {
    const { manager, oidc } = await createDesk(() => tokens());
    vi.spyOn(manager, 'signinPopup').mockRejectedValue(new Error('no popup'));
    await expect(oidc.reauthenticate({}, how)).rejects.toThrow('no popup');
  });

  it('keeps the tokens of the first one where another person signs in', async () => {
    const { manager, oidc } = await createDesk(() => tokens());
    vi.spyOn(manager, 'signinPopup').mockImplementation(async () => {
      const bob = userWith({ access_token: 'of bob', profile: { ...userWith().profile, sub: 'bob' } });
      await manager.storeUser(bob);
      return bob;
    });
    await expect(oidc.reauthenticate({}, how)).rejects.toMatchObject({ code: 'ERR_SUBJECT_CHANGED' });
    expect(await manager.getUser()).toMatchObject({ access_token: 'access 1', profile: { sub: 'ana' } });
  });
});
