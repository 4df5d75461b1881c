/** The field for the password, while a passkey is offered in its autofill. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScreen, type Screen } from '../../../src/screen/screen.js';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { createPageFocus } from '../../../src/screen/visibility.js';
import { minutes } from '../../../src/time/instant.js';
import type { ChosenPasskey } from '../../../src/ways.js';
import { createFakeLatch, type FakeLatch, session } from './fake-latch.js';

let latch: FakeLatch;
let screen: Screen;
let prompt: SignInPrompt;
let wait: () => void;
let choose: (prove: ChosenPasskey) => Promise<void>;

const settled = () => new Promise<void>((done) => setTimeout(done));

beforeEach(() => {
  latch = createFakeLatch();
  prompt = createSignInPrompt({
    clock: latch.clock,
    username: () => 'tess',
    password: { acr: 'pwd', prove: async () => ({ type: 'wrong' }) },
    passkey: {
      acr: 'phr',
      isThere: async () => true,
      prove: async () => ({ type: 'cancelled' }),
      awaitChoice: (_, { waits }) =>
        new Promise((resolve) => {
          wait = () => waits(minutes(1));
          choose = (prove) => {
            resolve(prove);
            return settled();
          };
        }),
    },
    visibility: { isVisible: () => true, watch: () => () => {} },
  });
  screen = createScreen(latch, { clock: latch.clock, signInPrompt: prompt });
  screen.start();
});

afterEach(() => {
  prompt.cancel();
  screen.stop();
});

const find = <T extends HTMLElement>(selector: string) => document.querySelector(`nightlatch-sign-in ${selector}`) as T;
const autocomplete = () => ['username', 'password'].map((name) => find(`[name=${name}]`).getAttribute('autocomplete'));

async function askForPassword(): Promise<void> {
  prompt.reauthenticate({}, { signal: new AbortController().signal, session }).catch(() => undefined);
  await settled();
  prompt.takeOther();
  await settled();
}

describe('the field', () => {
  it('says that it takes passkeys while the browser has them, and at no other time', async () => {
    await askForPassword();
    expect(autocomplete()).toEqual(['username', 'current-password']);
    wait();
    expect(autocomplete()).toEqual(['username webauthn', 'current-password webauthn']);
    prompt.submit('secret');
    expect(autocomplete()).toEqual(['username', 'current-password']);
    await settled();
    wait();
    expect(autocomplete()).toEqual(['username webauthn', 'current-password webauthn']);
    prompt.takeOther();
    expect(autocomplete()).toEqual(['username', 'current-password']);
  });

  it('keeps what is typed in it, and the focus, when the offer comes', async () => {
    await askForPassword();
    const field = find<HTMLInputElement>('[name=password]');
    field.value = 'half a secret';
    wait();
    expect(document.activeElement).toBe(field);
    expect(field.value).toBe('half a secret');
  });

  it('is not wrong where the passkey is, and has the focus again', async () => {
    await askForPassword();
    wait();
    await choose(async () => ({ type: 'wrong', attemptsLeft: 2 }));
    expect(find('[role=alert]').textContent).toBe('That passkey was not accepted. Try again.');
    expect(find('[name=password]').hasAttribute('aria-invalid')).toBe(false);
    expect(document.activeElement).toBe(find('[name=password]'));
    prompt.submit('secret');
    await settled();
    expect(find('[name=password]').getAttribute('aria-invalid')).toBe('true');
  });
});

it('a page is looked at while it can be seen and has the focus', () => {
  const state = { visibilityState: 'visible', hasFocus: true };
  const view = new EventTarget();
  const page = Object.assign(new EventTarget(), { defaultView: view, hasFocus: () => state.hasFocus });
  Object.defineProperty(page, 'visibilityState', { get: () => state.visibilityState });
  const { isVisible, watch } = createPageFocus(page as unknown as Document);
  const seen: boolean[] = [];
  const unwatch = watch(() => void seen.push(isVisible()));
  state.hasFocus = false;
  view.dispatchEvent(new Event('blur'));
  state.hasFocus = true;
  view.dispatchEvent(new Event('focus'));
  state.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(seen).toEqual([false, true, false]);
  unwatch();
  view.dispatchEvent(new Event('focus'));
  page.dispatchEvent(new Event('visibilitychange'));
  expect(seen).toHaveLength(3);
});
