/** The passkey in the autofill of the password's field: a conditional request of the browser's own, which makes room for everything else. */
import { type Browser, expect, liveSession, requestsTo, sees, sightings, signIn, type Tab, test } from './bank.ts';
import { type Authenticator, authenticator, lock, makePasskey, question } from './passkeys.ts';

interface Asked {
  readonly mediation: string;
  /** `pending`, `answered`, or the name of the error. */
  outcome: string;
}

/** Runs in each page: what it asks its browser for, and what becomes of that. */
function noteRequests(): void {
  const asked: Asked[] = [];
  Object.assign(window, { asked });
  const { get } = CredentialsContainer.prototype;
  CredentialsContainer.prototype.get = function (options) {
    const one = { mediation: options?.mediation ?? 'modal', outcome: 'pending' };
    asked.push(one);
    const answer = get.call(this, options);
    answer.then(
      () => {
        one.outcome = 'answered';
      },
      ({ name }: Error) => {
        one.outcome = name;
      },
    );
    return answer;
  };
}

/** Without a person's gesture: what is asked because of one is not to come of this. */
const asked = async (tab: Tab): Promise<readonly string[]> =>
  (await tab.quietly<Asked[]>('asked')).map(({ mediation, outcome }) => `${mediation}: ${outcome}`);
const field = (tab: Tab) => question(tab).getByLabel('Password', { exact: true });
const button = (tab: Tab, name: string) => question(tab).getByRole('button', { name });

/** Whether whoever is asked touches their device; what is asked already is left as it is. */
const touches = ({ session, id: authenticatorId }: Authenticator, enabled: boolean) =>
  session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });

/** Somebody with a passkey, who does not touch their device. */
async function withPasskey(visible: Browser, path = '/'): Promise<{ tab: Tab; device: Authenticator }> {
  await visible.context.addInitScript(noteRequests);
  const tab = await visible.open(path);
  await signIn(tab);
  const device = await authenticator(tab);
  await makePasskey(tab);
  await touches(device, false);
  return { tab, device };
}

/** Goes over to the password, where the offer waits. */
async function ratherType(tab: Tab): Promise<void> {
  await button(tab, 'Use your password instead').click();
  await expect(field(tab)).toBeFocused();
  await expect(field(tab)).toHaveAttribute('autocomplete', 'current-password webauthn');
}

test('a passkey that is chosen in the field unlocks the page, with the caret back in its place', async ({
  bank,
  visible,
}) => {
  const { tab, device } = await withPasskey(visible, '/new-payment');
  const { page } = tab;
  const payee = page.getByLabel('Payee', { exact: true });
  await payee.click();
  await page.keyboard.type('Grossmann');
  for (let back = 0; back < 4; back += 1) await page.keyboard.press('ArrowLeft');
  await lock(tab, bank);
  expect(await asked(tab), 'beside the button nothing is offered').toEqual([]);
  // Chromium's authenticator chooses for the person, in the moment in which it is offered.
  await touches(device, true);
  await button(tab, 'Use your password instead').click();
  await sees(tab, 'session-unlocked');
  await expect(question(tab)).toHaveCount(0);
  expect(await asked(tab)).toEqual(['conditional: answered']);
  expect(requestsTo(bank, 'POST', '/session/reauthenticate').map(({ status }) => status)).toEqual([200]);
  const { acr } = (await (await page.context().request.get(`${bank.origin}/session`)).json()) as { acr: string };
  expect(acr).toBe('phr');
  await expect(payee).toBeFocused();
  await page.keyboard.type('!');
  await expect(payee).toHaveValue('Gross!mann');
  expect(sightings(tab, 'violation')).toEqual([]);
});

test('an offer that waits keeps neither the password nor the button from working', async ({ bank, visible }) => {
  const { tab, device } = await withPasskey(visible);
  const { keyboard } = tab.page;
  await lock(tab, bank);
  await ratherType(tab);
  await keyboard.type('not it');
  await keyboard.press('Enter');
  await expect(question(tab).getByRole('alert')).toHaveText('That is not your password. 4 attempts are left.');
  await expect(field(tab)).toHaveAttribute('autocomplete', 'current-password webauthn');
  expect(await asked(tab)).toEqual(['conditional: AbortError', 'conditional: pending']);
  await keyboard.type('teller-demo-1');
  await keyboard.press('Enter');
  await expect(question(tab)).toHaveCount(0);
  expect(await asked(tab)).toEqual(['conditional: AbortError', 'conditional: AbortError']);

  await lock(tab, bank);
  await ratherType(tab);
  await button(tab, 'Use your passkey instead').click();
  await touches(device, true);
  await button(tab, 'Use your passkey').click();
  await expect(question(tab)).toHaveCount(0);
  expect((await asked(tab)).slice(2)).toEqual(['conditional: AbortError', 'modal: answered']);
  expect(requestsTo(bank, 'POST', '/session/reauthenticate').map(({ status }) => status)).toEqual([401, 200, 200]);
  expect(sightings(tab, 'violation')).toEqual([]);
});

test('where the server is slow to say that there is one, the field has it late, and nobody is interrupted', async ({
  bank,
  visible,
}) => {
  const { tab } = await withPasskey(visible);
  const { keyboard } = tab.page;
  bank.fault({ late: () => 4_000 }, ['/session/passkey/options']);
  await lock(tab, bank);
  await expect(field(tab)).toBeFocused();
  await keyboard.type('teller');
  await expect(field(tab)).toHaveAttribute('autocomplete', 'current-password webauthn', { timeout: 10_000 });
  await expect(field(tab)).toBeFocused();
  await keyboard.type('-demo-1');
  await keyboard.press('Enter');
  await expect(question(tab)).toHaveCount(0);
  expect(await asked(tab)).toEqual(['conditional: AbortError']);
});

test('nothing waits, and nothing is asked of the server, once the question is closed', async ({ bank, visible }) => {
  const { tab } = await withPasskey(visible);
  const other = await visible.open();
  await sees(other, 'session-opened');
  await lock(tab, bank);
  await ratherType(tab);
  await button(other, 'Use your password instead').click();
  await expect(field(other)).toBeFocused();
  await other.page.keyboard.type('teller-demo-1');
  await other.page.keyboard.press('Enter');
  await expect(question(tab)).toHaveCount(0);
  await expect.poll(() => asked(tab)).toEqual(['conditional: AbortError']);

  await lock(tab, bank);
  await ratherType(tab);
  const options = requestsTo(bank, 'POST', '/session/passkey/options').length;
  await bank.endSession((await liveSession(bank)).id);
  await sees(tab, 'session-ended');
  await expect(question(tab)).toHaveCount(0);
  await expect.poll(() => asked(tab)).toEqual(['conditional: AbortError', 'conditional: AbortError']);
  expect(requestsTo(bank, 'POST', '/session/passkey/options')).toHaveLength(options);
});
