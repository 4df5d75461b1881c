import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScreen, type Screen } from '../../../src/screen/screen.js';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { plus } from '../../../src/time/instant.js';
import type { ProofReply } from '../../../src/ways.js';
import { createFakeLatch, type FakeLatch, session, trusted } from './fake-latch.js';

let latch: FakeLatch;
let screen: Screen;
let prompt: SignInPrompt;
let typed: string[];
let answer: (reply: ProofReply) => Promise<void>;

beforeEach(() => {
  document.body.innerHTML = '<input id="field">';
  latch = createFakeLatch();
  typed = [];
  prompt = createSignInPrompt({
    clock: latch.clock,
    username: () => 'tess',
    password: {
      acr: 'pwd',
      prove(password) {
        typed.push(password);
        return new Promise((resolve) => {
          answer = async (reply) => {
            resolve(reply);
            await new Promise((done) => setTimeout(done));
          };
        });
      },
    },
  });
  screen = createScreen(latch, { clock: latch.clock, signInPrompt: prompt });
  screen.start();
});

afterEach(() => {
  prompt.cancel();
  latch.active();
  screen.stop();
  expect(document.querySelectorAll('html > [data-nightlatch]')).toHaveLength(0);
});

const host = () => document.querySelector('html > nightlatch-sign-in') as HTMLElement;
const find = <T extends HTMLElement>(selector: string) => host().querySelector(selector) as T;
const dialog = () => find<HTMLDialogElement>('dialog');
/** What is read out with the name. */
const description = () =>
  (dialog().getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ');
const field = () => find<HTMLInputElement>('input[autocomplete="current-password"]');
const problem = () => find('[role=alert]').textContent;
const button = (words: string) => {
  const found = [...host().querySelectorAll('button')].find((one) => one.textContent === words);
  if (!found) throw new Error(`there is no button "${words}"`);
  return found;
};
const click = (words: string, event: Event = new MouseEvent('click', { bubbles: true, composed: true })) =>
  button(words).dispatchEvent(event);
const send = (password: string) => {
  field().value = password;
  find('form').dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
};
/** Asks, and resolves with how it came out. */
const ask = () =>
  prompt.reauthenticate({}, { signal: new AbortController().signal, session }).then(
    () => 'resolved',
    ({ name }: Error) => name,
  );

describe('the form', () => {
  it('is a plain one, outside of any shadow root, such as password managers look for', () => {
    ask();
    expect(host().shadowRoot).toBeNull();
    const { elements } = document.querySelector('form') as HTMLFormElement;
    const [username, password] = [...elements] as HTMLInputElement[];
    expect(username).toMatchObject({ name: 'username', value: 'tess', readOnly: true, type: 'text' });
    expect(username?.getAttribute('autocomplete')).toBe('username');
    expect(password).toMatchObject({ name: 'password', type: 'password', required: true });
    expect(password?.getAttribute('autocomplete')).toBe('current-password');
    for (const input of [username, password]) {
      expect(document.querySelector(`label[for="${input?.id}"]`)?.textContent).not.toBe('');
    }
    expect(document.querySelector('form')?.getAttribute('method')).toBe('post');
  });

  it('is in front, named and described, with the focus in the password', () => {
    expect(dialog().open).toBe(false);
    ask();
    expect(dialog().open).toBe(true);
    expect(document.getElementById(dialog().getAttribute('aria-labelledby') ?? '')?.textContent).toBe(
      'Confirm that it is you',
    );
    expect(description()).toContain('You last proved who you are at');
    expect(document.activeElement).toBe(field());
  });

  it('lets the password be pasted', () => {
    ask();
    const paste = trusted(new Event('paste', { bubbles: true, cancelable: true }));
    field().dispatchEvent(paste);
    expect(paste.defaultPrevented).toBe(false);
  });

  it('shows what is typed on demand, and hides it again before it is sent', () => {
    ask();
    click('Show password');
    expect(field().type).toBe('text');
    click('Hide password');
    expect(field().type).toBe('password');
    click('Show password');
    send('secret');
    expect(field().type).toBe('password');
    expect(typed).toEqual(['secret']);
  });

  it('says that it is checking, keeps the focus, and then says what was wrong, at the field', async () => {
    ask();
    send('wrong');
    expect(button('Checking…').getAttribute('aria-disabled')).toBe('true');
    expect(button('Checking…').disabled).toBe(false);
    await answer({ type: 'wrong', attemptsLeft: 4 });
    expect(problem()).toBe('That is not your password. 4 attempts are left.');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(field().getAttribute('aria-describedby') ?? '')?.textContent).toBe(problem());
    expect(document.activeElement).toBe(field());
    send('right');
    await answer({ type: 'accepted' });
    expect(dialog().open).toBe(false);
  });

  it('keeps no password once it is closed', async () => {
    ask();
    click('Show password');
    field().value = 'half a secret';
    prompt.cancel();
    expect([field().value, field().type]).toEqual(['', 'password']);
    ask();
    expect([field().value, problem()]).toEqual(['', '']);
  });

  it('keeps its words to itself: the page hears nothing of what is done in it', () => {
    const heard: string[] = [];
    const listener = ({ type }: Event) => void heard.push(type);
    for (const type of ['keydown', 'input', 'submit', 'click']) document.addEventListener(type, listener);
    ask();
    field().dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true }));
    send('secret');
    click('Show password');
    for (const type of ['keydown', 'input', 'submit', 'click']) document.removeEventListener(type, listener);
    expect(heard).toEqual([]);
    expect(typed).toEqual(['secret']);
  });
});

describe('leaving', () => {
  it('is Esc and "Cancel", and the focus goes back to where it was', async () => {
    const field = document.querySelector('#field') as HTMLInputElement;
    field.focus();
    const first = ask();
    dialog().dispatchEvent(trusted(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })));
    expect(await first).toBe('AbortError');
    expect(document.activeElement).toBe(field);
    const second = ask();
    click('Cancel');
    expect(await second).toBe('AbortError');
    expect(document.activeElement).toBe(field);
  });

  it('is "Not you?", which signs out, and only by a person’s own click', async () => {
    const asked = ask();
    click('Not you? Sign out');
    expect(latch.calls).not.toContain('signOut');
    click('Not you? Sign out', trusted(new MouseEvent('click', { bubbles: true, composed: true })));
    expect(latch.calls).toContain('signOut');
    expect(await asked).toBe('AbortError');
  });
});

describe('a locked page', () => {
  const lock = () => {
    const since = latch.read().now;
    latch.show({ phase: 'locked', session, since, deadline: { at: plus(since, 60_000), cause: 'idle' } });
    latch.clock.advance(0);
  };
  const press = (key: string, on: EventTarget = document.activeElement ?? document.body) =>
    on.dispatchEvent(trusted(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true })));

  it('has the field there at once, in place of its panel, and says until when', () => {
    lock();
    expect(dialog().open).toBe(true);
    expect(dialog().classList).toContain('nightlatch-locked');
    expect(find('h2').textContent).toBe('Unlock this page');
    expect(description()).toContain('Your session ends at');
    expect(document.activeElement).toBe(field());
    expect(latch.calls).toEqual([]);
    send('secret');
    expect(latch.calls).toEqual(['continueHere', 'reauthenticate']);
    ask();
    expect(typed).toEqual(['secret']);
  });

  it('has nothing to be cancelled: neither Esc nor a button leads back to what is covered', () => {
    lock();
    expect(button('Cancel').hidden).toBe(true);
    press('Escape', dialog());
    expect(dialog().open).toBe(true);
    latch.active();
    expect(dialog().open).toBe(false);
    ask();
    expect(button('Cancel').hidden).toBe(false);
  });

  it('keeps what is still typed out of the field and off the buttons, and takes what is typed after a pause', () => {
    press('a', document.querySelector('#field') as HTMLInputElement);
    latch.clock.advance(900);
    lock();
    expect(document.activeElement).toBe(find('h2'));
    latch.clock.advance(90);
    press('b');
    expect(document.activeElement).toBe(find('h2'));
    latch.clock.advance(1_000);
    press('Shift');
    expect(document.activeElement).toBe(find('h2'));
    latch.clock.advance(1_000);
    press('c');
    expect(document.activeElement).toBe(field());
  });

  it('is told by a question that was there before', async () => {
    const asked = ask();
    expect(find('h2').textContent).toBe('Confirm that it is you');
    lock();
    expect(find('h2').textContent).toBe('Unlock this page');
    expect(button('Cancel').hidden).toBe(true);
    latch.active();
    click('Cancel');
    expect(await asked).toBe('AbortError');
  });

  it('leads whoever is somebody else to a clean page, once everything is wiped', async () => {
    let left: readonly string[] = [];
    screen.stop();
    screen = createScreen(latch, {
      clock: latch.clock,
      signInPrompt: prompt,
      onSignIn() {
        left = [...latch.calls];
      },
    });
    screen.start();
    lock();
    click('Not you? Sign out', trusted(new MouseEvent('click', { bubbles: true, composed: true })));
    latch.end('signed-out');
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    expect(left).toEqual(['signOut']);
    expect(dialog().open).toBe(false);
  });

  it('says nothing of a time at which nobody has authenticated', () => {
    latch.show({ phase: 'pending', covered: true });
    ask();
    expect(find('#nightlatch-sign-in-text').textContent).not.toContain('last proved');
  });
});
